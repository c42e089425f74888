"""What trust is counted from: a member's loans and endorsements, each as one case. Reads rows, judges nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from copilot.community.store import Unit
from copilot.community.tables import Endorsement, Loan, LoanEntry, Resource
from copilot.resources.transitions import ENDED_IN_USE, Step

# Of one member; the latest of them count.
MOST_CASES = 2000
_CHUNK = 500
_ENDED = frozenset(status.value for status in ENDED_IN_USE)


@dataclass(frozen=True)
class Dealing:
    """One loan that a member had part in, after the units were handed over.

    Attributes:
        is_lender: whether the member lent.
        other_id: the other side; None: erased, or the community itself.
        late_days: days after the day it was due on which the borrower handed it back, negative before; None: not back.
        disputes: how often somebody disputed it.
    """

    loan_id: str
    resource_id: str
    title: str
    is_confidential: bool
    is_lender: bool
    other_id: str | None
    is_of_community: bool
    mode: str
    status: str
    at: datetime
    late_days: int | None
    disputes: int

    @property
    def has_ended(self) -> bool:
        """Whether it is over."""
        return self.status in _ENDED


@dataclass(frozen=True)
class Voucher:
    """Somebody vouches for the member."""

    id: str
    by_id: str
    at: datetime
    is_mutual: bool


def dealings_of(unit: Unit, member_id: str) -> list[Dealing]:
    """Return the loans in use or over that the member has part in, latest first, at most 2,000."""
    found = unit.session.execute(
        select(Loan, Resource)
        .join(Resource, Resource.id == Loan.resource_id)
        .where(or_(Loan.member_id == member_id, Resource.owner_id == member_id), Loan.handed_at.is_not(None))
        .order_by(Loan.handed_at.desc(), Loan.id)
        .limit(MOST_CASES)
    ).all()
    steps = _steps(unit, [loan.id for loan, _resource in found])
    zone = ZoneInfo(unit.community().timezone)
    return [
        Dealing(
            loan_id=loan.id, resource_id=resource.id, title=resource.title, is_confidential=resource.confidential,
            is_lender=resource.owner_id == member_id,
            other_id=loan.member_id if resource.owner_id == member_id else resource.owner_id,
            is_of_community=resource.owner_id is None, mode=loan.mode, status=loan.status,
            at=loan.closed_at or loan.handed_at or loan.requested_at,
            late_days=_late_days(loan, steps.get(loan.id, []), zone),
            disputes=sum(step == Step.DISPUTE.value for step, _at in steps.get(loan.id, [])),
        )
        for loan, resource in found
    ]  # fmt: skip


def vouchers_of(unit: Unit, member_id: str) -> list[Voucher]:
    """Return who vouches for the member, latest first, at most 2,000."""
    returned = set(
        unit.session.scalars(select(Endorsement.member_id).where(Endorsement.by_id == member_id).limit(MOST_CASES))
    )
    statement = select(Endorsement).where(Endorsement.member_id == member_id)
    rows = unit.session.scalars(statement.order_by(Endorsement.created_at.desc(), Endorsement.id).limit(MOST_CASES))
    return [Voucher(row.id, row.by_id, row.created_at, row.by_id in returned) for row in rows]


def _steps(unit: Unit, loan_ids: Sequence[str]) -> dict[str, list[tuple[str, datetime]]]:
    told = (Step.HAND_BACK.value, Step.DENY_RETURN.value, Step.DISPUTE.value)
    found: dict[str, list[tuple[str, datetime]]] = {}
    for first in range(0, len(loan_ids), _CHUNK):
        chunk = loan_ids[first : first + _CHUNK]
        statement = select(LoanEntry.loan_id, LoanEntry.step, LoanEntry.at).where(
            LoanEntry.loan_id.in_(chunk), LoanEntry.step.in_(told)
        )
        for loan_id, step, at in unit.session.execute(statement.order_by(LoanEntry.at, LoanEntry.id)):
            found.setdefault(loan_id, []).append((step, at))
    return found


def _late_days(loan: Loan, steps: Sequence[tuple[str, datetime]], zone: ZoneInfo) -> int | None:
    if loan.status != "returned" or loan.back_at is None:
        return None
    # What the owner denied was not handed back; the last word that nobody denied is.
    handed_back = None
    for step, at in steps:
        if step == Step.HAND_BACK.value:
            handed_back = at
        elif step == Step.DENY_RETURN.value:
            handed_back = None
    return ((handed_back or loan.back_at).astimezone(zone).date() - loan.ends_on).days
