"""Days as people write them: 下周六, 11月28日, 下个月3号, next Saturday, Nov 28, 2026-12-05. Pure; today is given."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Generic, TypeVar

from copilot.language.numerals import CHINESE, ENGLISH_WORDS, read_number

T = TypeVar("T")
_N = rf"(?:\d{{1,2}}|{CHINESE}{{1,3}})"
_WEEKDAYS = {c: i for i, c in enumerate("一二三四五六日")} | {"天": 6, "末": 5} | {str(i + 1): i for i in range(7)}
_ENGLISH_DAYS = {name: i for i, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
_MONTHS = {name.lower(): i for i, name in enumerate(calendar.month_abbr) if name}
_MONTH = (
    r"(?P<mon>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)(?![a-z])\.?"
)
# Days that people call by name; lunar ones move and are asked about.
_NAMED = {
    "元旦": (1, 1), "情人节": (2, 14), "妇女节": (3, 8), "劳动节": (5, 1), "五一": (5, 1), "儿童节": (6, 1), "六一": (6, 1),
    "国庆节": (10, 1), "国庆": (10, 1), "双十一": (11, 11), "平安夜": (12, 24), "圣诞夜": (12, 24), "圣诞节": (12, 25), "圣诞": (12, 25), "跨年夜": (12, 31),
    "new year's day": (1, 1), "valentine's day": (2, 14), "christmas eve": (12, 24), "christmas": (12, 25),
    "new year's eve": (12, 31),
}  # fmt: skip
_ORDINALS = {
    "第一个": 0, "第二个": 1, "第三个": 2, "第四个": 3, "最后一个": -1, "最后": -1,
    "first": 0, "second": 1, "third": 2, "fourth": 3, "last": -1,
}  # fmt: skip
MAX_DAYS = 7  # longer events are planned one by one
MAX_FOUND = 50  # more mentions of one kind in a brief say nothing new
_LOOK_BACK = 30
_HAN = re.compile(r"[\u4e00-\u9fff]")
_WORDS = {
    "大后天": 3, "后天": 2, "明天": 1, "明晚": 1, "明日": 1, "今天": 0, "今晚": 0, "今日": 0, "昨天": -1, "昨晚": -1, "前天": -2,
    "day after tomorrow": 2, "tomorrow": 1, "today": 0, "tonight": 0, "yesterday": -1, "last night": -1,
}  # fmt: skip
# A month and day without a year that passed longer ago than this means next year; less long ago, it is a mistake.
_NEXT_YEAR_AFTER_DAYS = 90
# A day that something else is due by is not the day of the event.
_DEADLINE_AFTER = re.compile(r"\s*(?:之?前|以前|截止|截至)")
_DEADLINE_BEFORE = re.compile(r"(?:截止(?:到|至|日期)?[::]?|\bby|\bbefore|deadline(?: is)?[::]?)\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Found(Generic[T]):
    """A value and the half-open span of the text that says it."""

    value: T
    start: int
    end: int
    text: str


def before(text: str, position: int) -> str:
    """Return the words just before a position: enough for any look back, and no more."""
    return text[max(position - _LOOK_BACK, 0) : position]


@dataclass(frozen=True)
class Day:
    """A day as understood. `value` is None for a day that does not exist, such as 30 February.

    Attributes:
        value: the day, or the first of several.
        is_weekday_name: said without week or date, so that it gives way to a date.
        is_ambiguous: month and day could be the other way round.
        is_weekend: either day of a weekend was meant.
        moves_on: when it is over, people mean the next one: Friday, this weekend, but not 20 November.
        last: the last of several days.
    """

    value: date | None
    is_weekday_name: bool = False
    is_ambiguous: bool = False
    is_weekend: bool = False
    moves_on: bool = False
    last: date | None = None


def find_days(text: str, today: date) -> list[Found[Day]]:
    """Return the days that `text` names, in order; overlapping readings give way to the more explicit one."""
    found: list[Found[Day]] = []
    for pattern, read in _READERS:
        for match in islice(pattern.finditer(text), MAX_FOUND):
            if any(match.start() < other.end and other.start < match.end() for other in found):
                continue
            if _DEADLINE_AFTER.match(text, match.end()) or _DEADLINE_BEFORE.search(before(text, match.start())):
                continue
            found.append(Found(read(match, today), match.start(), match.end(), match[0].strip()))
    return sorted(found, key=lambda item: item.start)


def _day(year: int, month: int, day: int) -> Day:
    try:
        return Day(date(year, month, day))
    except ValueError:
        return Day(None)


def _number(text: str) -> int:
    value = read_number(text)
    return int(value) if value is not None else -1


def _without_year(month: int, day: int, today: date) -> Day:
    this_year = _day(today.year, month, day)
    if this_year.value is None:
        return this_year if (month, day) != (2, 29) else _day(today.year + 1, month, day)
    if (today - this_year.value).days > _NEXT_YEAR_AFTER_DAYS:
        return _day(today.year + 1, month, day)
    return this_year


def _full(match: re.Match[str], _today: date) -> Day:
    return _day(int(match["y"]), int(match["m"]), int(match["d"]))


def _chinese_month_day(match: re.Match[str], today: date) -> Day:
    month, day = _number(match["m"]), _number(match["d"])
    years = {"今年": 0, "明年": 1}
    if match["year"]:
        return _day(today.year + years[match["year"]], month, day)
    return _without_year(month, day, today)


def _relative_month(match: re.Match[str], today: date) -> Day:
    ahead = 2 if "下下" in match["rel"] else 1 if "下" in match["rel"] else 0
    months = today.year * 12 + today.month - 1 + ahead
    return _day(months // 12, months % 12 + 1, _number(match["d"]))


def _english_month_day(match: re.Match[str], today: date) -> Day:
    month, day = _MONTHS[match["mon"][:3].lower()], int(match["d"])
    return _day(int(match["y"]), month, day) if match["y"] else _without_year(month, day, today)


def _chinese_weekday(match: re.Match[str], today: date) -> Day:
    relative = match["rel"] or ""
    if match["d"] == "末":
        return _weekend(relative, today)
    return Day(_in_week(relative, _WEEKDAYS[match["d"]], today), is_weekday_name=not relative, moves_on=relative == "")


def _english_weekday(match: re.Match[str], today: date) -> Day:
    said = (match["rel"] or "").lower()
    relative = {"next": "下", "this": "本", "last": "上"}.get(said, "")
    if match["d"].lower() == "weekend":
        return _weekend(relative, today)
    weekday = _ENGLISH_DAYS[match["d"][:3].lower()]
    if said == "this" and "week" not in match[0].lower():  # on a Sunday, this Saturday is the coming one
        return Day(_in_week("", weekday, today), moves_on=True)
    return Day(_in_week(relative, weekday, today), is_weekday_name=not relative, moves_on=not relative)


def _weekend(relative: str, today: date) -> Day:
    """The Saturday of a weekend; on a Sunday what is left of this one."""
    saturday = _in_week(relative or "本", 5, today)
    is_now = relative not in {"上", "下", "下下"}
    day = today if is_now and saturday < today else saturday
    return Day(day, is_weekday_name=not relative, is_weekend=True, moves_on=is_now)


def _both_days(match: re.Match[str], today: date) -> Day:
    """Saturday and Sunday: 下周六日, Sat-Sun."""
    said = (match["rel"] or "").lower()
    relative = {"next": "下", "this": "本", "last": "上"}.get(said, said)
    first = _in_week(relative or "本", 5, today)
    return Day(first, moves_on=relative not in {"上", "下", "下下"}, last=first + timedelta(days=1))


def _span(match: re.Match[str], today: date) -> Day:
    """Several days: 12月5日到6日, 28-29 November, Nov 30 to Dec 1."""
    groups = match.groupdict()
    if groups.get("mon"):
        month = _MONTHS[groups["mon"][:3].lower()]
        last_month = _MONTHS[groups["mon2"][:3].lower()] if groups.get("mon2") else month
    else:
        month = _number(groups["m"])
        last_month = _number(groups["m2"]) if groups.get("m2") else month
    first = _without_year(month, _number(groups["d"]), today)
    if first.value is None:
        return first
    last = _day(first.value.year + (last_month < month), last_month, _number(groups["d2"]))
    if last.value is None or not 0 < (last.value - first.value).days < MAX_DAYS:
        return Day(None)
    return Day(first.value, last=last.value)


def _in_week(relative: str, weekday: int, today: date) -> date:
    """Return the weekday of this, the next, the next but one or the last week; a bare name is the coming one."""
    monday = today - timedelta(days=today.weekday())
    weeks = {"下下": 2, "下": 1, "本": 0, "这": 0, "上": -1}
    if relative in weeks:
        return monday + timedelta(days=weeks[relative] * 7 + weekday)
    return today + timedelta(days=(weekday - today.weekday()) % 7)


def _ordinal_weekday(match: re.Match[str], today: date) -> Day:
    """The first, second ... or last such weekday of a month: 12月第一个周日, the first Saturday of December."""
    groups = match.groupdict()
    month = _MONTHS[match["mon"][:3].lower()] if groups.get("mon") else _month(match["m"], today)
    said = match["d"].lower()
    weekday = _WEEKDAYS[said] if said in _WEEKDAYS else _ENGLISH_DAYS[said[:3]]
    year = today.year + (1 if month < today.month else 0)
    if not 1 <= month <= 12:
        return Day(None)
    days = [
        day for day in range(1, calendar.monthrange(year, month)[1] + 1) if date(year, month, day).weekday() == weekday
    ]
    place = _ORDINALS.get(match["nth"].lower(), 0)
    return Day(date(year, month, days[place])) if place < len(days) else Day(None)


def _month(said: str, today: date) -> int:
    if said in {"本", "这个", "这"}:
        return today.month
    return today.month % 12 + 1 if said.startswith("下") else _number(said.removesuffix("月"))


def _word(match: re.Match[str], today: date) -> Day:
    return Day(today + timedelta(days=_WORDS[match[0].lower()]))


def _named(match: re.Match[str], today: date) -> Day:
    month, day = _NAMED[match[1].lower().replace("’", "'")]
    this_year = date(today.year, month, day)
    return Day(this_year if this_year >= today else date(today.year + 1, month, day))


def _weeks_on(match: re.Match[str], today: date) -> Day:
    """A weekday some weeks on: a week on Friday and Friday fortnight count from it, Saturday in two weeks from this week."""
    said = match["d"].lower()
    weekday = _WEEKDAYS[said] if said in _WEEKDAYS else _ENGLISH_DAYS[said[:3]]
    groups = match.groupdict()
    weeks = 2 if "fortnight" in match[0].lower() else _number(groups.get("n") or "a")
    if not 0 <= weeks <= 100:
        return Day(None)
    if groups.get("from_week") is not None:
        return Day(today - timedelta(days=today.weekday()) + timedelta(days=7 * weeks + weekday))
    return Day(_in_week("", weekday, today) + timedelta(days=7 * weeks))


def _after_named(match: re.Match[str], today: date) -> Day:
    """The first weekend or weekday after a day people call by name: 国庆后第一个周末."""
    month, day = _NAMED[match[1].lower()]
    last = date(today.year, month, day) + timedelta(days=6 if match[1].startswith("国庆") else 0)
    if last < today:
        last = last.replace(year=last.year + 1)
    weekday = _WEEKDAYS[match["d"]]
    return Day(last + timedelta(days=(weekday - last.weekday() - 1) % 7 + 1), is_weekend=match["d"] == "末")


def _ahead(match: re.Match[str], today: date) -> Day:
    unit = match["unit"].lower()
    days = _number(match["n"]) * (7 if unit.startswith(("周", "星期", "礼拜", "week", "个星期", "个礼拜")) else 1)
    return Day(today + timedelta(days=days)) if 0 <= days <= 3660 else Day(None)


def _bare_day(match: re.Match[str], today: date) -> Day:
    day = _number(match["d"])
    this_month = _day(today.year, today.month, day)
    if this_month.value is not None and this_month.value >= today:
        return this_month
    months = today.year * 12 + today.month
    return _day(months // 12, months % 12 + 1, day)


def _slashed(match: re.Match[str], today: date) -> Day:
    month, day = int(match["m"]), int(match["d"])
    if match["sep"] == "/" and month > 12 >= day:
        month, day = day, month  # 28/11, as most of the world writes it
    read = _without_year(month, day, today)
    # In English 3/12 is 12 March to some and 3 December to others.
    return Day(
        read.value, is_ambiguous=match["sep"] == "/" and day <= 12 and month != day and not _HAN.search(match.string)
    )


def _span_patterns() -> list[tuple[str, Callable[[re.Match[str], date], Day]]]:
    to = r"\s*(?:-|–|—|~|到|至|和|、|to|and|&|through)\s*"
    second = _MONTH.replace("<mon>", "<mon2>")
    not_either = r"(?!\s*(?:都|均|任|皆))"
    return [
        (rf"(?P<m>{_N})月(?P<d>{_N})[日号]?{to}(?:(?P<m2>{_N})月)?(?P<d2>{_N})[日号]{not_either}", _span),
        (rf"(?<![\d/.])(?P<m>\d{{1,2}})[/.](?P<d>\d{{1,2}}){to}(?P<m2>\d{{1,2}})[/.](?P<d2>\d{{1,2}})(?![\d/.])", _span),
        (rf"\b{_MONTH}\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?{to}(?:{second}\s+)?(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)", _span),
        (rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?{to}(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?![a-z])", _span),
        (rf"(?P<rel>下下|下|这|本)?个?(?:周|星期|礼拜)六(?:{to})?(?:周|星期|礼拜)?[日天](?!晚?或){not_either}", _both_days),
        (rf"\b(?:(?P<rel>next|this|coming)\s+)?sat(?:urday)?{to}sun(?:day)?\b", _both_days),
    ]  # fmt: skip


def _patterns() -> list[tuple[str, Callable[[re.Match[str], date], Day]]]:
    named = "|".join(sorted((name for name in _NAMED if not name.isascii()), key=len, reverse=True))
    day = r"(?P<d>mon|tues|wednes|thurs|fri|satur|sun)day"
    weeks = rf"(?P<n>\d{{1,2}}|{ENGLISH_WORDS})\s+weeks?"
    return [
        *_span_patterns(),
        (rf"\b{day}\s+(?P<from_week>in)\s+{weeks}(?:['’]s?\s+time)?\b", _weeks_on),
        (rf"\b(?:{weeks}|a fortnight)\s+(?:from|on|after)\s+(?:this\s+|next\s+)?{day}\b", _weeks_on),
        (rf"\b{day}\s+(?:week|fortnight)\b", _weeks_on),
        (
            rf"(?P<n>{_N})\s*(?:个?(?:星期|礼拜)|周)(?:之后|以后|后)(?P<from_week>的?)(?:周|星期|礼拜)(?P<d>[一二三四五六日天])",
            _weeks_on,
        ),
        (
            rf"({named})(?:节)?(?:假期?)?[之以]?后的?第?[一头]个(?:周|星期|礼拜)(?P<d>[一二三四五六日天末])",
            _after_named,
        ),
        (r"(?<!\d)(?P<y>20\d\d)\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})(?!\d)\s*[日号]?", _full),
        (
            rf"(?P<m>本|这个|这|下个|下|{_N})月(?:的|份)?(?P<nth>第[一二三四]个|最后一?个?)(?:周|星期|礼拜)(?P<d>[一二三四五六日天])",
            _ordinal_weekday,
        ),
        (
            rf"\b(?P<nth>first|second|third|fourth|last)\s+(?P<d>(?:mon|tues|wednes|thurs|fri|satur|sun)day)\s+(?:of|in)\s+{_MONTH}",
            _ordinal_weekday,
        ),
        (r"\b(?P<d>mon|tues|wednes|thurs|fri|satur|sun)day\s+(?:of\s+)?(?P<rel>next|this)\s+week\b", _english_weekday),
        (rf"(?P<year>今年|明年)?(?P<m>{_N})\s*月\s*(?P<d>{_N})(?!\d)\s*[日号]?", _chinese_month_day),
        (rf"(?P<rel>这个|本|这|下下个?|下个?)月\s*(?P<d>{_N})\s*[日号]", _relative_month),
        (rf"\b{_MONTH}\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)(?:,?\s+(?P<y>20\d\d))?", _english_month_day),
        (
            rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?![a-z])(?:,?\s+(?P<y>20\d\d))?",
            _english_month_day,
        ),
        (r"(?P<rel>下下|下|这|本|上)?个?(?:周|星期|礼拜)(?P<d>[一二三四五六日天末]|[1-7](?![\d个]))", _chinese_weekday),
        (
            r"\b(?:(?P<rel>next|this|last|coming)\s+)?(?P<d>mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|satur|sat|sun|weekend)(?:day)?s?\b",
            _english_weekday,
        ),
        (rf"(?:{'|'.join(_WORDS)})(?!(?:我们?)?(?:说|聊|提|讲|的|那|定|约))", _word),
        (
            rf"({'|'.join(sorted(_NAMED, key=len, reverse=True))})(?:当天|那天|这天)?(?!节?之?[后前]|期间|假期|档|以[前后])",
            _named,
        ),
        (rf"(?P<n>{_N})\s*(?P<unit>天|个?星期|个?礼拜|周)(?:之后|以后|后)", _ahead),
        (rf"\bin\s+(?P<n>\d{{1,3}}|{ENGLISH_WORDS})\s+(?P<unit>days?|weeks?)\b", _ahead),
        (rf"(?<![\d月第湾路街弄巷园城港区楼座栋])(?P<d>{_N})[号日](?![\d线楼馆门院厅会机室店球人])", _bare_day),
        (r"(?<![\d/.])(?P<m>\d{1,2})(?P<sep>[/.])(?P<d>\d{1,2})(?![\d/]|\.\d|\s*[万千百元块人位%k小个天])", _slashed),
    ]


_READERS = [(re.compile(pattern, re.IGNORECASE), read) for pattern, read in _patterns()]
