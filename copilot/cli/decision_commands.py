"""Second opinions, handing over, terms, wellness, standing and appeals on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
import yaml

from copilot.cli import decision_render
from copilot.cli.asking import DEFAULT, AsJson, Community, MemberArg, backend, member_id, show
from copilot.cli.backend import Json
from copilot.cli.case_commands import Action, CaseArg, Clause, Hours, Reason, SeverityArg, cases_app, ruling
from copilot.cli.output import say
from copilot.errors import InvalidInput

appeals_app = typer.Typer(no_args_is_help=True, help="Members' appeals against decisions about them.")
ProposalArg = Annotated[str, typer.Argument(help="id of a proposal")]
AppealArg = Annotated[str, typer.Argument(help="id of an appeal")]
_MAX_TERMS_BYTES = 100_000


@cases_app.command("propose")
def propose(  # noqa: PLR0913  # one option for each thing a ruling says
    case: CaseArg,
    action: Action,
    reason: Reason,
    *,
    clause: Clause = "",
    severity: SeverityArg = None,
    mute_hours: Hours = None,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Propose what takes two people, such as a removal; another moderator confirms."""
    body = ruling("violation", action, reason, clause, severity, mute_hours)
    with backend(community) as asked:
        made = asked.decisions.propose(case, body)
    show(made, as_json, decision_render.proposal)


@cases_app.command("proposals")
def proposals(
    status: Annotated[str | None, typer.Option(help="waiting, confirmed, declined, withdrawn or lapsed")] = "waiting",
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """List what waits for a second person."""
    with backend(community) as asked:
        found = asked.decisions.proposals(status, limit)
    show(found, as_json, decision_render.proposals)


@cases_app.command("confirm")
def confirm(proposal: ProposalArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Agree to what somebody else proposed."""
    with backend(community) as asked:
        made = asked.decisions.confirm(proposal)
    show(made, as_json, decision_render.decision)


@cases_app.command("decline")
def decline(
    proposal: ProposalArg,
    reason: Annotated[str, typer.Option(help="why not")],
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Say no to a proposal, or withdraw one's own; the case stays open."""
    with backend(community) as asked:
        found = asked.decisions.decline(proposal, reason)
    show(found, as_json, decision_render.proposal)


@cases_app.command("hand-over")
def hand_over(
    case: CaseArg,
    to: Annotated[str, typer.Argument(help="id of the other moderator's key")],
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Give a case one holds to another moderator."""
    with backend(community) as asked:
        found = asked.decisions.hand_over(case, to)
    show(found, as_json, lambda value: say(f"{value['id']}: {value['claimed_by']} holds it now"))


@cases_app.command("terms")
def terms(
    file: Annotated[Path | None, typer.Option(help="YAML or JSON with the new terms")] = None,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Show how strikes, the ladder, second opinions and appeals work here, or replace it."""
    given = None if file is None else _read_terms(file)
    with backend(community) as asked:
        found = asked.decisions.terms() if given is None else asked.decisions.set_terms(given)
    show(found, as_json, decision_render.terms)


@cases_app.command("wellness")
def wellness(
    blur: Annotated[str | None, typer.Option(help="none, severe or all")] = None,
    severe_per_day: Annotated[int | None, typer.Option(min=0, help="severe cases a day, at most")] = None,
    break_after: Annotated[int | None, typer.Option(min=15, max=240, help="minutes of work before a reminder")] = None,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Show one's own limits and day, or change them; what is not given stays."""
    with backend(community) as asked:
        found = asked.decisions.wellness()
        if (blur, severe_per_day, break_after) != (None, None, None):
            settings: Json = {
                "blur": blur or found["blur"],
                "severe_per_day": found["severe_per_day"] if severe_per_day is None else severe_per_day,
                "break_after_minutes": break_after or found["break_after_minutes"],
            }
            found = asked.decisions.set_wellness(settings)
    show(found, as_json, decision_render.wellness)


@cases_app.command("standing")
def standing(member: MemberArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Show a member's strikes, warnings, mutes and decisions, with dates."""
    with backend(community) as asked:
        found = asked.decisions.standing(member_id(asked, member))
    show(found, as_json, decision_render.standing)


@appeals_app.command("list")
def list_appeals(
    waiting: Annotated[bool | None, typer.Option("--waiting/--answered", help="without or with an answer")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """List appeals, newest first."""
    with backend(community) as asked:
        found = asked.decisions.appeals(waiting, limit)
    show(found, as_json, decision_render.appeals)


@appeals_app.command("show")
def show_appeal(appeal: AppealArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Show an appeal and what became of it."""
    with backend(community) as asked:
        found = asked.decisions.show_appeal(appeal)
    show(found, as_json, decision_render.appeal)


@appeals_app.command("add")
def add_appeal(
    decision: Annotated[str, typer.Argument(help="id of a decision")],
    member: MemberArg,
    text: Annotated[str, typer.Option(help="what the member says")],
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Write down a member's appeal; members themselves appeal with their own key."""
    with backend(community) as asked:
        made = asked.decisions.appeal(decision, member_id(asked, member), text)
    show(made, as_json, decision_render.appeal)


@appeals_app.command("answer")
def answer(
    appeal: AppealArg,
    outcome: Annotated[str, typer.Option(help="upheld or overturned")],
    reason: Annotated[str, typer.Option(help="the member reads it")],
    after: Annotated[str, typer.Option(help="when overturned, the case: close or reopen")] = "close",
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Uphold or overturn; overturning takes everything back that the decision did."""
    with backend(community) as asked:
        found = asked.decisions.answer(appeal, {"outcome": outcome, "reason": reason, "after": after})
    show(found, as_json, decision_render.appeal)


def _read_terms(file: Path) -> Json:
    try:
        if file.stat().st_size > _MAX_TERMS_BYTES:
            raise InvalidInput(f"{file.name} is too large for terms", field="file")
        content = yaml.safe_load(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InvalidInput(f"{file.name} cannot be read: {error.strerror}", field="file") from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInput(f"{file.name} is no valid YAML", field="file") from error
    if not isinstance(content, dict):
        raise InvalidInput(f"{file.name} holds no terms", field="file")
    # What `cases terms --json` printed can be changed and given back.
    return dict(content["terms"]) if set(content) == {"version", "changed_by", "terms"} else content
