"""What was understood of a brief, for the person who wrote it: each field, the words it was read from, what they came to."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, Field

from copilot.currency import money
from copilot.events.briefs.brief import DAY_MINUTES, Understood
from copilot.events.briefs.settling import SettledBrief
from copilot.events.wording import has_sentence, say

MAX_WORDS = 300
# The order in which people would say it; a field that is not here comes last.
_ORDER = (
    "format",
    "topic",
    "starts_on",
    "start_time",
    "duration_minutes",
    "daily_minutes",
    "online",
    "city",
    "place",
    "headcount",
    "budget_cents",
    "audience",
    "goals",
    "closed",
)


class Heard(BaseModel):
    """A field of the brief, the words it was read from and what they were taken to mean."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    field: str
    words: str
    value: str = Field("", description="what the plan goes by, in the community's language")
    sentence: str = Field("", description="field, value and words in one line, in the community's language")


def heard(understood: Iterable[Understood], brief: SettledBrief, format_title: str, locale: str) -> list[Heard]:
    """Return one entry for each field that was read, in the order in which people would say them.

    Args:
        understood: fields and words; a field read from several places has its words joined.
        brief: what the fields came to.
        format_title: what people call the format.
        locale: the community's language.
    """
    words: dict[str, list[str]] = {}
    for item in understood:
        words.setdefault(item.field, [])
        if item.words not in words[item.field]:
            words[item.field].append(item.words)
    known = sorted(words, key=lambda name: _ORDER.index(name) if name in _ORDER else len(_ORDER))
    return [_heard(name, " / ".join(words[name])[:MAX_WORDS], brief, format_title, locale) for name in known]


def _heard(name: str, words: str, brief: SettledBrief, format_title: str, locale: str) -> Heard:
    value = format_title if name == "format" else _value(name, brief, locale)
    key = "understood.same" if _folded(words) == _folded(value) else "understood"
    sentence = say(locale, key, field=_label(name, locale), value=value, words=words)
    return Heard(field=name, words=words, value=value, sentence=sentence)


def _label(name: str, locale: str) -> str:
    key = "understood.online" if name == "online" else f"field.{name}"
    label = say(locale, key) if has_sentence(key) else name
    return label.removeprefix("the ").capitalize() if locale == "en" else label


def _folded(text: str) -> str:
    return "".join(text.split()).casefold()


def _value(name: str, brief: SettledBrief, locale: str) -> str:
    start = brief.local_start
    if name == "starts_on":
        return f"{start.date().isoformat()} {say(locale, 'slot.weekdays').split()[start.weekday()]}"
    if name == "start_time":
        return start.strftime("%H:%M")
    if name == "duration_minutes" and brief.daily_minutes is not None:
        return say(locale, "value.days", count=brief.duration_minutes // DAY_MINUTES + 1)
    if name in {"duration_minutes", "daily_minutes"}:
        return say(locale, "value.minutes", count=getattr(brief, name))
    if name == "headcount":
        return say(locale, "value.headcount", count=brief.headcount)
    if name == "budget_cents":
        cap = brief.budget_cents
        return say(locale, "value.no_cap") if cap is None else money(cap, brief.currency, locale)
    if name in {"online", "closed"}:
        return say(locale, f"value.{name}.{'yes' if getattr(brief, name) else 'no'}")
    value = getattr(brief, name, "")
    return "；".join(value) if isinstance(value, list) else str(value)
