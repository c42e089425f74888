"""Which stretch of time is meant: what was asked, filled in from the newest message, checked against the bounds. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from copilot.atmosphere.thresholds import Bounds
from copilot.errors import InvalidInput

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """[start, end) in UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Asked:
    """What the caller said; either end may be left out."""

    start: datetime | None
    end: datetime | None

    def check(self, bounds: Bounds) -> Asked:
        """Return the same in UTC.

        Raises:
            InvalidInput: an end without time zone, or in a year nobody chatted in.
        """
        return Asked(_moment("start", self.start, bounds), _moment("end", self.end, bounds))


def resolve(asked: Asked, newest: datetime | None, now: datetime, bounds: Bounds) -> Period:
    """Return the window meant: up to just after the newest message, `bounds.usual` long, where nothing else is said.

    Raises:
        InvalidInput: see `Asked.check`; also when the start is not before the end, or the window is too long.
    """
    asked = asked.check(bounds)
    end = asked.end or _usual_end(asked.start, newest, now, bounds)
    start = asked.start or end - bounds.usual
    if start >= end:
        raise InvalidInput("start must be before end", field="start")
    if end - start > bounds.longest:
        raise InvalidInput(
            f"a window is at most {bounds.longest.days} days long", field="start", limit=bounds.longest.days
        )
    return Period(start, end)


def local_days(asked: Asked, newest: datetime | None, now: datetime, zone: ZoneInfo, bounds: Bounds) -> list[Period]:
    """Return the whole local days that the window meant touches, in order; a day of 23 or 25 hours is one day.

    Without a start these are the last seven up to the end.

    Raises:
        InvalidInput: as `resolve`, or more than `bounds.most_days` days.
    """
    asked = asked.check(bounds)
    period = resolve(asked, newest, now, bounds)
    last = (period.end - timedelta(microseconds=1)).astimezone(zone).date()
    first = last - bounds.usual + _DAY if asked.start is None else period.start.astimezone(zone).date()
    count = (last - first).days + 1
    if count > bounds.most_days:
        raise InvalidInput(
            f"at most {bounds.most_days} days are read one by one", field="start", limit=bounds.most_days
        )
    return [Period(_midnight(first + n * _DAY, zone), _midnight(first + (n + 1) * _DAY, zone)) for n in range(count)]


def weeks_back(newest: datetime, count: int, zone: ZoneInfo) -> Iterator[Period]:
    """Yield `count` local weeks, Monday to Monday, the one of `newest` first."""
    day = newest.astimezone(zone).date()
    monday = _monday(day)
    for number in range(count):
        first = monday - 7 * number * _DAY
        yield Period(_midnight(first, zone), _midnight(first + 7 * _DAY, zone))


def days_of(period: Period, zone: ZoneInfo) -> list[Period]:
    """Return the local days of a stretch that begins and ends at midnight."""
    first, last = (moment.astimezone(zone).date() for moment in (period.start, period.end))
    days = (first + n * _DAY for n in range((last - first).days))
    return [Period(_midnight(day, zone), _midnight(day + _DAY, zone)) for day in days]


def local_weeks(asked: Asked, newest: datetime | None, now: datetime, zone: ZoneInfo, bounds: Bounds) -> list[Period]:
    """Return the whole local weeks that the window meant touches, in order; without a start the last four.

    Raises:
        InvalidInput: as `resolve`.
    """
    asked = asked.check(bounds)
    period = resolve(asked, newest, now, bounds)
    start = period.end - bounds.usual_weeks * bounds.usual if asked.start is None else period.start
    last = period.end - timedelta(microseconds=1)
    count = (last.astimezone(zone).date() - _monday(start.astimezone(zone).date())).days // 7 + 1
    found = list(weeks_back(last, count, zone))[::-1]
    return found[-bounds.usual_weeks :] if asked.start is None else found


def _monday(day: date) -> date:
    return day - day.weekday() * _DAY


def _usual_end(start: datetime | None, newest: datetime | None, now: datetime, bounds: Bounds) -> datetime:
    if newest is not None and (start is None or newest >= start):
        return (newest + timedelta(seconds=1)).replace(microsecond=0)
    return now if start is None else start + bounds.usual


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def _moment(field: str, value: datetime | None, bounds: Bounds) -> datetime | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise InvalidInput(f"{field} needs a time zone", field=field)
    if not bounds.first_year <= value.year <= bounds.last_year:
        years = f"{bounds.first_year} to {bounds.last_year}"
        raise InvalidInput(f"{field} must lie in the years {years}", field=field)
    return value.astimezone(UTC)
