"""Local weeks by their ISO names, such as `2026-W46`. Pure functions."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from copilot.atmosphere.periods import Period
from copilot.errors import InvalidInput

PATTERN = r"^\d{4}-W\d{2}$"
_FIRST_YEAR, _LAST_YEAR = 1980, 2200


def week_name(moment: datetime, zone: ZoneInfo) -> str:
    """Return the local week a moment lies in."""
    year, week, _ = moment.astimezone(zone).isocalendar()
    return f"{year}-W{week:02d}"


def week_period(name: str, zone: ZoneInfo) -> Period:
    """Return the local week, Monday to Monday.

    Raises:
        InvalidInput: it has another form, or that year has no such week.
    """
    if re.fullmatch(PATTERN, name, re.ASCII) is None:
        raise InvalidInput(f"a week looks like 2026-W46, not {name[:20]!r}", field="week")
    year, number = int(name[:4]), int(name[6:])
    try:
        monday = date.fromisocalendar(year, number, 1)
    except ValueError as error:
        raise InvalidInput(f"there is no week {name}", field="week") from error
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise InvalidInput(f"a week lies between {_FIRST_YEAR} and {_LAST_YEAR}", field="week")
    return Period(_midnight(monday, zone), _midnight(monday + timedelta(days=7), zone))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)
