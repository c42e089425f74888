"""Measures of drafts: how long their sentences are, and how much of them was there before."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

# A full stop inside a number or an address ends nothing.
_END = re.compile(r"[。！？!?；;\n]+|\.(?=\s|$)")
_UNIT = re.compile(r"[\u3400-\u9fff]|[A-Za-z]+(?:['’-][A-Za-z]+)*|\d+(?:[.,:]\d+)*")
_SHINGLE = 4


def reading_units(text: str) -> list[str]:
    """Return what a reader takes in one at a time: Han characters, words of letters, numbers."""
    return _UNIT.findall(unicodedata.normalize("NFKC", text))


def sentence_lengths(text: str) -> list[int]:
    """Return the number of reading units of each sentence; of the empty text none."""
    return [size for part in _END.split(text) if (size := len(reading_units(part)))]


def novelty(text: str, known: Sequence[str]) -> float:
    """Return the share of runs of four units that none of the `known` texts holds: 1 is all new, 0 all copied.

    A text of fewer than four units is one run.

    Raises:
        ValueError: the text holds no unit.
    """
    own = _shingles(text)
    if not own:
        raise ValueError("an empty text is neither new nor old")
    before = {run for one in known for run in _shingles(one)}
    return len(own - before) / len(own)


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    units = [unit.casefold() for unit in reading_units(text)]
    if not units:
        return frozenset()
    return frozenset(tuple(units[at : at + _SHINGLE]) for at in range(max(1, len(units) - _SHINGLE + 1)))
