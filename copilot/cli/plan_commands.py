"""Plans on the command line: drafted one by one or by the file, revised, edited, locked, compared, exported."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from copilot.cli.asking import DEFAULT, AsJson, Community, backend, show
from copilot.cli.backend import Json
from copilot.cli.output import progress_line, say, table
from copilot.cli.plan_batches import append, drafted, ids_done, opened
from copilot.errors import InvalidInput

plans_app = typer.Typer(no_args_is_help=True, help="Plans in versions: revise, edit, lock, compare, undo, export.")
calendars_app = typer.Typer(no_args_is_help=True, help="Addresses under which calendars read the community's events.")
PlanArg = Annotated[str, typer.Argument(metavar="PLAN", help="id of a plan version")]
_ENDINGS = {".md": "markdown", ".html": "html", ".docx": "docx", ".csv": "csv", ".ics": "ics", ".json": "json"}


def plan(
    brief: Annotated[str, typer.Argument(help="what you want, in a sentence, Chinese or English")] = "",
    briefs: Annotated[
        Path | None, typer.Option(help='JSON Lines instead: {"id": "...", "brief": a sentence or fields}')
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="with --briefs: add the answers to this file; ids that are in it are done")
    ] = None,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Draft an event plan from a brief, or one for each line of a file."""
    if bool(brief) == bool(briefs):
        raise InvalidInput("give one brief, or --briefs with a file", field="brief")
    if briefs is not None:
        _draft_file(briefs, out, community)
        return
    with backend(community) as asked:
        with progress_line() as tell:
            found = asked.plan(brief, tell)
        text = "" if as_json else asked.plan_markdown(str(found["id"]))
    show(found, as_json, lambda item: _drafted(item, text))


def _drafted(found: Json, text: str) -> None:
    """Print what was understood of the brief, a line a field, then the plan."""
    for item in found["understood"]:
        say(item["sentence"] or f"{item['field']}: {item['words']}")
    say(f"\n{text}" if found["understood"] else text)


def _draft_file(briefs: Path, out: Path | None, community: str) -> None:
    """Print, or add to a file, one JSON document for each line; the exit code says whether all became plans."""
    done = ids_done(out)
    failed = 0
    with backend(community) as asked, opened(briefs) as lines:
        for found in drafted(asked, lines, done):
            failed += "error" in found
            text = json.dumps(found, ensure_ascii=False) + "\n"
            if out is None:
                sys.stdout.write(text)
                sys.stdout.flush()
            else:
                append(out, text)
    if failed:
        raise typer.Exit(1)


@plans_app.command("list")
def listing(
    community: Community = DEFAULT, limit: Annotated[int, typer.Option(min=1, max=200)] = 20, as_json: AsJson = False
) -> None:
    """List plans with all their versions, newest first."""
    with backend(community) as asked:
        found = asked.plans.listing(limit)
    show(found, as_json, _plans)


@plans_app.command("show")
def show_plan(plan_id: PlanArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Show a plan as Markdown."""
    with backend(community) as asked:
        found = asked.plans.get(plan_id)
        text = "" if as_json else asked.plan_markdown(plan_id)
    show(found, as_json, lambda _found: say(text))


@plans_app.command("revise")
def revise(
    plan_id: PlanArg,
    request: Annotated[str, typer.Argument(help="what to change: 把预算压到1万, make it 40 people ...")],
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Change a plan as asked; only what must change does."""
    with backend(community) as asked:
        found = asked.plans.revise(plan_id, request)
    show(found, as_json, _changed)


@plans_app.command("edit")
def edit(
    plan_id: PlanArg,
    patch: Annotated[str, typer.Argument(help='JSON, such as {"title": "..."}; see PATCH /event-plans in /docs')],
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Set parts of a plan by hand; what is set is locked."""
    try:
        wanted = json.loads(patch)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"the patch is no JSON: {error}", field="patch") from error
    if not isinstance(wanted, dict):
        raise InvalidInput("the patch is a JSON object", field="patch")
    with backend(community) as asked:
        found = asked.plans.edit(plan_id, wanted)
    show(found, as_json, _changed)


@plans_app.command("undo")
def undo(
    plan_id: PlanArg,
    to: Annotated[str | None, typer.Option(help="an earlier version; the one before when left out")] = None,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Bring an earlier version back as a new one."""
    with backend(community) as asked:
        earlier = to or (asked.plans.get(plan_id)["change"] or {}).get("from_id")
        if earlier is None:
            raise InvalidInput("this is the first version; there is nothing to undo", field="to")
        found = asked.plans.restore(plan_id, earlier)
    show(found, as_json, _changed)


@plans_app.command("versions")
def versions(plan_id: PlanArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """List the versions of a plan, newest first."""
    with backend(community) as asked:
        found = asked.plans.versions(plan_id, 200)
    show(found, as_json, _plans)


@plans_app.command("diff")
def diff(
    plan_id: PlanArg,
    other: Annotated[str | None, typer.Option("--from", help="another version; the one before when left out")] = None,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Show what a version has otherwise than another."""
    with backend(community) as asked:
        found = asked.plans.differences(plan_id, other)
    show(found, as_json, lambda items: say("\n".join(item["sentence"] for item in items) or "no difference"))


@plans_app.command("lock")
def lock(
    plan_id: PlanArg,
    parts: Annotated[list[str] | None, typer.Argument(help="all that is to be locked; none unlocks everything")] = None,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Say which parts of a plan later requests leave alone: budget.lines.venue, promotion.2.text ..."""
    with backend(community) as asked:
        found = asked.plans.lock(plan_id, parts or [])
    show(found, as_json, lambda item: say("locked: " + (", ".join(item["locks"]) or "nothing")))


@plans_app.command("export")
def export(
    plan_id: PlanArg,
    file: Annotated[Path, typer.Argument(help="where to; its ending says the form: md html docx csv ics json")],
    part: Annotated[str | None, typer.Option(help="of a csv: run_sheet, budget, tasks or promotion")] = None,
    community: Community = DEFAULT,
) -> None:
    """Write a plan to a file."""
    file_format = _ENDINGS.get(file.suffix.lower())
    if file_format is None:
        raise InvalidInput(f"the file ends with one of {' '.join(_ENDINGS)}", field="file")
    with backend(community) as asked:
        content = asked.plans.export(plan_id, file_format, part)
    try:
        file.write_bytes(content)
    except OSError as error:
        raise InvalidInput(f"{file} cannot be written: {error.strerror}", field="file") from error
    say(f"{file}: {len(content):,} bytes")


@calendars_app.command("add")
def add_feed(
    name: Annotated[str, typer.Argument(help="whose calendar it is for")],
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Make an address to subscribe to; it is shown once."""
    with backend(community) as asked:
        found = asked.plans.make_feed(name)
    show(found, as_json, lambda feed: say(f"{feed['name']}: {feed['path']} (on this service; shown once)"))


@calendars_app.command("list")
def list_feeds(community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """List calendar feeds."""
    with backend(community) as asked:
        found = asked.plans.feeds()
    show(found, as_json, _feeds)


@calendars_app.command("revoke")
def revoke_feed(
    feed: Annotated[str, typer.Argument(help="id of a feed")], community: Community = DEFAULT, as_json: AsJson = False
) -> None:
    """Make a feed's address lead nowhere."""
    with backend(community) as asked:
        found = asked.plans.revoke_feed(feed)
    show(found, as_json, lambda item: _feeds([item]))


def _plans(items: list[Json]) -> None:
    rows: list[list[object]] = [
        [item["id"], item["version"], item["content"]["title"], item["created_at"][:16], (item["change"] or {}).get("request", "")]
        for item in items
    ]  # fmt: skip
    table("plans", ["id", "version", "title", "made at", "asked for"], rows)


def _changed(found: Json) -> None:
    change = found["change"]
    say(f"{found['id']}: version {found['version']}, {change['differences']} values differ")
    for sentence in change["sentences"]:
        say(f"  {sentence}")


def _feeds(items: list[Json]) -> None:
    rows: list[list[object]] = [
        [item["id"], item["name"], f"…{item['hint']}", item["last_read_at"] or "never", item["revoked_at"] or ""]
        for item in items
    ]
    table("calendar feeds", ["id", "name", "address", "last read", "revoked"], rows)
