"""The day and hour of an event when nobody said: where the community's own events filled best, else what suits most people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from copilot.community.cities import find_cities
from copilot.events.briefs.formats import IN_PERSON
from copilot.events.history import PastEvent, part_of_day
from copilot.events.reviews.estimates import share_interval
from copilot.events.workdays import day_notes

# A default is taken unseen by many: it needs more behind it than a remark.
ENOUGH_EVENTS, ENOUGH_SIGNUPS = 3, 20
LATE = time(22, 30)
LONG_MINUTES = 300  # a longer event begins in the morning, whenever the short ones do
_AHEAD_DAYS, _AHEAD_DAYS_ONLINE = 10, 7
_SATURDAY, _WEDNESDAY = 5, 2


@dataclass(frozen=True)
class UsualSlot:
    """A part of the week in which the community meets: 0 is Monday, 0 to 2 morning to evening, and the usual start.

    Attributes:
        rate: share of sign-ups that came, 0 to 1.
        events: over how many events.
    """

    weekday: int
    part: int
    start: time
    rate: float
    events: int

    def fits(self, minutes: int) -> bool:
        """Whether an event of that length is over before it gets late."""
        return self.start.hour * 60 + self.start.minute + minutes <= LATE.hour * 60 + LATE.minute


def usual_slots(past: Sequence[PastEvent], timezone: str, *, online: bool) -> tuple[UsualSlot, ...]:
    """Return the parts of the week that have been tried often enough, the one that fills most surely first.

    They are ordered by the lower end of the interval of their turn-out: three full events promise less than twenty
    that were nearly full.
    """
    zone = ZoneInfo(timezone)
    held: dict[tuple[int, int], list[tuple[datetime, PastEvent]]] = {}
    for event in past:
        if event.signups > 0 and event.checked_in > 0 and _was_online(event) is online:
            local = event.starts_at.astimezone(zone)
            held.setdefault((local.weekday(), part_of_day(local.hour)), []).append((local, event))
    found: list[tuple[float, UsualSlot]] = []
    for (weekday, part), events in held.items():
        signups = sum(event.signups for _, event in events)
        if len(events) < ENOUGH_EVENTS or signups < ENOUGH_SIGNUPS:
            continue
        rate = sum(min(event.checked_in, event.signups) for _, event in events) / signups
        starts = Counter(local.time().replace(second=0, microsecond=0) for local, _ in events)
        usual = min(starts, key=lambda start: (-starts[start], start))
        found.append((share_interval(rate, signups)[0], UsualSlot(weekday, part, usual, round(rate, 4), len(events))))
    found.sort(key=lambda item: (-item[0], item[1].weekday, item[1].part))
    return tuple(slot for _, slot in found)


def _was_online(event: PastEvent) -> bool:
    return event.format == "online_talk" or (event.format not in IN_PERSON and not find_cities(event.city))


def likely_slots(slots: Sequence[UsualSlot], minutes: int, start: time | None) -> list[UsualSlot]:
    """Return the slots an event may take: short enough, and around the hour that was said, if one was."""
    if minutes > LONG_MINUTES:
        return []
    part = None if start is None else part_of_day(start.hour)
    return [slot for slot in slots if slot.fits(minutes) and part in {None, slot.part}]


def free_day(today: date, locale: str, slot: UsualSlot | None, *, online: bool) -> date:
    """Return the first such weekday with time to prepare, never a holiday or a day worked in exchange.

    Without a slot it is a Wednesday a week ahead for an online event, else a Saturday ten days ahead.
    """
    weekday = slot.weekday if slot else _WEDNESDAY if online else _SATURDAY
    taken = {note.on for note in day_notes(today, today + timedelta(days=120), locale)}
    day = today + timedelta(days=_AHEAD_DAYS_ONLINE if online else _AHEAD_DAYS)
    while day.weekday() != weekday or day in taken:
        day += timedelta(days=1)
    return day


def common_time(day: date, minutes: int, *, online: bool) -> time:
    """Return the hour at which such events begin where the community has no habit of its own."""
    if minutes > LONG_MINUTES:
        return time(9, 30)
    if online:
        return time(20, 0)
    return time(14, 0) if day.weekday() >= _SATURDAY else time(19, 0)
