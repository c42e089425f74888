"""Reads any texts without storing them: what the cascade says of each, as plain data. Nobody is judged and nothing is kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StrictInt

from copilot.moderation.cascade import Cascade
from copilot.moderation.models import Context, Earlier, MessageInput, MessageReading
from copilot.moderation.room import DISTRESS, KINDS, SOLICITATION

MAX_TEXTS = 200
MAX_CHARS = 10_000
READ_CHARS = 4_000
MAX_CONTEXT = 6
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_SOMETIME = datetime(2026, 1, 1, tzinfo=UTC)  # texts without a store have no time; nothing that is read depends on it


def _storable(text: str) -> str:
    if _SURROGATE.search(text):
        raise ValueError("holds half of a character (a lone surrogate)")
    return text


Text = Annotated[str, Field(max_length=MAX_CHARS), AfterValidator(_storable)]


class BulkBody(BaseModel):
    """What comes from outside: unknown fields are refused, and texts stay as they are, since spans count in them."""

    model_config = ConfigDict(extra="forbid")


class ContextLine(BulkBody):
    """What somebody said before; lines of one `sender` are one person's."""

    sender: str | None = Field(None, max_length=200)
    text: Text


class TextIn(BulkBody):
    """A text to read."""

    id: str | StrictInt | None = Field(
        None, description="comes back with the answer; the number of the text when left out"
    )
    text: Text
    sender: str | None = Field(None, max_length=200, description="tells own earlier lines from those of others")
    context: list[Text | ContextLine] = Field(
        [], max_length=MAX_CONTEXT, description="what stood before, oldest first; what it answers last"
    )
    promo_allowed: StrictBool = Field(default=False, description="the channel welcomes promotion")


class Sentiment(BaseModel):
    """Probabilities that sum to 1."""

    negative: float
    neutral: float
    positive: float


class FoundSpan(BaseModel):
    """The words a finding rests on: `quote` is exactly text[start:end], in code points."""

    category: str
    score: float = Field(description="0-1; calibrated for the model, set by hand for rules")
    start: int
    end: int
    quote: str
    detector: str
    opens_case: bool = Field(description="certain enough to ask a person")


class Labels(BaseModel):
    """Yes or no, by the thresholds that gave the best F1 on our own chat, and the likeliest mood."""

    offensive: bool
    solicitation: bool
    distress: bool | None
    question: bool
    sentiment: Literal["negative", "neutral", "positive"]


class Explained(BaseModel):
    """What the stages cost and which one settled it."""

    cpu_microseconds: dict[str, float] = Field(description="by stage, this text's share of what its batch cost")
    embedded: bool = Field(description="a sentence embedding was made")
    uncertain: bool = Field(description="the local models are not sure; where texts are stored, a model may be asked")
    grey: dict[str, list[float]] = Field(description="group -> [probability, lower and upper end of its grey band]")
    tokens: int = Field(0, description="of a language model; none is asked here")
    money: float = 0.0
    model_version: str


class TextReading(BaseModel):
    """What was read in one text. All numbers are calibrated probabilities from 0 to 1."""

    id: str | int
    language: str = Field(description="zh, en, mixed or other")
    offensive: float = Field(description="that it attacks somebody, in whatever way")
    categories: dict[str, float] = Field(description="that it is an insult, threat, hate, harassment or sexual")
    sentiment: Sentiment
    distress: float | None = Field(description="that the writer may need help; null over HTTP, see `care`")
    distress_kinds: dict[str, float] | None
    solicitation: float = Field(description="that it offers unasked, deceives or fishes for contacts")
    solicitation_kinds: dict[str, float]
    question: float = Field(description="that it asks for an answer")
    labels: Labels
    spans: list[FoundSpan]
    disguises: list[str] = Field(description="kinds of disguise that were undone")
    stage: Literal["words", "meaning"] = Field(description="what settled it: n-grams, or a sentence embedding as well")
    explain: Explained | None = None


class BulkReader:
    """Reads batches of texts with one cascade; safe to share between threads."""

    def __init__(self, cascade: Cascade) -> None:
        self._cascade = cascade

    def read(
        self, texts: Sequence[TextIn], *, first: int = 1, with_distress: bool = True, explain: bool = False
    ) -> list[TextReading]:
        """Return a reading of each text, in order.

        Args:
            texts: to read; beyond 4,000 characters of one nothing is looked at.
            first: number of the first text, the id of those without one.
            with_distress: say how likely the writer needs help; it is for nobody but those who are named for it.
            explain: say what each stage cost.
        """
        messages = [_message(text, number) for number, text in enumerate(texts)]
        contexts = [_context(text, number) for number, text in enumerate(texts)]
        found = self._cascade.read(messages, contexts)
        return [
            self._reading(text, first + number, found[number], with_distress=with_distress, explain=explain)
            for number, text in enumerate(texts)
        ]

    def _reading(
        self, given: TextIn, number: int, found: MessageReading, *, with_distress: bool, explain: bool
    ) -> TextReading:
        shares = found.probabilities
        distress = round(1.0 - shares["distress.none"], 4)
        solicitation = round(1.0 - shares["solicitation.none"], 4)
        moods = {"negative": found.negative, "neutral": found.neutral, "positive": found.positive}
        at = self._cascade.best_thresholds
        spans = [
            FoundSpan(
                category=signal.category.value, score=round(signal.score, 4), start=signal.start, end=signal.end,
                quote=given.text[signal.start : signal.end], detector=signal.detector, opens_case=signal.opens_case,
            )
            for signal in found.signals
        ]  # fmt: skip
        return TextReading(
            id=number if given.id is None else given.id,
            language=found.language,
            offensive=shares["offensive"],
            categories={kind: shares[kind] for kind in KINDS},
            sentiment=Sentiment(**{name: round(share, 4) for name, share in moods.items()}),
            distress=distress if with_distress else None,
            distress_kinds={kind: shares[f"distress.{kind}"] for kind in DISTRESS[1:]} if with_distress else None,
            solicitation=solicitation,
            solicitation_kinds={kind: shares[f"solicitation.{kind}"] for kind in SOLICITATION[1:]},
            question=shares["question"],
            labels=Labels(
                offensive=shares["offensive"] >= at["offensive"], solicitation=solicitation >= at["solicitation"],
                distress=distress >= at["distress"] if with_distress else None,
                question=shares["question"] >= at["question"],
                sentiment=max(moods, key=lambda name: moods[name]),
            ),
            spans=spans,
            disguises=list(found.disguises),
            stage="meaning" if found.embedded else "words",
            explain=self._explained(found, with_distress=with_distress) if explain else None,
        )  # fmt: skip

    def _explained(self, found: MessageReading, *, with_distress: bool) -> Explained:
        grey = self._cascade.grey_groups(found)
        return Explained(
            cpu_microseconds=dict(found.cpu_microseconds), embedded=found.embedded,
            # That a model is unsure of distress only would tell of it.
            uncertain=found.uncertain if with_distress else bool(grey),
            grey={group: [round(number, 4) for number in band] for group, band in grey.items()},
            model_version=self._cascade.version,
        )  # fmt: skip


def _message(text: TextIn, number: int) -> MessageInput:
    return MessageInput(
        id=str(number), channel_id="", sender_id=_name(text.sender), sent_at=_SOMETIME, text=text.text,
        promo_allowed=text.promo_allowed,
    )  # fmt: skip


def _context(text: TextIn, number: int) -> Context:
    lines = [ContextLine(text=line) if isinstance(line, str) else line for line in text.context]
    return Context(
        tuple(
            Earlier(f"{number}.{place}", "", _name(line.sender) or "somebody else", _SOMETIME, line.text)
            for place, line in enumerate(lines)
        )
    )


def _name(sender: str | None) -> str | None:
    """Keep names from outside apart from ours."""
    return None if sender is None else f"={sender}"
