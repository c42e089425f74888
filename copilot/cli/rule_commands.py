"""Rules about pairs of members, and who vouches for whom, on the command line.

A member blocks and vouches with a key of their own, over the API; here rules are seen, and operators' rules are set.
"""

from __future__ import annotations

from typing import Annotated

import typer

from copilot.cli.asking import DEFAULT, AsJson, Community, MemberArg, backend, member_id, show
from copilot.cli.backend import Json
from copilot.cli.output import say, table

rules_app = typer.Typer(no_args_is_help=True, help="Pairs that are kept apart, or proposed to each other first.")
endorsements_app = typer.Typer(no_args_is_help=True, help="Who vouches for whom.")
Limit = Annotated[int, typer.Option(min=1, max=200, help="how many at most")]


@rules_app.command("list")
def list_rules(
    member: Annotated[
        str | None, typer.Argument(help="id, external id or exact name; all members when left out")
    ] = None,
    kind: Annotated[str | None, typer.Option(help="blocked, cannot_match or must_match")] = None,
    community: Community = DEFAULT,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List rules, the latest first, members' blocks included."""
    with backend(community) as asked:
        found = asked.pair_rules.listing(member_id(asked, member) if member else None, kind, limit)
    show(found, as_json, _rules)


@rules_app.command("add")
def add_rule(  # noqa: PLR0913, PLR0917  # one argument per command-line option
    kind: Annotated[str, typer.Argument(help="cannot_match or must_match")],
    member: MemberArg,
    other: MemberArg,
    note: Annotated[str, typer.Option(help="why; operators read it")] = "",
    until: Annotated[str | None, typer.Option(help="ISO time with zone when it ends by itself")] = None,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Keep two members apart, or propose them to each other first."""
    with backend(community) as asked:
        pair = [member_id(asked, member), member_id(asked, other)]
        body: Json = {"kind": kind, "member_ids": pair, "note": note, "expires_at": until}
        made = asked.pair_rules.add(body)
    show(made, as_json, lambda rule: _rules([rule]))


@rules_app.command("remove")
def remove_rule(
    rule: Annotated[str, typer.Argument(help="id of a rule")], community: Community = DEFAULT, as_json: AsJson = False
) -> None:
    """Take an operators' rule back; a member's block only the member lifts."""
    with backend(community) as asked:
        found = asked.pair_rules.remove(rule)
    show(found, as_json, lambda gone: say(f"{gone['id']} is removed"))


@endorsements_app.command("list")
def list_endorsements(
    member: MemberArg,
    given: Annotated[bool, typer.Option("--given", help="for whom the member vouches, not who vouches")] = False,
    community: Community = DEFAULT,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List who vouches for a member, the latest first."""
    with backend(community) as asked:
        found = asked.pair_rules.endorsements(member_id(asked, member), "given" if given else "received", limit)
    show(found, as_json, _endorsements)


@endorsements_app.command("remove")
def remove_endorsement(
    endorsement: Annotated[str, typer.Argument(help="id of an endorsement")],
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Take an endorsement back."""
    with backend(community) as asked:
        found = asked.pair_rules.withdraw(endorsement)
    show(found, as_json, lambda gone: say(f"{gone['id']} is removed"))


def _rules(items: list[Json]) -> None:
    rows: list[list[object]] = [
        [
            rule["id"], rule["kind"], rule["first_name"], rule["second_name"], rule["note"],
            rule["expires_at"] if rule["is_in_force"] else f"{rule['expires_at']} (over)",
        ]
        for rule in items
    ]  # fmt: skip
    table("rules", ["id", "kind", "who", "whom", "note", "until"], rows)


def _endorsements(items: list[Json]) -> None:
    rows: list[list[object]] = [
        [row["id"], row["by_name"], row["member_name"], row["text"], row["created_at"][:10]] for row in items
    ]
    table("endorsements", ["id", "who", "for whom", "words", "day"], rows)
