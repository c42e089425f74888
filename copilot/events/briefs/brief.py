"""What an operator asks for, as validated data. `reading.py` makes one from free text, `settling.py` fills its gaps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from copilot.community.text import clean_line, clean_text
from copilot.currency import CURRENCIES
from copilot.errors import InvalidInput
from copilot.events.wording import has_sentence, say

MAX_TEXT_CHARS = 4_000
MIN_HEADCOUNT, MAX_HEADCOUNT = 2, 5_000
MIN_MINUTES, MAX_MINUTES = 15, 4_320
DAY_MINUTES = 1_440
MAX_BUDGET_CENTS = 10_000_000 * 100


class Brief(BaseModel):
    """What is known of the event that is wanted. None and "" mean: not said."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: str | None = Field(None, pattern=r"^[a-z][a-z0-9_]{0,59}$", description="key of a playbook format")
    topic: str = Field("", max_length=200)
    starts_on: date | None = Field(None, description="day in the community's time zone")
    start_time: time | None = Field(None, description="time of day in the community's time zone")
    duration_minutes: int | None = Field(
        None, ge=MIN_MINUTES, le=MAX_MINUTES, description="whole days from two on: 2,880 is two days"
    )
    daily_minutes: int | None = Field(None, ge=60, le=900, description="length of each day of an event of several days")
    city: str = Field("", max_length=100)
    place: str = Field("", max_length=120, description="a place the operator named; no record has to exist")
    online: bool | None = None
    closed: bool = Field(False, description="by invitation only: nothing is announced in public")
    headcount: int | None = Field(None, ge=MIN_HEADCOUNT, le=MAX_HEADCOUNT)
    budget_cents: int | None = Field(
        None, ge=0, le=MAX_BUDGET_CENTS, description="integer minor units (cents) of `currency`"
    )
    currency: str | None = Field(
        None, description="ISO 4217; null: the community's own. A cap in another one is asked about, never converted"
    )
    audience: str = Field("", max_length=300)
    goals: list[str] = Field([], max_length=5)
    notes: str = Field("", max_length=MAX_TEXT_CHARS)

    @field_validator("currency")
    @classmethod
    def _known_currency(cls, value: str | None) -> str | None:
        if value is not None and value.upper() not in CURRENCIES:
            raise ValueError(f"unknown currency; known: {', '.join(CURRENCIES)}")
        return value and value.upper()

    @field_validator("topic", "city", "place", "audience")
    @classmethod
    def _one_line(cls, value: str) -> str:
        return clean_line(value)

    @field_validator("goals")
    @classmethod
    def _short_goals(cls, value: list[str]) -> list[str]:
        cleaned = [line for line in (clean_line(item) for item in value) if line]
        if any(len(item) > 300 for item in cleaned):
            raise ValueError("a goal has at most 300 characters")
        return cleaned

    @field_validator("notes")
    @classmethod
    def _storable(cls, value: str) -> str:
        return clean_text(value)

    @field_validator("start_time")
    @classmethod
    def _no_zone(cls, value: time | None) -> time | None:
        if value is not None and value.tzinfo is not None:
            raise ValueError("start_time is in the community's time zone; leave the offset out")
        return value.replace(second=0, microsecond=0) if value else value


@dataclass(frozen=True)
class Understood:
    """A field of the brief and the words it was read from."""

    field: str
    words: str


@dataclass(frozen=True)
class Doubt:
    """Something contradictory or unusable in the brief: what was said, and which reading goes on (if any)."""

    field: str
    code: str
    said: tuple[str, ...]
    chosen: str | None


@dataclass(frozen=True)
class BriefReading:
    """A brief and how it was come by."""

    brief: Brief
    understood: tuple[Understood, ...] = ()
    doubts: tuple[Doubt, ...] = ()


def make_brief(values: dict[str, Any]) -> Brief:
    """Return a validated brief.

    Raises:
        InvalidInput: a field is unknown, of the wrong type or out of bounds; `field` in data names it.
    """
    try:
        return Brief.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        name = ".".join(str(part) for part in first["loc"]) or "brief"
        raise InvalidInput(
            f"the brief's {name}: {first['msg']}",
            field=name, reason="brief_field", pointer=f"/brief/{name}", sentence=_refusal_sentence(name),
        ) from error  # fmt: skip


def _refusal_sentence(name: str) -> dict[str, str]:
    bounds, label = f"bounds.{name}", f"field.{name}"
    return {
        locale: say(
            locale, "brief_field", field=say(locale, label) if has_sentence(label) else name,
            bounds=say(locale, bounds if has_sentence(bounds) else "bounds.other"),
        )
        for locale in ("zh-CN", "en")
    }  # fmt: skip
