"""Claims and corrections on the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from copilot.cli.asking import DEFAULT, AsJson, Community, backend, show
from copilot.cli.backend import Json
from copilot.cli.output import say, table

claims_app = typer.Typer(no_args_is_help=True, help="What the community's own records say of a message.")


@claims_app.command("check")
def check(
    text: Annotated[str, typer.Argument(help="a message")], community: Community = DEFAULT, as_json: AsJson = False
) -> None:
    """Hold every claim of a text against events, resources, policy, articles and corrections; nothing is stored."""
    with backend(community) as asked:
        found = asked.claims.check(text)
    show(found, as_json, _report)


@claims_app.command("correct")
def correct(
    text: Annotated[str, typer.Argument(help="a sentence you vouch for")],
    source: Annotated[str, typer.Option(help="where it comes from")],
    expires: Annotated[str | None, typer.Option(help="ISO time with zone; until it is withdrawn when left out")] = None,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Record a correction; messages are held against it before any other record."""
    with backend(community) as asked:
        made = asked.claims.correct(text, source, expires)
    show(made, as_json, lambda value: _corrections([value]))


@claims_app.command("corrections")
def corrections(community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """List corrections, newest first."""
    with backend(community) as asked:
        found = asked.claims.corrections()
    show(found, as_json, _corrections)


@claims_app.command("withdraw")
def withdraw(
    correction: Annotated[str, typer.Argument(help="id of a correction")],
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Let a correction count no more; it stays on record."""
    with backend(community) as asked:
        found = asked.claims.withdraw(correction)
    show(found, as_json, lambda value: _corrections([value]))


def _report(found: Json) -> None:
    say(found["sentence"])
    for claim in found["claims"]:
        source = f" [{claim['source_kind']} {claim['source_id']}]" if claim["source_id"] else ""
        say(f"{claim['outcome']}: {claim['claim']}")
        say(f"  {claim['sentence']}{source}")


def _corrections(items: list[Json]) -> None:
    rows: list[list[object]] = [
        [c["id"], c["text"], c["source"], (c["expires_at"] or "")[:10], "yes" if c["is_in_force"] else "no"]
        for c in items
    ]
    table("corrections", ["id", "correction", "source", "until", "in force"], rows)
