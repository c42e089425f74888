"""The calendar of a resource: the days its owner closed, and what can be had day by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import delete, select

from copilot.community.access import Actor
from copilot.community.embeddable import today
from copilot.community.ids import new_id
from copilot.community.resource_history import note_change
from copilot.community.store import Store, Unit
from copilot.community.tables import Resource, ResourceClosure
from copilot.community.text import clean_line
from copilot.resources.models import MAX_CALENDAR_DAYS, Calendar, CalendarDay, Closure
from copilot.resources.occupancy import days, lock_resource, occupancy
from copilot.resources.viewing import find_resource, require_owner, require_reader, require_writer
from copilot.resources.waiting import move_up
from copilot.resources.wording import wrong, wrong_parameter

_SHOWN_DAYS = 30


class CalendarDesk:
    """Shows and closes days. Safe to share between threads."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def show(
        self,
        community_id: str,
        resource_id: str,
        actor: Actor,
        starts_on: date | None = None,
        ends_on: date | None = None,
    ) -> Calendar:
        """Return what can be had from a day (today) to another (30 days later), both included.

        Raises:
            Denied: the key may not look at resources.
            NotFound: there is none that the actor may know of.
            InvalidInput: the days are in the wrong order, or more than a year.
        """
        require_reader(actor)
        with self._store.read(community_id) as unit:
            row = find_resource(unit, actor, resource_id)
            return _calendar(unit, row, starts_on, ends_on)

    def close(
        self, community_id: str, resource_id: str, closures: Sequence[Closure], actor: Actor
    ) -> Calendar:  # fmt: skip
        """Replace the days on which units cannot be had; what was promised for them stays promised.

        Raises:
            Denied: the actor neither owns it nor is an operator.
            NotFound: there is none that the actor may know of.
            InvalidInput: a period ends before it begins.
        """
        require_writer(actor)
        if any(item.ends_on < item.starts_on for item in closures):
            raise wrong("closure_order", "closures")
        with self._store.write(community_id) as unit:
            find_resource(unit, actor, resource_id)
            row = lock_resource(unit, resource_id)
            require_owner(actor, row)
            before = [_plain(item) for item in _closures(unit, row)]
            unit.session.execute(delete(ResourceClosure).where(ResourceClosure.resource_id == row.id))
            for item in closures:
                unit.add(
                    ResourceClosure(
                        id=new_id("rcl"), resource_id=row.id, starts_on=item.starts_on, ends_on=item.ends_on,
                        units=item.units, note=clean_line(item.note),
                    )
                )  # fmt: skip
            unit.session.flush()
            after = [_plain(item) for item in _closures(unit, row)]
            if after != before:
                note_change(unit, row, "changed", actor.key_id, {"closures": [before, after]})
                move_up(unit, row)
            return _calendar(unit, row, None, None)


def _calendar(unit: Unit, row: Resource, starts_on: date | None, ends_on: date | None) -> Calendar:
    day = today(unit)
    first = starts_on or day
    if ends_on is None:
        ends_on = min(first, date.max - timedelta(days=_SHOWN_DAYS)) + timedelta(days=_SHOWN_DAYS)
    if ends_on < first:
        raise wrong_parameter("ends_before_start", "end")
    if (ends_on - first).days >= MAX_CALENDAR_DAYS:
        raise wrong_parameter("calendar_too_long", "end", limit=MAX_CALENDAR_DAYS)
    taken = occupancy(unit, [row], day)[row.id]
    shown = [
        CalendarDay(on=on, out=taken.out(on), closed=taken.is_closed(on), free=_free(row, on, taken.free_on(on)))
        for on in days(first, ends_on)
    ]
    return Calendar(resource_id=row.id, closures=_closures(unit, row), days=shown)


def _free(row: Resource, on: date, free: int | None) -> int | None:
    return 0 if row.expires_on is not None and on > row.expires_on else free


def _closures(unit: Unit, row: Resource) -> list[Closure]:
    found = unit.session.scalars(
        select(ResourceClosure)
        .where(ResourceClosure.resource_id == row.id)
        .order_by(ResourceClosure.starts_on, ResourceClosure.ends_on, ResourceClosure.id)
    )
    return [Closure(starts_on=item.starts_on, ends_on=item.ends_on, units=item.units, note=item.note) for item in found]


def _plain(item: Closure) -> dict[str, object]:
    return item.model_dump(mode="json")
