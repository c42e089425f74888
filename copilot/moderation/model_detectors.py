"""The room model as a part of the cascade: probabilities become signals, an open question and signs of distress.

A signal names the likeliest kind of breach and rests on whole clauses of the stored text. Distress is no breach: it never
becomes a signal, and only those whom the operator named ever see it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from copilot.community.models import Category
from copilot.language.meaning import Meanings
from copilot.language.normalise import Normalised
from copilot.moderation.classifier import strong_spans
from copilot.moderation.models import SEVERITY, MessageInput, MessageReading, Signal
from copilot.moderation.room import COLUMNS, KINDS, SOLICITATION, RoomModel
from copilot.moderation.room_cues import Before

NAME = "room-model"
_SPAN_MAX_CHARS = 60
_CLAUSE = re.compile(r"[^,.!?;。，！？；…~\n]+[!?！？]*")
_WORD_INSIDE = re.compile(r"[a-z0-9']")
_OFFERS = {
    "promotion": Category.UNSOLICITED_PROMOTION,
    "contact_fishing": Category.UNSOLICITED_PROMOTION,
    "scam": Category.SCAM,
}
# Breaches whose chance is one number -> the column that has it; of offers it is the chance that there is none.
GROUPS = {"offensive": "offensive", "solicitation": "solicitation.none"}
_WELCOME = frozenset({"promotion"})  # what a channel for promotion is there for


@dataclass(frozen=True)
class RoomFinding:
    """What the room model says of one message.

    Attributes:
        probabilities: calibrated, by column of the model.
        embedded: the meaning stage decided.
        uncertain: a dearer stage should be asked.
    """

    signals: tuple[Signal, ...]
    is_question: bool
    probabilities: Mapping[str, float]
    embedded: bool
    uncertain: bool


class RoomReader:
    """Reads batches of messages with the room model; safe to share between threads."""

    name = NAME

    def __init__(self, model: RoomModel, meanings: Meanings | None) -> None:
        self._model = model
        self._meanings = meanings
        self._asks = model.threshold("question", "best_f1")
        self.version = model.version + ("+e5" if meanings is not None else "")

    @classmethod
    def load(cls, meanings: Meanings | None = None) -> RoomReader:
        """Read the bundled models; without `meanings` the word stage decides alone.

        Raises:
            TextModelInvalid: a file is missing or damaged.
        """
        return cls(RoomModel.load(), meanings)

    def read(
        self, messages: Sequence[MessageInput], plain: Sequence[Normalised], before: Sequence[Before] | None = None
    ) -> list[RoomFinding]:
        """Return one finding for each message, in order.

        Raises:
            EmbeddingFailed: the embedder failed.
        """
        if not messages:
            return []
        texts = [form.text for form in plain]
        found = self._model.read([message.text for message in messages], texts, before, self._meanings)
        return [
            self._finding(
                found.table[row], message, plain[row],
                embedded=bool(found.embedded[row]), uncertain=bool(found.uncertain[row]),
            )
            for row, message in enumerate(messages)
        ]  # fmt: skip

    @property
    def best_thresholds(self) -> dict[str, float]:
        """Return from which probability on a yes gave the best F1 on our own chat, by group."""
        return {
            name: self._model.threshold(name, "best_f1")
            for name in ("offensive", "solicitation", "distress", "question")
        }

    def grey(self, reading: MessageReading) -> dict[str, tuple[float, float, float]]:
        """Return (probability, low, high) of each group of breaches that this model is not sure of in a reading."""
        found: dict[str, tuple[float, float, float]] = {}
        for group, column in GROUPS.items():
            if column not in reading.probabilities:
                continue
            share = reading.probabilities[column]
            share = share if group == column else 1.0 - share
            low, high = self._model.band(group, "meaning" if reading.embedded else "words")
            if low <= share < high:
                found[group] = (share, low, high)
        return found

    def moved(
        self, message: MessageInput, plain: Normalised, probabilities: Mapping[str, float], to: Mapping[str, float]
    ) -> RoomFinding:
        """Return a finding of `probabilities` with groups set to other ones; kinds within a group keep their shares."""
        shares = np.array([probabilities[name] for name in COLUMNS])
        for group, share in to.items():
            at = COLUMNS.index(GROUPS[group])
            if group == "offensive":
                first, count = 1, len(KINDS)
                held = shares[at]
                shares[at] = share
            else:
                first, count = at + 1, len(SOLICITATION) - 1
                held = 1.0 - shares[at]
                shares[at] = 1.0 - share
            if held > 0.0:
                shares[first : first + count] *= share / held
        return self._finding(shares, message, plain, embedded=False, uncertain=False)

    def _finding(
        self, shares: NDArray[np.float64], message: MessageInput, plain: Normalised, *, embedded: bool, uncertain: bool
    ) -> RoomFinding:
        signals = [
            signal
            for signal in (self._attack(shares, plain), self._offer(shares, plain, message.promo_allowed))
            if signal is not None
        ]
        return RoomFinding(
            signals=tuple(signals),
            is_question=bool(shares[COLUMNS.index("question")] >= self._asks),
            probabilities={name: round(float(shares[column]), 4) for column, name in enumerate(COLUMNS)},
            embedded=embedded,
            uncertain=uncertain,
        )

    def _attack(self, shares: np.ndarray, plain: Normalised) -> Signal | None:
        score = float(shares[0])
        if score < self._model.threshold("offensive", "flag"):
            return None
        kind = KINDS[int(shares[1 : 1 + len(KINDS)].argmax())]
        return self._signal(Category(kind), score, "offensive", plain, kind)

    def _offer(self, shares: np.ndarray, plain: Normalised, promo_allowed: bool) -> Signal | None:
        start = COLUMNS.index("solicitation.none")
        score = 1.0 - float(shares[start])
        kind = SOLICITATION[1 + int(shares[start + 1 : start + len(SOLICITATION)].argmax())]
        if score < self._model.threshold("solicitation", "flag") or (promo_allowed and kind in _WELCOME):
            return None
        return self._signal(_OFFERS[kind], score, "solicitation", plain, f"solicitation.{kind}")

    def _signal(self, category: Category, score: float, group: str, plain: Normalised, column: str) -> Signal:
        start, end = plain.original_span(*evidence(self._model, plain.text, column))
        case = self._model.threshold(group, "case")
        return Signal(
            category=category,
            score=score,
            start=start,
            end=end,
            detector=self.name,
            version=self.version,
            opens_case=score >= case,
            severity=SEVERITY[category],
            threshold=case,
        )


def evidence(model: RoomModel, plain: str, column: str) -> tuple[int, int]:
    """Return the half-open span of the clause of `plain` that moved `column` most; a long clause is cut between words."""
    clauses = [match.span() for match in _CLAUSE.finditer(plain) if any(c.isalnum() for c in match.group())]
    if not clauses:
        return 0, len(plain)
    pull = model.pull(plain, column)
    if column in KINDS:
        lift = float(np.abs(pull).max(initial=0.0)) + 1.0
        for start, end in strong_spans(plain):
            pull[start:end] += lift
    start, end = max(clauses, key=lambda span: (float(pull[span[0] : span[1]].sum()), -span[0]))
    if end - start > _SPAN_MAX_CHARS:
        start, end = _window(plain, pull, start, end)
    while start < end and plain[start].isspace():
        start += 1
    while end > start and plain[end - 1].isspace():
        end -= 1
    return start, end


def _window(plain: str, pull: np.ndarray, start: int, end: int) -> tuple[int, int]:
    """Return the heaviest `_SPAN_MAX_CHARS` of a clause, narrowed to whole Latin words."""
    sums = np.concatenate([[0.0], np.cumsum(pull[start:end])])
    first = start + int(np.argmax(sums[_SPAN_MAX_CHARS:] - sums[:-_SPAN_MAX_CHARS]))
    last = first + _SPAN_MAX_CHARS
    low, high = first, last
    while low < high and low > start and _WORD_INSIDE.match(plain[low]) and _WORD_INSIDE.match(plain[low - 1]):
        low += 1
    while high > low and high < end and _WORD_INSIDE.match(plain[high]) and _WORD_INSIDE.match(plain[high - 1]):
        high -= 1
    return (low, high) if high > low else (first, last)
