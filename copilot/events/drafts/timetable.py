"""When people at an event sit, eat and sleep: the slot as blocks between meals and nights, on the clock of the place. Pure.

Layout fills the blocks; nothing here knows what happens in them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from copilot.events.briefs.settling import SettledBrief
from copilot.events.drafts.mealtimes import mealtimes

MAX_STRETCH = 90  # minutes of sitting after which people need a break
WORK_STRETCH = 240  # people who build something at their own pace get up when they like
MEAL_MINUTES = 60
_MEAL_EVENT = 300  # shorter ones are over before anybody must leave the room to eat
_AWAKE = 720  # a slot longer than this has a night in it
_DAY = 1440
_BEFORE_MEAL, _AFTER_MEAL = 60, 45  # no meal in the first hour, and something worth staying for behind it
_NIGHT_FROM, _NIGHT_TO, _SHORTEST_MORNING = time(22, 0), time(8, 0), 60
# The best hour first; the others where the event starts or ends too close to it.
_MEAL_STARTS = (
    (time(12, 15), time(12, 0), time(12, 30), time(11, 45), time(12, 45)),
    (time(18, 30), time(18, 15), time(18, 0), time(18, 45), time(19, 0)),
)


@dataclass(frozen=True)
class Session:
    """A stretch of the slot during which the event runs without a night; minutes count from the start of the event."""

    start_minute: int
    minutes: int

    @property
    def end_minute(self) -> int:
        """Minute at which people go home."""
        return self.start_minute + self.minutes


@dataclass(frozen=True)
class Block:
    """Time between two meals or nights, short breaks included, and the pause behind it (0 minutes after the last)."""

    minutes: int
    pause_minutes: int = 0
    pause_key: str = ""


@dataclass(frozen=True)
class Timetable:
    """The blocks of a slot, and the longest stretch without a break inside them."""

    blocks: tuple[Block, ...]
    longest_stretch: int = MAX_STRETCH

    @property
    def minutes(self) -> int:
        """Length of the slot by the clock."""
        return sum(block.minutes + block.pause_minutes for block in self.blocks)


def plain(minutes: int) -> Timetable:
    """Return the timetable of a slot without meals and nights."""
    return Timetable((Block(minutes),))


def sessions(slot: SettledBrief) -> list[Session]:
    """Return the stretches between nights, in order; one for an event of up to twelve hours."""
    total = slot.duration_minutes
    if slot.daily_minutes is not None:
        starts = range(0, total, _DAY)
        return [Session(start, min(slot.daily_minutes, total - start)) for start in starts]
    found, begin = [], 0
    if total > _AWAKE:
        for night_from, night_to in _nights(slot.local_start, total):
            found.append(Session(begin, night_from - begin))
            begin = night_to
    return [*found, Session(begin, total - begin)]


def _nights(start: datetime, total: int) -> Iterator[tuple[int, int]]:
    """Yield (from, to) of the nights of one long stretch; one that would leave no morning is worked through."""
    local = start.replace(tzinfo=None)
    day = local.date()
    while True:
        night_from = int((datetime.combine(day, _NIGHT_FROM) - local).total_seconds()) // 60
        night_to = int((datetime.combine(day + timedelta(days=1), _NIGHT_TO) - local).total_seconds()) // 60
        if night_to + _SHORTEST_MORNING > total:
            return
        if night_from >= _SHORTEST_MORNING:
            yield night_from, night_to
        day += timedelta(days=1)


def timetable_of(slot: SettledBrief) -> Timetable:
    """Return the blocks of an event: a meal at lunch and dinner of every long day, a night between two days."""
    blocks: list[Block] = []
    spans = sessions(slot)
    for number, session in enumerate(spans):
        begin = session.start_minute
        for meal in meal_starts(slot.local_start, session):
            blocks.append(Block(meal - begin, MEAL_MINUTES, "meal"))
            begin = meal + MEAL_MINUTES
        following = spans[number + 1].start_minute if number + 1 < len(spans) else session.end_minute
        night = following - session.end_minute
        blocks.append(Block(session.end_minute - begin, night, "night" if night else ""))
    is_work = slot.format == "competition" and slot.duration_minutes > _AWAKE
    return Timetable(tuple(blocks), WORK_STRETCH if is_work else MAX_STRETCH)


def meal_starts(local_start: datetime, session: Session) -> list[int]:
    """Return the minutes of the event at which a meal begins in a session; none in one shorter than five hours."""
    if session.minutes < _MEAL_EVENT:
        return []
    local, found = local_start.replace(tzinfo=None), []
    day = (local + timedelta(minutes=session.start_minute)).date()
    last = (local + timedelta(minutes=session.end_minute)).date()
    earliest, latest = session.start_minute + _BEFORE_MEAL, session.end_minute - MEAL_MINUTES - _AFTER_MEAL
    while day <= last:
        for clocks in _MEAL_STARTS:
            minutes = [int((datetime.combine(day, clock) - local).total_seconds()) // 60 for clock in clocks]
            fitting = [minute for minute in minutes if earliest <= minute <= latest]
            found += fitting[:1]
        day += timedelta(days=1)
    return found


def meals(slot: SettledBrief) -> int:
    """Return over how many mealtimes the event runs, nights left out: what one person is to be fed."""
    return sum(
        len(mealtimes(slot.local_start + timedelta(minutes=session.start_minute), session.minutes))
        for session in sessions(slot)
    )


def working_minutes(slot: SettledBrief) -> int:
    """Return the minutes for which a room is needed: nights left out."""
    return sum(session.minutes for session in sessions(slot))
