"""Fills the gaps of a brief with defaults and asks about the important ones; refuses what cannot be planned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from copilot.community.cities import city_name
from copilot.currency import CNY, heading, money
from copilot.events.briefs.brief import DAY_MINUTES, MAX_HEADCOUNT, Brief, BriefReading, Doubt, Understood
from copilot.events.briefs.refusals import Length, refuse_length, refuse_past
from copilot.events.briefs.usual_times import LATE, UsualSlot, common_time, free_day, likely_slots
from copilot.events.wording import say, slot_name
from copilot.events.words import without_open
from copilot.events.workdays import DayNote, day_notes
from copilot.playbook_models import Playbook

MAX_QUESTIONS = 3
T = TypeVar("T")
_DEFAULT_HEADCOUNT = 30
# Minutes of the day at which events of several days stop: work goes on into the evening, teaching does not.
_DAY_CLOSES, _LONG_DAY_CLOSES, _LAST_DAY_CLOSES = 17 * 60 + 30, 20 * 60 + 30, 18 * 60
_SHORTEST_DAY, _LONGEST_DAY = 180, 720
# Questions in the order of how much a wrong default would hurt.
_ORDER = (
    "starts_on",
    "budget_cents",
    "headcount",
    "city",
    "topic",
    "online",
    "start_time",
    "duration_minutes",
    "format",
)


class Question(BaseModel):
    """Something only the operator knows, with what the plan uses until it is answered (None: nothing)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    field: str
    text: str
    default: str | None = None


class SettledBrief(BaseModel):
    """A brief without gaps: what a plan is made from. Only the budget may be open (an estimate without a cap)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: str
    topic: str
    starts_at: datetime = Field(description="aware, UTC")
    duration_minutes: int
    daily_minutes: int | None = Field(None, description="length of each day but the last, of an event of several days")
    city: str
    place: str = Field("", description="a place the operator named; no record has to exist")
    online: bool
    closed: bool = False
    headcount: int
    budget_cents: int | None
    currency: str = CNY
    audience: str
    goals: list[str]
    notes: str
    timezone: str

    @property
    def ends_at(self) -> datetime:
        """End of the slot, aware, UTC."""
        return self.starts_at + timedelta(minutes=self.duration_minutes)

    @property
    def local_start(self) -> datetime:
        """Start of the slot on the community's clock."""
        return self.starts_at.astimezone(ZoneInfo(self.timezone))

    @property
    def starts_on(self) -> date:
        """Day of the event on the community's calendar."""
        return self.local_start.date()


@dataclass(frozen=True)
class Circumstances:
    """What settling needs to know of the community and its past."""

    name: str
    locale: str
    timezone: str
    now: datetime
    usual_headcount: int | None = None
    usual_city: str = ""
    currency: str = CNY
    slots_online: tuple[UsualSlot, ...] = ()
    slots_in_person: tuple[UsualSlot, ...] = ()

    @property
    def local_now(self) -> datetime:
        """The time on the community's clock."""
        return self.now.astimezone(ZoneInfo(self.timezone))


@dataclass(frozen=True)
class Settled:
    """A complete brief, the questions still worth asking (at most three) and what was assumed silently otherwise."""

    brief: SettledBrief
    questions: list[Question]
    assumptions: list[str]
    day_notes: list[DayNote]
    understood: Sequence[Understood] = ()


def default_format(brief: Brief) -> str:
    """Return the format to use when the brief names none."""
    return brief.format or ("online_talk" if brief.online else "meetup")


def settle(reading: BriefReading, playbook: Playbook, around: Circumstances) -> Settled:
    """Complete a brief.

    Raises:
        InvalidInput: the day is past or too far, or the length does not suit the format; `data["reason"]` says which
            and `data["sentence"]` holds the sentence in both languages.
    """
    brief, locale = reading.brief, around.locale
    gaps = _Gaps(locale)
    online = brief.online if brief.online is not None else playbook.format == "online_talk"
    said = brief.duration_minutes or gaps.assume("duration_minutes", playbook.default_minutes, str)
    has_days = said >= 2 * DAY_MINUTES and said % DAY_MINUTES == 0
    headcount = brief.headcount or gaps.ask("headcount", _usual_headcount(around, playbook), str)
    starts_on, start_time = _when(brief, said, around, gaps, online=online)
    length = _days(brief, start_time, playbook, said // DAY_MINUTES) if has_days else Length(said)
    refuse_length(length, playbook)
    starts_at = datetime.combine(starts_on, start_time, ZoneInfo(around.timezone))
    refuse_past(starts_at, around.local_now)
    city = city_name(brief.city, locale)
    if not city and not online:
        usual = city_name(around.usual_city, locale)
        city = gaps.ask("city", usual, str) if usual else gaps.ask("city", "", lambda _: say(locale, "place.no_city"))
    topic = without_open(brief.topic) or gaps.ask("topic", say(locale, "topic.default", community=around.name), str)
    audience = brief.audience or say(locale, "audience.closed" if brief.closed else "audience.default")
    cap = _cap(brief, around, gaps)
    if brief.format is None:
        gaps.ask("format", playbook.title, str)
    settled = SettledBrief(
        format=playbook.format, topic=topic, starts_at=starts_at.astimezone(UTC), duration_minutes=length.minutes,
        daily_minutes=length.daily, city=city, place=brief.place, online=online, closed=brief.closed, headcount=headcount,
        budget_cents=cap, currency=around.currency, audience=audience, goals=list(brief.goals),
        notes=brief.notes, timezone=around.timezone,
    )  # fmt: skip
    if length.daily is not None:
        gaps.assumed.append(_days_sentence(settled, locale))
    notes = day_notes(around.local_now.date() - timedelta(days=1), starts_on + timedelta(days=31), locale)
    for doubt in reading.doubts:
        if doubt.code != "foreign_currency":  # asked with the cap itself, which fields may name, too
            gaps.doubt(doubt, settled)
    questions, unasked = gaps.questions()
    assumptions = [*gaps.assumed, *unasked, *_cautions(settled, playbook, notes, locale)]
    # A cap in another currency is asked about: nothing was made of it.
    unused = {"budget_cents"} if cap is None and brief.budget_cents is not None else set()
    understood = tuple(item for item in reading.understood if item.field not in unused)
    return Settled(settled, questions, assumptions, notes, understood)


def _cap(brief: Brief, around: Circumstances, gaps: _Gaps) -> int | None:
    """Return the cap in the community's currency; one in another is asked about and until then is none at all."""
    own = heading(around.currency, around.locale)
    if brief.budget_cents is None:
        gaps.ask("budget_cents", None, str, currency=own)
        return None
    if brief.currency in (None, around.currency):
        return brief.budget_cents
    gaps.ask_foreign(money(brief.budget_cents, brief.currency or around.currency, around.locale), own)
    return None


class _Gaps:
    """Collects questions and assumptions while a brief is being completed."""

    def __init__(self, locale: str) -> None:
        self._locale = locale
        self._questions: dict[str, Question] = {}
        self.assumed: list[str] = []

    def ask_foreign(self, said: str, own: str) -> None:
        """Ask for the cap in the community's currency: no rate of ours would be right on the day."""
        text = say(self._locale, "ask.foreign_currency", said=said, currency=own)
        self._questions["budget_cents"] = Question(field="budget_cents", text=text, default=None)

    def ask(self, name: str, default: T, show: Callable[[T], str], slot: UsualSlot | None = None, **words: object) -> T:
        """Use `default` for a field and ask about it; `slot` is where it comes from, if from the community's past."""
        shown = None if default is None else show(default)
        text = say(self._locale, f"ask.{name}", default=shown, **words)
        if slot is not None:
            text += self._why(slot)
        self._questions[name] = Question(field=name, text=text, default=shown)
        return default

    def _why(self, slot: UsualSlot) -> str:
        return say(
            self._locale, "ask.slot", slot=slot_name(self._locale, slot.weekday, slot.part),
            rate=round(100 * slot.rate), events=slot.events,
        )  # fmt: skip

    def assume(self, name: str, default: T, show: Callable[[T], str]) -> T:
        """Use `default` for a field and say so."""
        self.assumed.append(say(self._locale, f"assume.{name}", value=show(default)))
        return default

    def doubt(self, doubt: Doubt, settled: SettledBrief) -> None:
        """Turn a contradiction into a question, which replaces a plainer one about the same field."""
        said = (" / " if self._locale == "en" else "、").join(doubt.said)
        chosen = doubt.chosen or _shown(settled, doubt.field)
        if doubt.code == "afternoon_assumed":
            self.assumed.append(say(self._locale, "assume.afternoon", said=said, value=_shown(settled, "start_time")))
            return
        field = say(self._locale, f"field.{doubt.field}")
        text = say(self._locale, f"ask.{doubt.code}", said=said, field=field, default=chosen)
        self._questions[doubt.field] = Question(field=doubt.field, text=text, default=chosen)

    def questions(self) -> tuple[list[Question], list[str]]:
        """Return the questions to ask and, for those beyond three, the assumption made instead."""
        ordered = sorted(self._questions.values(), key=lambda item: _ORDER.index(item.field))
        unasked = [
            _as_sentence(
                say(self._locale, "assume.default", field=say(self._locale, f"field.{item.field}"), value=item.default)
            )
            for item in ordered[MAX_QUESTIONS:]
            if item.default is not None
        ]
        return ordered[:MAX_QUESTIONS], unasked


def _as_sentence(text: str) -> str:
    """Field names stand within sentences; at the head of one they begin with a capital."""
    return text[:1].upper() + text[1:]


def _when(brief: Brief, minutes: int, around: Circumstances, gaps: _Gaps, *, online: bool) -> tuple[date, time]:
    """Return day and hour: as said, else where the community's own events fill best, else what is common.

    What comes from the past is asked about with its figures: it is a habit, which this event need not share.
    """
    tried = around.slots_online if online else around.slots_in_person
    slots = likely_slots(tried, minutes, brief.start_time)
    day = brief.starts_on
    if day is None:
        slot = slots[0] if slots else None
        day = gaps.ask(
            "starts_on", free_day(around.local_now.date(), around.locale, slot, online=online), date.isoformat, slot
        )
    if brief.start_time is not None:
        return day, brief.start_time
    weekday = day.weekday()
    slot = next((slot for slot in slots if slot.weekday == weekday), None)
    if slot is not None:
        return day, gaps.ask("start_time", slot.start, _clock, slot)
    return day, gaps.assume("start_time", common_time(day, minutes, online=online), _clock)


def _days(brief: Brief, start: time, playbook: Playbook, count: int) -> Length:
    """Turn whole days into days with evenings and nights: nobody sits for forty-eight hours."""
    if brief.daily_minutes is not None:
        return Length((count - 1) * DAY_MINUTES + brief.daily_minutes, brief.daily_minutes)
    since = start.hour * 60 + start.minute
    closes = _LONG_DAY_CLOSES if playbook.format == "competition" else _DAY_CLOSES
    daily = min(max(closes - since, _SHORTEST_DAY), _LONGEST_DAY)
    last = min(max(_LAST_DAY_CLOSES - since, _SHORTEST_DAY), daily)
    return Length((count - 1) * DAY_MINUTES + last, daily)


def _days_sentence(brief: SettledBrief, locale: str) -> str:
    start = brief.local_start
    daily = timedelta(minutes=brief.daily_minutes or 0)
    end = brief.ends_at.astimezone(start.tzinfo)
    return say(
        locale, "assume.days", days=brief.duration_minutes // DAY_MINUTES + 1, start=_clock(start.time()),
        end=_clock((start + daily).time()), last=_clock(end.time()),
    )  # fmt: skip


def _shown(settled: SettledBrief, field: str) -> str | None:
    local = settled.local_start
    if field == "starts_on":
        return local.date().isoformat()
    if field == "start_time":
        return _clock(local.time())
    value = getattr(settled, field, None)
    return None if value is None or value == "" else str(value)


def _clock(value: time) -> str:
    return value.strftime("%H:%M")


def _usual_headcount(around: Circumstances, playbook: Playbook) -> int:
    usual = around.usual_headcount or _DEFAULT_HEADCOUNT
    return min(max(usual, playbook.headcount_min, 2), playbook.headcount_max, MAX_HEADCOUNT)


def _cautions(brief: SettledBrief, playbook: Playbook, notes: list[DayNote], locale: str) -> list[str]:
    """Return what a careful colleague would say about the day, the hours and the size."""
    cautions = []
    day = brief.starts_on
    for note in notes:
        if note.on == day:
            key = "note.holiday" if note.is_holiday else "note.swap"
            cautions.append(say(locale, key, day=day.isoformat(), name=note.name))
    end = brief.ends_at.astimezone(ZoneInfo(brief.timezone))
    if brief.duration_minutes <= DAY_MINUTES // 2 and (end.time() > LATE or end.date() != day) and not brief.online:
        cautions.append(say(locale, "note.ends_late", time=_clock(end.time())))
    if not playbook.headcount_min <= brief.headcount <= playbook.headcount_max:
        cautions.append(
            say(locale, "note.outside_headcount", format=playbook.title, low=playbook.headcount_min,
                high=playbook.headcount_max, headcount=brief.headcount)
        )  # fmt: skip
    return cautions
