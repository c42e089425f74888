"""What a detector is. To add one: subclass `RuleDetector` in a file of its own and name it in `cascade.DETECTORS`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Protocol

from copilot.community.models import Category
from copilot.language.normalise import Normalised
from copilot.moderation.models import CASE_SCORE, FLAG_SCORE, SEVERITY, MessageInput, Signal

_BREAKS = frozenset(' ,.!?;:，。！？；：、…\n"“”‘’()（）[]【】~')
_PHRASE_REST = 6  # characters on either side up to the next mark; farther away the span stays as it was found


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


def make_signal(
    detector: RuleDetector, plain: Normalised, span: tuple[int, int], score: float, *, exact: bool = False
) -> list[Signal]:
    """Return one signal for a span of the normalised text, or none when the score is too low to note.

    The span is widened to whole words and short phrases, unless it is `exact`.
    """
    if score < FLAG_SCORE:
        return []
    start, end = plain.original_span(*(span if exact else whole_phrase(plain.text, *span)))
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


def whole_phrase(text: str, start: int, end: int) -> tuple[int, int]:
    """Widen a span so that it cuts no Latin word or number, and takes in the rest of a short Chinese phrase."""
    while start > 0 and end > start and _is_letter(text[start]) and _is_letter(text[start - 1]):
        start -= 1
    while start < end < len(text) and _is_letter(text[end - 1]) and _is_letter(text[end]):
        end += 1
    for far in range(1, _PHRASE_REST + 1):
        if start - far < 0 or text[start - far] in _BREAKS:
            start = start - far + 1
            break
    for far in range(_PHRASE_REST):
        if end + far >= len(text) or text[end + far] in _BREAKS:
            end = min(end + far, len(text))
            break
    return start, end


def _is_letter(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character in "'_")
