"""Points and boards on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from copilot.cli import recognition_render
from copilot.cli.asking import DEFAULT, AsJson, Community, MemberArg, backend, member_id, show
from copilot.cli.backend import Backend, Json
from copilot.cli.output import say
from copilot.errors import InvalidInput

points_app = typer.Typer(no_args_is_help=True, help="What members did for each other, and what it is worth.")
boards_app = typer.Typer(no_args_is_help=True, help="Boards of a season, and who wants to be on none.")
SeasonArg = Annotated[str, typer.Argument(help="id or name of a season")]


def season_id(asked: Backend, given: str) -> str:
    """Return the id of the season of this name; what is none is taken for an id."""
    same = [one["id"] for one in asked.recognition.seasons(200) if one["name"] == given]
    return str(same[0]) if len(same) == 1 else given


Limit = Annotated[int, typer.Option(min=1, max=200)]


@points_app.command("settle")
def settle(
    community: Community = DEFAULT,
    days: Annotated[int, typer.Option(help="how far back to look", min=1, max=400)] = 35,
    as_json: AsJson = False,
) -> None:
    """Score what is not in the ledger yet, and reverse what was taken back."""
    with backend(community) as asked:
        found = asked.recognition.settle(days)
    show(found, as_json, recognition_render.settled)


@points_app.command("list")
def entries(
    community: Community = DEFAULT,
    member: Annotated[str | None, typer.Option(help="only of this member")] = None,
    rule: Annotated[str | None, typer.Option(help="only of this rule")] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List the ledger, newest first."""
    with backend(community) as asked:
        found = asked.recognition.entries(member_id(asked, member) if member else None, rule, limit)
    show(found, as_json, recognition_render.entries)


@points_app.command("why")
def why(member: MemberArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Say why a member has the points they have."""
    with backend(community) as asked:
        found = asked.recognition.why(member_id(asked, member))
    show(found, as_json, recognition_render.why)


@points_app.command("reverse")
def reverse(
    entry: Annotated[str, typer.Argument(help="id of an entry")],
    reason: Annotated[str, typer.Option(help="gamed or mistake")],
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Take an entry back with another one; nothing is deleted."""
    with backend(community) as asked:
        found = asked.recognition.reverse(entry, reason)
    show(found, as_json, lambda one: say(one["why"]))


@points_app.command("recount")
def recount(community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Count the whole ledger again and compare byte by byte."""
    with backend(community) as asked:
        found = asked.recognition.recount()
    show(found, as_json, recognition_render.recounted)


@points_app.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="where to write the CSV; an existing file is not overwritten")],
    community: Community = DEFAULT,
) -> None:
    """Export the ledger as CSV."""
    if file.exists():
        raise InvalidInput(f"{file} exists already", field="file")
    with backend(community) as asked:
        file.write_bytes(asked.recognition.export())
    say(str(file))


@points_app.command("rules")
def rules(community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Show what is worth points."""
    with backend(community) as asked:
        found = asked.recognition.rules()
    show(found, as_json, recognition_render.rules)


@points_app.command("set-rule")
def set_rule(
    rule: Annotated[str, typer.Argument(help="a name from `points rules`")],
    state: Annotated[str, typer.Argument(help="on or off; at most five are on")],
    points: Annotated[
        int | None, typer.Option(help="what it is worth; as before when left out", min=1, max=100)
    ] = None,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Switch a rule and weigh it: a new version; what is in the ledger stays as it was counted."""
    if state not in {"on", "off"}:
        raise InvalidInput("a rule is on or off", field="state")
    with backend(community) as asked:
        found = asked.recognition.change_rule({"name": rule, "enabled": state == "on", "points": points})
    show(found, as_json, recognition_render.rules)


@points_app.command("thank")
def thank(
    member: Annotated[str, typer.Argument(help="who thanks")],
    evidence: Annotated[str, typer.Argument(help="id of the message, or of the topic, that helped")],
    kind: Annotated[str, typer.Option(help="answer, write_up or welcome")] = "answer",
    topic: Annotated[bool, typer.Option("--topic", help="it is a topic, not a message")] = False,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Note a member's thanks on their word; points follow with the next settling."""
    body: Json = {"kind": kind, "evidence_kind": "topic" if topic else "message", "evidence_id": evidence}
    with backend(community) as asked:
        found = asked.recognition.thank(member_id(asked, member), body)
    show(found, as_json, recognition_render.thanked)


@points_app.command("withdraw")
def withdraw(
    member: Annotated[str, typer.Argument(help="who thanked")],
    thanks: Annotated[str, typer.Argument(help="id that `points thank` printed")],
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Take thanks back; points they gave are reversed at once."""
    with backend(community) as asked:
        found = asked.recognition.withdraw(member_id(asked, member), thanks)
    show(found, as_json, recognition_render.thanked)


@boards_app.command("show")
def board(
    season: SeasonArg,
    kind: Annotated[str, typer.Option(help="individual, newcomer or team")] = "individual",
    community: Community = DEFAULT,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """Show a board as it stands now; equal points share a rank."""
    with backend(community) as asked:
        found = asked.recognition.board(season_id(asked, season), kind, limit)
    show(found, as_json, recognition_render.board)


@boards_app.command("final")
def final(
    season: SeasonArg,
    kind: Annotated[str, typer.Option(help="individual, newcomer or team")] = "individual",
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Show a board as it was when the season ended; who opted out since is not on it."""
    with backend(community) as asked:
        found = asked.recognition.standing(season_id(asked, season), kind)
    show(found, as_json, recognition_render.board)


@boards_app.command("leave")
def leave(member: MemberArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Take a member off every board, award and slot at once; points are still counted, for them alone."""
    _set_shown(member, community, as_json, shown=False)


@boards_app.command("join")
def join(member: MemberArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Let a member be shown again."""
    _set_shown(member, community, as_json, shown=True)


def _set_shown(member: str, community: str, as_json: bool, *, shown: bool) -> None:
    with backend(community) as asked:
        found = asked.recognition.show(member_id(asked, member), shown)
    show(found, as_json, lambda one: say(f"{one['member_id']}: {'shown' if one['is_shown'] else 'not shown'}"))
