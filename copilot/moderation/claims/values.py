"""Values that can be held against each other: money, shares, counts, durations, dates, weekdays, times, cities. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from copilot.community.cities import find_cities
from copilot.language.numerals import NUMBER, read_number


class ValueKind(StrEnum):
    """What a value measures; only values of one kind and unit are compared."""

    MONEY = "money"
    PERCENT = "percent"
    COUNT = "count"
    DURATION = "duration"
    DATE = "date"
    WEEKDAY = "weekday"
    TIME = "time"
    CITY = "city"


@dataclass(frozen=True)
class Value:
    """A value in a text.

    Attributes:
        unit: what makes two values comparable, such as `CNY/day` or `people`.
        low: of a range; equal to `high` for a single value. Dates are ordinals, times minutes, weekdays 0-6.
        bound: `exact`, `about`, `most` or `least`.
    """

    kind: ValueKind
    unit: str
    low: float
    high: float
    start: int
    end: int
    bound: str = "exact"
    name: str = ""


_N = NUMBER
_RANGE = rf"(?P<low>{_N})(?:\s*(?:-|–|~|到|至|to)\s*(?P<high>{_N}))?"
_CURRENCY = r"元|块钱?|人民币|rmb|cny|yuan|美元|美金|usd|dollars?|欧元|eur|euros?|新币|sgd"
_MONEY = re.compile(
    rf"(?:(?P<sign>[\u00a5$€£])\s*)?{_RANGE}\s*(?P<currency>{_CURRENCY})?"
    r"(?:\s*(?P<per>/|每|一|per |a |an )\s*(?P<each>小时|半天|天|周|月|年|人|次|场|份|位|颗|台|hour|half day|day|week|month|year|person|head|seat|session)(?![a-z]))?",
    re.IGNORECASE,
)
_EACH_BEFORE = re.compile(r"(?:每|一)\s*(?P<each>小时|半天|天|周|月|年|人|次|场|份|位)[^,，;；]{0,6}$")
_CODES = {
    "\u00a5": "CNY", "元": "CNY", "块": "CNY", "块钱": "CNY", "人民币": "CNY", "rmb": "CNY", "cny": "CNY", "yuan": "CNY",
    "$": "USD", "美元": "USD", "美金": "USD", "usd": "USD", "dollar": "USD", "dollars": "USD",
    "€": "EUR", "欧元": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "£": "GBP", "新币": "SGD", "sgd": "SGD",
}  # fmt: skip
_EACH = {
    "小时": "hour", "半天": "half day", "天": "day", "周": "week", "月": "month", "年": "year", "人": "person", "位": "person",
    "head": "person", "seat": "person", "次": "session", "场": "session", "份": "item", "颗": "item", "台": "item",
}  # fmt: skip
_FREE = re.compile(
    r"(?<![不非])免费|不(?:用|需要?|必)(?:花|交|付)?钱|不收(?:费|钱)|零费用|\b(?:for )?free(?: of charge)?\b(?! time| to )|\bno (?:fee|charge)\b",
    re.IGNORECASE,
)
_UNITS: tuple[tuple[ValueKind, str, float, str], ...] = (
    (ValueKind.PERCENT, "percent", 1, r"%|percent|per cent"),
    (ValueKind.DURATION, "minutes", 1, r"分钟|mins?|minutes?"),
    (ValueKind.DURATION, "minutes", 60, r"个?小时|钟头|hours?|hrs?"),
    (ValueKind.DURATION, "days", 1, r"天|个?工作日|日内|days?"),
    (ValueKind.DURATION, "days", 7, r"周|个?星期|个?礼拜|weeks?"),
    (ValueKind.DURATION, "months", 1, r"个月|months?"),
    (ValueKind.DURATION, "months", 12, r"年(?!\d)|years?"),
    (ValueKind.COUNT, "people", 1, r"个?人|名(?!额)|位|席|people|persons?|seats?|places|spots|attendees|members"),
    (ValueKind.COUNT, "places", 1, r"个?(?:名额|席位|座位)"),
    (ValueKind.COUNT, "items", 1, r"台|套|份|张|件|块板|cards?|units?|devices?|pieces"),
    (ValueKind.COUNT, "times", 1, r"次|回|times|posts?|条(?!件)"),
    (ValueKind.COUNT, "teams", 1, r"家|支|个?团队|teams?|companies"),
)  # fmt: skip
_COUNTS = [
    (kind, unit, factor, re.compile(rf"{_RANGE}\s*(?:{words})(?![a-z])", re.IGNORECASE))
    for kind, unit, factor, words in _UNITS
]
_MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1
    )
}
_MONTH_NAME = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATES = (
    re.compile(r"(?P<y>20\d\d)\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})[日号]?"),
    re.compile(r"(?<!\d)(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*[日号]?"),
    re.compile(
        rf"\b(?P<name>{_MONTH_NAME})\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s*(?P<y>20\d\d))?", re.IGNORECASE
    ),
    re.compile(
        rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<name>{_MONTH_NAME})\b(?:,?\s*(?P<y>20\d\d))?",
        re.IGNORECASE,
    ),
)
_RELATIVE = {"今天": 0, "今晚": 0, "明天": 1, "明晚": 1, "后天": 2, "today": 0, "tonight": 0, "tomorrow": 1}
_RELATIVE_WORD = re.compile(r"今天|今晚|明天|明晚|后天|\b(?:today|tonight|tomorrow)\b", re.IGNORECASE)
_WEEKDAY = re.compile(
    r"(?:周|星期|礼拜)(?P<zh>[一二三四五六日天])|\b(?P<en>mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?s?\b",
    re.IGNORECASE,
)
_WEEKDAYS = {
    **{c: i for i, c in enumerate("一二三四五六日")},
    "天": 6,
    "mon": 0,
    "tue": 1,
    "wed": 2,
    "thu": 3,
    "fri": 4,
    "sat": 5,
    "sun": 6,
}
_TIME = re.compile(
    r"(?P<part>早上|上午|中午|下午|傍晚|晚上|今晚|明晚|凌晨)?\s*"
    r"(?:(?<!\d)(?P<h>\d{1,2})[:](?P<m>\d{2})(?!\d)\s*(?P<ap>[ap]\.?m\b\.?)?"
    r"|(?<!\d)(?P<h3>\d{1,2})\s*(?P<ap3>[ap]\.?m\b\.?)"
    r"|(?P<h2>(?<!\d)\d{1,2}|[一二两三四五六七八九十]{1,3})点(?!评|击|赞|名|子|儿|钱|数|儿)(?P<half>半|一刻|(?P<m2>\d{1,2})分?)?)",
    re.IGNORECASE,
)
_PM = frozenset({"下午", "傍晚", "晚上", "今晚", "明晚"})
_ABOUT = re.compile(r"(?:约|大约|大概|差不多|近|about|around|roughly|approximately|nearly)\s*$", re.IGNORECASE)
_MOST = re.compile(
    r"(?:最多|至多|不超过|上限|以内|不到|限|up to|at most|no more than|max(?:imum)?(?: of)?|within)\s*$", re.IGNORECASE
)
_LEAST = re.compile(r"(?:至少|最少|不少于|起码|超过|at least|more than|over|min(?:imum)?(?: of)?)\s*$", re.IGNORECASE)
_AFTER_ABOUT = re.compile(r"^\s*(?:左右|上下|来[个人天]?|or so)", re.IGNORECASE)
_AFTER_MOST = re.compile(r"^\s*(?:以内|之内|封顶|为限)")
_AFTER_LEAST = re.compile(r"^\s*(?:以上|起(?!来))")


def values_in(text: str, said_on: date | None = None) -> list[Value]:
    """Return the values of a clause, in order; none lies within another.

    Args:
        text: one clause.
        said_on: the day it was said, for 明天 and dates without a year; without it those are left out.
    """
    found = [*_dates(text, said_on), *_times(text), *_weekdays(text), *_money(text), *_counts(text), *_cities(text)]
    taken: list[Value] = []
    for value in sorted(found, key=lambda v: (v.start, -(v.end - v.start))):
        if not taken or value.start >= taken[-1].end:
            taken.append(value)
    return taken


def _dates(text: str, said_on: date | None) -> list[Value]:
    found: list[Value] = []
    for pattern in _DATES:
        for match in pattern.finditer(text):
            if any(value.start < match.end() and match.start() < value.end for value in found):
                continue
            parts = match.groupdict()
            month = int(parts["m"]) if parts.get("m") else _MONTHS[match["name"][:3].lower()]
            day = _day(int(parts["y"]) if parts.get("y") else None, month, int(parts["d"]), said_on)
            if day is not None:
                found.append(_exact(ValueKind.DATE, "date", day.toordinal(), match))
    if said_on is not None:
        for match in _RELATIVE_WORD.finditer(text):
            day = said_on + timedelta(days=_RELATIVE[match[0].lower()])
            found.append(_exact(ValueKind.DATE, "date", day.toordinal(), match))
    return found


def _day(year: int | None, month: int, day: int, said_on: date | None) -> date | None:
    """Return a date; without a year, the one that is nearest to the day it was said."""
    try:
        if year is not None:
            return date(year, month, day)
        if said_on is None:
            return None
        return min(
            (date(said_on.year + step, month, day) for step in (-1, 0, 1)), key=lambda d: abs((d - said_on).days)
        )
    except ValueError:
        return None


def _times(text: str) -> list[Value]:
    found: list[Value] = []
    for match in _TIME.finditer(text):
        hour_text = match["h"] or match["h2"] or match["h3"]
        number = read_number(hour_text)
        is_a_bit = match["h2"] == "一" and not match["part"] and not match["half"]  # 一点也不 names no hour
        if number is None or number > 24 or is_a_bit:
            continue
        hour, minute = int(number), int(match["m"] or match["m2"] or {"半": 30, "一刻": 15}.get(match["half"] or "", 0))
        half = (match["ap"] or match["ap3"] or "").lower()[:1]
        if (match["part"] in _PM or half == "p") and hour < 12:
            hour += 12
        sure = bool(match["part"] or half or match["h"] or hour > 12)
        if minute < 60:
            found.append(_exact(ValueKind.TIME, "24h" if sure else "12h", hour % 24 * 60 + minute, match))
    return found


def _weekdays(text: str) -> list[Value]:
    return [
        _exact(ValueKind.WEEKDAY, "weekday", _WEEKDAYS[match["zh"] or match["en"].lower()[:3]], match)
        for match in _WEEKDAY.finditer(text)
    ]


def _money(text: str) -> list[Value]:
    found = [Value(ValueKind.MONEY, "free", 0, 0, m.start(), m.end()) for m in _FREE.finditer(text)]
    for match in _MONEY.finditer(text):
        code = _CODES.get((match["sign"] or match["currency"] or "").lower())
        low, high = read_number(match["low"]), read_number(match["high"] or match["low"])
        if code is None or low is None or high is None:
            continue
        before = _EACH_BEFORE.search(text[: match.start()])
        each = (match["each"] or (before["each"] if before else "")).lower()
        unit = f"{code}/{_EACH.get(each, each)}" if each else code
        found.append(
            _bounded(text, Value(ValueKind.MONEY, unit, float(low), float(max(low, high)), match.start(), match.end()))
        )
    return found


def _counts(text: str) -> list[Value]:
    found: list[Value] = []
    for kind, unit, factor, pattern in _COUNTS:
        for match in pattern.finditer(text):
            low, high = read_number(match["low"]), read_number(match["high"] or match["low"])
            if low is None or high is None:
                continue
            value = Value(kind, unit, float(low) * factor, float(max(low, high)) * factor, match.start(), match.end())
            found.append(_bounded(text, value))
    return found


def _cities(text: str) -> list[Value]:
    return [Value(ValueKind.CITY, "city", 0, 0, start, end, name=name) for name, start, end in find_cities(text)]


def _bounded(text: str, value: Value) -> Value:
    before, after = text[max(0, value.start - 16) : value.start], text[value.end : value.end + 6]
    bound = "exact"
    if _ABOUT.search(before) or _AFTER_ABOUT.search(after):
        bound = "about"
    elif _MOST.search(before) or _AFTER_MOST.search(after):
        bound = "most"
    elif _LEAST.search(before) or _AFTER_LEAST.search(after):
        bound = "least"
    return Value(value.kind, value.unit, value.low, value.high, value.start, value.end, bound)


def _exact(kind: ValueKind, unit: str, number: float, match: re.Match[str]) -> Value:
    return Value(kind, unit, number, number, match.start(), match.end())


def agree(claimed: Value, recorded: Value) -> bool | None:
    """Return whether two values of one kind say the same; None when they cannot be compared."""
    if claimed.kind is not recorded.kind or not _comparable(claimed, recorded):
        return None
    if claimed.kind is ValueKind.CITY:
        return claimed.name == recorded.name
    slack = 0.1 * max(abs(recorded.low), abs(recorded.high)) if "about" in {claimed.bound, recorded.bound} else 0.0
    overlap = claimed.low <= recorded.high + slack and recorded.low <= claimed.high + slack
    # "At most 30" and "20" can both be so; only two bounds of one sort, or two plain values, stand against each other.
    if claimed.bound != recorded.bound and {claimed.bound, recorded.bound} & {"most", "least"}:
        return True if overlap else None
    return overlap


def _comparable(one: Value, other: Value) -> bool:
    if one.kind is ValueKind.MONEY and "free" in {one.unit, other.unit}:
        return True
    if one.kind is ValueKind.COUNT and {one.unit, other.unit} <= {"people", "places"}:
        return True
    if one.kind is ValueKind.TIME:
        return True
    return one.unit == other.unit
