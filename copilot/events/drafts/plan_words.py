"""What a model is asked for: words, weights and codes, nothing that has to add up."""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from copilot.llm.answer import find_object

PROMPT_ID = "events/plan"
FEATURE = "events:plan"
MAX_WEIGHT = 10
_CODE = re.compile(r"[\[(（]?([SHVRshvr]\d{1,2})(?![0-9A-Za-z])")


class _Words(BaseModel):
    model_config = ConfigDict(extra="ignore")


class SegmentWords(_Words):
    """A part of the agenda in the model's words; `key` is one of the playbook's."""

    key: str = Field(max_length=60)
    title: str = Field(max_length=80)
    weight: int = Field(ge=1, le=MAX_WEIGHT)
    notes: str = Field("", max_length=300)


class RiskWords(_Words):
    """A risk of this very event."""

    title: str = Field(max_length=80)
    trigger: str = Field(max_length=160)
    fallback: str = Field(max_length=240)


class CostQuantity(_Words):
    """How many of something bought per event."""

    key: str = Field(max_length=60)
    quantity: int = Field(ge=1, le=1000)


class PlanWords(_Words):
    """What a model is asked for."""

    title: str = Field(max_length=80)
    goal: str = Field(max_length=200)
    segments: list[SegmentWords] = Field(min_length=1, max_length=12)
    speakers: list[str] = Field([], max_length=8)
    host: str = Field("", max_length=300)
    venue: str = Field("", max_length=300)
    resources: list[str] = Field([], max_length=8)
    promotion: list[str] = Field([], max_length=8)
    risks: list[RiskWords] = Field([], max_length=5)
    feedback_questions: list[str] = Field([], max_length=6)
    quantities: list[CostQuantity] = Field([], max_length=10)


def code_of(said: str) -> str:
    """Return the code of a pick: small models write "S1 林舟" where "S1" was asked for; anything else is returned whole."""
    found = _CODE.match(said.strip())
    return found[1].upper() if found else said.strip()


def salvage(raw: str) -> PlanWords | None:
    """Return the words of an answer whose form is right although its picks or texts were not; None otherwise."""
    found = find_object(raw)
    try:
        return None if found is None else PlanWords.model_validate(found)
    except ValidationError:
        return None


def texts_of_words(words: PlanWords) -> list[tuple[str, str]]:
    """Return (place, text) of every text in the answer."""
    texts = [("title", words.title), ("goal", words.goal)]
    texts += [(f"segments.{item.key}", text) for item in words.segments for text in (item.title, item.notes)]
    texts += [(f"risks.{n}", text) for n, r in enumerate(words.risks) for text in (r.title, r.trigger, r.fallback)]
    texts += [(f"promotion.{n}", text) for n, text in enumerate(words.promotion)]
    return texts + [(f"feedback_questions.{n}", text) for n, text in enumerate(words.feedback_questions)]
