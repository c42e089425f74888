"""The waiting list of a resource: first come, first served, as soon as units can be had on the days asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import and_, bindparam, func, or_, select

from copilot.community.embeddable import today
from copilot.community.store import Unit
from copilot.community.tables import Loan, Resource
from copilot.resources.ledger import SYSTEM, move, tell
from copilot.resources.occupancy import occupancy
from copilot.resources.transitions import LoanStatus, Step
from copilot.resources.viewing import is_on_offer

_WAITING = LoanStatus.WAITING.value
_BEFORE = select(func.count(Loan.id)).where(
    Loan.resource_id == bindparam("resource_id"),
    Loan.status == _WAITING,
    or_(
        Loan.queued_at < bindparam("queued_at"),
        and_(Loan.queued_at == bindparam("queued_at"), Loan.id < bindparam("loan_id")),
    ),
)
# Looked at after each change; a longer list moves up with the next one.
_LOOKED_AT = 200


def is_free(
    unit: Unit, resource: Resource, loan: Loan, *, with_requests: bool, until: date | None = None
) -> bool:  # fmt: skip
    """Whether the units of a loan can be had on all of its days; the caller holds the resource's lock.

    Args:
        unit: where it is read.
        resource: locked.
        loan: does not stand in its own way.
        with_requests: whether requests of others that wait for an answer come first.
        until: another last day than the loan's.
    """
    day = today(unit)
    unit.session.flush()
    taken = occupancy(unit, [resource], day, without=loan.id, with_requests=with_requests)[resource.id]
    return taken.can_serve(loan, day, until)


def place(unit: Unit, resource: Resource, loan: Loan) -> None:
    """Let a request that was just made wait for an answer, or in the line; accept it where the terms say so."""
    if not is_on_offer(resource) or not is_free(unit, resource, loan, with_requests=True):
        loan.queued_at = unit.now
        move(unit, loan, Step.QUEUE, LoanStatus.WAITING, SYSTEM)
    elif resource.accepts_at_once:
        accept_at_once(unit, loan)


def accept_at_once(unit: Unit, loan: Loan) -> None:
    """Accept a request whose resource needs no answer; the caller knows that the units are free."""
    loan.decided_at = unit.now
    move(unit, loan, Step.ACCEPT, LoanStatus.ACCEPTED, SYSTEM)


def move_up(unit: Unit, resource: Resource) -> int:
    """Let those who wait move up for units that came free, first come first; return how many. Locked by the caller."""
    if not is_on_offer(resource):
        return 0
    unit.session.flush()
    day = today(unit)
    waiting = unit.session.scalars(
        select(Loan)
        .where(Loan.resource_id == resource.id, Loan.status == _WAITING, Loan.member_id.is_not(None))
        .where(Loan.ends_on >= day)
        .order_by(Loan.queued_at, Loan.id)
        .limit(_LOOKED_AT)
    ).all()
    taken = occupancy(unit, [resource], day, with_requests=True)[resource.id]
    moved = 0
    for loan in waiting:
        if not taken.can_serve(loan, day):
            continue
        taken = taken.taking(loan, day)
        moved += 1
        if resource.accepts_at_once:
            accept_at_once(unit, loan)
        else:
            move(unit, loan, Step.MOVE_UP, LoanStatus.REQUESTED, SYSTEM)
            tell(unit, "resource.requested", loan, resource)
    return moved


def positions(unit: Unit, loans: Sequence[Loan]) -> dict[str, int]:
    """Return the places in the waiting list, from 1, of those loans that wait."""
    found: dict[str, int] = {}
    for loan in loans:
        if loan.status == _WAITING and loan.queued_at is not None:
            stands = {"resource_id": loan.resource_id, "queued_at": loan.queued_at, "loan_id": loan.id}
            found[loan.id] = int(unit.session.scalar(_BEFORE, stands) or 0) + 1
    return found
