"""Reasons worded by a model: it writes around placeholders, code puts the quotes in, and every sentence is checked.

A sentence that breaks a rule is thrown away by itself, and the template's stays. Names, ids and quotes never pass
through the model's hands: it cannot alter what it does not write.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, create_model

from copilot.errors import InvalidInput, ModelCancelled, ModelError
from copilot.language.contacts import holds_contact
from copilot.llm.fence import FENCE_RULE, fence
from copilot.llm.structured import Ask, StructuredModel
from copilot.matching.models import Degraded, Evidence, MatchItem, Reason
from copilot.matching.reasons import UnboundReason, verify_reasons
from copilot.matching.records import Locale
from copilot.matching.scores.scoring import strength
from copilot.matching.wording import DIRECTIONS_TOLD, NO_MODEL, NOT_WORDED, STRENGTHS
from copilot.prompts import PromptLibrary

FEATURE = "matching:reasons"
PROMPT_ID = "matching/reasons"
# Reasons of one request; a longer list is worded by templates.
MAX_WORDED_MATCHES = 10
_QUOTE_CHARS = 160
_SENTENCE_CHARS: dict[Locale, int] = {"zh-CN": 60, "en": 160}
_PLACEHOLDER = re.compile(r"\[(E\d{1,3}|NAME)\]")
_QUOTES = '「」『』“”"‘’«»《》'
_FORBIDDEN = re.compile(rf"[\d{_QUOTES}<>\[\]|`*#\n]|(?<![A-Za-z])[RE]\d")
_HAN = re.compile(r"[\u3400-\u9fff]")
_QUOTED: dict[Locale, str] = {"zh-CN": "「{quote}」（{record_id}）", "en": "“{quote}” ({record_id})"}


class ReasonWords(BaseModel):
    """One sentence as a model answers it."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^R\d{1,3}$")]
    sentence: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600)]


class ReasonsAnswer(BaseModel):
    """What a model answers."""

    model_config = ConfigDict(extra="forbid")

    sentences: list[ReasonWords] = Field(min_length=1, max_length=3 * MAX_WORDED_MATCHES)


@dataclass(frozen=True)
class Told:
    """A reason as the model knows it: what it rests on by alias, and whose name stands for [NAME]."""

    reason: Reason
    name: str
    quotes: Mapping[str, Evidence]


@dataclass(frozen=True)
class Worded:
    """Matches with reasons as far as the model worded them, and what was given up."""

    items: list[MatchItem]
    degraded: Degraded | None


class ReasonWriter:
    """Words reasons with the configured model. Safe to share between threads."""

    def __init__(self, prompts: PromptLibrary, model: StructuredModel | None) -> None:
        self._prompts = prompts
        self._model = model

    def write(
        self,
        community_id: str,
        locale: Locale,
        items: Sequence[MatchItem],
        records: Mapping[str, str],
        is_cancelled: Callable[[], bool] | None = None,
    ) -> Worded:
        """Return the matches with their reasons worded anew; facts such as a shared city keep their template.

        Args:
            community_id: whose budget pays.
            locale: language of the sentences.
            items: at most ten matches.
            records: every text that may be quoted, by record id.
            is_cancelled: asked while the model writes.

        Raises:
            ModelCancelled: `is_cancelled` said so.
        """
        told = _tell(items)
        if not told:
            return Worded(list(items), None)
        if self._model is None:
            return Worded(list(items), no_writer(locale))
        ask = Ask(
            feature=FEATURE, community_id=community_id, output=answer_model(list(told)),
            prompt=self._prompts.get(PROMPT_ID, locale).render(prompt_variables(told, locale)),
        )  # fmt: skip
        try:
            answer = self._model.ask(ask, is_cancelled=is_cancelled).value
        except ModelCancelled:
            raise
        except ModelError as error:
            return Worded(list(items), _given_up(locale, error.code, len(told)))
        kept: dict[str, Reason] = {}
        for words in answer.sentences:
            reason = bound(told[words.reason], words.sentence, locale, records) if words.reason in told else None
            if reason is not None:
                kept.setdefault(words.reason, reason)
        missing = len(told) - len(kept)
        degraded = _given_up(locale, "sentences_rejected", missing) if missing else None
        return Worded(_replaced(items, told, kept), degraded)


def no_writer(locale: Locale) -> Degraded:
    """Return why templates were used where nothing is there to ask a model with."""
    return Degraded(code="no_model", message=NO_MODEL[locale])


def check_worded(n: int) -> None:
    """Pass when the reasons of `n` matches can be worded in one request.

    Raises:
        InvalidInput: they are too many.
    """
    if n > MAX_WORDED_MATCHES:
        raise InvalidInput(
            f"a model words the reasons of at most {MAX_WORDED_MATCHES} matches at once",
            field="n",
            limit=MAX_WORDED_MATCHES,
        )


def answer_model(aliases: Sequence[str]) -> type[ReasonsAnswer]:
    """Return `ReasonsAnswer` narrowed to these aliases: an endpoint that enforces a schema cannot invent one."""
    # `Literal[...]` cannot be spelled with values that are known only at run time.
    known: Any = Literal.__getitem__(tuple(aliases))
    words: Any = create_model("ReasonWords", __base__=ReasonWords, __doc__=ReasonWords.__doc__, reason=(known, ...))
    return create_model(
        "ReasonsAnswer", __base__=ReasonsAnswer, __doc__=ReasonsAnswer.__doc__,
        sentences=(list[words], Field(min_length=1, max_length=len(aliases))),
    )  # fmt: skip


def prompt_variables(told: Mapping[str, Told], locale: Locale) -> dict[str, str]:
    """Return what the prompt is filled with; every word of a member stands inside a fence."""
    blocks = []
    for alias, item in told.items():
        words = STRENGTHS[locale][strength(item.reason.strength)]
        kind = DIRECTIONS_TOLD[locale]["forward" if item.reason.kind == "forward" else "backward"]
        quotes = [fence(name, evidence.quote, _QUOTE_CHARS) for name, evidence in item.quotes.items()]
        blocks.append("\n".join([f"{alias}: {kind} ({words})", *quotes]))
    return {
        "fence_rule": FENCE_RULE[locale], "count": str(len(told)), "reasons": "\n\n".join(blocks),
        "sentence_chars": str(_SENTENCE_CHARS[locale]),
    }  # fmt: skip


def bound(told: Told, sentence: str, locale: Locale, records: Mapping[str, str]) -> Reason | None:
    """Return the reason with a model's sentence, its quotes put in; None when the sentence breaks a rule."""
    used = _PLACEHOLDER.findall(sentence)
    if sorted(name for name in used if name != "NAME") != sorted(told.quotes) or used.count("NAME") > 1:
        return None
    words = _PLACEHOLDER.sub("", sentence)
    if _FORBIDDEN.search(words) or holds_contact(words) or not 2 <= len(words) <= 2 * _SENTENCE_CHARS[locale]:
        return None
    if bool(_HAN.search(words)) != (locale == "zh-CN"):
        return None

    def put_in(found: re.Match[str]) -> str:
        if found[1] == "NAME":
            return told.name
        evidence = told.quotes[found[1]]
        return _QUOTED[locale].format(quote=evidence.quote, record_id=evidence.record_id)

    reason = told.reason.model_copy(update={"text": _PLACEHOLDER.sub(put_in, sentence), "worded_by": "model"})
    try:
        verify_reasons([reason], records)
    except UnboundReason:
        return None
    return reason


def _tell(items: Sequence[MatchItem]) -> dict[str, Told]:
    """Return the reasons that rest on members' sentences, by alias, in the order of the matches."""
    told: dict[str, Told] = {}
    quotes = 0
    for item in items:
        for reason in item.reasons:
            if reason.kind in {"forward", "backward"}:
                named = {f"E{quotes + number}": evidence for number, evidence in enumerate(reason.evidence, start=1)}
                quotes += len(named)
                told[f"R{len(told) + 1}"] = Told(reason, item.target_name, named)
    return told


def _replaced(items: Sequence[MatchItem], told: Mapping[str, Told], kept: Mapping[str, Reason]) -> list[MatchItem]:
    new = {id(told[alias].reason): reason for alias, reason in kept.items()}
    return [
        item.model_copy(update={"reasons": [new.get(id(reason), reason) for reason in item.reasons]}) for item in items
    ]


def _given_up(locale: Locale, code: str, count: int) -> Degraded:
    return Degraded(code=code, message=NOT_WORDED[locale].format(count=count, code=code))
