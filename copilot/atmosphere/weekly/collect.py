"""Collects the facts of one week into a snapshot. Reads the store; composes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from copilot.atmosphere.models import AtmosphereReading, Measure
from copilot.atmosphere.periods import Period
from copilot.atmosphere.rooms import Room
from copilot.atmosphere.thresholds import Thresholds
from copilot.atmosphere.weekly.best import best_messages
from copilot.atmosphere.weekly.excerpts import excerpt
from copilot.atmosphere.weekly.models import BestMessage, DayPoint, OpenQuestion, Point, UpcomingEvent, WeekPoint
from copilot.atmosphere.weekly.weeks import week_name
from copilot.atmosphere.windows import Roster, Said, Stretch, say
from copilot.community.conversation import count_lines, lines
from copilot.community.permission import allowing_ai
from copilot.community.private import private_among
from copilot.community.store import Unit
from copilot.community.tables import AtmosphereSnapshot, Event, Member, Signup
from copilot.errors import TooLarge
from copilot.language.contacts import holds_contact

CHART_WEEKS = 8
_WEEK = timedelta(days=7)
_MOST_BEST, _MOST_QUESTIONS, _MOST_EVENTS = 10, 20, 10
_AHEAD = timedelta(days=14)
# Shorter ones ("really?", "好吗？") ask nobody for anything.
_LEAST_WORDS = 3


@dataclass(frozen=True)
class Spoken:
    """What was said in the week, as far as the report quotes it."""

    best: list[BestMessage]
    questions: list[OpenQuestion]
    question_count: int
    open_count: int


def spoken(unit: Unit, period: Period, thresholds: Thresholds, most_messages: int) -> Spoken:
    """Return the best messages and the open questions of a week.

    Words of hidden members, of those who let no AI read them, and private messages are never quoted; their questions
    and answers count all the same.

    Raises:
        TooLarge: more messages than `most_messages` lie in and around the week.
    """
    first, last = period.start - thresholds.answer_reach, period.end + thresholds.answer_reach
    count = count_lines(unit, first, last)
    if count > most_messages:
        raise TooLarge(
            f"{count} messages lie in and around this week, more than {most_messages}",
            field="week", limit=most_messages, count=count,
        )  # fmt: skip
    said, texts, flagged = list[Said](), dict[str, str](), set[str]()
    for line in lines(unit, first, last):
        said.append(say(line, thresholds))
        texts[line.id] = line.text
        if line.flagged_score >= thresholds.harmless_score:
            flagged.add(line.id)
    never = flagged | private_among(unit, [item.id for item in said if item.is_question or item.is_substantive])
    shown = set(unit.session.scalars(select(Member.id).where(*allowing_ai())))
    window = Stretch(said, Roster({}, 0), thresholds).window(period)
    best = best_messages(window, texts, shown, never, _MOST_BEST)
    asked = window.questions
    waiting = [question for question in asked if not question.answers]
    quotable = [question for question in waiting if _may_quote(question.asked, texts[question.asked.id], shown, never)]
    # Those after which nobody wrote at all come first: the others may have been answered by a plain message.
    quotable.sort(key=lambda question: (question.is_followed, question.asked.sent_at, question.asked.id))
    until = min(unit.now, period.end) if unit.now > period.start else period.end
    questions = [
        OpenQuestion(
            excerpt=excerpt(question.asked.id, question.asked.sender_id, texts[question.asked.id]),
            sent_at=question.asked.sent_at, followed=question.is_followed,
            age_hours=round(max(0.0, (until - question.asked.sent_at).total_seconds() / 3600), 1),
        )
        for question in quotable[:_MOST_QUESTIONS]
    ]  # fmt: skip
    return Spoken(best, questions, len(asked), len(waiting))


def _may_quote(item: Said, text: str, shown: Collection[str], never: Collection[str]) -> bool:
    return item.sender_id in shown and item.id not in never and item.words >= _LEAST_WORDS and not holds_contact(text)


def earlier_weeks(unit: Unit, before: datetime) -> list[AtmosphereReading]:
    """Return the stored readings of the weeks that end by `before`, oldest first."""
    rows = unit.session.scalars(
        select(AtmosphereSnapshot)
        .where(AtmosphereSnapshot.channel_id.is_(None), AtmosphereSnapshot.group == "")
        .where(AtmosphereSnapshot.window_end <= before, AtmosphereSnapshot.window_start >= before - CHART_WEEKS * _WEEK)
        .order_by(AtmosphereSnapshot.window_start)
    )
    found = [
        AtmosphereReading.model_validate(row.content)
        for row in rows
        if row.window_end - row.window_start > timedelta(days=6)
    ]
    return found[-CHART_WEEKS + 1 :]


def week_points(room: Room, readings: Iterable[AtmosphereReading]) -> list[WeekPoint]:
    """Return the figures of each week that charts show."""
    return [_week(one, room) for one in readings]


def _week(reading: AtmosphereReading, room: Room) -> WeekPoint:
    return WeekPoint(
        week=week_name(reading.window.start, room.zone), messages=reading.counts.messages,
        speakers=reading.counts.speakers, tone=_point(reading, "satisfaction", "net_sentiment"),
        answered=_point(reading, "interaction_quality", "followed_share"),
    )  # fmt: skip


def _point(reading: AtmosphereReading, dimension: str, name: str) -> Point:
    measure: Measure | None = None
    for key, found in reading.dimensions.items():
        if key == dimension:
            measure = found.measure(name)
    if measure is None:
        return Point(value=None)
    return Point(value=measure.value, low=measure.low, high=measure.high)


def day_points(readings: Iterable[AtmosphereReading]) -> list[DayPoint]:
    """Return the figures of each day."""
    found = []
    for reading in readings:
        tone = reading.sentiment
        shares = (None, None, None) if tone is None else (tone.negative.value, tone.neutral.value, tone.positive.value)
        found.append(
            DayPoint(
                day=reading.window.start.date().isoformat(), messages=reading.counts.messages,
                speakers=reading.counts.speakers, negative=shares[0], neutral=shares[1], positive=shares[2],
            )
        )  # fmt: skip
    return found


def upcoming(unit: Unit, room: Room, period: Period) -> list[UpcomingEvent]:
    """Return the published events of the two weeks after the week, or after now while it runs."""
    since = min(unit.now, period.end) if unit.now > period.start else period.end
    rows = list(
        unit.session.scalars(
            select(Event)
            .where(Event.status == "published", Event.starts_at >= since, Event.starts_at < since + _AHEAD)
            .order_by(Event.starts_at, Event.id)
            .limit(_MOST_EVENTS)
        )
    )
    going = select(Signup.event_id, func.count()).where(
        Signup.status == "going", Signup.event_id.in_([row.id for row in rows])
    )
    counts = {row[0]: int(row[1]) for row in unit.session.execute(going.group_by(Signup.event_id))}
    return [
        UpcomingEvent(
            id=row.id, title=row.title, starts_at=row.starts_at.astimezone(room.zone), going=counts.get(row.id, 0),
            capacity=row.capacity,
        )
        for row in rows
    ]  # fmt: skip
