"""The last stage: a language model's word on messages of which the local models are not sure. It ranks, nothing more.

What a model says is evidence of limited weight: it moves a probability within its grey band and never out of it. Members
may write to the model, so three things bound what an obeying one can do: messages that give orders are not shown and
keep their local word; two lines of which the answer is known are hidden in every batch, and who gets one wrong is not
believed for the whole batch; and a breach counts only with words quoted from that very message.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, create_model
from sqlalchemy import func, select

from copilot.community.store import Store
from copilot.community.tables import LlmCall
from copilot.errors import BudgetExceeded, ModelCancelled, ModelError, ModelTimeout, ModelUnavailable
from copilot.llm.fence import FENCE_RULE, fence, neutralise
from copilot.llm.orders import gives_orders
from copilot.llm.structured import Answer, Ask, StructuredModel
from copilot.moderation.cascade import Cascade
from copilot.moderation.distress import sign_of
from copilot.moderation.models import Context, Earlier, MessageInput, MessageReading
from copilot.moderation.room import KINDS, SOLICITATION
from copilot.moderation.stage_costs import StageCost
from copilot.prompts import PromptLibrary

FEATURE = "moderation:read"
PROMPT_ID = "moderation/read"
BATCH = 10
Label = Literal[
    "none", "insult", "threat", "hate", "harassment", "sexual", "promotion", "scam", "contact_fishing", "unsure"
]
# How much more often a small model says so of a breach than of none: an assumption, careful rather than bold.
_WEIGHT = 4.0
_TEXT_CHARS = 600
_CONTEXT_CHARS = 200
_DAY = timedelta(days=1)
_GROUPS: dict[str, str] = {**dict.fromkeys(KINDS, "offensive"), **dict.fromkeys(SOLICITATION[1:], "solicitation")}
# One that breaks the rules beyond doubt and one that does not, by the language of the batch.
_CONTROLS = {
    "zh-CN": (("你这种蠢货也配说话？滚出去，废物", "offensive"), ("明天的会改到三点，会议室不变", "none")),
    "en": (
        ("you are a worthless idiot, get out of here", "offensive"),
        ("the meeting moved to 3pm, same room", "none"),
    ),
}


class GreyVerdict(BaseModel):
    """A model's word on one message."""

    model_config = ConfigDict(extra="forbid")

    message: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^M\d{1,2}$")]
    label: Label
    quote: Annotated[str, StringConstraints(strip_whitespace=True, max_length=_TEXT_CHARS)] = ""


class GreyAnswer(BaseModel):
    """A model's word on a batch."""

    model_config = ConfigDict(extra="forbid")

    verdicts: list[GreyVerdict] = Field(min_length=1, max_length=BATCH + 2)


@dataclass(frozen=True)
class GreyItem:
    """A message that may be asked about; `shown` are those lines of its context whose senders let AI read them."""

    message: MessageInput
    reading: MessageReading
    context: Context
    shown: tuple[Earlier, ...] = ()


@dataclass(frozen=True)
class GreyLimits:
    """How much may be asked, and what a million tokens cost (prompt, completion)."""

    calls_per_day: int = 200
    prices: tuple[float, float] = (0.0, 0.0)


class GreyReader:
    """Asks the configured model about the grey band. Safe to share between threads; never within a transaction."""

    def __init__(
        self, store: Store, cascade: Cascade, prompts: PromptLibrary, model: StructuredModel,
        limits: GreyLimits | None = None,
    ) -> None:  # fmt: skip
        self._store = store
        self._cascade = cascade
        self._prompts = prompts
        self._model = model
        self._limits = limits or GreyLimits()

    def wants(self, message: MessageInput, reading: MessageReading) -> bool:
        """Whether a model may be asked about a message.

        Not about those whose senders refuse it, those who may not be well, and those that speak to machines.
        """
        return (
            message.models_allowed
            and bool(self._cascade.grey_groups(reading))
            and sign_of(message.text, reading.probabilities, "") is None
            and not gives_orders(message.text[: 4 * _TEXT_CHARS])
        )

    def read(
        self, community_id: str, items: Sequence[GreyItem], is_cancelled: Callable[[], bool] | None = None
    ) -> dict[str, MessageReading]:
        """Return the readings that changed, by message; `stage` says `llm`, or `llm_failed` where it was asked in vain.

        Raises:
            ModelCancelled: `is_cancelled` said so; nothing is lost, the messages still wait.
        """
        found: dict[str, MessageReading] = {}
        left = self._calls_left(community_id) if items else 0
        is_away = False
        for locale, batch in _batches(items):
            if left <= 0:
                break  # what is beyond the day's share keeps its local word
            left -= 1
            if is_away:
                found |= _failed(batch)
                continue
            try:
                found |= self._asked(community_id, locale, batch, is_cancelled)
            except ModelCancelled:
                raise
            except ModelError as error:
                is_away = isinstance(error, ModelUnavailable | ModelTimeout | BudgetExceeded)
                found |= _failed(batch)
        return found

    def _calls_left(self, community_id: str) -> int:
        with self._store.read(community_id) as unit:
            midnight = unit.now.replace(hour=0, minute=0, second=0, microsecond=0)
            made = unit.session.scalar(
                select(func.count())
                .select_from(LlmCall)
                .where(LlmCall.feature == FEATURE, LlmCall.created_at >= midnight, LlmCall.created_at < midnight + _DAY)
            )
        return self._limits.calls_per_day - (made or 0)

    def _asked(
        self, community_id: str, locale: str, batch: Sequence[GreyItem], is_cancelled: Callable[[], bool] | None
    ) -> dict[str, MessageReading]:
        shown, controls = _shown(batch, locale)
        prompt = self._prompts.get(PROMPT_ID, locale).render(
            {"fence_rule": FENCE_RULE[locale], "count": str(len(shown)), "messages": _blocks(shown)}
        )
        ask = Ask(
            feature=FEATURE, community_id=community_id, prompt=prompt, output=_answer_model(list(shown)),
            validate=lambda answer: _incomplete(answer, shown, locale),
        )  # fmt: skip
        with self._cascade.costs.timed("llm", 0):
            answer = self._model.ask(ask, is_cancelled=is_cancelled)
            said = {verdict.message: verdict for verdict in answer.value.verdicts}
            by = f"{PROMPT_ID}@{prompt.version}:{answer.model}"[:120]
            is_believed = all(_is_right(said[alias], wanted) for alias, wanted in controls.items())
            moved = {
                item.message.id: self._moved(item, said[alias], by)
                for alias, item in shown.items()
                if isinstance(item, GreyItem)
            } if is_believed else _failed(batch)  # fmt: skip
        decided = sum(reading.stage == "llm" for reading in moved.values())
        self._cascade.costs.add("llm", self._cost(answer, len(batch), decided))
        return moved

    def _moved(self, item: GreyItem, verdict: GreyVerdict, by: str) -> MessageReading:
        """Return the reading with the groups moved that the verdict speaks of; `unsure` and unquoted words move nothing."""
        to: dict[str, float] = {}
        for group, (share, low, high) in self._cascade.grey_groups(item.reading).items():
            if verdict.label == "none":
                to[group] = _shifted(share, 1.0 / _WEIGHT, low, high)
            elif _GROUPS.get(verdict.label) == group and _is_quoted(verdict.quote, item.message.text):
                to[group] = _shifted(share, _WEIGHT, low, high)
        return replace(self._cascade.moved(item.message, item.reading, to, by, item.context), stage="llm")

    def _cost(self, answer: Answer[Any], messages: int, decided: int) -> StageCost:
        prompt, completion = self._limits.prices
        money = (answer.prompt_tokens * prompt + answer.completion_tokens * completion) / 1e6
        return StageCost(messages, decided, 0.0, answer.prompt_tokens + answer.completion_tokens, money)


def _batches(items: Sequence[GreyItem]) -> Iterator[tuple[str, Sequence[GreyItem]]]:
    by_locale: dict[str, list[GreyItem]] = {"zh-CN": [], "en": []}
    for item in items:
        by_locale["en" if item.reading.language == "en" else "zh-CN"].append(item)
    for locale, own in by_locale.items():
        for start in range(0, len(own), BATCH):
            yield locale, own[start : start + BATCH]


def _failed(batch: Sequence[GreyItem]) -> dict[str, MessageReading]:
    return {item.message.id: replace(item.reading, stage="llm_failed") for item in batch}


def _shown(batch: Sequence[GreyItem], locale: str) -> tuple[dict[str, GreyItem | str], dict[str, str]]:
    """Return messages and controls by alias, and what each control must be labelled."""
    entries: list[GreyItem | str] = list(batch)
    wanted: dict[str, str] = {}
    seed = hashlib.sha256("\x1f".join(item.message.id + item.message.text for item in batch).encode()).digest()
    for place, (text, label) in zip(seed, _CONTROLS[locale], strict=False):
        entries.insert(place % (len(entries) + 1), text)
        wanted[text] = label
    shown = {f"M{number}": entry for number, entry in enumerate(entries, start=1)}
    return shown, {alias: wanted[entry] for alias, entry in shown.items() if isinstance(entry, str)}


def _blocks(shown: Mapping[str, GreyItem | str]) -> str:
    blocks: list[str] = []
    for alias, entry in shown.items():
        if isinstance(entry, str):
            blocks.append(f"{alias}:\n{fence(alias, entry, _TEXT_CHARS)}")
            continue
        before = [
            fence(f"{alias} before {place} by {_who(line, entry.message)}", line.text, _CONTEXT_CHARS)
            for place, line in enumerate(entry.shown, start=1)
        ]
        blocks.append("\n".join([f"{alias}:", *before, fence(alias, entry.message.text, _TEXT_CHARS)]))
    return "\n\n".join(blocks)


def _who(line: Earlier, message: MessageInput) -> str:
    return "the same person" if line.sender_id == message.sender_id else "somebody else"


def _answer_model(aliases: Sequence[str]) -> type[GreyAnswer]:
    """Return `GreyAnswer` narrowed to these aliases: an endpoint that enforces a schema cannot invent one."""
    # `Literal[...]` cannot be spelled with values that are known only at run time.
    known: Any = Literal.__getitem__(tuple(aliases))
    verdict: Any = create_model("GreyVerdict", __base__=GreyVerdict, __doc__=GreyVerdict.__doc__, message=(known, ...))
    return create_model(
        "GreyAnswer", __base__=GreyAnswer, __doc__=GreyAnswer.__doc__,
        verdicts=(list[verdict], Field(min_length=len(aliases), max_length=len(aliases))),
    )  # fmt: skip


def _incomplete(answer: GreyAnswer, shown: Mapping[str, object], locale: str) -> list[str]:
    missing = sorted(set(shown) - {verdict.message for verdict in answer.verdicts})
    if not missing:
        return []
    names = ", ".join(missing)
    return [f"缺少标签：{names}" if locale == "zh-CN" else f"these have no label: {names}"]


def _is_right(verdict: GreyVerdict, wanted: str) -> bool:
    return _GROUPS.get(verdict.label, verdict.label) == wanted


def _is_quoted(quote: str, text: str) -> bool:
    """Whether the words stand in the message, as stored or as it was shown."""
    return bool(quote) and (quote in text or quote in neutralise(text))


def _shifted(share: float, weight: float, low: float, high: float) -> float:
    """Return a probability after evidence of this weight (a likelihood ratio), kept within the half-open band."""
    odds = weight * share / max(1.0 - share, 1e-6)
    return min(max(odds / (1.0 + odds), low), math.nextafter(high, 0.0))
