"""Turns single values from files into typed ones; what does not fit raises `RowProblem` with a sentence for people."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from copilot.community.importers.base import RowProblem
from copilot.community.text import clean_line, clean_text

T = TypeVar("T")
MAX_ID_CHARS = 200
MAX_LINE_CHARS = 500
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)
# Beyond these an epoch number cannot be seconds (year 5138) or milliseconds (likewise), so it is the finer unit.
_SECONDS_BELOW = 1e11
_MILLISECONDS_BELOW = 1e14
_DATE = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
    r"(?:[T\s]+(\d{1,2})[:时点](\d{1,2})分?(?::(\d{1,2})(?:\.\d+)?)?)?"
)
_SPELT_DATES = ("%d %b %Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y", "%Y%m%d")
_NUMBER = re.compile(r"(-?\d[\d,]*)(?:\.0+)?\s*(?:人|位|people|ppl)?", re.IGNORECASE)
_TRUE = frozenset({"yes", "y", "true", "t", "1", "是", "同意", "愿意", "√", "✓", "✔", "有"})
_FALSE = frozenset({"no", "n", "false", "f", "0", "否", "不同意", "不愿意", "×", "✗", "✘", "不", "无"})
_SENTENCE_BREAKS = re.compile(r"[|｜\n]")
_WORD_BREAKS = re.compile(r"[|｜\n;；、,，]")


def line(value: Any, field: str, limit: int = MAX_LINE_CHARS) -> str:
    """Return a scalar as one clean line of at most `limit` characters; None is empty."""
    text = clean_line(scalar(value, field))
    if len(text) > limit:
        raise RowProblem("too_long", f"{field} has {len(text):,} characters; at most {limit:,}", field)
    return text


def required(value: T | None, field: str) -> T:
    """Return a value that must be there and must not be empty."""
    if value is None or value == "":
        raise RowProblem("missing", f"{field} is empty", field)
    return value


def identity(value: Any, field: str) -> str:
    """Return an id from outside as text; numbers are allowed, empty is empty."""
    return line(value, field, MAX_ID_CHARS)


def paragraph(value: Any, field: str, limit: int) -> str:
    """Return a text that may span lines, cleaned, of at most `limit` characters."""
    text = clean_text(scalar(value, field))
    if len(text) > limit:
        raise RowProblem("too_long", f"{field} has {len(text):,} characters; at most {limit:,}", field)
    return text


def scalar(value: Any, field: str) -> str:
    """Return the text of a string, number, boolean, date or None."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        # Python refuses to print integers of thousands of digits; no id or figure is that long.
        return str(value) if value.bit_length() <= 256 else _refuse(field)
    if isinstance(value, float | Decimal):
        number = float(value)
        if not math.isfinite(number):
            _refuse(field)
        return str(int(number)) if abs(number) < 1e15 and number.is_integer() else str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return _refuse(field)


def _refuse(field: str) -> str:
    raise RowProblem("wrong_type", f"{field} must be a text or a number", field)


def items(value: Any, field: str, *, words: bool = False) -> list[str]:
    """Return the parts of a list cell, cleaned, without repeats: split at `|` and line ends, words also at `;，、`."""
    if isinstance(value, list):
        parts = [scalar(part, field) for part in value]
    else:
        parts = (_WORD_BREAKS if words else _SENTENCE_BREAKS).split(clean_text(scalar(value, field)))
    found: dict[str, str] = {}
    for part in parts:
        text = clean_line(part)
        if text:
            found.setdefault(normalised(text), text)
    return list(found.values())


def normalised(text: str) -> str:
    """Return the form in which two texts count as the same: NFKC, case-folded, white space folded."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def yes_or_no(value: Any, field: str) -> bool | None:
    """Return a consent or flag; empty is None (not asked)."""
    word = normalised(scalar(value, field))
    if not word:
        return None
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise RowProblem("not_yes_or_no", f"{field} must be yes, no or empty, not {word[:40]!r}", field)


def whole_number(value: Any, field: str, *, least: int, most: int) -> int | None:
    """Return an integer within bounds; empty is None. `30`, `30.0`, `1,200` and `30人` are understood."""
    text = normalised(scalar(value, field))
    if not text:
        return None
    matched = _NUMBER.fullmatch(text)
    if matched is None or len(matched[1]) > 18:
        raise RowProblem("not_a_number", f"{field} must be a whole number, not {text[:40]!r}", field)
    number = int(matched[1].replace(",", ""))
    if not least <= number <= most:
        raise RowProblem("out_of_range", f"{field} must be between {least:,} and {most:,}", field)
    return number


def one_of(cell: Any, field: str, words: Mapping[str, str]) -> str:
    """Return what a cell's word stands for in `words`; empty for an empty cell."""
    word = normalised(scalar(cell, field))
    if word and word not in words:
        known = ", ".join(dict.fromkeys(str(value) for value in words.values()))
        raise RowProblem("unknown_word", f"{field} must be one of {known}, not {word[:40]!r}", field)
    return str(words[word]) if word else ""


def epoch_time(value: Any, field: str) -> datetime:
    """Return the time of a Unix timestamp; seconds, milliseconds and microseconds are told apart by size."""
    try:
        number = float(value) if not isinstance(value, bool) else math.nan
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise RowProblem("bad_time", f"{field} must be a Unix timestamp", field)
    if abs(number) >= _MILLISECONDS_BELOW:
        number /= 1e6
    elif abs(number) >= _SECONDS_BELOW:
        number /= 1e3
    if not _EARLIEST.timestamp() <= number < _LATEST.timestamp():
        raise RowProblem("bad_time", f"{field} lies outside of the years 1990 to 2099", field)
    return datetime.fromtimestamp(number, UTC)


def moment(value: Any, field: str, zone: ZoneInfo) -> datetime | None:
    """Return an aware UTC time from ISO 8601 or a common Chinese or English form; without a zone it is in `zone`."""
    found = _stated_time(value, field)
    return _in_range(found if found.tzinfo else found.replace(tzinfo=zone), field) if found else None


def day(value: Any, field: str) -> date | None:
    """Return a calendar day as written, whatever zone it is written in; empty is None."""
    found = _stated_time(value, field)
    if found is None:
        return None
    _in_range(found.replace(tzinfo=UTC), field)
    return found.date()


def _stated_time(value: Any, field: str) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001  # a day has no zone; the caller adds one
    text = unicodedata.normalize("NFKC", clean_line(scalar(value, field)))
    if not text:
        return None
    parsed = _parse_moment(text)
    if parsed is None:
        raise RowProblem("bad_date", f"{field} must be a date such as 2026-11-15, not {text[:40]!r}", field)
    return parsed


def _parse_moment(text: str) -> datetime | None:
    if len(text) > 60:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    matched = _DATE.fullmatch(text)
    if matched:
        try:
            return datetime(*(int(part) for part in matched.groups("0")))  # type: ignore[arg-type]  # noqa: DTZ001  # six integers; the caller adds the zone
        except ValueError:
            return None
    for form in _SPELT_DATES:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007  # the caller adds the zone
        except ValueError:
            continue
    return None


def _in_range(value: datetime, field: str) -> datetime:
    try:
        utc = value.astimezone(UTC)
    except (OverflowError, ValueError):
        utc = _LATEST
    if not _EARLIEST <= utc < _LATEST:
        raise RowProblem("bad_time", f"{field} lies outside of the years 1990 to 2099", field)
    return utc
