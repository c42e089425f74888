"""Partners on the command line: invitations, what crosses the border, and matches across it."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from copilot.cli.asking import DEFAULT, AsJson, Community, MemberArg, backend, member_id, show
from copilot.cli.backend import Json
from copilot.cli.output import entry, say, table
from copilot.cli.resource_commands import resource_id

partners_app = typer.Typer(no_args_is_help=True, help="Other communities that share chosen resources with this one.")
PartnerArg = Annotated[str, typer.Argument(help="id of an agreement, see `partners list`")]
Gives = Annotated[
    list[str] | None, typer.Option("--give", help="a class, such as technology, or a code; may be repeated")
]
Takes = Annotated[
    list[str] | None, typer.Option("--take", help="what to be shown: a class or a code; everything when left out")
]
Url = Annotated[str, typer.Option(help="where this service can be reached, for partners on other instances")]
_CODE = re.compile(r"[A-Z]{3}-[A-Z]{2}-\d+", re.ASCII)


@partners_app.command("invite")
def invite(
    give: Gives = None,
    take: Takes = None,
    days: Annotated[int, typer.Option(help="how long it can be accepted", min=1, max=30)] = 7,
    url: Url = "",
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Invite another community. The token is shown once; nothing crosses before you confirm who accepted."""
    with backend(community) as asked:
        found = asked.partners.invite(_terms(give, take, url) | {"days": days})
    show(found, as_json, _invited)


@partners_app.command("accept")
def accept(
    token: Annotated[str, typer.Argument(help="the invitation you were given")],
    give: Gives = None,
    take: Takes = None,
    url: Url = "",
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Accept an invitation; the inviter confirms last."""
    with backend(community) as asked:
        found = asked.partners.accept(_terms(give, take, url) | {"token": token})
    show(found, as_json, _one)


@partners_app.command("confirm")
def confirm(partner: PartnerArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Say yes to whoever accepted your invitation."""
    with backend(community) as asked:
        found = asked.partners.confirm(partner)
    show(found, as_json, _one)


@partners_app.command("change")
def change(
    partner: PartnerArg, give: Gives = None, take: Takes = None, community: Community = DEFAULT, as_json: AsJson = False
) -> None:
    """Change what is given or taken; it holds at once."""
    with backend(community) as asked:
        found = asked.partners.change(partner, _terms(give, take, ""))
    show(found, as_json, _one)


@partners_app.command("revoke")
def revoke(partner: PartnerArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """End an agreement at once, or take an invitation back."""
    with backend(community) as asked:
        found = asked.partners.revoke(partner)
    show(found, as_json, _one)


@partners_app.command("list")
def list_partners(
    community: Community = DEFAULT,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    as_json: AsJson = False,
) -> None:
    """List agreements, newest first."""
    with backend(community) as asked:
        found = asked.partners.partners(limit)
    show(found, as_json, _agreements)


@partners_app.command("share")
def share(
    resource: Annotated[str, typer.Argument(help="id or code of a resource")],
    off: Annotated[bool, typer.Option("--off", help="keep it at home")] = False,
    with_name: Annotated[bool, typer.Option("--with-name", help="the owner agrees that the name goes with it")] = False,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Let a resource cross to partners, or keep it at home."""
    with backend(community) as asked:
        body = {"is_shared": not off, "with_name": with_name}
        found = asked.partners.share(resource_id(asked, resource), body)
    show(found, as_json, _sharing)


@partners_app.command("resources")
def resources(
    partner: Annotated[str | None, typer.Option(help="only of this agreement")] = None,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """List what partners share now."""
    with backend(community) as asked:
        found = asked.partners.resources(partner)
    show(found, as_json, _resources)


@partners_app.command("match")
def match(
    member: MemberArg,
    n: Annotated[int, typer.Option("-n", help="how many", min=1, max=20)] = 5,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Find partners' resources for what a member wants; nothing of the member crosses the border."""
    with backend(community) as asked:
        found = asked.partners.match(member_id(asked, member), n)
    show(found, as_json, _matches)


def _terms(give: list[str] | None, take: list[str] | None, url: str) -> Json:
    found: Json = {"url": url} if url else {}
    for name, words in (("gives", give), ("takes", take)):
        if words is not None:
            codes = [word for word in words if _CODE.fullmatch(word)]
            found[name] = {"classes": [word for word in words if word not in codes], "codes": codes}
    return found


def _invited(found: Json) -> None:
    _one(found)
    say(found["token"])


def _one(found: Json) -> None:
    _agreements([found])
    for one in found["differences"]:
        say(f"  {one['text']}")


def _agreements(found: list[Json]) -> None:
    rows: list[list[object]] = [
        [
            one["id"], one["partner"]["name"] if one["partner"] else "", one["state"], _scope(one["gives"]),
            _scope(one["takes"]), one["next_step"],
        ]
        for one in found
    ]  # fmt: skip
    table("partners", ["id", "partner", "state", "gives", "takes", "next"], rows)


def _scope(scope: Json) -> str:
    return ", ".join([*scope["classes"], *scope["codes"]])


def _sharing(found: Json) -> None:
    where = ", ".join(found["seen_by"]) or "no partner"
    say(f"{'shared' if found['is_shared'] else 'kept at home'}{', with name' if found['with_name'] else ''}: {where}")


def _resources(found: Json) -> None:
    rows: list[list[object]] = [
        [
            one["from_partner"]["name"],
            one["code"],
            one["type_name"],
            one["title"],
            one["owner_name"] or "",
            "\n".join([*filter(None, [one["terms"]]), *_conditions(one)]),
        ]
        for one in found["items"]
    ]
    table("from partners", ["partner", "code", "class", "what", "whose", "terms"], rows)
    for one in found["unreachable"]:
        say(f"{one['name']}: {one['reason']}")


def _conditions(resource: Json) -> list[str]:
    return [one["text"] for one in resource["differences"] if one["aspect"] == "terms"]


def _matches(found: Json) -> None:
    for one in found["items"]:
        resource = one["resource"]
        lines = [one["reason"], resource["terms"], *(item["text"] for item in resource["differences"])]
        entry(
            f"{one['score']:.2f} {resource['title']} ({resource['from_partner']['name']}, {resource['code']})",
            [line for line in lines if line],
        )
    for one in found["unreachable"]:
        say(f"{one['name']}: {one['reason']}")
    if found["note"]:
        say(found["note"])
