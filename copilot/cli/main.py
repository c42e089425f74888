"""The command line: `community-copilot`. Commands ask the running service, or open the stores when none runs."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from copilot.cli import render
from copilot.cli.agreement_commands import agreements_app
from copilot.cli.alert_commands import alerts_app
from copilot.cli.asking import DEFAULT, AsJson, Community, MemberArg, backend, member_id, settings, show
from copilot.cli.backend import Json
from copilot.cli.backtest_commands import audits_app, backtests_app, precision, thresholds_app
from copilot.cli.card_commands import cards_app
from copilot.cli.care_commands import care_app
from copilot.cli.case_commands import cases_app, message, report
from copilot.cli.circle_commands import circles_app, ventures
from copilot.cli.claim_commands import claims_app
from copilot.cli.console_commands import console_app
from copilot.cli.decision_commands import appeals_app
from copilot.cli.event_commands import events_app
from copilot.cli.export_commands import export_app
from copilot.cli.figure_commands import resources_app
from copilot.cli.introduction_commands import introductions_app, outcomes_app, weights_app
from copilot.cli.key_commands import keys_app
from copilot.cli.knowledge_commands import knowledge_app
from copilot.cli.loan_commands import loans_app
from copilot.cli.match_commands import match_app
from copilot.cli.output import fail, job_progress, print_json
from copilot.cli.partner_commands import partners_app
from copilot.cli.plan_commands import calendars_app, plan, plans_app
from copilot.cli.profile_commands import profile_app
from copilot.cli.read_commands import read
from copilot.cli.recognition_commands import boards_app, points_app
from copilot.cli.reward_commands import rewards_app
from copilot.cli.round_commands import rotate_app, rounds_app
from copilot.cli.rule_commands import endorsements_app, rules_app
from copilot.cli.season_commands import awards_app, seasons_app
from copilot.cli.spending_commands import spent
from copilot.cli.team_commands import team
from copilot.cli.topic_commands import demand, outreach_app, post, topics_batch
from copilot.cli.webhook_commands import webhooks_app
from copilot.cli.weekly_commands import stars, weekly
from copilot.errors import CopilotError, InvalidInput
from copilot.loading import loading
from copilot.telemetry import configure_logging

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
app.add_typer(cases_app, name="cases")
app.add_typer(appeals_app, name="appeals")
app.add_typer(thresholds_app, name="thresholds")
app.add_typer(backtests_app, name="backtests")
app.add_typer(audits_app, name="audits")
app.command("precision")(precision)
app.add_typer(alerts_app, name="alerts")
app.command("report")(report)
app.command("message")(message)
app.command("read")(read)
app.add_typer(keys_app, name="keys")
app.add_typer(console_app, name="console")
app.add_typer(cards_app, name="cards")
app.add_typer(export_app, name="export")
app.add_typer(care_app, name="care")
app.add_typer(claims_app, name="claims")
app.add_typer(introductions_app, name="introductions")
app.add_typer(resources_app, name="resources")
app.add_typer(loans_app, name="loans")
app.add_typer(agreements_app, name="agreements")
app.add_typer(partners_app, name="partners")
app.add_typer(circles_app, name="circles")
app.command("ventures")(ventures)
app.add_typer(weights_app, name="weights")
app.add_typer(outcomes_app, name="outcomes")
app.add_typer(knowledge_app, name="knowledge")
app.add_typer(match_app, name="match")
app.add_typer(rules_app, name="rules")
app.add_typer(endorsements_app, name="endorsements")
app.add_typer(webhooks_app, name="webhooks")
app.add_typer(rounds_app, name="rounds")
app.add_typer(rotate_app, name="rotate")
app.command("team")(team)
app.add_typer(profile_app, name="profile")
app.add_typer(outreach_app, name="outreach")
app.command("demand")(demand)
app.command("weekly")(weekly)
app.command("stars")(stars)
app.command("post")(post)
app.command("topics-batch")(topics_batch)
events_app.command("spent")(spent)
app.add_typer(events_app, name="events")
app.command("plan")(plan)
app.add_typer(plans_app, name="plans")
app.add_typer(calendars_app, name="calendars")
app.add_typer(points_app, name="points")
app.add_typer(boards_app, name="boards")
app.add_typer(seasons_app, name="seasons")
app.add_typer(awards_app, name="awards")
app.add_typer(rewards_app, name="rewards")


@app.command("init")
def init(
    config: Annotated[Path | None, typer.Argument(help="a community.yaml; see copilot/sample for one")] = None,
    slug: Annotated[str, typer.Option(help="slug of a new community without a file")] = "",
    name: Annotated[str, typer.Option(help="its name")] = "",
    timezone: Annotated[str, typer.Option(help="its time zone")] = "Asia/Shanghai",
    currency: Annotated[
        str, typer.Option(help="its currency, ISO 4217, also beside a file; by language CNY or USD if left out")
    ] = "",
    new_key: Annotated[
        bool, typer.Option("--new-key", help="make another admin key for a community that is there already")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Create a community with an admin key, or bring one that is there in line with its file."""
    # Late: only this command and the demo create communities.
    with loading():
        from copilot.cli.setup import create

    given = {"slug": slug, "name": name, "timezone": timezone, "currency": currency.upper()}
    made = create(settings(), config, given=given, new_key=new_key)
    show(made, as_json, render.community)


@app.command("import")
def import_(
    files: Annotated[
        list[Path], typer.Argument(help="CSV, XLSX, JSONL, ChatLab, Slack zip, Discord or Telegram exports")
    ],
    community: Community = DEFAULT,
    kind: Annotated[
        str | None, typer.Option(help="members, resources, events or chat; found out when left out")
    ] = None,
    format: Annotated[str | None, typer.Option("--format", help="name of the format; found out when left out")] = None,  # noqa: A002  # its public name
    map: Annotated[list[str] | None, typer.Option("--map", help="column=field; may be repeated")] = None,  # noqa: A002  # its public name
    channel: Annotated[str | None, typer.Option(help="channel to import, or to store the chat under")] = None,
    platform: Annotated[str | None, typer.Option(help="platform of a table's members")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would happen and write nothing")] = False,
    as_json: AsJson = False,
) -> None:
    """Import members, resources, events or chat; importing twice changes nothing."""
    for file in files:
        if not file.is_file():
            raise InvalidInput(f"there is no file {str(file)!r}", field="file")
    pairs = [entry.partition("=") for entry in map or []]
    if any(not sep or not column or not field for column, sep, field in pairs):
        raise InvalidInput("--map takes column=field", field="map")
    options: Json = {
        "kind": kind, "format": format, "channel": channel, "platform": platform, "dry_run": dry_run,
        "mapping": {column: field for column, _, field in pairs},
    }  # fmt: skip
    options = {name: value for name, value in options.items() if value is not None}
    finished: list[Json] = []
    with backend(community) as asked:
        for file in files:
            with job_progress() as on_job:
                done = asked.import_file(file, options, on_job)
            require_success(done, file.name if len(files) > 1 else "")
            finished.append(done)
            if not as_json:
                render.job(done)
    if as_json:
        print_json(finished[0] if len(finished) == 1 else finished)


def require_success(done: Json, name: str = "") -> None:
    """Turn a failed job into an error of the command."""
    if done["status"] == "failed":
        error = done["error"] or {}
        sentence = str(error.get("message", "the job failed"))
        raise CopilotError(f"{name}: {sentence}" if name else sentence, **dict(error.get("data") or {}))


def finish_job(done: Json, as_json: bool) -> None:
    """Print a job's outcome; a failed one is an error of the command."""
    require_success(done)
    show(done, as_json, render.job)


@app.command()
def topics(
    member: MemberArg,
    community: Community = DEFAULT,
    n: Annotated[int, typer.Option("-n", help="how many", min=1, max=10)] = 3,
    as_json: AsJson = False,
) -> None:
    """Suggest topics a member could write about, with the evidence."""
    with backend(community) as asked:
        found = asked.topics(member_id(asked, member), n)
    show(found, as_json, render.topics)


@app.command()
def suggested(
    member: Annotated[
        str | None, typer.Argument(help="id, external id or exact name; all members when left out")
    ] = None,
    community: Community = DEFAULT,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    as_json: AsJson = False,
) -> None:
    """List topics that were suggested so far, newest first."""
    with backend(community) as asked:
        found = asked.suggested(member_id(asked, member) if member else None, limit)
    show(found, as_json, render.suggested)


@app.command()
def atmosphere(
    community: Community = DEFAULT,
    channel: Annotated[str | None, typer.Option(help="id, external id or name; all channels when left out")] = None,
    start: Annotated[str | None, typer.Option(help="ISO time with zone")] = None,
    end: Annotated[str | None, typer.Option(help="ISO time with zone")] = None,
    group: Annotated[str | None, typer.Option(help="the channels whose attribute `group` has this value")] = None,
    by_day: Annotated[bool, typer.Option("--by-day", help="one line a day, in the community's time zone")] = False,
    by_week: Annotated[bool, typer.Option("--by-week", help="one line a week, Monday to Monday")] = False,
    as_json: AsJson = False,
) -> None:
    """Read the room: sentiment and five dimensions, with n, intervals and what is usual."""
    room: Json = {"channel": channel, "group": group, "start": start, "end": end}
    with backend(community) as asked:
        if by_day:
            show(asked.atmosphere_days(room), as_json, render.atmosphere_days)
        elif by_week:
            show(asked.atmosphere_weeks(room), as_json, render.atmosphere_weeks)
        else:
            show(asked.atmosphere(room), as_json, render.atmosphere)


@app.command()
def replies(
    community: Community = DEFAULT,
    channel: Annotated[str | None, typer.Option(help="id, external id or name; all channels when left out")] = None,
    n: Annotated[int, typer.Option("-n", min=1, max=100, help="how many pairs")] = 10,
    as_json: AsJson = False,
) -> None:
    """Show who answers whom most, by the platform's own reply links."""
    with backend(community) as asked:
        found = asked.reply_pairs(channel, n)
    show(found, as_json, render.reply_pairs)


def _job(community: str, kind: str, as_json: bool) -> None:
    with backend(community) as asked, job_progress() as on_job:
        done = asked.run_job(kind, on_job)
    finish_job(done, as_json)


@app.command()
def reindex(community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Throw the vectors away and make them again from the database."""
    _job(community, "reindex", as_json)


@app.command()
def check(community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Compare the vector index with the database and repair what differs."""
    _job(community, "check", as_json)


@app.command()
def erase(
    member: MemberArg,
    community: Community = DEFAULT,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
) -> None:
    """Delete a member everywhere and print the proof. There is no way back."""
    with backend(community) as asked:
        found = member_id(asked, member)
        if not yes:
            typer.confirm(f"Delete everything about {member}?", abort=True)
        print_json(asked.erase_member(found))


@app.command()
def serve() -> None:
    """Serve the API (and run jobs, unless separate workers do)."""
    _become("api")


@app.command()
def worker(
    name: Annotated[str, typer.Option(help="keep it over restarts: unfinished jobs are found by it")] = "worker-1",
) -> None:
    """Run jobs in a process of their own (PostgreSQL and a Chroma server needed)."""
    with loading():  # late: only this command runs a worker
        from copilot.cli.setup import work_until_stopped

    work_until_stopped(settings(), name)


@app.command()
def demo(
    serve_after: Annotated[bool, typer.Option("--serve/--no-serve", help="serve when it is loaded")] = True,
) -> None:
    """Load the sample community, make a key for each role and serve it."""
    with loading():  # late: only this command loads the sample
        from copilot.cli.setup import load_demo

    load_demo(settings())
    if serve_after:
        _become("api")


def _become(module: str) -> None:
    """Go on as another program: the domain does not import the web framework."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", module])  # noqa: S606  # our own interpreter and module


def main() -> None:
    """Run the command; errors leave as one readable line and exit code 1."""
    # A tracing switch left on for another project would send members' words to a third party.
    os.environ.update(LANGSMITH_TRACING="false", LANGCHAIN_TRACING_V2="false")
    # What goes wrong is one line that the command prints; the service and the worker set up their own logs.
    configure_logging("ERROR", as_json=False)
    try:
        app()
    except CopilotError as error:
        fail(error.message)
        sys.exit(1)


if __name__ == "__main__":
    main()
