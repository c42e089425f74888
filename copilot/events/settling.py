"""Fills the gaps of a brief with defaults and asks about the important ones; refuses what cannot be planned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from copilot.community.cities import city_name
from copilot.errors import InvalidInput
from copilot.events.brief import MAX_COMPETITION_MINUTES, MAX_HEADCOUNT, MAX_MINUTES, Brief, BriefReading, Doubt
from copilot.events.wording import both, say
from copilot.events.workdays import DayNote, day_notes
from copilot.playbook_models import Playbook

MAX_QUESTIONS = 3
MAX_DAYS_AHEAD = 730
MAX_ROUNDS = 3
T = TypeVar("T")
_LATE = time(22, 30)
_DEFAULT_HEADCOUNT = 30
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
    city: str
    online: bool
    headcount: int
    budget_cents: int | None
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
    minutes = brief.duration_minutes or gaps.assume("duration_minutes", playbook.default_minutes, str)
    _refuse_length(minutes, playbook)
    headcount = brief.headcount or gaps.ask("headcount", _usual_headcount(around, playbook), str)
    starts_on = brief.starts_on or gaps.ask("starts_on", _free_day(around, online=online), date.isoformat)
    start_time = brief.start_time or gaps.assume("start_time", _usual_time(starts_on, minutes, online=online), _clock)
    starts_at = datetime.combine(starts_on, start_time, ZoneInfo(around.timezone))
    _refuse_past(starts_at, around)
    city = city_name(brief.city, locale)
    if not city and not online:
        usual = city_name(around.usual_city, locale)
        city = gaps.ask("city", usual, str) if usual else gaps.ask("city", "", lambda _: say(locale, "place.no_city"))
    topic = brief.topic or gaps.ask("topic", say(locale, "topic.default", community=around.name), str)
    audience = brief.audience or say(locale, "audience.default")
    if brief.budget_cents is None:
        gaps.ask("budget_cents", None, str)
    if brief.format is None:
        gaps.ask("format", playbook.title, str)
    settled = SettledBrief(
        format=playbook.format, topic=topic, starts_at=starts_at.astimezone(UTC), duration_minutes=minutes, city=city,
        online=online, headcount=headcount, budget_cents=brief.budget_cents, audience=audience, goals=list(brief.goals),
        notes=brief.notes, timezone=around.timezone,
    )  # fmt: skip
    notes = day_notes(around.local_now.date() - timedelta(days=1), starts_on + timedelta(days=31), locale)
    for doubt in reading.doubts:
        gaps.doubt(doubt, settled)
    questions, unasked = gaps.questions()
    assumptions = [*gaps.assumed, *unasked, *_cautions(settled, playbook, notes, locale)]
    return Settled(settled, questions, assumptions, notes)


class _Gaps:
    """Collects questions and assumptions while a brief is being completed."""

    def __init__(self, locale: str) -> None:
        self._locale = locale
        self._questions: dict[str, Question] = {}
        self.assumed: list[str] = []

    def ask(self, name: str, default: T, show: Callable[[T], str]) -> T:
        """Use `default` for a field and ask about it."""
        shown = None if default is None else show(default)
        self._questions[name] = Question(
            field=name, text=say(self._locale, f"ask.{name}", default=shown), default=shown
        )
        return default

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
            say(self._locale, "assume.default", field=say(self._locale, f"field.{item.field}"), value=item.default)
            for item in ordered[MAX_QUESTIONS:]
            if item.default is not None
        ]
        return ordered[:MAX_QUESTIONS], unasked


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


def _free_day(around: Circumstances, *, online: bool) -> date:
    """Return a Wednesday a week ahead for an online event, else a Saturday ten days ahead; never a holiday or swap."""
    today = around.local_now.date()
    weekday, ahead = (2, 7) if online else (5, 10)
    taken = {note.on for note in day_notes(today, today + timedelta(days=120), around.locale)}
    day = today + timedelta(days=ahead)
    while day.weekday() != weekday or day in taken:
        day += timedelta(days=1)
    return day


def _usual_time(day: date, minutes: int, *, online: bool) -> time:
    if minutes > 300:
        return time(9, 30)
    if online:
        return time(20, 0)
    return time(14, 0) if day.weekday() >= 5 else time(19, 0)


def _refuse_length(minutes: int, playbook: Playbook) -> None:
    if minutes < playbook.min_minutes:
        raise _refusal(
            "duration_minutes",
            "duration_too_short",
            f"the shortest {playbook.format} takes {playbook.min_minutes} minutes",
            format=playbook.title,
            minimum=playbook.min_minutes,
            minutes=minutes,
        )
    # Longer slots than usual are filled with more rounds, within reason.
    longest = min(playbook.max_minutes * MAX_ROUNDS, MAX_COMPETITION_MINUTES)
    if minutes > longest:
        raise _refusal(
            "duration_minutes",
            "duration_too_long",
            f"the longest {playbook.format} takes {longest} minutes",
            format=playbook.title,
            maximum=longest,
            minutes=minutes,
        )


def _refuse_past(starts_at: datetime, around: Circumstances) -> None:
    day = starts_at.date().isoformat()
    if starts_at <= around.now:
        raise _refusal(
            "starts_on",
            "date_in_past",
            f"{day} {_clock(starts_at.time())} is already past",
            day=day,
            time=_clock(starts_at.time()),
            now=around.local_now.strftime("%Y-%m-%d %H:%M"),
        )
    if starts_at - around.now > timedelta(days=MAX_DAYS_AHEAD):
        raise _refusal("starts_on", "date_too_far", f"{day} is more than two years away", day=day)


def _refusal(field: str, reason: str, message: str, **values: object) -> InvalidInput:
    said = both(reason, **values)
    return InvalidInput(message, field=field, pointer="/brief", reason=reason, sentence=said, **values)


def _cautions(brief: SettledBrief, playbook: Playbook, notes: list[DayNote], locale: str) -> list[str]:
    """Return what a careful colleague would say about the day, the hours and the size."""
    cautions = []
    day = brief.starts_on
    for note in notes:
        if note.on == day:
            key = "note.holiday" if note.is_holiday else "note.swap"
            cautions.append(say(locale, key, day=day.isoformat(), name=note.name))
    end = brief.ends_at.astimezone(ZoneInfo(brief.timezone))
    if brief.duration_minutes <= MAX_MINUTES // 2 and (end.time() > _LATE or end.date() != day) and not brief.online:
        cautions.append(say(locale, "note.ends_late", time=_clock(end.time())))
    if not playbook.headcount_min <= brief.headcount <= playbook.headcount_max:
        cautions.append(
            say(locale, "note.outside_headcount", format=playbook.title, low=playbook.headcount_min,
                high=playbook.headcount_max, headcount=brief.headcount)
        )  # fmt: skip
    return cautions
