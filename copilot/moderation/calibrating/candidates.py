"""What is tried, made ready to flag messages; each says what it costs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import thread_time
from typing import Protocol

from copilot.errors import InvalidInput
from copilot.language.normalise import normalise
from copilot.moderation.calibrating.backtest_models import (
    BacktestSpec,
    DetectorCandidate,
    ModelCandidate,
    PatternCandidate,
    ThresholdCandidate,
)
from copilot.moderation.calibrating.expressions import compile_pattern
from copilot.moderation.calibrating.tuning import Rule, Tuning
from copilot.moderation.calibrating.wording import refusal
from copilot.moderation.cascade import Cascade
from copilot.moderation.models import Context, MessageInput, MessageReading

_MOST_SEARCHED = 1_000  # of a text; with the bounds of a pattern this keeps a search below a millisecond or so

CascadeOf = Callable[[Path], Cascade]


@dataclass(frozen=True)
class Replayed:
    """One message as it was, and what is in force says of it."""

    message: MessageInput
    context: Context
    reading: MessageReading


class Flagger(Protocol):
    """Says which messages it would bring before people."""

    @property
    def own_cpu(self) -> bool:
        """Whether what it takes stands alone, or comes on top of reading as it is now."""
        ...

    def flags(self, messages: Sequence[Replayed]) -> list[bool]:
        """Return a verdict for each message, in order."""
        ...


@dataclass(frozen=True)
class ByTuning:
    """What is in force, or the same readings under another cut."""

    category: str
    tuning: Tuning
    own_cpu: bool = False

    def flags(self, messages: Sequence[Replayed]) -> list[bool]:
        """Return which readings open a case in the category."""
        return [is_flagged(self.tuning, one.reading, self.category) for one in messages]


@dataclass(frozen=True)
class ByPattern:
    """An expression, besides what is in force or instead of it."""

    spec: PatternCandidate
    in_force: ByTuning

    @property
    def own_cpu(self) -> bool:
        """Alone it needs no model."""
        return not self.spec.beside

    def flags(self, messages: Sequence[Replayed]) -> list[bool]:
        """Return which texts hold it, as they were written or once disguises are undone."""
        pattern = compile_pattern(self.spec.pattern)
        found = [_holds(pattern, one.message.text[:_MOST_SEARCHED]) for one in messages]
        if not self.spec.beside:
            return found
        return [one or other for one, other in zip(found, self.in_force.flags(messages), strict=True)]


def _holds(pattern: re.Pattern[str], text: str) -> bool:
    # As written, too: undoing a disguise turns 加薇 into 加微, and whoever writes the pattern has read 加薇.
    return pattern.search(text) is not None or pattern.search(normalise(text).text) is not None


@dataclass(frozen=True)
class ByDetector:
    """One detector alone, from its own score on."""

    category: str
    name: str
    own_cpu: bool = False

    def flags(self, messages: Sequence[Replayed]) -> list[bool]:
        """Return which readings it alone would have opened a case for."""
        return [
            any(s.detector == self.name and s.opens_case and s.category == self.category for s in one.reading.signals)
            for one in messages
        ]


@dataclass(frozen=True)
class ByModel:
    """The whole cascade with another room model."""

    category: str
    cascade: Cascade
    tuning: Tuning
    own_cpu: bool = True

    def flags(self, messages: Sequence[Replayed]) -> list[bool]:
        """Return which messages the other cascade opens a case for."""
        readings = read_again(self.cascade, [one.message for one in messages], [one.context for one in messages])
        return [is_flagged(self.tuning, reading, self.category) for reading in readings]


def make_flagger(spec: BacktestSpec, tuning: Tuning, cascade: Cascade, folder: Path, load: CascadeOf) -> Flagger:
    """Return what `spec` describes.

    Raises:
        InvalidInput: a pattern that could be slow, an unknown detector or model.
        TextModelInvalid: a model's files are damaged.
    """
    category, candidate = spec.category.value, spec.candidate
    if isinstance(candidate, ThresholdCandidate):
        held = tuning.rules.get(category, Rule())
        rule = Rule(held.version + 1, candidate.cut, held.curve)
        return ByTuning(category, tuning.with_rule(category, rule))
    if isinstance(candidate, PatternCandidate):
        compile_pattern(candidate.pattern)
        return ByPattern(candidate, ByTuning(category, tuning))
    if isinstance(candidate, DetectorCandidate):
        return ByDetector(category, checked_detector(candidate, cascade))
    return ByModel(category, load(checked_folder(candidate, folder)), tuning)


def checked_detector(candidate: DetectorCandidate, cascade: Cascade) -> str:
    """Return the detector's name.

    Raises:
        InvalidInput: there is no such detector.
    """
    if candidate.name not in cascade.detector_names:
        known = ", ".join(sorted(cascade.detector_names))
        raise InvalidInput(field="name", **refusal("no_such_detector", name=candidate.name, known=known))
    return candidate.name


def checked_folder(candidate: ModelCandidate, folder: Path) -> Path:
    """Return where the model's files are; its name was checked to be a plain word.

    Raises:
        InvalidInput: there is no such folder.
    """
    found = folder / candidate.name
    if not found.is_dir():
        raise InvalidInput(field="name", **refusal("no_such_model", name=candidate.name))
    return found


def is_flagged(tuning: Tuning, reading: MessageReading, category: str) -> bool:
    """Whether a reading opens a case in `category` under `tuning`."""
    return any(name == category and judged.opens_case for name, judged in tuning.judge(reading).items())


def read_again(cascade: Cascade, messages: Sequence[MessageInput], contexts: Sequence[Context]) -> list[MessageReading]:
    """Return readings as they would be made today, in the light of what stood before."""
    found = cascade.read(messages)
    return [
        cascade.weigh(message, reading, context)
        for message, reading, context in zip(messages, found, contexts, strict=True)
    ]


def timed(flagger: Flagger, messages: Sequence[Replayed]) -> tuple[list[bool], float]:
    """Return the verdicts and the CPU seconds they took."""
    before = thread_time()
    return flagger.flags(messages), thread_time() - before
