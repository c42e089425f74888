"""What the terms of a venue forbid on the day: days it is not lent, closing hours, longest use, missing equipment. Pure.

Terms are prose by members. What is not recognised is shown whole and confirmed by a person; what is, is compared.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from copilot.events.briefs.settling import SettledBrief
from copilot.events.drafts.timetable import sessions
from copilot.events.snapshot import Candidate
from copilot.language.numerals import CHINESE, read_number
from copilot.playbook_models import Playbook, SegmentKind

_N = rf"(?:\d{{1,3}}|{CHINESE}{{1,4}})"
_WEEK = "一二三四五六日"
_NOT_LENT = r"(?:不外借|不出借|不借|不可用|不开放|不接|休息|闭馆|除外)"
_DAYS_OFF = re.compile(
    rf"周(?P<a>[一二三四五六日天])(?:(?:到|至|-|—|~|、)周?(?P<b>[一二三四五六日天]))?\s*(?:都|均)?{_NOT_LENT}|(?P<weekend>周末)\s*(?:都|均)?{_NOT_LENT}"
    r"|(?:仅|只)(?:限|在|借)?\s*(?P<weekdays>工作日|周中|周一[到至]周五)|(?P<usable>工作日)[^,;。,;、]{0,10}(?:可用|可借|开放)"
    r"|(?P<en>weekdays? only|only (?:on )?weekdays|not (?:available )?(?:on |at )?weekends?|closed (?:on |at )?weekends?)",
    re.IGNORECASE,
)
_ONLY_WEEKENDS = re.compile(r"(?:仅|只)(?:限|在|借)?\s*周末|weekends? only|only (?:on |at )?weekends", re.IGNORECASE)
_CLOSES = re.compile(
    rf"(?P<h>{_N})(?:点|时|:(?P<m>\d{{2}}))(?P<half>半)?(?:钟)?(?:以?前|之前)?(?:必须|须|要|请)?(?:清场|关门|闭馆|散场|离场|打烊|结束使用)"
    r"|\b(?:closes? at|cleared? by|out by|open until|until)\s+(?P<h2>\d{1,2})(?::(?P<m2>\d{2}))?\s*(?P<ap>[ap]m)?",
    re.IGNORECASE,
)
_OPENS = re.compile(rf"(?:晚上?|傍晚)(?P<h>{_N})点(?P<half>半)?(?:以?后|之后)[^;。;]{{0,8}}(?:可用|可借|开放)")
_LONGEST = re.compile(
    rf"(?:一次|每次|单次)?最多(?:用|借)?\s*(?P<n>{_N})\s*个?小时|\b(?:up to|at most|max(?:imum)?(?: of)?)\s+(?P<n2>\d{{1,2}})\s*(?:hours|h\b)",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    rf"提前\s*(?P<n>{_N})\s*(?P<u>天|日|周|个?星期)|\b(?:at least )?(?P<n2>\d{{1,2}})\s+(?P<u2>days?|weeks?)['’]?\s+(?:notice|ahead|in advance)",
    re.IGNORECASE,
)
_NO_SCREEN = re.compile(
    r"(?:没有?|无|不含|不带|不提供)(?:[^,;。,;]{0,6})?(?:投影|大屏|屏幕|LED)|\bno (?:projector|screen)s?\b|without (?:a )?(?:projector|screen)",
    re.IGNORECASE,
)
_NEEDS_SCREEN = re.compile(r"投影|大屏|屏幕|projector|screen", re.IGNORECASE)
_QUIET_FORMATS = frozenset({"dinner", "meetup", "visit", "welcome"})
_WEEKEND = frozenset({5, 6})


@dataclass(frozen=True)
class Conflict:
    """A term that does not fit the event; `sentence` is a key of the wording, `value` what the term says."""

    sentence: str
    value: str = ""

    @property
    def is_hard(self) -> bool:
        """Whether the venue cannot be had at all; what is missing can be brought."""
        return self.sentence != "terms.no_screen"


def conflicts(venue: Candidate, brief: SettledBrief, playbook: Playbook, today: date) -> list[Conflict]:
    """Return what in the words of a record does not fit the event; empty when nothing recognised is against it.

    Args:
        venue: the record as a candidate.
        brief: when it happens.
        playbook: whether a screen is needed.
        today: on the community's calendar, for terms that ask for notice.
    """
    text = f"{venue.text}; {venue.terms}"
    start = brief.local_start
    spans = [
        (start + timedelta(minutes=s.start_minute), start + timedelta(minutes=s.end_minute)) for s in sessions(brief)
    ]
    found: list[Conflict] = []
    off = _days_off(text)
    if any(begin.weekday() in off for begin, _ in spans):
        found.append(Conflict("terms.days", _first(_DAYS_OFF, text)))
    if _ONLY_WEEKENDS.search(text) and any(begin.weekday() not in _WEEKEND for begin, _ in spans):
        found.append(Conflict("terms.days", _first(_ONLY_WEEKENDS, text)))
    closes, opens = _closing_minute(text), _opening_minute(text)
    for begin, end in spans:
        last = end.hour * 60 + end.minute + (1440 if end.date() > begin.date() else 0)
        if closes is not None and last > closes:
            found.append(Conflict("terms.closes", f"{closes // 60:02d}:{closes % 60:02d}"))
            break
    if opens is not None and any(begin.hour * 60 + begin.minute < opens for begin, _ in spans):
        found.append(Conflict("terms.opens", f"{opens // 60:02d}:{opens % 60:02d}"))
    longest = _number(_LONGEST, text)
    if longest and any((end - begin) > timedelta(hours=longest) for begin, end in spans):
        found.append(Conflict("terms.longest", str(longest)))
    notice = notice_days(venue.terms)
    if notice and (brief.starts_on - today).days < notice:
        found.append(Conflict("terms.notice", str(notice)))
    if _NO_SCREEN.search(text) and needs_screen(playbook):
        found.append(Conflict("terms.no_screen"))
    return found


def needs_screen(playbook: Playbook) -> bool:
    """Whether something is shown at such an event: its place must have a screen, or people speak in front."""
    if any(_NEEDS_SCREEN.search(need.title) for need in playbook.resources if need.key == "venue"):
        return True
    return playbook.format not in _QUIET_FORMATS and any(s.kind is SegmentKind.TALK for s in playbook.agenda)


def notice_days(terms: str) -> int | None:
    """Return how many days ahead the terms want to know, or None."""
    match = _NOTICE.search(terms)
    number = _number(_NOTICE, terms)
    if match is None or number is None:
        return None
    unit = (match["u"] or match["u2"]).lower()
    return number * (1 if unit.startswith(("天", "日", "day")) else 7)


def _days_off(text: str) -> set[int]:
    off: set[int] = set()
    for match in _DAYS_OFF.finditer(text):
        if match["a"]:
            first = _WEEK.index(match["a"].replace("天", "日"))
            last = _WEEK.index((match["b"] or match["a"]).replace("天", "日"))
            off |= {day % 7 for day in range(first, last + 1 if last >= first else last + 8)}
        else:
            off |= _WEEKEND
    return off


def _closing_minute(text: str) -> int | None:
    match = _CLOSES.search(text)
    if match is None:
        return None
    hour = read_number(match["h"] or match["h2"])
    if hour is None or hour > 24:
        return None
    minute = int(match["m"] or match["m2"] or 0) + (30 if match["half"] else 0)
    is_evening = hour < 12 and (match["ap"] or "pm").lower() == "pm"  # nothing closes in the morning
    return (int(hour) + (12 if is_evening else 0)) * 60 + minute


def _opening_minute(text: str) -> int | None:
    match = _OPENS.search(text)
    hour = read_number(match["h"]) if match else None
    if match is None or hour is None or hour > 12:
        return None
    return (int(hour) % 12 + 12) * 60 + (30 if match["half"] else 0)


def _number(pattern: re.Pattern[str], text: str) -> int | None:
    match = pattern.search(text)
    value = read_number(match["n"] or match["n2"]) if match else None
    return int(value) if value is not None else None


def _first(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[0].strip() if match else ""
