"""Minutes a head: whether everybody gets the turn that a part of the agenda promises, and what to do if not. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from copilot.events.wording import say
from copilot.language.numerals import CHINESE, ENGLISH_WORDS, read_number

_N = rf"(?:\d{{1,2}}|{CHINESE}{{1,3}})"
_PACE = re.compile(
    rf"每(?P<unit>人|位|个?项目|[队组轮]|个人)\s*(?:约|大约|限|最多|讲)?\s*(?P<n>{_N})\s*分钟"
    rf"|(?P<n2>\d{{1,2}}|\b(?:{ENGLISH_WORDS})\b)[ -]minutes?\s+(?:each|(?:a|an|per)\s+(?P<unit2>person|head|project|team|pitch|round))\b",
    re.IGNORECASE,
)
_AT_ONCE = re.compile(
    r"同时|两两|分头|各[桌组]|分[桌组]|[一二两三四五六七八]人一[桌组]|\ball at once|all groups|at the same time|in pairs|tables of|groups of",
    re.IGNORECASE,
)
_ROUND = frozenset({"轮", "round"})
_STAGE = re.compile(r"项目|[队组]|project|team|pitch", re.IGNORECASE)
_TABLE = 6  # who talks at a table or in a small group at the same time as the others


@dataclass(frozen=True)
class Pace:
    """A promise of minutes: `kind` is `person` (one after another), `table` (in small groups), `stage` or `round`."""

    kind: str
    minutes: int


def find_pace(text: str) -> Pace | None:
    """Return the first promise of minutes a head in a text; None when it makes none."""
    match = _PACE.search(text)
    if match is None:
        return None
    number = read_number(match["n"] or match["n2"])
    if number is None or number < 1:
        return None
    unit = (match["unit"] or match["unit2"] or "").lower()
    if unit in _ROUND:
        kind = "round"
    elif _STAGE.search(unit) or (not unit and _STAGE.search(text[: match.start()][-40:])):
        kind = "stage"
    else:
        kind = "table" if _AT_ONCE.search(text) else "person"
    return Pace(kind, int(number))


def turns_note(locale: str, text: str, minutes: int, headcount: int) -> str:
    """Return the sentence that makes a promise of turns true in `minutes`; "" where there is none or it holds as it is.

    On a stage the sentence says how many fit; for everybody's turn, into how many groups people must part.
    """
    pace = find_pace(text)
    if pace is None:
        return ""
    fitting = minutes // pace.minutes
    if pace.kind in {"stage", "round"}:
        key = "pace.stage" if pace.kind == "stage" else "pace.round"
        if fitting < 1:
            return say(locale, "pace.squeezed", minutes=minutes, each=pace.minutes)
        return say(locale, key, minutes=minutes, each=pace.minutes, count=fitting)
    people = headcount if pace.kind == "person" else min(headcount, _TABLE)
    if people <= fitting:
        return ""
    size = max(min(fitting, _TABLE), 2)
    each = min(pace.minutes, max(minutes // size, 1))
    groups = -(-headcount // size)
    return say(locale, "pace.groups", headcount=headcount, minutes=minutes, groups=groups, size=size, each=each)
