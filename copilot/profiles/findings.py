"""What was found in a text: a sentence of one aspect, or the value of one field, each with its exact quote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["is", "has", "wants"]
# Single values a profile holds beside its sentences; a sentence has the empty field.
Field = Literal["", "city", "industry", "role", "stage", "skill"]
ASPECT_OF_FIELD: dict[Field, Kind] = {"city": "is", "industry": "is", "role": "is", "stage": "is", "skill": "has"}
MAX_TEXT_CHARS = 300


@dataclass(frozen=True)
class Finding:
    """One proposal in the making.

    Attributes:
        text: what would be stored: the quote itself, or for a field its usual name.
        start: half-open span of the quote in the source; `quote` is exactly source[start:end].
    """

    aspect: Kind
    field: Field
    text: str
    quote: str
    start: int
    end: int

    @classmethod
    def sentence(cls, aspect: Kind, source: str, start: int, end: int) -> Finding:
        """Return a sentence: the slice is both text and quote."""
        return cls(aspect, "", source[start:end], source[start:end], start, end)

    @classmethod
    def value(cls, field: Field, text: str, source: str, start: int, end: int) -> Finding:
        """Return the value of a field that the slice gives away."""
        return cls(ASPECT_OF_FIELD[field], field, text, source[start:end], start, end)

    def overlaps(self, start: int, end: int) -> bool:
        """Whether the quote shares a character with the span."""
        return self.start < end and start < self.end
