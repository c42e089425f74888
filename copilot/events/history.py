"""What past events of the community teach: turn-out, ratings, lessons. Reads rows, decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from statistics import median
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, func, select

from copilot.community.store import Unit
from copilot.community.tables import CheckIn, Event, EventFeedback, EventReview, Signup

MAX_EVENTS = 200
MAX_CITED = 5
# Below this, a turn-out rate is an anecdote.
MIN_EVENTS, MIN_SIGNUPS = 2, 10
_NOON, _EVENING = 12, 18  # hours at which the afternoon and the evening begin
# Sign-ups that were expected at the door; the cancelled and the waiting were not.
_EXPECTED = ("going", "attended", "no_show")


class PastEvent(BaseModel):
    """One event that is over, with what came of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    title: str
    format: str
    starts_at: datetime
    city: str = ""
    host_id: str | None = None
    speaker_ids: list[str] = []
    signups: int = 0
    checked_in: int = 0
    ratings: int = 0
    rating_mean: float | None = None
    spent_cents: int | None = None
    lessons: list[str] = []


class Turnout(BaseModel):
    """Share of sign-ups that came, over `events` events with check-in; `same_format` says which events were counted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rate: float
    signups: int
    checked_in: int
    events: int
    same_format: bool


class SlotTurnout(BaseModel):
    """Share of sign-ups that came in one part of the week; `weekday` 0 is Monday, `part` 0 morning, 1 afternoon, 2 evening."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    weekday: int
    part: int
    events: int
    signups: int
    checked_in: int
    rate: float

    def holds(self, local_start: datetime) -> bool:
        """Whether an event that starts then belongs to this slot."""
        return (self.weekday, self.part) == (local_start.weekday(), part_of_day(local_start.hour))


def part_of_day(hour: int) -> int:
    """Return 0 for the morning, 1 for the afternoon, 2 for the evening."""
    return 0 if hour < _NOON else 1 if hour < _EVENING else 2


def past_events(unit: Unit, before: datetime) -> list[PastEvent]:
    """Return the events that were held before `before`, latest first, at most 200."""
    rows = unit.session.scalars(
        select(Event)
        .where(Event.ends_at <= before, Event.status != "cancelled")
        .order_by(Event.starts_at.desc(), Event.id)
        .limit(MAX_EVENTS)
    ).all()
    ids = [row.id for row in rows]
    going = _counts(unit, Signup, ids, Signup.status.in_(_EXPECTED))
    came = _counts(unit, CheckIn, ids)
    ratings: dict[str, tuple[int, float]] = {}
    for event_id, count, mean in unit.session.execute(
        select(EventFeedback.event_id, func.count(), func.avg(EventFeedback.rating))
        .where(EventFeedback.event_id.in_(ids))
        .group_by(EventFeedback.event_id)
    ):
        ratings[event_id] = (int(count), float(mean))
    reviews = unit.get_many(EventReview, ids)
    return [
        PastEvent(
            id=row.id, title=row.title, format=row.format, starts_at=row.starts_at, city=row.city, host_id=row.host_id,
            speaker_ids=[str(item) for item in row.speaker_ids], signups=going.get(row.id, 0),
            checked_in=came.get(row.id, 0), ratings=ratings.get(row.id, (0, 0.0))[0],
            rating_mean=round(ratings[row.id][1], 2) if row.id in ratings else None, spent_cents=row.spent_cents,
            lessons=[str(item)[:300] for item in reviews[row.id].lessons[:5]] if row.id in reviews else [],
        )
        for row in rows
    ]  # fmt: skip


def _counts(unit: Unit, table: type[Signup | CheckIn], ids: list[str], *where: ColumnElement[bool]) -> dict[str, int]:
    statement = select(table.event_id, func.count()).where(table.event_id.in_(ids), *where).group_by(table.event_id)
    return {event_id: int(count) for event_id, count in unit.session.execute(statement)}


def turnout(events: Sequence[PastEvent], event_format: str) -> Turnout | None:
    """Return the turn-out of past events, of the same format where there are enough; None when there are too few."""
    counted = [event for event in events if event.checked_in > 0 and event.signups > 0]
    same = [event for event in counted if event.format == event_format]
    for chosen, same_format in ((same, True), (counted, False)):
        signups = sum(event.signups for event in chosen)
        if len(chosen) >= MIN_EVENTS and signups >= MIN_SIGNUPS:
            came = sum(min(event.checked_in, event.signups) for event in chosen)
            return Turnout(
                rate=round(came / signups, 4),
                signups=signups,
                checked_in=came,
                events=len(chosen),
                same_format=same_format,
            )
    return None


def slot_turnouts(events: Sequence[PastEvent], timezone: str) -> list[SlotTurnout]:
    """Return the turn-out by weekday and part of the day, best first; slots with too few events or sign-ups are left out."""
    zone = ZoneInfo(timezone)
    by_slot: dict[tuple[int, int], list[PastEvent]] = {}
    for event in events:
        if event.checked_in > 0 and event.signups > 0:
            local = event.starts_at.astimezone(zone)
            by_slot.setdefault((local.weekday(), part_of_day(local.hour)), []).append(event)
    found = []
    for (weekday, part), held in by_slot.items():
        signups = sum(event.signups for event in held)
        came = sum(min(event.checked_in, event.signups) for event in held)
        if len(held) >= MIN_EVENTS and signups >= MIN_SIGNUPS:
            found.append(
                SlotTurnout(
                    weekday=weekday, part=part, events=len(held), signups=signups, checked_in=came,
                    rate=round(came / signups, 4),
                )
            )  # fmt: skip
    return sorted(found, key=lambda slot: (-slot.rate, slot.weekday, slot.part))


def usual_headcount(events: Sequence[PastEvent], event_format: str) -> int | None:
    """Return the median number of people who came to events of this format, or None without any."""
    came = [event.checked_in or event.signups for event in events if event.format == event_format]
    came = [count for count in came if count > 1]
    return int(median(came)) if came else None


def cited_events(events: Sequence[PastEvent], event_format: str) -> list[PastEvent]:
    """Return the past events a plan may learn from: the same format, latest first, at most five."""
    return [event for event in events if event.format == event_format][:MAX_CITED]
