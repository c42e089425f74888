"""Thresholds, back-tests, live precision and audits on the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from copilot.cli import calibration_render
from copilot.cli.asking import DEFAULT, AsJson, Community, backend, show
from copilot.cli.backend import Json
from copilot.cli.output import job_progress, say
from copilot.errors import InvalidInput

thresholds_app = typer.Typer(
    no_args_is_help=True, help="From which score on a category asks a person, by what people decided."
)
backtests_app = typer.Typer(
    no_args_is_help=True, help="Rules tried on past decisions before they are switched on; they switch nothing on."
)
audits_app = typer.Typer(no_args_is_help=True, help="Unflagged messages drawn by chance: what detectors miss.")
CategoryOption = Annotated[str, typer.Option("--category", help="insult, scam, unsolicited_promotion ...")]
Reason = Annotated[str, typer.Option("--reason", help="why; kept in the history and the audit log")]
Limit = Annotated[int, typer.Option(min=1, max=200)]


@thresholds_app.command("list")
def thresholds(community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Show what is in force for every category."""
    with backend(community) as asked:
        found = asked.calibration.thresholds()
    show(found, as_json, calibration_render.rules)


@thresholds_app.command("propose")
def propose(
    category: CategoryOption,
    precision: Annotated[float, typer.Option(min=0.5, max=0.99, help="share of cases that should be upheld")] = 0.9,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Compute from decisions the lowest cut that is precise enough. It changes nothing."""
    with backend(community) as asked:
        found = asked.calibration.propose(category, precision)
    show(found, as_json, calibration_render.proposal)


@thresholds_app.command("set")
def set_threshold(
    category: CategoryOption,
    reason: Reason,
    cut: Annotated[float | None, typer.Option(help="detector score from which on a person is asked")] = None,
    recalibrate: Annotated[bool, typer.Option("--recalibrate", help="fit what scores are worth on decisions")] = False,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Put a cut, a curve or both in force for what is read from now on."""
    with backend(community) as asked:
        found = asked.calibration.set(category, {"cut": cut, "recalibrate": recalibrate, "reason": reason})
    show(found, as_json, calibration_render.one_rule)


@thresholds_app.command("reset")
def reset(category: CategoryOption, reason: Reason, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Go back to what was shipped."""
    with backend(community) as asked:
        found = asked.calibration.reset(category, reason)
    show(found, as_json, calibration_render.one_rule)


@thresholds_app.command("history")
def history(
    category: CategoryOption, community: Community = DEFAULT, limit: Limit = 50, as_json: AsJson = False
) -> None:
    """List who set what when and why."""
    with backend(community) as asked:
        found = asked.calibration.history(category, limit)
    show(found, as_json, calibration_render.rules)


def precision(
    community: Community = DEFAULT,
    days: Annotated[int, typer.Option(min=1, max=366, help="how many days back")] = 30,
    as_json: AsJson = False,
) -> None:
    """Show how many decided cases of each detector stand as violations, with 95 % intervals."""
    with backend(community) as asked:
        found = asked.calibration.precision(days)
    show(found, as_json, calibration_render.precisions)


@backtests_app.command("run")
def run(  # noqa: PLR0913, PLR0917  # one argument per command-line option
    category: CategoryOption,
    cut: Annotated[float | None, typer.Option(help="try another cut")] = None,
    pattern: Annotated[str | None, typer.Option(help="try an expression besides what is in force")] = None,
    instead: Annotated[bool, typer.Option("--instead", help="the expression alone, without what is in force")] = False,
    detector: Annotated[str | None, typer.Option(help="try one detector alone")] = None,
    model: Annotated[str | None, typer.Option(help="try the room model in models/NAME of the data folder")] = None,
    messages: Annotated[
        int, typer.Option(min=0, max=20_000, help="latest messages that the load is counted on")
    ] = 2_000,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Try a cut, a pattern, a detector or a model beside what is in force."""
    candidates: list[Json] = []
    if cut is not None:
        candidates.append({"kind": "threshold", "cut": cut})
    if pattern is not None:
        candidates.append({"kind": "pattern", "pattern": pattern, "beside": not instead})
    candidates += [
        {"kind": kind, "name": name} for kind, name in (("detector", detector), ("model", model)) if name is not None
    ]
    if len(candidates) != 1:
        raise InvalidInput("give exactly one of --cut, --pattern, --detector and --model", field="candidate")
    spec: Json = {"category": category, "candidate": candidates[0], "messages": messages}
    with backend(community) as asked, job_progress() as on_job:
        found = asked.calibration.backtest(spec, on_job)
    show(found, as_json, calibration_render.backtest)


@backtests_app.command("list")
def backtests(community: Community = DEFAULT, limit: Limit = 50, as_json: AsJson = False) -> None:
    """List back-tests, newest first."""
    with backend(community) as asked:
        found = asked.calibration.backtests(limit)
    show(found, as_json, calibration_render.backtests)


@backtests_app.command("show")
def show_backtest(
    backtest: Annotated[str, typer.Argument(help="id of a back-test")],
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Show a back-test beside what was in force, with messages to look at."""
    with backend(community) as asked:
        found = asked.calibration.show_backtest(backtest)
    show(found, as_json, calibration_render.backtest)


@audits_app.command("list")
def audits(
    community: Community = DEFAULT,
    waiting: Annotated[bool | None, typer.Option("--waiting/--looked", help="both without")] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List messages drawn by chance; off until the terms' audit_per_week is above 0."""
    with backend(community) as asked:
        found = asked.calibration.audits(waiting, limit)
    show(found, as_json, calibration_render.audits)


@audits_app.command("look")
def look(
    message: Annotated[str, typer.Argument(help="id of a drawn message (smp_...)")],
    verdict: Annotated[str, typer.Argument(help="clean or violation")],
    category: Annotated[str | None, typer.Option(help="of a violation")] = None,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Note what you saw; a violation opens a case."""
    with backend(community) as asked:
        found = asked.calibration.look(message, verdict, category)
    show(found, as_json, calibration_render.audit)


@audits_app.command("recall")
def recall(community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Estimate how much of what should be found is found."""
    with backend(community) as asked:
        found = asked.calibration.recall()
    show(found, as_json, lambda estimate: say(estimate["sentence"]))
