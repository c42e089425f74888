"""When two messages of one sender are the same act: pasted again, small changes ignored."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache

from copilot.language.normalise import normalise

COPY_WINDOW = timedelta(hours=72)
_MAX_CHARS = 2_000
_ALIKE = 0.7  # share of common letter trigrams
_LONG_ENOUGH = 20  # letters; shorter lines look alike by chance, so that they must be the same


@lru_cache(maxsize=4_096)  # the same open cases are compared with every new message of their sender
def letters_of(text: str) -> str:
    """Return the letters of a text as they are compared: normalised, without digits, signs and spaces."""
    return "".join(c for c in normalise(text[:_MAX_CHARS]).text if c.isalpha())


def is_copy(one: str, other: str) -> bool:
    """Whether two texts, given as `letters_of` returns them, are one text with small changes; empty ones never are."""
    if not one or not other:
        return False
    if one == other:
        return True
    if min(len(one), len(other)) < _LONG_ENOUGH:
        return False
    first, second = _trigrams(one), _trigrams(other)
    return len(first & second) >= _ALIKE * len(first | second)


def _trigrams(letters: str) -> set[str]:
    return {letters[i : i + 3] for i in range(len(letters) - 2)}
