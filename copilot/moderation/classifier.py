"""Rude words and whom they are aimed at: features of the models of public comments and of the room model."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from copilot.language.ngrams import NgramSpec
from copilot.language.sounds import heard
from copilot.language.terms import Term, TermIndex, read_terms

CUES = (
    "strong", "strong_at_you", "strong_at_self", "strong_quoted", "strong_near_thing", "condemns", "plays",
    "you", "self", "mention", "question", "exclaims", "length",
)  # fmt: skip
_REACH = 8
_FOLDER = Path(__file__).parent / "data"
_QUOTED = re.compile(r"[“\"「『‘]([^”\"」』’]{1,60})[”\"」』’]")
_MENTION = re.compile(r"@\S")
_CLAUSE_END = frozenset(",.!?;。，！？；\n")
_TERMS_FILE = _FOLDER / "insult_terms.txt"
_INDEX = TermIndex(read_terms(_TERMS_FILE))


def strong_spans(plain: str) -> list[tuple[int, int]]:
    """Return the half-open spans of the rude words of a normalised text."""
    return [(term.start, term.end) for term in _INDEX.find(plain) if term.group == "strong"]


def terms_version() -> str:
    """Return 8 hexadecimal digits that change with the word lists."""
    return hashlib.sha256(_TERMS_FILE.read_bytes()).hexdigest()[:8]


def spec(language: str) -> NgramSpec:
    """Return the n-grams of the model of `language`."""
    if language == "zh":
        return NgramSpec(orders=(1, 2, 3), word_orders=(1,), bits=18)
    return NgramSpec(orders=(2, 3, 4), word_orders=(1, 2), bits=17)


def seen(language: str, plain: Sequence[str]) -> list[str]:
    """Return what the model of public comments in `language` counts n-grams of: Chinese is read with its sounds."""
    return [heard(text) for text in plain] if language == "zh" else list(plain)


def cues(plain: Sequence[str]) -> NDArray[np.float32]:
    """Return (n, len(CUES)) hand-made features of normalised texts."""
    return np.array([_cues(text) for text in plain], dtype=np.float32).reshape(len(plain), len(CUES))


def _cues(text: str) -> list[float]:
    found = list(_INDEX.find(text))
    quoted = [match.span(1) for match in _QUOTED.finditer(text)]
    strong = [term for term in found if term.group == "strong"]
    groups = {term.group for term in found}
    mentions = bool(_MENTION.search(text))
    return [
        math.log1p(len(strong)),
        math.log1p(sum(_near(term, found, "you", text) for term in strong)),
        math.log1p(sum(_near(term, found, "self", text) for term in strong)),
        math.log1p(sum(any(a <= term.start and term.end <= b for a, b in quoted) for term in strong)),
        math.log1p(sum(_near(term, found, "thing", text) for term in strong)),
        float("condemn" in groups),
        float("play" in groups),
        float("you" in groups),
        float("self" in groups),
        float(mentions),
        float("?" in text),
        float("!" in text),
        math.log1p(len(text)) / 6,
    ]


def _near(term: Term, found: Sequence[Term], group: str, text: str) -> bool:
    """Whether a word of `group` stands in the same clause, within a few characters of `term`."""
    for other in found:
        if other.group != group:
            continue
        start, end = (other.end, term.start) if other.end <= term.start else (term.end, other.start)
        if 0 <= end - start <= _REACH and not _CLAUSE_END.intersection(text[start:end]):
            return True
    return False
