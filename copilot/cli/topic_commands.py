"""Whom to ask for topics, what is asked for, and notes into posts, on the command line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Annotated

import typer

from copilot.cli.asking import DEFAULT, AsJson, Community, MemberArg, backend, member_id, show
from copilot.cli.backend import Backend, Json
from copilot.cli.output import say, table
from copilot.cli.plan_batches import MAX_ID_CHARS, append, ids_done, opened
from copilot.errors import CopilotError, InvalidInput

outreach_app = typer.Typer(no_args_is_help=True, help="Whom to ask for a topic this week. Nothing is ever sent.")
MAX_LINES = 10_000
_LINE_CHARS = 2_000
_MOST_TOPICS = 10
_NOTES_BYTES = 64_000
AskArg = Annotated[str, typer.Argument(help="id of a place on a list")]


@outreach_app.command("plan")
def plan(
    quota: Annotated[int, typer.Option("-n", help="places on this week's list", min=1, max=20)] = 5,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Fill this week's list: whom to ask, why now, when, and what to write."""
    with backend(community) as asked:
        found = asked.outreach.plan(quota)
    show(found, as_json, _week)


@outreach_app.command("list")
def listing(
    week: Annotated[str | None, typer.Option(help="such as 2026-W47; all weeks when left out")] = None,
    status: Annotated[str | None, typer.Option(help="draft, sent, accepted, published or declined")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """List whom you meant to ask and what came of it, newest first."""
    with backend(community) as asked:
        found = asked.outreach.listing(week, status, limit)
    show(found, as_json, _asks)


@outreach_app.command("click")
def click(
    ask: AskArg,
    status: Annotated[str, typer.Argument(help="sent, accepted, published or declined")],
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Note that you sent it, or what the member said."""
    with backend(community) as asked:
        found = asked.outreach.click(ask, status)
    show(found, as_json, lambda item: say(f"{item['member_name']}: {item['status']}"))


@outreach_app.command("learned")
def learned(community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Show how often members said yes, by framework and by hour."""
    with backend(community) as asked:
        found = asked.outreach.learned()
    show(found, as_json, _learned)


@outreach_app.command("pause")
def pause(member: MemberArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Ask a member no more; drafts for them leave the lists."""
    _set_paused(member, community, as_json, paused=True)


@outreach_app.command("resume")
def resume(member: MemberArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Let a member be asked again."""
    _set_paused(member, community, as_json, paused=False)


def demand(
    community: Community = DEFAULT,
    n: Annotated[int, typer.Option("-n", help="rows in each list", min=1, max=50)] = 10,
    as_json: AsJson = False,
) -> None:
    """Show what is asked for: open questions, repeated ones, rising themes, gaps in what is published."""
    with backend(community) as asked:
        found = asked.outreach.demand(n)
    show(found, as_json, _demand)


def post(
    topic: Annotated[str, typer.Argument(help="id of a suggested topic")],
    notes: Annotated[Path, typer.Argument(help="a text file with notes or a transcript; - reads standard input")],
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Arrange a member's notes into the topic's framework; every sentence stays traceable to the notes."""
    text = _read_notes(notes)
    with backend(community) as asked:
        found = asked.outreach.post(topic, text)
    show(found, as_json, lambda made: say(made["content"]["markdown"]))


def topics_batch(
    lines: Annotated[
        Path, typer.Argument(help='JSON Lines: {"id": "a1", "member": "id, external id or name", "n": 3}')
    ],
    community: Community = DEFAULT,
    out: Annotated[
        Path | None, typer.Option(help="add the answers to this file; ids that have topics in it are left out")
    ] = None,
) -> None:
    """Suggest topics for many members; prints one JSON document a line, failures in their own line."""
    failed = False
    done = ids_done(out, "topics")
    with opened(lines) as file, backend(community) as asked:
        for found in suggested_for(asked, file, done):
            failed = failed or "error" in found
            text = json.dumps(found, ensure_ascii=False) + "\n"
            if out is None:
                sys.stdout.write(text)
            else:
                append(out, text)
    if failed:
        raise typer.Exit(1)


def suggested_for(asked: Backend, lines: Iterable[str], done: AbstractSet[str] = frozenset()) -> Iterator[Json]:
    """Yield {"line", "id", ...} with the topics, or the error, of each line that is not blank and whose id is not done.

    Raises:
        InvalidInput: more than 10,000 lines.
    """
    seen: set[str | None] = set()
    for number, line in enumerate(lines, start=1):
        if number > MAX_LINES:
            raise InvalidInput(f"at most {MAX_LINES:,} lines are read", limit=MAX_LINES)
        if not line.strip():
            continue
        line_id: str | None = None
        try:
            line_id, member, n = _wanted(line)
            if line_id is not None and line_id in seen:
                raise InvalidInput(f"the id {line_id!r} stands twice in the file", field="id")
            seen.add(line_id)
            if line_id in done:
                continue
            found = asked.topics(member_id(asked, member), n)
        except CopilotError as error:
            yield {
                "line": number,
                "id": line_id,
                "error": {"code": error.data.get("code", error.code), "message": error.message},
            }
        else:
            yield {"line": number, "id": line_id, **found}


def _wanted(line: str) -> tuple[str | None, str, int]:
    wrong = InvalidInput(
        'a line is {"id": "1 to 100 characters", "member": "id, external id or name", "n": 1-10}; id and n may be left out'
    )
    if len(line) > _LINE_CHARS:
        raise wrong
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise wrong from error
    if not isinstance(row, dict) or row.keys() - {"id", "member", "n"}:
        raise wrong
    member, n = row.get("member"), row.get("n", 3)
    if not isinstance(member, str) or not member.strip() or not isinstance(n, int) or isinstance(n, bool):
        raise wrong
    line_id = row.get("id")
    if line_id is not None and not (isinstance(line_id, str) and 1 <= len(line_id) <= MAX_ID_CHARS):
        raise wrong
    if not 1 <= n <= _MOST_TOPICS:
        raise wrong
    return line_id, member, n


def _read_notes(path: Path) -> str:
    try:
        with sys.stdin.buffer if str(path) == "-" else path.open("rb") as file:
            raw = file.read(_NOTES_BYTES + 1)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}", field="notes") from error
    if len(raw) > _NOTES_BYTES:
        raise InvalidInput(f"{path} is longer than {_NOTES_BYTES} bytes", field="notes", limit=_NOTES_BYTES)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path} is not UTF-8 text", field="notes") from error


def _set_paused(member: str, community: str, as_json: bool, *, paused: bool) -> None:
    with backend(community) as asked:
        found = asked.outreach.pause(member_id(asked, member), paused)
    show(found, as_json, lambda value: say("paused" if value["paused"] else "may be asked"))


def _week(week: Json) -> None:
    for item in week["items"]:
        # A draft is there to be copied: in a table it would be broken into columns.
        say(f"{item['member_name']} [{item['status']}] {item['id']} ({item['timing']})")
        say(f"  {item['why_now']}")
        say(f"  > {item['message']}\n")
    if week["note"]:
        say(week["note"])


def _asks(items: list[Json]) -> None:
    rows: list[list[object]] = [
        [item["id"], item["week"], item["member_name"], item["status"], item["title"], item["timing"]] for item in items
    ]
    table("whom to ask", ["id", "week", "who", "status", "title", "when"], rows)


def _learned(found: Json) -> None:
    for name in ("frameworks", "hours"):
        rows: list[list[object]] = [
            [item["key"], item["asked"], item["yes"], f"{item['rate']:.0%}"] for item in found[name]
        ]
        table(f"{name} (average {found['average']:.0%})", [name[:-1], "asked", "yes", "rate"], rows)


def _demand(found: Json) -> None:
    for name in ("unanswered", "gaps"):
        rows: list[list[object]] = [
            [item["asked_at"][:10], item["asker_name"], item["quote"], f"{item['novelty']:.2f}", item["given_to"]]
            for item in found[name]
        ]
        table(name, ["day", "who", "question", "novelty", "given to"], rows)
    rows = [[group["askers"], group["questions"][0]["quote"]] for group in found["repeated"]]
    table("asked repeatedly", ["people", "newest wording"], rows)
    rows = [[theme["word"], theme["lately"], theme["before"], f"{theme['rise']:.1f}"] for theme in found["rising"]]
    table("rising", ["word", "last week", "before", "rise"], rows)
