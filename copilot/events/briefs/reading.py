"""Free text in Chinese or English to a `Brief`, with what was understood and what contradicts itself.

Reading never guesses silently: what is missing stays None, contradictions are listed with the value that was chosen.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Any

from copilot.community.cities import find_cities
from copilot.community.text import clean_text
from copilot.currency import CNY, plain
from copilot.errors import InvalidInput, TooLarge
from copilot.events.briefs import amounts, hours, when
from copilot.events.briefs.brief import DAY_MINUTES, MAX_TEXT_CHARS, BriefReading, Doubt, Understood, make_brief
from copilot.events.briefs.formats import FORMATS, IN_PERSON, NEAREST
from copilot.events.briefs.places import find_place
from copilot.events.briefs.topic import extract_topic, find_audience, find_goals
from copilot.events.briefs.when import Found
from copilot.events.wording import both
from copilot.events.words import without_open

_CORRECTION = re.compile(
    r"不对|应该是|应为|更正|改成|改为|不不|说错|还是改|\bsorry\b|\bactually\b|\bi mean\b|\brather\b|make (?:it|that)",
    re.IGNORECASE,
)
_ONLINE = re.compile(r"线上|腾讯会议|飞书会议|直播|远程|\bzoom\b|\bonline\b|webinar|virtual|\bremote", re.IGNORECASE)
_TITLE = re.compile(r"[「『“《][^「」『』“”《》\n]{2,60}[」』”》]")
_CLOSED = re.compile(
    r"闭门|不公开|仅限受邀|仅受邀|受邀制|邀请制|closed[- ]door|invite[- ]only|invitation[- ]only|by invitation|\bprivate (?:dinner|event|session)",
    re.IGNORECASE,
)
_NOT_CLOSED = re.compile(r"(?:不是|不搞|不要|非|not|no)\s*(?:a\s+)?$", re.IGNORECASE)
_OFFLINE = re.compile(r"线下|现场|到场|面对面|\boffline\b|in[- ]person|on[- ]site|face[- ]to[- ]face", re.IGNORECASE)


_SATURDAY = 5
_TOO_LATE_HOUR = 12  # after noon nobody invites people for the same day, unless an hour is named


@dataclass
class _Notes:
    """What reading one text collects on the way."""

    text: str
    currency: str = CNY
    values: dict[str, Any] = field(default_factory=dict)
    understood: list[Understood] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    per_head: Found[amounts.Money] | None = None
    day: Found[when.Day] | None = None

    def keep(self, name: str, value: object, words: str) -> None:
        self.values[name] = value
        self.understood.append(Understood(name, words))

    def keep_currency(self, code: str, words: str) -> None:
        """Note the currency of the budget when it is not the community's: it is asked about, not converted."""
        if code != self.currency:
            self.values["currency"] = code
            self.doubt("budget_cents", "foreign_currency", [words])

    def doubt(self, name: str, code: str, said: Sequence[str], chosen: object = None) -> None:
        self.doubts.append(Doubt(name, code, tuple(said), None if chosen is None else str(chosen)))


def read_brief(text: str, now: datetime, over: dict[str, Any] | None = None, currency: str = CNY) -> BriefReading:
    """Read a brief from free text in Chinese or English.

    Args:
        text: at most 4,000 characters.
        now: aware, in the community's time zone; relative days count from it.
        over: fields that are known already and win over the text.
        currency: the community's own; that of amounts without one.

    Raises:
        InvalidInput: empty, or a value is out of bounds; the day lies in the past is said by `settle`.
        TooLarge: the text is longer than the bound.
    """
    if len(text) > MAX_TEXT_CHARS:
        raise TooLarge(
            f"a brief has at most {MAX_TEXT_CHARS} characters",
            field="brief", pointer="/brief", limit=MAX_TEXT_CHARS, reason="brief_too_long",
            sentence=both("brief_too_long", limit=MAX_TEXT_CHARS),
        )  # fmt: skip
    cleaned = clean_text(text)
    if not cleaned:
        raise InvalidInput(
            "the brief is empty: say in a line what event you want",
            field="brief", pointer="/brief", reason="empty_brief", sentence=both("empty_brief"),
        )  # fmt: skip
    notes = _Notes(amounts.with_colons(unicodedata.normalize("NFKC", cleaned)), currency)
    _refuse_negative(notes.text)
    for read in _READERS:
        read(notes, now)
    topic = extract_topic(notes.text, notes.spans, [pattern for _, pattern in FORMATS])
    topic = without_open(topic)
    if topic:
        notes.keep("topic", topic, topic)
    notes.values["notes"] = cleaned
    known = {name: value for name, value in (over or {}).items() if value not in (None, "", [])}
    if "budget_cents" in known:  # an amount in fields has the currency of the fields
        notes.values.pop("currency", None)
    understood = tuple(item for item in notes.understood if item.field not in known)
    doubts = tuple(item for item in notes.doubts if item.field not in known)
    return BriefReading(make_brief({**notes.values, **known}), understood, doubts)


def _refuse_negative(text: str) -> None:
    """A number below zero is a slip of the hand; reading it as positive would plan something nobody asked for."""
    if said := amounts.find_negative(text):
        raise InvalidInput(
            f"{said!r} is below zero: give head counts and amounts as positive numbers",
            field="brief", pointer="/brief", reason="negative_amount", said=said,
            sentence=both("negative_amount", said=said),
        )  # fmt: skip


def _read_money(notes: _Notes, _now: datetime) -> None:
    found = amounts.find_money(notes.text, notes.currency)
    notes.spans += [(item.start, item.end) for item in found]
    per_head = [item for item in found if item.value.is_per_head]
    total = [item for item in found if not item.value.is_per_head]
    if per_head:  # becomes a total once the head count is known
        notes.per_head = _one_of(notes, "budget_cents", per_head, lambda money: money.cents)
    if not total:
        return
    chosen = _one_of(notes, "budget_cents", total, lambda money: money.cents)
    if chosen.value.cents is None:
        return  # "no limit" is understood as none given
    notes.keep("budget_cents", chosen.value.cents, chosen.text)
    notes.keep_currency(chosen.value.currency, chosen.text)


def _read_people(notes: _Notes, _now: datetime) -> None:
    found = amounts.find_people(_blank(notes))
    if found:
        chosen = _one_of(notes, "headcount", found, lambda people: people.count)
        notes.keep("headcount", chosen.value.count, chosen.text)
        notes.spans += [(item.start, item.end) for item in found]
    if notes.per_head is not None:
        _multiply(notes, notes.per_head)


def _multiply(notes: _Notes, per_head: Found[amounts.Money]) -> None:
    """Make a total of an amount per head; where a total was said too, both are caps and the lower one holds."""
    words, each = per_head.text, per_head.value.cents
    if each is None:
        return
    if "headcount" not in notes.values:
        if "budget_cents" not in notes.values:
            notes.doubt("budget_cents", "per_head_without_headcount", [words])
        return
    cents, cap = min(each * notes.values["headcount"], 10**17), notes.values.get("budget_cents")
    if cap is None:
        notes.keep("budget_cents", cents, words)
        notes.keep_currency(per_head.value.currency, words)
    elif per_head.value.currency == (notes.values.get("currency") or notes.currency) and cap != cents:
        notes.understood.append(Understood("budget_cents", words))
        notes.values["budget_cents"] = min(cents, cap)
        each_of, whole, lower = (plain(value, per_head.value.currency) for value in (cents, cap, min(cents, cap)))
        said = [f"{words} × {notes.values['headcount']} = {each_of}", whole]
        notes.doubt("budget_cents", "per_head_differs", said, lower)


def _read_day(notes: _Notes, now: datetime) -> None:
    found = when.find_days(_blank(notes), now.date())
    # 今晚 and tonight say a part of the day too: the hours are read from them next.
    notes.spans += [(item.start, item.end) for item in found if not item.text.endswith(("晚", "tonight"))]
    impossible = [item for item in found if item.value.value is None]
    if impossible:
        notes.doubt("starts_on", "no_such_day", [item.text for item in impossible])
    named = [item for item in found if item.value.value is not None]
    exact = [item for item in named if not item.value.is_weekday_name]
    if exact:
        chosen = _one_of(notes, "starts_on", exact, lambda day: day.value)
        day = chosen.value.value
        wrong = [
            i
            for i in named
            if i.value.is_weekday_name and i.value.value and day and i.value.value.weekday() != day.weekday()
        ]
        if wrong:
            notes.doubt("starts_on", "weekday_differs", [chosen.text, wrong[0].text], day)
    elif named:
        chosen = _one_of(notes, "starts_on", named, lambda day: day.value)
    else:
        return
    if chosen.value.is_ambiguous:
        notes.doubt("starts_on", "month_or_day_first", [chosen.text], chosen.value.value)
    notes.keep("starts_on", chosen.value.value, chosen.text)
    notes.day = chosen


def _read_hours(notes: _Notes, now: datetime) -> None:
    found = hours.find_hours(_blank(notes))
    durations = hours.find_durations(_blank(notes, [(item.start, item.end) for item in found]))
    notes.spans += [(item.start, item.end) for item in found] + [(item.start, item.end) for item in durations]
    impossible = [item for item in found if item.value.start is None]
    if impossible:
        notes.doubt("start_time", "no_such_time", [item.text for item in impossible])
    named = [item for item in found if item.value.start is not None]
    ranges = [item for item in named if item.value.minutes is not None]
    if named:
        chosen = _one_of(notes, "start_time", ranges or named, lambda value: value.start)
        notes.keep("start_time", chosen.value.start, chosen.text)
        if chosen.value.is_assumed:
            notes.doubt("start_time", "afternoon_assumed", [chosen.text], chosen.value.start)
    said = [Found(item.value.minutes or 0, item.start, item.end, item.text) for item in ranges]
    days = [item for item in durations if item.value >= 2 * DAY_MINUTES and item.value % DAY_MINUTES == 0]
    days = days or _days_of_span(notes)
    if days:
        # Hours beside several days are those of each day.
        daily = said + [item for item in durations if item.value < DAY_MINUTES]
        if daily:
            notes.keep("daily_minutes", _one_of(notes, "duration_minutes", daily, lambda m: m).value, daily[0].text)
        said = days
    else:
        said += durations
    if said:
        length = _one_of(notes, "duration_minutes", said, lambda minutes: minutes)
        notes.keep("duration_minutes", length.value, length.text)
    _move_on(notes, now)


def _days_of_span(notes: _Notes) -> list[Found[int]]:
    day = notes.day
    if day is None or day.value.last is None or day.value.value is None:
        return []
    count = (day.value.last - day.value.value).days + 1
    return [Found(count * DAY_MINUTES, day.start, day.end, day.text)]


def _move_on(notes: _Notes, now: datetime) -> None:
    """A weekend or weekday that is over, or nearly so, means what is left of it or the next one; ask which."""
    if notes.day is None or not notes.day.value.moves_on:
        return
    day, today = notes.values["starts_on"], now.date()
    start: time | None = notes.values.get("start_time")
    over = start <= now.time() if start else now.hour >= _TOO_LATE_HOUR
    if day > today or (day == today and not over):
        return
    moved = day + timedelta(days=7 if day.weekday() < 6 or not notes.day.value.is_weekend else 6)
    lasts_days = notes.values.get("duration_minutes", 0) >= 2 * DAY_MINUTES
    if notes.day.value.is_weekend and day == today and day.weekday() == _SATURDAY and not lasts_days:
        moved = day + timedelta(days=1)
    notes.values["starts_on"] = moved
    notes.doubt("starts_on", "day_over", [notes.day.text], moved)


def _read_place(notes: _Notes, _now: datetime) -> None:
    if place := find_place(_blank(notes)):
        notes.keep("place", place.value, place.text)
        notes.spans.append((place.start, place.end))
    found = find_cities(notes.text)
    if found:
        names = list(dict.fromkeys(name for name, _, _ in found))
        if len(names) > 1:
            notes.doubt("city", "several_values", names, names[0])
        notes.keep("city", names[0], notes.text[found[0][1] : found[0][2]])
        notes.spans += [(start, end) for _, start, end in found]
    online, offline = _ONLINE.search(notes.text), _OFFLINE.search(notes.text)
    if online and offline:
        notes.doubt("online", "online_and_offline", [online[0], offline[0]], "offline")
    if online or offline:
        notes.keep("online", offline is None, (offline or online or [""])[0])
    elif found:
        notes.keep("online", False, notes.text[found[0][1] : found[0][2]])


def _read_format(notes: _Notes, _now: datetime) -> None:
    # A title in quotes may name another event: 直播《一场参观学到的事》 is no visit.
    # Nor does the name of a place say what happens there: 展览中心 is no exhibition.
    text = notes.text.replace(notes.values.get("place") or "\n", "|")
    named = _named_formats(FORMATS, _TITLE.sub("|", text)) or _named_formats(FORMATS, text)
    if notes.values.get("online"):
        named = [item for item in named if item[0] not in IN_PERSON] or named
    if named:
        notes.keep("format", *named[0])
        if notes.values.get("online") is None and named[0][0] == "online_talk":
            notes.keep("online", True, named[0][1])
    elif notes.values.get("online") and re.search(r"分享|讲座|\btalk\b|课", notes.text, re.IGNORECASE):
        notes.keep("format", "online_talk", notes.understood[-1].words)
    elif near := _named_formats(NEAREST, text):
        notes.keep("format", *near[0])
        notes.doubt("format", "nearest_format", [near[0][1]])


def _named_formats(formats: Sequence[tuple[str, str]], text: str) -> list[tuple[str, str]]:
    """Return (format, the words that name it), in the order of `formats`."""
    found = [(key, re.search(pattern, text, re.IGNORECASE)) for key, pattern in formats]
    return [(key, match[0]) for key, match in found if match]


def _read_circle(notes: _Notes, _now: datetime) -> None:
    found = _CLOSED.search(notes.text)
    if found and not _NOT_CLOSED.search(when.before(notes.text, found.start())):
        notes.keep("closed", True, found[0])


def _read_people_and_purpose(notes: _Notes, _now: datetime) -> None:
    blanked = _blank(notes)
    for name, found in (("audience", find_audience(notes.text, blanked)), ("goals", find_goals(notes.text, blanked))):
        if found:
            notes.keep(name, found.value, found.text)
            notes.spans.append((found.start, found.end))


def _one_of(notes: _Notes, name: str, found: Sequence[Found[Any]], key: Callable[[Any], object]) -> Found[Any]:
    """Return the first, or what corrects it; note a contradiction when others say something else."""
    different = list({key(item.value): item for item in reversed(found)}.values())
    chosen = found[0]
    for earlier, later in pairwise(found):
        if _CORRECTION.search(notes.text[earlier.end : later.start]):
            chosen = later
    if len(different) > 1:
        different.reverse()
        notes.doubt(name, "several_values", [item.text for item in different], chosen.text)
    return chosen


def _blank(notes: _Notes, more: Sequence[tuple[int, int]] = ()) -> str:
    """Return the text with what was understood already replaced by bars, so that nothing is read twice."""
    characters = list(notes.text)
    for start, end in [*notes.spans, *more]:
        characters[start:end] = "|" * (end - start)
    return "".join(characters)


_READERS: tuple[Callable[[_Notes, datetime], None], ...] = (
    _read_money, _read_people, _read_day, _read_hours, _read_place, _read_circle, _read_format,
    _read_people_and_purpose,
)  # fmt: skip
