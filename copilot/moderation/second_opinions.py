"""A second pair of eyes: one person proposes, another one confirms or declines. Nobody confirms what they proposed."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, Select, and_, select, update

from copilot.community.ids import new_id
from copilot.community.outbox import emit
from copilot.community.store import Page, Store, Unit
from copilot.community.tables import Case, DecisionProposal
from copilot.errors import Conflict, InvalidInput
from copilot.moderation.case_views import DecisionView, decision_view
from copilot.moderation.cases import changed_one, checked_actor, held_conflict, is_free_for
from copilot.moderation.decision_wording import refusal
from copilot.moderation.merging import find_case
from copilot.moderation.models import CaseStatus
from copilot.moderation.persons import is_among
from copilot.moderation.proposals import (
    LAPSED,
    WAITING,
    ProposalView,
    proposal_view,
    require_no_proposal,
    ruling_of,
    status_of,
)
from copilot.moderation.recording import Authority, cited_clause, record
from copilot.moderation.rulings import PERSONAL, Ruling, checked_reason
from copilot.moderation.terms import terms_of
from copilot.moderation.wellness import require_capacity

_STATUSES = (WAITING, "confirmed", "declined", "withdrawn", LAPSED)


class SecondOpinionDesk:
    """Keeps rulings that take two people."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def propose(self, community_id: str, case_id: str, ruling: Ruling, *, actor: str) -> ProposalView:
        """Propose a ruling that takes two people; the case is free for the second one from now on.

        Raises:
            NotFound: there is no such case here.
            Conflict: somebody else holds it, it is not open, a proposal waits already, or one person is enough.
            InvalidInput: no clause of the policy is cited, or it would be done to a sender nobody knows.
        """
        actor = checked_actor(actor)
        with self._store.write(community_id) as unit:
            case = find_case(unit, case_id)
            terms = terms_of(unit).terms
            if not terms.need_two(ruling, case.category):
                raise Conflict(case_id=case.id, **refusal("second_not_needed", case_id=case.id))
            _give_free(unit, case, actor)
            require_no_proposal(unit, case.id)
            require_capacity(unit, case, actor)
            if ruling.action in PERSONAL and case.member_id is None:
                raise InvalidInput(field="action", **refusal("nobody_known"))
            clause_id = cited_clause(unit, case, ruling)
            row = unit.add(
                DecisionProposal(
                    id=new_id("prp"), case_id=case.id, ruling=ruling.as_json() | {"clause_id": clause_id},
                    status=WAITING, proposed_by=actor, proposed_at=unit.now,
                    expires_at=unit.now + timedelta(hours=terms.proposal_hours), answer="",
                )
            )  # fmt: skip
            unit.session.flush()
            note = {"proposal_id": row.id, "case_id": case.id, "action": ruling.action.value}
            emit(unit, "decision.proposed", {**note, "expires_at": row.expires_at.isoformat()})
            unit.audit(
                actor, "decision.proposed", ("case", case.id), proposal_id=row.id, verdict=ruling.verdict.value,
                proposed_action=ruling.action.value, clause_id=clause_id,
            )  # fmt: skip
            return proposal_view(row, unit.now)

    def confirm(self, community_id: str, proposal_id: str, *, actor: str) -> DecisionView:
        """Agree to a proposal: it becomes the decision of both.

        Raises:
            NotFound: there is no such proposal here.
            Conflict: it is over, the same person proposed it, or somebody else holds the case.
        """
        actor = checked_actor(actor)
        with self._store.write(community_id) as unit:
            row = unit.get(DecisionProposal, proposal_id)
            _require_other(unit, row, actor)
            case = unit.get(Case, row.case_id)
            require_capacity(unit, case, actor)
            _answer(unit, row, "confirmed", actor)
            decision = record(unit, case, ruling_of(row), Authority(row.proposed_by, confirmed_by=actor))
            row.decision_id = decision.id
            unit.audit(
                actor, "proposal.confirmed", ("proposal", row.id), case_id=case.id, decision_id=decision.id,
                proposed_by=row.proposed_by,
            )  # fmt: skip
            return decision_view(decision)

    def decline(self, community_id: str, proposal_id: str, *, actor: str, reason: str) -> ProposalView:
        """Say no, as the second person, or withdraw one's own proposal; the case stays open.

        Raises:
            NotFound: there is no such proposal here.
            Conflict: it is over.
            InvalidInput: there is no reason, or an endless one.
        """
        actor, words = checked_actor(actor), checked_reason(reason)
        if not words:
            raise InvalidInput(field="reason", **refusal("reason_missing"))
        with self._store.write(community_id) as unit:
            row = unit.get(DecisionProposal, proposal_id)
            status = "withdrawn" if row.proposed_by == actor else "declined"
            _answer(unit, row, status, actor)
            row.answer = words
            unit.audit(actor, f"proposal.{status}", ("proposal", row.id), case_id=row.case_id, reason=words)
            return proposal_view(row, unit.now)

    def get(self, community_id: str, proposal_id: str) -> ProposalView:
        """Return one proposal.

        Raises:
            NotFound: there is no such proposal here.
        """
        with self._store.read(community_id) as unit:
            return proposal_view(unit.get(DecisionProposal, proposal_id), unit.now)

    def page(self, community_id: str, status: str | None, limit: int, cursor: str | None) -> Page[ProposalView]:
        """Return proposals, newest first.

        Raises:
            InvalidInput: an unknown status or cursor, or a limit outside 1-200.
        """
        with self._store.read(community_id) as unit:
            statement: Select[DecisionProposal] = select(DecisionProposal)
            if status is not None:
                statement = statement.where(_has_status(unit, status))
            order = (DecisionProposal.proposed_at, DecisionProposal.id)
            page = unit.page(statement, order, limit=limit, cursor=cursor)
            return Page([proposal_view(row, unit.now) for row in page.items], page.next_cursor)


def _has_status(unit: Unit, status: str) -> ColumnElement[bool]:
    if status not in _STATUSES:
        raise InvalidInput(field="status", **refusal("unknown_word", field="status", known=", ".join(_STATUSES)))
    waits = DecisionProposal.status == WAITING
    if status == WAITING:
        return and_(waits, DecisionProposal.expires_at > unit.now)
    if status == LAPSED:
        return and_(waits, DecisionProposal.expires_at <= unit.now)
    return DecisionProposal.status == status


def _give_free(unit: Unit, case: Case, actor: str) -> None:
    """Let go of the case, which locks its row: of two who propose at once, the second one sees the first proposal."""
    statement = (
        update(Case)
        .where(Case.id == case.id, Case.status == CaseStatus.OPEN.value, is_free_for(actor, unit.now))
        .values(claimed_by=None, lease_expires_at=None)
        .execution_options(synchronize_session=False)
    )
    if not changed_one(unit, statement):
        raise held_conflict(unit, case)
    unit.session.refresh(case)


def _require_other(unit: Unit, row: DecisionProposal, actor: str) -> None:
    if is_among(unit, actor, [row.proposed_by]):
        raise Conflict(proposal_id=row.id, reason="same_person", **refusal("same_person"))


def _answer(unit: Unit, row: DecisionProposal, status: str, actor: str) -> None:
    """Answer a proposal that waits; of two who answer at once, one is let through."""
    statement = (
        update(DecisionProposal)
        .where(
            DecisionProposal.id == row.id,
            DecisionProposal.status == WAITING,
            DecisionProposal.expires_at > unit.now,
        )
        .values(status=status, answered_by=actor, answered_at=unit.now)
        .execution_options(synchronize_session=False)
    )
    done = changed_one(unit, statement)
    unit.session.refresh(row)
    if not done:
        now = status_of(row, unit.now)
        raise Conflict(proposal_id=row.id, **refusal("proposal_over", status=now))
