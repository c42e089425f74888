"""Care on the command line, for holders of a key of role `care`."""

from __future__ import annotations

from typing import Annotated

import typer

from copilot.cli.asking import DEFAULT, AsJson, Community, show
from copilot.cli.backend import Json
from copilot.cli.care_asking import care_backend
from copilot.cli.output import say, table

care_app = typer.Typer(no_args_is_help=True, help="Members who may need help; needs a key of role care in CARE_KEY.")
CareArg = Annotated[str, typer.Argument(help="id of an entry")]


@care_app.command("list")
def list_care(
    status: Annotated[str | None, typer.Option(help="new, looked_at, contacted or closed")] = None,
    kind: Annotated[str | None, typer.Option(help="asks_help, burnout or self_harm")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """List entries, oldest first, without anybody's words."""
    with care_backend(community) as asked:
        found = asked.listing(status, kind, limit)
    show(found, as_json, _rows)


@care_app.command("show")
def show_care(care: CareArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Show what was said, a first draft, what to mind and helplines; the audit log notes that you looked."""
    with care_backend(community) as asked:
        found = asked.show(care)
    show(found, as_json, _detail)


@care_app.command("take")
def take(care: CareArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Look after an entry."""
    _act(community, care, "take", {}, as_json)


@care_app.command("hand-over")
def hand_over(
    care: CareArg,
    to: Annotated[str, typer.Argument(help="id of the other's key; see `care people`")],
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Give an entry to another of the named people."""
    _act(community, care, "hand-over", {"to": to}, as_json)


@care_app.command("status")
def status(
    care: CareArg,
    status: Annotated[str, typer.Argument(help="looked_at, contacted or closed")],
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Say how far you are."""
    _act(community, care, "status", {"status": status}, as_json)


@care_app.command("note")
def note(
    care: CareArg,
    text: Annotated[str, typer.Argument(help="for the others who care; nobody else reads it")],
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Write something down."""
    with care_backend(community) as asked:
        found = asked.act(care, "notes", {"text": text})
    show(found, as_json, lambda value: say(str(value["id"])))


@care_app.command("people")
def people(community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """List whom the operators named."""
    with care_backend(community) as asked:
        found = asked.people()
    show(found, as_json, lambda rows: table("people", ["key", "name"], [[r["key_id"], r["name"]] for r in rows]))


def _act(community: str, care: str, action: str, body: Json, as_json: bool) -> None:
    with care_backend(community) as asked:
        found = asked.act(care, action, body)
    show(found, as_json, lambda value: _rows([value]))


def _rows(items: list[Json]) -> None:
    say(f"care: {len(items)}")
    for c in items:
        held = f", {c['held_by_name']}" if c["held_by_name"] else ""
        say(f"{c['created_at'][:16].replace('T', ' ')}  {c['member_name']} in {c['channel_name']}: {c['kind']}")
        say(f"   {c['status_sentence']}{held}  {c['id']}")


def _detail(found: Json) -> None:
    _rows([found["care"]])
    say(found["found"])
    say("")
    say(f"> {found['text']}")
    say("")
    say(found["draft"])
    for line in found["helplines"]:
        say(f"  {line['name']}: {line['reach']} ({line['hours']}; {line['source']}, {line['reviewed_on']})")
    if found["check_before_use"]:
        say(found["check_before_use"])
    say("")
    for number, step in enumerate(found["steps"], start=1):
        say(f"{number}. {step}")
    for written in found["notes"]:
        say(f"[{written['created_at'][:16]} {written['written_by']}] {written['text']}")
