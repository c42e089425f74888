"""Public holidays and swapped working days in China, from the `holidays` library. Nothing is fetched."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import holidays
from pydantic import BaseModel, ConfigDict

# The library states its dates for these years; beyond them a day is simply not known to be a holiday.
_LANGUAGES = {"zh-CN": "zh_CN", "en": "en_US"}


class DayNote(BaseModel):
    """Something a planner must know of a day."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    on: date
    name: str
    is_holiday: bool


@lru_cache(maxsize=32)
def _calendar(first_year: int, last_year: int, language: str) -> tuple[dict[date, str], frozenset[date]]:
    """Return the holidays by day and the weekend days worked in exchange; building them takes milliseconds."""
    found = holidays.country_holidays("CN", years=range(first_year, last_year + 1), language=language)
    return {day: str(name) for day, name in found.items()}, frozenset(getattr(found, "weekend_workdays", ()))


def day_notes(first: date, last: date, locale: str) -> list[DayNote]:
    """Return the holidays and the weekend days worked in exchange between two days, both included."""
    named, swapped = _calendar(first.year, last.year, _LANGUAGES.get(locale, "en_US"))
    notes = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        if day in named:
            notes.append(DayNote(on=day, name=named[day], is_holiday=True))
        elif day in swapped:
            name = "调休上班" if locale == "zh-CN" else "working day in exchange for a holiday"
            notes.append(DayNote(on=day, name=name, is_holiday=False))
    return notes


def is_rest_day(day: date, notes: list[DayNote]) -> bool:
    """Whether most people are off: a holiday, or a weekend day that is not worked in exchange."""
    for note in notes:
        if note.on == day:
            return note.is_holiday
    return day.weekday() >= 5


def last_workday(day: date, notes: list[DayNote], not_before: date) -> date:
    """Return `day`, or the last working day before it; `not_before` where there is none."""
    candidate = day
    while candidate > not_before and is_rest_day(candidate, notes):
        candidate -= timedelta(days=1)
    return max(candidate, not_before)
