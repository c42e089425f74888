"""Reading with a model: it picks words and sides; code checks that the source says exactly that, and drops what it does not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from copilot.community.cities import city_name
from copilot.community.industries import find_industry, industry_name
from copilot.language.contacts import holds_contact
from copilot.llm.fence import FENCE_RULE, fence
from copilot.llm.structured import Ask, StructuredModel
from copilot.profiles.cues import hear
from copilot.profiles.drafts import Draft, SourceText
from copilot.profiles.findings import ASPECT_OF_FIELD, MAX_TEXT_CHARS, Finding, Kind
from copilot.profiles.sentences import trimmed
from copilot.profiles.wording import say
from copilot.prompts import PromptLibrary

FEATURE = "profiles:extract"
PROMPT_ID = "profiles/extract"
MAX_SOURCES = 30
MAX_ITEMS = 30
_SOURCE_CHARS = 4000
_CHAT_CHARS = 400
_VALUE_CHARS = 30


class PickedAspect(BaseModel):
    """One thing a model found."""

    model_config = ConfigDict(extra="forbid")

    source: Annotated[str, StringConstraints(pattern=r"^S\d{1,2}$")] = Field(
        description="alias of the source, such as S1"
    )
    aspect: Literal["is", "has", "wants"]
    field: Literal["sentence", "city", "industry", "skill"] = Field(description="sentence, or the value it is")
    quote: Annotated[str, StringConstraints(min_length=2, max_length=MAX_TEXT_CHARS)] = Field(
        description="words of that source, copied exactly"
    )


class AspectAnswer(BaseModel):
    """What a model answers."""

    model_config = ConfigDict(extra="forbid")

    items: list[PickedAspect] = Field(max_length=MAX_ITEMS)


@dataclass(frozen=True)
class ModelReading:
    """Findings that are proven by their source, how many were not, and the calls that were made."""

    drafts: list[Draft]
    unproven: int
    call_ids: list[str]


@dataclass(frozen=True)
class ModelReader:
    """A model with its prompt."""

    model: StructuredModel
    prompts: PromptLibrary

    def read(
        self,
        community_id: str,
        sources: Sequence[SourceText],
        locale: str,
        is_cancelled: Callable[[], bool] | None = None,
    ) -> ModelReading:
        """Return what the model found in at most 30 sources.

        Raises:
            ModelError: the model failed, or not one of its quotes is exact after one repair turn.
        """
        named = {f"S{number}": source for number, source in enumerate(sources[:MAX_SOURCES], start=1)}

        def validate(answer: AspectAnswer) -> list[str]:
            invented = answer.items and not any(_located(item, named) for item in answer.items)
            return [say(locale, "problem.quotes")] if invented else []

        prompt = self.prompts.get(PROMPT_ID, locale).render(
            {"fence_rule": FENCE_RULE[locale], "most": str(MAX_ITEMS), "sources": _fenced(named)}
        )
        ask = Ask(feature=FEATURE, community_id=community_id, prompt=prompt, output=AspectAnswer, validate=validate)
        answer = self.model.ask(ask, is_cancelled=is_cancelled)
        drafts = [draft for item in answer.value.items if (draft := proven(item, named, locale)) is not None]
        return ModelReading(drafts, len(answer.value.items) - len(drafts), answer.call_ids)


def proven(item: PickedAspect, sources: dict[str, SourceText], locale: str) -> Draft | None:
    """Return the finding when its source says it, word for word and of the writer; None otherwise."""
    span = _located(item, sources)
    if span is None:
        return None
    source = sources[item.source]
    text = source.text
    quote = text[span[0] : span[1]]
    if holds_contact(quote) or hear(quote).side == "not_own":
        return None
    if item.field == "sentence":
        aspect: Kind = item.aspect
        return Draft(Finding.sentence(aspect, text, *span), source, "model")
    if len(quote) > _VALUE_CHARS or ASPECT_OF_FIELD[item.field] != item.aspect:
        return None
    value = quote
    if item.field == "city":
        value = city_name(quote, locale)
    elif item.field == "industry":
        known = find_industry(quote)
        value = industry_name(known.key, locale) if known else quote
    return Draft(Finding.value(item.field, value, text, *span), source, "model")


def _located(item: PickedAspect, sources: dict[str, SourceText]) -> tuple[int, int] | None:
    """Return the span of the quote in its source, without marks at its ends; None when it does not stand there."""
    source = sources.get(item.source)
    at = source.text.find(item.quote) if source else -1
    if source is None or at < 0:
        return None
    span = trimmed(source.text, at, at + len(item.quote))
    return (span.start, span.end) if span.end - span.start >= 2 else None


def _fenced(sources: dict[str, SourceText]) -> str:
    return "\n".join(
        fence(f"{alias} {source.source}", source.text, _SOURCE_CHARS if source.message_id is None else _CHAT_CHARS)
        for alias, source in sources.items()
    )
