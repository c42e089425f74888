"""Writes a decision with everything that follows from it, and takes one back with all of it: each in the caller's unit.

`DecisionDesk`, second opinions and appeals decide who may; what then happens is the same for all and stands here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update

from copilot.community.ids import new_id
from copilot.community.store import Unit
from copilot.community.tables import Appeal, Case, CaseItem, Decision, Report, Strike
from copilot.errors import Conflict, InvalidInput
from copilot.moderation.cases import changed_one, held_conflict, is_free_for
from copilot.moderation.decision_wording import refusal
from copilot.moderation.effects import carry_out, messages_of, reverse, tell_decided, tell_reversed
from copilot.moderation.merging import with_items
from copilot.moderation.models import CaseStatus, Severity, Verdict
from copilot.moderation.rulings import Ruling
from copilot.moderation.settling import settle
from copilot.moderation.terms import terms_of

_MOST_GROUNDS = 50
_MOST_RESETTLED = 200


@dataclass(frozen=True)
class Authority:
    """By whose hand a decision is made, and why.

    Attributes:
        confirmed_by: the second person.
        appeal_id: the appeal that led to it.
    """

    actor: str
    confirmed_by: str | None = None
    appeal_id: str | None = None

    @property
    def hand(self) -> str:
        """Who acts now."""
        return self.confirmed_by or self.actor


def record(unit: Unit, case: Case, ruling: Ruling, by: Authority) -> Decision:
    """Close the case with `ruling` and carry out what follows inside the service.

    Raises:
        Conflict: somebody else holds the case, or it is not open.
        InvalidInput: no clause of the policy is cited, or it would be done to nobody.
    """
    clause_id = cited_clause(unit, case, ruling)
    statement = (
        update(Case)
        .where(Case.id == case.id, Case.status == CaseStatus.OPEN.value, is_free_for(by.hand, unit.now))
        .values(status=CaseStatus.DECIDED.value, decided_at=unit.now, claimed_by=by.hand, lease_expires_at=None)
        .execution_options(synchronize_session=False)
    )
    if not changed_one(unit, statement):
        raise held_conflict(unit, case)
    unit.session.refresh(case)
    terms = terms_of(unit)
    before = _state(unit, case)
    decision = unit.add(
        Decision(
            id=new_id("dec"), case_id=case.id, verdict=ruling.verdict.value, action=ruling.action.value,
            reason=ruling.reason, clause_id=clause_id, severity=(ruling.severity or Severity(case.severity)).value,
            until=None if ruling.mute_hours is None else unit.now + timedelta(hours=ruling.mute_hours),
            decided_by=by.actor, decided_at=unit.now, confirmed_by=by.confirmed_by,
        )
    )  # fmt: skip
    unit.session.flush()
    decision.effects = carry_out(unit, case, decision, terms.terms)
    unit.session.flush()
    _weigh_reports_again(unit, case)
    tell_decided(unit, case, decision)
    unit.audit(
        by.hand, "case.decided", ("case", case.id), decision_id=decision.id, verdict=decision.verdict,
        decided_action=decision.action, clause_id=clause_id, severity=decision.severity, effects=decision.effects,
        decided_by=by.actor, confirmed_by=by.confirmed_by, appeal_id=by.appeal_id, category=case.category,
        score=case.score, detector=case.detector, detector_version=case.detector_version, grounds=_grounds(unit, case),
        terms_version=terms.version, before={**before, "status": CaseStatus.OPEN.value}, after=_state(unit, case),
    )  # fmt: skip
    return decision


def take_back(
    unit: Unit, case: Case, decision: Decision, actor: str, reason: str, appeal_id: str | None = None
) -> list[dict[str, Any]]:
    """Reverse every effect of a decision and open its case again; return what was done about each effect.

    A case whose messages were all recalled meanwhile is not opened again: there is nothing left to look at.

    Raises:
        Conflict: it no longer stands.
    """
    before = _state(unit, case)
    if not _mark_undone(unit, decision, actor):
        raise Conflict(case_id=case.id, status=case.status, **refusal("taken_back"))
    unit.session.refresh(decision)
    done = reverse(unit, decision)
    is_gone = all(message.recalled_at is not None for message in messages_of(unit, case))
    case.status = (CaseStatus.WITHDRAWN if is_gone else CaseStatus.OPEN).value
    case.claimed_by, case.claimed_at, case.lease_expires_at, case.decided_at = None, None, None, None
    unit.session.flush()
    if not is_gone:
        settle(unit, with_items(unit, case))  # what joined the case while it was decided counts from now on
    _weigh_reports_again(unit, case)
    _settle_appeal(unit, decision, actor, appeal_id)
    tell_reversed(unit, case, decision, done, appeal_id)
    action = "decision.undone" if appeal_id is None else "decision.overturned"
    unit.audit(
        actor, action, ("case", case.id), decision_id=decision.id, reason=reason, reversed=done, appeal_id=appeal_id,
        before=before, after=_state(unit, case),
    )  # fmt: skip
    return done


def standing_decision(unit: Unit, case: Case) -> Decision:
    """Return the decision of a case that holds.

    Raises:
        Conflict: none does.
    """
    found: Decision | None = unit.session.scalar(
        select(Decision).where(Decision.case_id == case.id, Decision.undone_at.is_(None)).order_by(Decision.id.desc())
    )
    if found is None:
        raise Conflict(case_id=case.id, status=case.status, **refusal("nothing_stands"))
    return found


def cited_clause(unit: Unit, case: Case, ruling: Ruling) -> str:
    """Return the clause a ruling rests on: its own, or that of the case; empty when no violation was found.

    Raises:
        InvalidInput: the policy has no such clause, or it has clauses and none is cited.
    """
    known = [str(clause.get("id")) for clause in unit.community().policy]
    if ruling.clause_id and ruling.clause_id not in known:
        words = refusal("unknown_clause", clause=ruling.clause_id, known=", ".join(known) or "-")
        raise InvalidInput(field="clause_id", known=known, **words)
    if ruling.verdict is Verdict.NO_VIOLATION:
        return ruling.clause_id
    cited = ruling.clause_id or (case.clause_id if case.clause_id in known else "")
    if known and not cited:
        raise InvalidInput(field="clause_id", known=known, **refusal("clause_missing", known=", ".join(known)))
    return cited


def _mark_undone(unit: Unit, decision: Decision, actor: str) -> bool:
    statement = (
        update(Decision)
        .where(Decision.id == decision.id, Decision.undone_at.is_(None))
        .values(undone_at=unit.now, undone_by=actor)
        .execution_options(synchronize_session=False)
    )
    return changed_one(unit, statement)


def _settle_appeal(unit: Unit, decision: Decision, actor: str, appeal_id: str | None) -> None:
    """Close an appeal that waits for an answer when the decision was taken back without it."""
    if appeal_id is not None:
        return
    waiting = select(Appeal).where(Appeal.decision_id == decision.id, Appeal.outcome.is_(None))
    for appeal in unit.session.scalars(waiting):
        appeal.outcome, appeal.decided_by, appeal.decided_at = "settled", actor, unit.now
        unit.audit(actor, "appeal.settled", ("appeal", appeal.id), decision_id=decision.id)


def _weigh_reports_again(unit: Unit, case: Case) -> None:
    """Bring the open cases in line that the same members reported: how far their reports were borne out has changed."""
    unit.session.flush()
    reporters = select(Report.reporter_id).where(Report.case_id == case.id, Report.reporter_id.is_not(None))
    theirs = select(Report.case_id).where(Report.reporter_id.in_(reporters))
    statement = (
        select(Case)
        .where(Case.id.in_(theirs), Case.id != case.id, Case.status == CaseStatus.OPEN.value)
        .order_by(Case.id)
        .limit(_MOST_RESETTLED)
    )
    for other in unit.session.scalars(statement).all():
        settle(unit, other)


def _grounds(unit: Unit, case: Case) -> list[dict[str, Any]]:
    """Return what found the case, in which version and from which score on: as it was when a person decided."""
    statement = (
        select(CaseItem)
        .where(CaseItem.case_id == case.id, CaseItem.withdrawn_at.is_(None))
        .order_by(CaseItem.created_at, CaseItem.id)
        .limit(_MOST_GROUNDS)
    )
    return [
        {
            "message_id": item.message_id, "category": item.category, "found_by": item.found_by,
            "detector": item.detector, "version": item.detector_version, "score": item.score,
            "threshold": item.threshold,
        }
        for item in unit.session.scalars(statement)
    ]  # fmt: skip


def _state(unit: Unit, case: Case) -> dict[str, Any]:
    """Return what a decision changes, for the audit log."""
    in_force = (Strike.member_id == case.member_id, Strike.voided_at.is_(None), Strike.expires_at > unit.now)
    strikes = unit.session.scalar(select(func.count(Strike.id)).where(*in_force)) if case.member_id else 0
    hidden = [message.id for message in messages_of(unit, case) if message.hidden_at is not None]
    return {"status": case.status, "hidden": hidden, "strikes_in_force": strikes}
