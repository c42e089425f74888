"""What figures are counted from, read once: resources as they stood day by day, and their loans. Days are the community's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from copilot.community.store import Unit
from copilot.community.tables import Loan, LoanOutcome, Resource, ResourceChange, ResourceClosure
from copilot.resources.wording import wrong_parameter

MOST_RESOURCES = 20_000
MOST_LOANS = 100_000
# What decides on a day's supply; other changes of a resource are left where they are.
_TOLD = ("status", "capacity")


@dataclass(frozen=True)
class Change:
    """What a field held before a day on which it was changed, that day's last change deciding."""

    on: date
    field: str
    before: Any


@dataclass(frozen=True)
class Shelf:
    """One resource: what it is now, and what it was before.

    Attributes:
        capacity: units; None is no limit.
        closures: (first day, last day, units; None for all).
        changes: of status and capacity, latest first.
    """

    id: str
    kind: str
    owner_id: str | None
    capacity: int | None
    status: str
    mode: str
    created_on: date
    expires_on: date | None = None
    closures: Sequence[tuple[date, date, int | None]] = ()
    changes: Sequence[Change] = ()


@dataclass(frozen=True)
class Use:
    """One loan from the request on; days are None for what has not happened. Values are minor units."""

    id: str
    resource_id: str
    member_id: str | None
    units: int
    mode: str
    status: str
    requested_on: date
    starts_on: date
    handed_on: date | None = None
    back_on: date | None = None
    closed_on: date | None = None
    put_in_minor: int | None = None
    got_minor: int | None = None
    wanted_days: int = 1


@dataclass(frozen=True)
class Book:
    """All that the figures of one community are counted from."""

    shelves: Sequence[Shelf]
    uses: Sequence[Use] = field(default_factory=tuple)


def read_book(unit: Unit, start: date, end: date) -> Book:
    """Return the resources and the loans that were asked for, out or closed from `start` to `end`, both included.

    Raises:
        InvalidInput: there are more than these figures are made for.
    """
    zone = ZoneInfo(unit.community().timezone)
    # Columns alone: texts and attributes of ten thousand rows would cost more than all the counting.
    rows = unit.session.execute(
        select(
            Resource.id, Resource.type, Resource.owner_id, Resource.capacity, Resource.status, Resource.mode,
            Resource.created_at, Resource.expires_on,
        ).order_by(Resource.id).limit(MOST_RESOURCES + 1)
    ).all()  # fmt: skip
    _bounded(len(rows), MOST_RESOURCES)
    closures = _closures(unit, start, end)
    changes = _changes(unit, zone)
    shelves = [
        Shelf(
            id=row.id, kind=row.type, owner_id=row.owner_id, capacity=row.capacity, status=row.status, mode=row.mode,
            created_on=_day(row.created_at, zone), expires_on=row.expires_on, closures=closures.get(row.id, ()),
            changes=changes.get(row.id, ()),
        )
        for row in rows
    ]  # fmt: skip
    return Book(shelves, _uses(unit, zone, start, end))


def _closures(unit: Unit, start: date, end: date) -> dict[str, list[tuple[date, date, int | None]]]:
    found: dict[str, list[tuple[date, date, int | None]]] = {}
    statement = select(ResourceClosure).where(ResourceClosure.starts_on <= end, ResourceClosure.ends_on >= start)
    for row in unit.session.scalars(statement):
        found.setdefault(row.resource_id, []).append((row.starts_on, row.ends_on, row.units))
    return found


def _changes(unit: Unit, zone: ZoneInfo) -> dict[str, list[Change]]:
    found: dict[str, list[Change]] = {}
    columns = (ResourceChange.resource_id, ResourceChange.at, ResourceChange.changes)
    for resource_id, at, changes in unit.session.execute(
        select(*columns).where(ResourceChange.kind != "created").order_by(ResourceChange.at.desc(), ResourceChange.id.desc())
    ):  # fmt: skip
        for name in _TOLD:
            if name in changes:
                found.setdefault(resource_id, []).append(Change(_day(at, zone), name, changes[name][0]))
    return found


def _uses(unit: Unit, zone: ZoneInfo, start: date, end: date) -> list[Use]:
    # A day's width to either side, because rows hold moments in UTC and the period is of the community's days.
    first = datetime.combine(start, datetime.min.time(), zone)
    last = datetime.combine(end, datetime.max.time(), zone)
    touching = or_(Loan.closed_at.is_(None), Loan.closed_at >= first, Loan.back_at >= first)
    loans = unit.session.execute(
        select(
            Loan.id, Loan.resource_id, Loan.member_id, Loan.units, Loan.mode, Loan.status, Loan.requested_at,
            Loan.starts_on, Loan.ends_on, Loan.handed_at, Loan.back_at, Loan.closed_at,
        )
        .where(Loan.requested_at <= last, or_(touching, Loan.mode == "grant", Loan.status == "lost"))
        .order_by(Loan.id)
        .limit(MOST_LOANS + 1)
    ).all()  # fmt: skip
    _bounded(len(loans), MOST_LOANS)
    values: dict[tuple[str, str], int | None] = {
        (row.loan_id, row.side): row.value_minor
        for row in unit.session.execute(
            select(LoanOutcome.loan_id, LoanOutcome.side, LoanOutcome.value_minor)
            .join(Loan, Loan.id == LoanOutcome.loan_id)
            .where(touching)
        )
    }
    return [
        Use(
            id=row.id, resource_id=row.resource_id, member_id=row.member_id, units=row.units, mode=row.mode,
            status=row.status, requested_on=_day(row.requested_at, zone), starts_on=row.starts_on,
            handed_on=_maybe_day(row.handed_at, zone), back_on=_maybe_day(row.back_at, zone),
            closed_on=_maybe_day(row.closed_at, zone), put_in_minor=values.get((row.id, "lender")),
            got_minor=values.get((row.id, "borrower")), wanted_days=(row.ends_on - row.starts_on).days + 1,
        )
        for row in loans
    ]  # fmt: skip


def _bounded(found: int, most: int) -> None:
    if found > most:
        raise wrong_parameter("too_much_to_count", "start", limit=most)


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()


def _maybe_day(at: datetime | None, zone: ZoneInfo) -> date | None:
    return None if at is None else _day(at, zone)
