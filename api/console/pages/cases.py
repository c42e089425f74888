"""One case: its words in their place, what is known of it, and what a moderator does about it. The verdict is apart from the action."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Path
from starlette.responses import Response

from api.console.evidence import found_in, lines_of
from api.console.key_names import key_names
from api.console.pages.moderation import Wanted, WantedDep, case_path, manners, queue_of, waiting_cases
from api.console.visit import Visit, VisitDep, WritingDep
from copilot.errors import InvalidInput
from copilot.moderation.models import Action, Severity, Verdict
from copilot.moderation.rulings import CLAUSE_MAX_CHARS, MAX_MUTE_HOURS, REASON_MAX_CHARS, Ruling
from copilot.moderation.terms import Terms
from copilot.moderation.wellness import Blur

router = APIRouter(prefix="/moderation")
CaseId = Annotated[str, Path(max_length=64)]
Word = Annotated[str, Form(max_length=40)]


@router.get("/cases/{case_id}")
def case_page(visit: VisitDep, case_id: CaseId, wanted: WantedDep) -> Response:
    """Show a case beside the queue it was opened from."""
    visit.actor.require("moderation:read")
    if visit.is_htmx:
        return visit.fragment("case_panel.html", wanted=wanted, **case_values(visit, case_id), **manners(visit))
    values = {**queue_of(visit, wanted), **case_values(visit, case_id)}
    return visit.page("moderation.html", place="moderation", **values)


@router.post("/cases/{case_id}/claim")
def claim(visit: WritingDep, case_id: CaseId) -> Response:
    """Take a case for half an hour, or renew that time."""
    visit.actor.require("moderation:decide")
    visit.services.moderation.claim(visit.community_id, case_id, actor=visit.actor.key_id)
    return _after(visit, case_id)


@router.post("/cases/{case_id}/release")
def release(visit: WritingDep, case_id: CaseId) -> Response:
    """Give a case back."""
    visit.actor.require("moderation:decide")
    visit.services.moderation.release(visit.community_id, case_id, actor=visit.actor.key_id)
    return _after(visit, case_id)


@router.post("/cases/{case_id}/decide")
def decide(  # noqa: PLR0913  # one parameter for each field of the form
    visit: WritingDep,
    case_id: CaseId,
    *,
    verdict: Word = "",
    action: Word = Action.NONE.value,
    reason: Annotated[str, Form(max_length=REASON_MAX_CHARS)] = "",
    clause_id: Annotated[str, Form(max_length=CLAUSE_MAX_CHARS)] = "",
    severity: Word = "",
    mute_hours: Word = "",
) -> Response:
    """Close a case; what takes two people is proposed to another moderator in its place."""
    visit.actor.require("moderation:decide")
    moderation, key = visit.services.moderation, visit.actor.key_id
    hours = _hours(mute_hours) if action == Action.MUTE else None
    ruling = Ruling.parse(
        verdict, action, reason, clause_id=clause_id if verdict == Verdict.VIOLATION else "",
        severity=severity or None, mute_hours=hours,
    )  # fmt: skip
    case = moderation.case(visit.community_id, case_id).case
    if _terms(visit).need_two(ruling, case.category):
        moderation.second_opinions.propose(visit.community_id, case_id, ruling, actor=key)
    else:
        moderation.decide(visit.community_id, case_id, ruling, actor=key)
    return _after(visit, case_id)


@router.post("/cases/{case_id}/undo")
def undo(visit: WritingDep, case_id: CaseId, reason: Annotated[str, Form(max_length=1000)] = "") -> Response:
    """Take a decision back with everything it did."""
    visit.actor.require("moderation:decide")
    visit.services.moderation.undo(visit.community_id, case_id, actor=visit.actor.key_id, reason=reason)
    return _after(visit, case_id)


@router.post("/cases/{case_id}/proposals/{proposal_id}/confirm")
def confirm(visit: WritingDep, case_id: CaseId, proposal_id: CaseId) -> Response:
    """Agree to what another moderator proposed."""
    visit.actor.require("moderation:decide")
    desk = visit.services.moderation.second_opinions
    desk.confirm(visit.community_id, proposal_id, actor=visit.actor.key_id)
    return _after(visit, case_id)


@router.post("/cases/{case_id}/proposals/{proposal_id}/decline")
def decline(
    visit: WritingDep,
    case_id: CaseId,
    proposal_id: CaseId,
    reason: Annotated[str, Form(max_length=REASON_MAX_CHARS)] = "",
) -> Response:
    """Say no to a proposal, or withdraw one's own."""
    visit.actor.require("moderation:decide")
    desk = visit.services.moderation.second_opinions
    desk.decline(visit.community_id, proposal_id, actor=visit.actor.key_id, reason=reason)
    return _after(visit, case_id)


@router.post("/wellness")
def set_blur(visit: WritingDep, blur: Annotated[Blur, Form()]) -> Response:
    """Choose which words are blurred; the other settings of one's own stay as they are."""
    visit.actor.require("moderation:decide")
    desk = visit.services.moderation.wellness
    now = desk.get(visit.community_id, visit.actor.key_id)
    # The community's own limit is not made one's own: it would stay when the community changes it.
    limit = now.severe_per_day if now.severe_per_day < now.severe_cap else None
    desk.put(
        visit.community_id, visit.actor.key_id, blur=blur, severe_per_day=limit,
        break_after_minutes=now.break_after_minutes,
    )  # fmt: skip
    return visit.go(case_path("").removesuffix("/cases/"))


def case_values(visit: Visit, case_id: str) -> dict[str, Any]:
    """Return what the panel of a case shows."""
    may_know = visit.actor.may("moderation:reporters")
    detail = visit.services.moderation.case(visit.community_id, case_id, with_reporters=may_know)
    people = [detail.case.claimed_by, *(made.decided_by for made in detail.decisions)]
    people += [made.confirmed_by for made in detail.decisions] + [made.undone_by for made in detail.decisions]
    if detail.proposal is not None:
        people.append(detail.proposal.proposed_by)
    with visit.services.store.read(visit.community_id) as unit:
        names = key_names(unit, people)
        policy = unit.community().policy
    return {
        "detail": detail, "lines": lines_of(detail), "found": found_in(detail), "names": names, "policy": policy, "terms": _terms(visit),
        "actions": list(Action), "severities": list(Severity), "max_mute_hours": MAX_MUTE_HOURS,
        "may_decide": visit.actor.may("moderation:decide"), "is_mine": detail.case.claimed_by == visit.actor.key_id,
    }  # fmt: skip


def _terms(visit: Visit) -> Terms:
    return visit.services.moderation.terms.get(visit.community_id).terms


def _hours(text: str) -> int | None:
    try:
        return int(text) if text.strip() else None
    except ValueError as error:
        sentence = {"zh-CN": "禁言时长要填整数小时。", "en": "The length of a mute is a whole number of hours."}
        raise InvalidInput("mute_hours is a whole number", field="mute_hours", sentence=sentence) from error


def _after(visit: Visit, case_id: str) -> Response:
    if not visit.is_htmx:
        return visit.go(case_path(case_id))
    # The list is told, too: what was decided is no longer what is next.
    return visit.fragment(
        "case_panel.html",
        wanted=Wanted(),
        is_changed=True,
        waiting=waiting_cases(visit),
        **case_values(visit, case_id),
        **manners(visit),
    )
