"""Slots to be seen: on which day whose card is shown. Whoever was shown least comes next; points decide among equals."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from copilot.community.ids import new_id
from copilot.community.store import Store, Unit
from copilot.community.tables import Community, Exposure, Member
from copilot.errors import Conflict, InvalidInput
from copilot.recognition.season_models import ExposurePlan, ExposureView
from copilot.recognition.showing import shown, sums
from copilot.recognition.wording import both

FEATURE = "recognition:exposures"
MOST_DAYS, MOST_PLACES, AHEAD_DAYS = 31, 5, 60
# Contributions of this long ago still earn a turn, and turns of that long ago are still counted.
_RECENT, _COUNTED = timedelta(days=90), timedelta(days=365)


class ExposureDesk:
    """Plans slots in turn and lists them; it shows nothing by itself."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def plan(self, community_id: str, start: date | None, days: int, places: int, *, actor: str = "") -> ExposurePlan:
        """Fill the free places of `days` (1-31) days from `start` (today by default) and return all of those days.

        Nobody has two places of one day. Doing it again changes nothing.

        Raises:
            NotFound: no such community.
            InvalidInput: a bound is passed, or it starts in the past or more than 60 days ahead.
            Conflict: there is nobody to show.
        """
        if not (1 <= days <= MOST_DAYS and 1 <= places <= MOST_PLACES):
            raise InvalidInput(f"days is from 1 to {MOST_DAYS}, places from 1 to {MOST_PLACES}", field="days")
        with self._store.write(community_id) as unit:
            unit.session.execute(select(Community.id).with_for_update())
            today = local_day(unit)
            start = start or today
            if not today <= start <= today + timedelta(days=AHEAD_DAYS):
                raise InvalidInput(
                    f"it starts from today to {AHEAD_DAYS} days ahead", field="start",
                    sentence=both("refused.days_ahead", limit=AHEAD_DAYS),
                )  # fmt: skip
            end = start + timedelta(days=days)
            taken = _taken(unit, start, end)
            free = [
                (start + timedelta(days=day), place)
                for day in range(days)
                for place in range(1, places + 1)
                if (start + timedelta(days=day), place) not in taken
            ]
            added = _fill(unit, free, taken, actor)
            if free and not added and not taken:
                raise Conflict("there is nobody to show yet", reason="nobody", sentence=both("refused.nobody"))
            unit.session.flush()
            if added:
                unit.audit(
                    actor, "exposures.planned", ("community", community_id), places=added, start=start.isoformat()
                )
            return _plan(unit, start, end)

    def listed(self, community_id: str, start: date | None, days: int) -> ExposurePlan:
        """Return whose card is shown from `start` (today by default) on; who opted out meanwhile is not in it.

        Raises:
            NotFound: no such community.
            InvalidInput: `days` is outside 1-31.
        """
        if not 1 <= days <= MOST_DAYS:
            raise InvalidInput(f"days is from 1 to {MOST_DAYS}", field="days", limit=MOST_DAYS)
        with self._store.read(community_id) as unit:
            start = start or local_day(unit)
            if start > date.max - timedelta(days=MOST_DAYS):
                raise InvalidInput("this day is too far ahead", field="start")
            return _plan(unit, start, start + timedelta(days=days))


def give_place(unit: Unit, member_id: str, redemption_id: str, actor: str) -> Exposure:
    """Give a member the first free place from tomorrow on, for points. The caller holds the community's row.

    Raises:
        Conflict: all places of the next 60 days are taken.
    """
    tomorrow = local_day(unit) + timedelta(days=1)
    taken = _taken(unit, tomorrow, tomorrow + timedelta(days=AHEAD_DAYS))
    for ahead in range(AHEAD_DAYS):
        day = tomorrow + timedelta(days=ahead)
        here = {place: one for (on, place), one in taken.items() if on == day}
        place = next((place for place in range(1, MOST_PLACES + 1) if place not in here), None)
        if place is not None and member_id not in here.values():
            return unit.add(_slot(unit, day, place, member_id, redemption_id, actor))
    raise Conflict("all places are taken", reason="stock", sentence=both("refused.stock"))


def local_day(unit: Unit) -> date:
    """Return which day it is in the community's zone."""
    return unit.now.astimezone(ZoneInfo(unit.community().timezone)).date()


def _fill(unit: Unit, free: list[tuple[date, int]], taken: dict[tuple[date, int], str], actor: str) -> int:
    points = sums(unit, unit.now - _RECENT)
    eligible = [one for one in unit.session.scalars(select(Member.id).where(*shown())) if points[one] > 0]
    times: Counter[str] = Counter()
    latest: dict[str, date] = {}
    since = local_day(unit) - _COUNTED
    for member_id, day in unit.session.execute(select(Exposure.member_id, Exposure.day).where(Exposure.day >= since)):
        times[member_id] += 1
        latest[member_id] = max(day, latest.get(member_id, day))
    added = 0
    for day, place in free:
        here = {one for (on, _), one in taken.items() if on == day}
        turn = [one for one in eligible if one not in here]
        if not turn:
            continue
        chosen = min(turn, key=lambda one: (times[one], latest.get(one, date.min), -points[one], one))
        unit.add(_slot(unit, day, place, chosen, None, actor))
        taken[day, place] = chosen
        times[chosen] += 1
        latest[chosen] = max(day, latest.get(chosen, day))
        added += 1
    return added


def _slot(unit: Unit, day: date, place: int, member_id: str, redemption_id: str | None, actor: str) -> Exposure:
    return Exposure(
        id=new_id("xps"), day=day, place=place, member_id=member_id, redemption_id=redemption_id, created_by=actor,
        created_at=unit.now,
    )  # fmt: skip


def _taken(unit: Unit, start: date, end: date) -> dict[tuple[date, int], str]:
    rows = unit.session.execute(
        select(Exposure.day, Exposure.place, Exposure.member_id).where(Exposure.day >= start, Exposure.day < end)
    )
    return {(day, place): member_id for day, place, member_id in rows}


def _plan(unit: Unit, start: date, end: date) -> ExposurePlan:
    statement = (
        select(Exposure, Member.name)
        .join(Member, Member.id == Exposure.member_id)
        .where(Exposure.day >= start, Exposure.day < end, *shown())
        .order_by(Exposure.day, Exposure.place)
    )
    return ExposurePlan(
        items=[
            ExposureView(
                id=row.id, day=row.day, place=row.place, member_id=row.member_id, name=name,
                redemption_id=row.redemption_id,
            )
            for row, name in unit.session.execute(statement)
        ]
    )  # fmt: skip
