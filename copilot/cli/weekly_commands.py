"""Commands for once a week: `weekly` and `stars`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import typer

from copilot.cli.asking import DEFAULT, AsJson, Community, backend, show
from copilot.cli.backend import Json
from copilot.cli.output import job_progress, print_json, say, table
from copilot.errors import InvalidInput


def weekly(
    community: Community = DEFAULT,
    week: Annotated[
        str | None, typer.Option(help="such as 2026-W46; the week of the newest message when left out")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="folder for the page, Markdown, JSON and charts; printed when left out")
    ] = None,
    audience: Annotated[
        Literal["operators", "members"], typer.Option(help="members see neither names nor anybody's words")
    ] = "operators",
    stored: Annotated[
        bool, typer.Option("--stored", help="show what was made before instead of making it anew")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make the weekly report: what changed beyond noise, three things to do, messages that helped, open questions."""
    # Late: only this command composes pages.
    from copilot.atmosphere.weekly.weeks import week_period
    from copilot.cli.weekly_files import files_of, markdown_of

    if week is not None:
        week_period(week, ZoneInfo("UTC"))  # a slip is told of before the readings are renewed
    if out is not None and out.exists() and not out.is_dir():
        raise InvalidInput(f"{str(out)!r} is a file, not a folder", field="out")
    with backend(community) as asked:
        if not stored:
            with job_progress() as on_job:
                asked.run_job("snapshot", on_job)  # what is usual is known from stored weeks
            week = str(asked.weekly.make(week)["week"])
        report = asked.weekly.report(week, audience)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for file in files_of(report):
            (out / file.name).write_bytes(file.content)
            say(str(out / file.name))
    if as_json:
        print_json(report)
    elif out is None:
        say(markdown_of(report))


def stars(
    community: Community = DEFAULT,
    channel: Annotated[str | None, typer.Option(help="id, external id or name; all channels when left out")] = None,
    weeks: Annotated[int, typer.Option(min=1, max=26, help="whole weeks up to the newest message")] = 8,
    as_json: AsJson = False,
) -> None:
    """Show who answers, connects and calms, who carries too much, and how central the owner is. For operators only."""
    with backend(community) as asked:
        found = asked.weekly.stars(channel, weeks)
    show(found, as_json, _stars)


def _stars(found: Json) -> None:
    for role, reading in found["roles"].items():
        rows: list[list[object]] = [[star["name"], star["sentence"]] for star in reading["stars"]]
        if rows:
            table(role, ["who", "how it is known"], rows)
        say(f"{role}: {reading['nobody'] or reading['definition']}")
    say(found["load"]["sentence"])
    for loaded in found["load"]["loaded"]:
        say(f"{loaded['name']}: {loaded['sentence']}")
    say(found["owner"]["sentence"])
