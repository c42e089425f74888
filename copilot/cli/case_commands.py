"""The moderators' queue on the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from copilot.cli import render
from copilot.cli.asking import DEFAULT, AsJson, Community, backend, show
from copilot.cli.backend import Json
from copilot.cli.output import say

cases_app = typer.Typer(no_args_is_help=True, help="The moderators' queue.")
CaseArg = Annotated[str, typer.Argument(help="id of a case")]


@cases_app.command("list")
def list_cases(
    community: Community = DEFAULT,
    status: Annotated[str | None, typer.Option(help="open, claimed or decided")] = None,
    category: Annotated[str | None, typer.Option(help="one category")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    as_json: AsJson = False,
) -> None:
    """List cases, newest first."""
    with backend(community) as asked:
        found = asked.cases(status, category, limit)
    show(found, as_json, render.cases)


def _act(community: str, case_id: str, action: str, body: Json, as_json: bool) -> None:
    with backend(community) as asked:
        result = asked.case_action(case_id, action, body)
    show(result, as_json, lambda value: say(f"{value.get('id', case_id)}: {value.get('status', action)}"))


@cases_app.command("claim")
def claim(case: CaseArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Take a case, so that nobody else decides it meanwhile."""
    _act(community, case, "claim", {}, as_json)


@cases_app.command("release")
def release(case: CaseArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Give a claimed case back."""
    _act(community, case, "release", {}, as_json)


@cases_app.command("decide")
def decide(
    case: CaseArg,
    verdict: Annotated[str, typer.Option(help="violation or no_violation")],
    action: Annotated[str, typer.Option(help="none, note, warning, hide, mute or removal")] = "none",
    reason: Annotated[str, typer.Option(help="required for any action")] = "",
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Decide a case: the verdict, and apart from it what follows."""
    _act(community, case, "decide", {"verdict": verdict, "action": action, "reason": reason}, as_json)


@cases_app.command("undo")
def undo(
    case: CaseArg,
    reason: Annotated[str, typer.Option(help="why it is taken back")] = "",
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Take a decision back with everything it did, and reopen the case."""
    _act(community, case, "undo", {"reason": reason}, as_json)
