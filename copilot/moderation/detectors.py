"""What a detector is. To add one: subclass `RuleDetector` in a file of its own and name it in `cascade.DETECTORS`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Protocol

from copilot.community.models import Category
from copilot.language.normalise import Normalised
from copilot.moderation.models import CASE_SCORE, FLAG_SCORE, SEVERITY, MessageInput, Signal


class Detector(Protocol):
    """Finds one kind of behaviour in a batch of messages."""

    @property
    def name(self) -> str:
        """Stable name, stored with every case."""
        ...

    @property
    def version(self) -> str:
        """Changes whenever the same message could get another score."""
        ...

    @property
    def uses_model(self) -> bool:
        """True if a trained model reads the text: then messages of members without AI consent are not given."""
        ...

    def find(self, messages: Sequence[MessageInput], plain: Sequence[Normalised]) -> list[list[Signal]]:
        """Return the signals of each message, in order."""
        ...


class RuleDetector(ABC):
    """A detector that looks at one message after the other."""

    name: ClassVar[str]
    version: ClassVar[str]
    category: ClassVar[Category]
    uses_model: bool = False

    @abstractmethod
    def find_one(self, message: MessageInput, plain: Normalised, /) -> list[Signal]:
        """Return the signals of one message."""

    def find(self, messages: Sequence[MessageInput], plain: Sequence[Normalised]) -> list[list[Signal]]:
        """Return the signals of each message, in order."""
        return [self.find_one(message, form) for message, form in zip(messages, plain, strict=True)]


def make_signal(detector: RuleDetector, plain: Normalised, span: tuple[int, int], score: float) -> list[Signal]:
    """Return one signal for a span of the normalised text, or none when the score is too low to note."""
    if score < FLAG_SCORE:
        return []
    start, end = plain.original_span(*span)
    return [
        Signal(
            category=detector.category,
            score=min(score, 1.0),
            start=start,
            end=end,
            detector=detector.name,
            version=detector.version,
            opens_case=score >= CASE_SCORE,
            severity=SEVERITY[detector.category],
        )
    ]
