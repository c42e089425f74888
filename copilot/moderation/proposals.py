"""Rulings that wait for a second person: how they look and whether one is there. Deciding about them is the desk's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from copilot.community.store import Unit
from copilot.community.tables import DecisionProposal
from copilot.errors import Conflict
from copilot.moderation.decision_wording import refusal
from copilot.moderation.rulings import Ruling

WAITING = "waiting"
LAPSED = "lapsed"


@dataclass(frozen=True)
class ProposalView:
    """A ruling that waits or waited for a second person; `lapsed` when nobody answered in time."""

    id: str
    case_id: str
    verdict: str
    action: str
    reason: str
    clause_id: str
    severity: str | None
    mute_hours: int | None
    status: str
    proposed_by: str
    proposed_at: datetime
    expires_at: datetime
    answered_by: str | None
    answered_at: datetime | None
    answer: str
    decision_id: str | None


def proposal_view(row: DecisionProposal, now: datetime) -> ProposalView:
    """Return a proposal as plain data."""
    names = (
        "id", "case_id", "proposed_by", "proposed_at", "expires_at", "answered_by", "answered_at", "answer",
        "decision_id",
    )  # fmt: skip
    columns = {name: getattr(row, name) for name in names}
    return ProposalView(**columns, status=status_of(row, now), **row.ruling)


def status_of(row: DecisionProposal, now: datetime) -> str:
    """Return how a proposal stands now."""
    return LAPSED if row.status == WAITING and row.expires_at <= now else row.status


def ruling_of(row: DecisionProposal) -> Ruling:
    """Return what was proposed."""
    return Ruling.parse(**row.ruling)


def waiting_proposal(unit: Unit, case_id: str) -> DecisionProposal | None:
    """Return the proposal of a case that waits, if any."""
    found: DecisionProposal | None = unit.session.scalar(
        select(DecisionProposal)
        .where(
            DecisionProposal.case_id == case_id,
            DecisionProposal.status == WAITING,
            DecisionProposal.expires_at > unit.now,
        )
        .limit(1)
    )
    return found


def require_no_proposal(unit: Unit, case_id: str) -> None:
    """Pass or raise.

    Raises:
        Conflict: a proposal for this case waits for a second person.
    """
    waiting = waiting_proposal(unit, case_id)
    if waiting is not None:
        raise Conflict(case_id=case_id, proposal_id=waiting.id, **refusal("proposal_waits"))
