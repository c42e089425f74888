"""What time does to the library: codes for what has none, resources nobody confirmed, loans that fall due or lapse.

Every hour and whenever somebody looks; a second run changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select

from copilot.community.embeddable import today
from copilot.community.models import ResourceStatus
from copilot.community.resource_codes import give_codes
from copilot.community.resource_history import changes_since, confirm_from, note_change, values_of
from copilot.community.store import Store, Unit
from copilot.community.tables import Loan, Resource
from copilot.resources.ledger import SYSTEM, move, tell
from copilot.resources.occupancy import lock_resource
from copilot.resources.transitions import LoanStatus, Step
from copilot.resources.waiting import move_up

_BATCH = 200
_OFFERED = (ResourceStatus.AVAILABLE.value, ResourceStatus.CONFIDENTIAL.value)
_HOPING = (LoanStatus.REQUESTED.value, LoanStatus.WAITING.value, LoanStatus.ACCEPTED.value)
_IN_USE = (LoanStatus.LENT.value, LoanStatus.GRANTED.value)


@dataclass(frozen=True)
class UpkeepReport:
    """What was done."""

    entered: int = 0
    stale: int = 0
    overdue: int = 0
    expired: int = 0
    moved_up: int = 0


def keep_up(store: Store, community_id: str) -> UpkeepReport:
    """Enter, retire, expire and move up whatever is due, in transactions of one resource or one batch each."""
    entered = stale = 0
    while done := _enter(store, community_id):
        entered += done
    while done := _retire(store, community_id):
        stale += done
    overdue = expired = moved = 0
    for resource_id in _touched(store, community_id):
        with store.write(community_id) as unit:
            row = lock_resource(unit, resource_id)
            late, lapsed = _settle_loans(unit, row)
            overdue, expired, moved = overdue + late, expired + lapsed, moved + move_up(unit, row)
    return UpkeepReport(entered, stale, overdue, expired, moved)


def _enter(store: Store, community_id: str) -> int:
    """Give codes and days to confirm by to resources of before there was a library."""
    new = or_(Resource.library_code.is_(None), Resource.confirm_by.is_(None))
    with store.read(community_id) as unit:
        if unit.session.scalar(select(Resource.id).where(new).limit(1)) is None:
            return 0
    with store.write(community_id) as unit:
        rows = unit.session.scalars(select(Resource).where(new).order_by(Resource.id).limit(_BATCH)).all()
        for row in rows:
            if row.confirm_by is None:
                confirm_from(row, unit.now)
        give_codes(unit, rows)
        return len(rows)


def _retire(store: Store, community_id: str) -> int:
    """Take resources out of the matches that their owners did not confirm in time."""
    with store.read(community_id) as unit:
        due = and_(Resource.status.in_(_OFFERED), Resource.confirm_by <= unit.now)
        ids = list(unit.session.scalars(select(Resource.id).where(due).order_by(Resource.id).limit(_BATCH)))
    if not ids:
        return 0
    done = 0
    with store.write(community_id) as unit:
        for resource_id in ids:
            row = lock_resource(unit, resource_id)
            if row.status in _OFFERED and row.confirm_by is not None and row.confirm_by <= unit.now:
                before = values_of(row)
                row.status = ResourceStatus.STALE.value
                note_change(unit, row, "stale", SYSTEM.key_id, changes_since(before, row))
                done += 1
    return done


def _touched(store: Store, community_id: str) -> list[str]:
    """Return the resources with loans that fall due or lapse now, or with somebody in the line."""
    with store.read(community_id) as unit:
        day = today(unit)
        found = select(Loan.resource_id).where(or_(_lapsing(day), _due(day), Loan.status == LoanStatus.WAITING.value))
        return list(unit.session.scalars(found.distinct().order_by(Loan.resource_id)))


def _settle_loans(unit: Unit, row: Resource) -> tuple[int, int]:
    day = today(unit)
    mine = select(Loan).where(Loan.resource_id == row.id).order_by(Loan.id)
    late = unit.session.scalars(mine.where(_due(day))).all()
    for loan in late:
        move(unit, loan, Step.FALL_DUE, LoanStatus.OVERDUE, SYSTEM)
        tell(unit, "resource.overdue", loan, row)
    lapsed = unit.session.scalars(mine.where(_lapsing(day))).all()
    for loan in lapsed:
        move(unit, loan, Step.EXPIRE, LoanStatus.EXPIRED, SYSTEM)
    return len(late), len(lapsed)


def _due(day: date) -> ColumnElement[bool]:
    return and_(Loan.status.in_(_IN_USE), Loan.ends_on < day)


def _lapsing(day: date) -> ColumnElement[bool]:
    # Nobody came for it in time, or who asked is gone.
    return and_(Loan.status.in_(_HOPING), or_(Loan.ends_on < day, Loan.member_id.is_(None)))
