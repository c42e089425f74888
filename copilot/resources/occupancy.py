"""How many units are out, promised or closed on which days. Units are counted and given under a resource's lock alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, or_, select

from copilot.community.store import Unit
from copilot.community.tables import Loan, Resource, ResourceClosure
from copilot.errors import NotFound
from copilot.resources.models import MAX_UNITS
from copilot.resources.transitions import LoanStatus

_OUT = (LoanStatus.LENT, LoanStatus.GRANTED, LoanStatus.OVERDUE, LoanStatus.HANDED_BACK, LoanStatus.DISPUTED)
# What was granted and used, or never came back, is gone until the owner says that there is more.
_SPENT = (LoanStatus.USED, LoanStatus.LOST)
_LOCKED = (
    select(Resource)
    .where(Resource.id == bindparam("resource_id"))
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)
_CLOSED = select(ResourceClosure).where(ResourceClosure.resource_id.in_(bindparam("ids", expanding=True)))


@dataclass(frozen=True)
class Holding:
    """Units that cannot be had from a day to another, both included; without an end until further notice."""

    units: int
    starts_on: date
    ends_on: date | None

    def covers(self, day: date) -> bool:
        """Whether it holds on this day."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True)
class Occupancy:
    """All that keeps units of one resource from being had.

    Attributes:
        capacity: units in all; None is no limit.
        holdings: units out or promised.
        closures: periods the owner closed; a holding of all units has None for their number.
    """

    capacity: int | None
    holdings: Sequence[Holding]
    closures: Sequence[ResourceClosure]

    def out(self, day: date) -> int:
        """Return how many units are out or promised on a day."""
        return sum(held.units for held in self.holdings if held.covers(day))

    def is_closed(self, day: date) -> bool:
        """Whether the owner closed all units on a day."""
        return any(item.units is None and item.starts_on <= day <= item.ends_on for item in self.closures)

    def free_on(self, day: date) -> int | None:
        """Return how many units can be had on a day, never below 0; None is no limit."""
        if self.is_closed(day):
            return 0
        if self.capacity is None:
            return None
        closed = sum(item.units or 0 for item in self.closures if item.starts_on <= day <= item.ends_on)
        return max(0, self.capacity - closed - self.out(day))

    def free(self, starts_on: date, ends_on: date, *, for_good: bool = False) -> int:
        """Return how many units can be had on every day from one to another, both included.

        The least is reached on the first day, or where a holding or a closure begins: other days need no look. Units
        that are taken `for_good` do not come back for those to whom they are promised later.
        """
        begins = {starts_on, *(held.starts_on for held in self.holdings), *(item.starts_on for item in self.closures)}
        found = [self.free_on(day) for day in begins if starts_on <= day <= ends_on]
        if for_good and self.capacity is not None:
            found += [max(0, self.capacity - self.out(day)) for day in begins if day > ends_on]
        return min(MAX_UNITS if free is None else free for free in found)

    def can_serve(self, loan: Loan, today: date, until: date | None = None) -> bool:
        """Whether the units of a loan can be had on all of its days from today on, or up to another last day."""
        last = until or loan.ends_on
        first = max(loan.starts_on, min(today, last))
        return self.free(first, max(first, last), for_good=loan.mode == "grant") >= loan.units

    def taking(self, loan: Loan, today: date) -> Occupancy:
        """Return this with the units of one more loan taken."""
        return replace(self, holdings=[*self.holdings, _holding(loan, today)])


def lock_resource(unit: Unit, resource_id: str) -> Resource:
    """Return the resource, kept from every other writer until this transaction ends.

    Units are counted and given under this lock alone, so that nobody gives the last one twice. SQLite has one writer
    anyway. Keys stay readable for rows that point here.

    Raises:
        NotFound: there is none in this community.
    """
    row: Resource | None = unit.session.scalar(_LOCKED, {"resource_id": resource_id})
    if row is None:
        raise NotFound(f"there is no resource {resource_id!r} in this community", kind="resource", id=resource_id)
    return row


def occupancy(
    unit: Unit, resources: Sequence[Resource], today: date, *, without: str = "", with_requests: bool = False
) -> dict[str, Occupancy]:
    """Return what keeps units of these resources from being had, by resource.

    Args:
        unit: where it is read.
        resources: at most a page of them.
        today: in the community's time zone.
        without: a loan that is not to count, because it is the one that asks.
        with_requests: whether requests that wait for an answer count, too: who comes later stands behind them.
    """
    ids = [row.id for row in resources]
    holdings: dict[str, list[Holding]] = {key: [] for key in ids}
    for loan in _holding_loans(unit, ids, with_requests=with_requests):
        if loan.id != without:
            holdings[loan.resource_id].append(_holding(loan, today))
    closures: dict[str, list[ResourceClosure]] = {key: [] for key in ids}
    for closure in unit.session.scalars(_CLOSED, {"ids": ids}):
        closures[closure.resource_id].append(closure)
    return {row.id: Occupancy(row.capacity, holdings[row.id], closures[row.id]) for row in resources}


def _holding_loans(unit: Unit, ids: Iterable[str], *, with_requests: bool) -> Iterator[Loan]:
    yield from unit.session.scalars(_holding_statement(with_requests=with_requests), {"ids": list(ids)})


@cache
def _holding_statement(*, with_requests: bool) -> Select[Any]:
    """Return the statement of loans that hold units; units are counted all the time, so it is made once."""
    promised = [LoanStatus.ACCEPTED, LoanStatus.REQUESTED] if with_requests else [LoanStatus.ACCEPTED]
    # Nobody comes for what was promised to somebody who is gone; what such a one has is still out.
    return select(Loan).where(
        Loan.resource_id.in_(bindparam("ids", expanding=True)),
        or_(
            and_(Loan.status.in_([status.value for status in promised]), Loan.member_id.is_not(None)),
            and_(Loan.status.in_([status.value for status in (*_OUT, *_SPENT)]), Loan.back_at.is_(None)),
        ),
    )


def _holding(loan: Loan, today: date) -> Holding:
    status = LoanStatus(loan.status)
    if status in _SPENT or loan.mode == "grant":
        return Holding(loan.units, loan.starts_on, None)
    if status in {LoanStatus.OVERDUE, LoanStatus.HANDED_BACK, LoanStatus.DISPUTED}:
        return Holding(loan.units, loan.starts_on, None)  # nobody knows when it is back
    is_late = status is LoanStatus.LENT and loan.ends_on < today
    return Holding(loan.units, loan.starts_on, None if is_late else loan.ends_on)


def days(starts_on: date, ends_on: date) -> Iterator[date]:
    """Yield every day from one to another, both included."""
    for number in range((ends_on - starts_on).days + 1):
        yield starts_on + timedelta(days=number)
