"""Times of day and durations as people write them: 下午两点, 14:00-16:30, 2-4pm, 两个半小时, 90 min, 半天. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from itertools import islice

from copilot.events.briefs.when import MAX_FOUND, Found, before
from copilot.language.numerals import CHINESE, ENGLISH_WORDS, read_number

HALF_DAY_MINUTES = 240
FULL_DAY_MINUTES = 480
_PERIODS = "凌晨|早上|早晨|清晨|上午|中午|下午|午后|傍晚|晚上|晚间|今晚|明晚|晚"
_HOUR = rf"(?:\d{{1,2}}|{CHINESE}{{1,3}})"


def _one(n: int) -> str:
    """Return the pattern of one time of day; its groups carry the number `n`."""
    return (
        rf"(?:(?P<p{n}>{_PERIODS})\s*)?(?:"
        rf"(?P<h{n}>{_HOUR})\s*(?:点钟?|时(?![间候长段代尚]))(?![建要注意需原目子])"
        rf"(?P<m{n}>半|一刻|三刻|{_HOUR}分(?!钟)|\d{{2}}(?!\d|\s*分钟))?"
        rf"|(?<![\d:])(?P<ch{n}>\d{{1,2}}):(?P<cm{n}>\d{{2}})(?![\d:])"
        rf")\s*(?P<ap{n}>[ap]\.?m\b\.?)?"
    )


_TO = r"\s*(?:-|–|—|~|到|至|to|until|till)\s*"
_RANGE = re.compile(_one(1) + _TO + _one(2), re.IGNORECASE)
_SINGLE = re.compile(_one(1), re.IGNORECASE)
_SHORT_RANGE = re.compile(  # 2-4pm, 2pm to 4pm, 2-4点
    rf"(?:(?P<p>{_PERIODS})\s*)?(?<![\d.:])(?P<h1>\d{{1,2}})(?::(?P<m1>\d{{2}}))?\s*(?P<ap1>[ap]\.?m\b\.?)?{_TO}(?P<h2>\d{{1,2}})(?::(?P<m2>\d{{2}}))?\s*"
    r"(?:(?P<ap>[ap]\.?m\b\.?)|点)",
    re.IGNORECASE,
)
_ENGLISH = re.compile(
    rf"\b(?P<part>half past|quarter past|quarter to)\s+(?P<at>\d{{1,2}}|{ENGLISH_WORDS})\b\s*(?P<half>[ap]\.?m\b\.?)?"
    r"|\b(?P<oclock>\d{1,2}|[a-z]{3,6})\s+o['’]clock\b\s*(?P<half2>[ap]\.?m\b\.?)?"
    r"|(?<![\d:.])(?P<h>\d{1,2})(?::(?P<m>\d{2}))?\s*(?P<ap>[ap]\.?m\b\.?)|\b(?P<noon>noon|midday)\b",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"(?P<am>上午|早上|\bmorning\b)|(?P<noon>中午|\blunchtime\b)|(?P<pm>下午|午后|\bafternoon\b)|(?P<eve>晚上|今晚|明晚|傍晚|(?<=[一二三四五六日天号|])晚(?![会宴餐饭点])|\bevening\b|\btonight\b)",
    re.IGNORECASE,
)
_VAGUE_TIMES = {"am": time(9, 30), "noon": time(12, 0), "pm": time(14, 0), "eve": time(19, 30)}
_N = rf"(?:(?<![\d.])\d{{1,6}}(?:\.\d{{1,3}})?|(?<!{CHINESE}){CHINESE}{{1,6}}|\b(?:{ENGLISH_WORDS})\b)"
_DURATIONS = [
    (rf"(?P<n>{_N})\s*个?半\s*(?:小时|钟头)", 60, 30),
    (r"半个?(?:小时|钟头)|\bhalf an hour\b", 0, 30),
    (rf"(?P<n>{_N})\s*(?:hours?|hrs?)\s+and\s+a\s+half\b", 60, 30),
    (rf"(?P<n>{_N})\s*-?\s*(?:个?(?:小时|钟头)|h(?:ours?|rs?)?(?![a-z]))\s*(?:(?P<rest>\d{{1,2}}|{CHINESE}{{1,3}})\s*(?:分钟?|m(?:in)?(?![a-z]))|(?P<half>半))?", 60, 0),
    (rf"(?P<n>{_N})\s*(?:分钟|-?\s*min(?:ute)?s?(?![a-z]))", 1, 0),
    (r"半天|\bhalf[ -](?:a[ -])?day\b", 0, HALF_DAY_MINUTES),
    (r"一?整天|全天|一天(?![后内])|\b(?:full|whole|all|one)[ -]day\b", 0, FULL_DAY_MINUTES),
    (r"(?P<n>[2-9]|[两二三四五六七]|\b(?:two|three|four|five)\b)\s*(?:天(?![之以]?[后内前])(?:[一二两三四]夜)?|-?\s*days?\b)", 1440, 0),
]  # fmt: skip
_DURATION_PATTERNS = [(re.compile(p, re.IGNORECASE), unit, extra) for p, unit, extra in _DURATIONS]
_NOT_THE_EVENT = re.compile(r"(?:提前|之前|每(?:[隔个人位组段轮场家队])?|车程|路程|within|every)\s*$", re.IGNORECASE)

_OF_EACH = re.compile(r"\s*(?:each\b|apiece\b|per (?:team|speaker|pitch|person|talk)|一[个组位轮])", re.IGNORECASE)
_ENDS_AFTER = re.compile(r"\s*(?:结束|散场|收尾|收工)")


@dataclass(frozen=True)
class Hours:
    """When on the day. `start` is None for a time that does not exist; `is_assumed` marks a guess worth saying."""

    start: time | None
    minutes: int | None = None
    is_assumed: bool = False


def find_hours(text: str) -> list[Found[Hours]]:
    """Return the times of day that `text` names, in order; vague words count only when nothing exact is said."""
    found: list[Found[Hours]] = []
    for pattern, read in ((_RANGE, _range), (_SHORT_RANGE, _short_range), (_ENGLISH, _english), (_SINGLE, _single)):
        for match in islice(pattern.finditer(text), MAX_FOUND):
            if not any(match.start() < other.end and other.start < match.end() for other in found):
                found.append(Found(read(match), match.start(), match.end(), match[0].strip()))
    if not found:
        found = [
            Found(Hours(_VAGUE_TIMES[match.lastgroup or "pm"], is_assumed=True), match.start(), match.end(), match[0])
            for match in islice(_VAGUE.finditer(text), MAX_FOUND)
        ]
    return _join(sorted(found, key=lambda item: item.start), text)


def _join(found: list[Found[Hours]], text: str) -> list[Found[Hours]]:
    """Make one of two times with a word such as "to" between them."""
    joined: list[Found[Hours]] = []
    for item in found:
        last = joined[-1] if joined else None
        is_end = bool(_ENDS_AFTER.match(text, item.end))  # 6:30开始，9点结束
        joins = is_end or re.fullmatch(_TO, text[last.end : item.start] if last else "", re.IGNORECASE)
        if last and last.value.minutes is None and joins:
            minutes = _between(last.value.start, item.value.start)
            if is_end and minutes and minutes > 12 * 60:  # nine, said after an evening, is nine in the evening
                minutes -= 12 * 60
            hours = Hours(last.value.start, minutes, last.value.is_assumed)
            joined[-1] = Found(hours, last.start, item.end, text[last.start : item.end])
        else:
            joined.append(item)
    return joined


def find_durations(text: str) -> list[Found[int]]:
    """Return the durations in minutes that `text` names, in order."""
    found: list[Found[int]] = []
    for pattern, unit, extra in _DURATION_PATTERNS:
        for match in islice(pattern.finditer(text), MAX_FOUND):
            if any(match.start() < other.end and other.start < match.end() for other in found):
                continue
            if _NOT_THE_EVENT.search(before(text, match.start())) or _OF_EACH.match(text, match.end()):
                continue
            minutes = _duration(match, unit, extra)
            if minutes is not None:
                found.append(Found(minutes, match.start(), match.end(), match[0].strip()))
    return sorted(found, key=lambda item: item.start)


def _duration(match: re.Match[str], unit: int, extra: int) -> int | None:
    groups = match.groupdict()
    number = read_number(groups["n"]) if groups.get("n") else Decimal(0)
    if number is None or number > 100_000:
        return None
    rest = read_number(groups["rest"]) if groups.get("rest") else Decimal(0)
    return int(number * unit + (rest or 0)) + extra + (30 if groups.get("half") else 0)


def _time(hour: int, minute: int, period: str, half: str) -> tuple[time | None, bool]:
    """Put hour, minute and the words around them together; the second value says that afternoon was assumed."""
    assumed = False
    half = half.lower().replace(".", "")
    if half == "pm" or period in {"下午", "午后", "傍晚"}:
        hour += 12 if hour < 12 else 0
    elif half == "am":
        hour = 0 if hour == 12 else hour
    elif period in {"晚上", "晚间", "今晚", "明晚", "晚"}:
        hour += 12 if 4 <= hour < 12 else 0
    elif period == "中午":
        hour += 12 if hour < 10 else 0
    elif not period and 1 <= hour <= 7:  # nobody in a chat means five in the morning without saying so
        hour, assumed = hour + 12, True
    if hour == 24 and minute == 0:
        hour = 0
    return (time(hour, minute) if 0 <= hour < 24 and 0 <= minute < 60 else None), assumed


def _minute(text: str | None) -> int:
    if not text:
        return 0
    named = {"半": 30, "一刻": 15, "三刻": 45}
    if text in named:
        return named[text]
    number = read_number(text.removesuffix("分"))
    return int(number) if number is not None else 99


def _read_one(match: re.Match[str], n: int, period: str = "", half: str = "") -> tuple[time | None, bool]:
    clock_hour = match[f"ch{n}"]
    period, half = match[f"p{n}"] or period, match[f"ap{n}"] or half
    if clock_hour:
        # 14:00 is exact as written; 2:00 without am or pm is not.
        exact = int(clock_hour) > 7 or clock_hour.startswith("0")
        return _time(int(clock_hour), int(match[f"cm{n}"]), period or ("exact" if exact else ""), half)
    number = read_number(match[f"h{n}"])
    return _time(int(number) if number is not None else 99, _minute(match[f"m{n}"]), period, half)


def _between(start: time | None, end: time | None) -> int | None:
    if start is None or end is None:
        return None
    minutes = (end.hour * 60 + end.minute) - (start.hour * 60 + start.minute)
    return minutes if minutes > 0 else minutes + 24 * 60


def _range(match: re.Match[str]) -> Hours:
    start, assumed = _read_one(match, 1, half="" if match["ap1"] else match["ap2"] or "")
    period = match["p1"] or ""
    if not match["p2"] and period in {"上午", "早上", "早晨", "清晨", "中午"}:
        period = "exact" if start is None or int(_hour_of(match, 2)) > start.hour else ""
    end, _ = _read_one(match, 2, period)
    return Hours(start, _between(start, end), assumed)


def _hour_of(match: re.Match[str], n: int) -> int:
    number = read_number(match[f"ch{n}"] or match[f"h{n}"])
    return int(number) if number is not None else 99


def _short_range(match: re.Match[str]) -> Hours:
    period, half = match["p"] or "", match["ap"] or ""
    first, last = int(match["h1"]), int(match["h2"])
    # 11-1pm starts in the morning.
    crosses_noon = not match["ap1"] and half.lower().startswith("p") and first > last and first != 12
    start_half = match["ap1"] or ("" if crosses_noon else half)
    start, assumed = _time(first, int(match["m1"] or 0), "exact" if crosses_noon else period, start_half)
    if period in {"上午", "早上", "早晨"}:
        period = "exact" if last > first else ""
    end, _ = _time(last, int(match["m2"] or 0), period, half)
    return Hours(start, _between(start, end), assumed)


def _single(match: re.Match[str]) -> Hours:
    start, assumed = _read_one(match, 1)
    return Hours(start, None, assumed)


def _english(match: re.Match[str]) -> Hours:
    if match["noon"]:
        return Hours(time(12, 0))
    if said := match["at"] or match["oclock"]:
        return _spoken(said, (match["part"] or "").lower(), match["half"] or match["half2"] or "")
    start, _ = _time(int(match["h"]), int(match["m"] or 0), "", match["ap"])
    return Hours(start)


def _spoken(said: str, part: str, half: str) -> Hours:
    """Return half past seven, quarter to eight, seven o'clock; a word that is no number gives no time."""
    number = read_number(said)
    if number is None:
        return Hours(None)
    minute = {"half past": 30, "quarter past": 15, "quarter to": 45}.get(part, 0)
    start, assumed = _time(int(number) - (part == "quarter to"), minute, "", half)
    return Hours(start, None, assumed)
