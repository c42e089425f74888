"""The moderators' queue on the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from copilot.cli import case_render, decision_render
from copilot.cli.asking import DEFAULT, AsJson, Community, MemberArg, backend, member_id, show
from copilot.cli.backend import Json
from copilot.cli.output import say

cases_app = typer.Typer(no_args_is_help=True, help="The moderators' queue.")
CaseArg = Annotated[str, typer.Argument(help="id of a case")]
Action = Annotated[str, typer.Option(help="none, note, warning, hide, mute or removal")]
Reason = Annotated[str, typer.Option(help="required for a violation and for any action; the member reads it")]
Clause = Annotated[str, typer.Option(help="clause of the policy; that of the case when left out")]
SeverityArg = Annotated[str | None, typer.Option(help="low, medium or high; that of the case when left out")]
Hours = Annotated[int | None, typer.Option(help="how long a mute lasts")]


@cases_app.command("list")
def list_cases(  # noqa: PLR0913  # one option for each filter
    *,
    community: Community = DEFAULT,
    status: Annotated[str | None, typer.Option(help="open, claimed, decided or withdrawn")] = None,
    category: Annotated[str | None, typer.Option(help="one category")] = None,
    severity: Annotated[str | None, typer.Option(help="low, medium or high")] = None,
    channel: Annotated[str | None, typer.Option(help="id of a channel")] = None,
    sender: Annotated[str | None, typer.Option(help="id of a member")] = None,
    detector: Annotated[str | None, typer.Option(help="name of a detector, or report")] = None,
    reported: Annotated[
        bool | None, typer.Option("--reported/--unreported", help="reported by a member or not")
    ] = None,
    mine: Annotated[bool, typer.Option("--mine", help="only those this key holds")] = False,
    sort: Annotated[str, typer.Option(help="priority, severity, newest or oldest")] = "priority",
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    reveal: Annotated[bool, typer.Option("--reveal", help="show words that your settings blur")] = False,
    as_json: AsJson = False,
) -> None:
    """List cases, the most pressing first: harm x certainty x reach."""
    filters = {
        "status": status, "category": category, "severity": severity, "channel": channel, "sender": sender,
        "detector": detector, "reported": reported, "mine": mine or None,
    }  # fmt: skip
    with backend(community) as asked:
        found = asked.cases.listing(filters, sort, limit)
        blur = "none" if as_json or reveal else str(asked.decisions.wellness()["blur"])
    show(found, as_json, lambda items: case_render.queue(items, blur))


@cases_app.command("show")
def show_case(case: CaseArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Show a case with everything to know before deciding."""
    with backend(community) as asked:
        found = asked.cases.show(case)
    show(found, as_json, case_render.detail)


@cases_app.command("split")
def split(
    case: CaseArg,
    messages: Annotated[list[str], typer.Argument(help="ids of the messages that leave")],
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Give some messages of a case a case of their own."""
    with backend(community) as asked:
        made = asked.cases.split(case, messages)
    show(made, as_json, lambda value: say(f"{value['id']}: {value['category']}, {value['status']}"))


@cases_app.command("merge")
def merge(
    case: CaseArg,
    others: Annotated[list[str], typer.Argument(help="ids of the cases that are taken in")],
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Take other open cases into one."""
    with backend(community) as asked:
        kept = asked.cases.merge(case, others)
    show(kept, as_json, lambda value: say(f"{value['id']}: {value['category']}, {value['status']}"))


def _act(community: str, case_id: str, action: str, body: Json, as_json: bool) -> None:
    with backend(community) as asked:
        result = asked.cases.act(case_id, action, body)
    show(result, as_json, lambda value: say(f"{value.get('id', case_id)}: {value.get('status', action)}"))


@cases_app.command("claim")
def claim(case: CaseArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Take a case, so that nobody else decides it meanwhile; taking it again renews the time."""
    with backend(community) as asked:
        found = asked.cases.act(case, "claim", {})
        day = asked.decisions.wellness()
    show(found, as_json, lambda value: say(f"{value['id']}: {value['status']}"))
    if day["break_is_due"] and not as_json:
        say(day["sentence"])


@cases_app.command("release")
def release(case: CaseArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Give a claimed case back."""
    _act(community, case, "release", {}, as_json)


@cases_app.command("decide")
def decide(  # noqa: PLR0913  # one option for each thing a ruling says
    case: CaseArg,
    verdict: Annotated[str, typer.Option(help="violation or no_violation")],
    *,
    action: Action = "none",
    reason: Reason = "",
    clause: Clause = "",
    severity: SeverityArg = None,
    mute_hours: Hours = None,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Decide a case: the verdict, and apart from it what follows. What takes two people is proposed instead."""
    body = ruling(verdict, action, reason, clause, severity, mute_hours)
    with backend(community) as asked:
        made = asked.cases.act(case, "decide", body)
    show(made, as_json, decision_render.decision)


def ruling(  # one parameter for each thing a ruling says
    verdict: str, action: str, reason: str, clause: str, severity: str | None, mute_hours: int | None
) -> Json:
    """Return a ruling as the service takes it."""
    return {
        "verdict": verdict, "action": action, "reason": reason, "clause_id": clause, "severity": severity,
        "mute_hours": mute_hours,
    }  # fmt: skip


@cases_app.command("undo")
def undo(
    case: CaseArg,
    reason: Annotated[str, typer.Option(help="why it is taken back")] = "",
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Take a decision back with everything it did, and reopen the case."""
    _act(community, case, "undo", {"reason": reason}, as_json)


def report(
    message: Annotated[str, typer.Argument(help="id of the message")],
    member: MemberArg,
    category: Annotated[str, typer.Option(help="such as insult, threat, scam or unsolicited_promotion")],
    text: Annotated[str, typer.Option(help="what the member said of it")] = "",
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Write down what a member reported; members themselves report with their own key."""
    with backend(community) as asked:
        found = asked.cases.report(message, member_id(asked, member), category, text)
    show(found, as_json, case_render.report)


def message(
    message: Annotated[str, typer.Argument(help="id of a message, such as the evidence of a reading")],
    around: Annotated[int, typer.Option(min=0, max=20, help="messages before and after")] = 5,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Show a message with those around it."""
    with backend(community) as asked:
        found = asked.cases.message(message, around)
    show(found, as_json, case_render.message)
