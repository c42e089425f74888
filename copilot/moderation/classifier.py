"""How likely a message attacks somebody: one small linear model for Chinese, one for English, with calibrated scores.

The models rank messages for a person to look at; they never decide. `hate` is not claimed: whether an attack aims at a
group is left to the moderator, because the public training labels do not separate it well.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from copilot.language.linear import LinearTextModel
from copilot.language.ngrams import NgramSpec
from copilot.language.terms import Term, TermIndex, read_terms

CUES = (
    "strong", "strong_at_you", "strong_at_self", "strong_quoted", "strong_near_thing", "condemns", "plays",
    "you", "self", "mention", "question", "exclaims", "length",
)  # fmt: skip
NO_RUDE_WORD = 0.1
_REACH = 8
_SPAN_MAX_CHARS = 40
_FOLDER = Path(__file__).parent / "data"
_QUOTED = re.compile(r"[“\"「『‘]([^”\"」』’]{1,60})[”\"」』’]")
_MENTION = re.compile(r"@\S")
_CLAUSE_END = frozenset(",.!?;。，！？；\n")
_TERMS_FILE = _FOLDER / "insult_terms.txt"
_INDEX = TermIndex(read_terms(_TERMS_FILE))


@dataclass(frozen=True)
class InsultModel:
    """One language's model.

    Attributes:
        case_threshold: score from which on a case is opened (precision chosen on held-back training data).
        flag_threshold: lower score from which on the reading carries the category, so that dashboards can see it.
    """

    model: LinearTextModel
    case_threshold: float
    flag_threshold: float

    @classmethod
    def load(cls, language: str, folder: Path = _FOLDER) -> InsultModel:
        """Read the model of `language` (`zh` or `en`).

        Raises:
            TextModelInvalid: the file is missing, damaged or not the one its card describes.
        """
        model = LinearTextModel.load(folder / f"insult-{language}.npz")
        return cls(model, float(model.card["case_threshold"]), float(model.card["flag_threshold"]))

    @property
    def version(self) -> str:
        """Identifies arrays and thresholds."""
        return f"insult-{self.model.version}-{terms_version()}@{self.case_threshold:.3f}"

    def scores(self, plain: Sequence[str]) -> NDArray[np.float64]:
        """Return (n,) calibrated probabilities 0-1 that each normalised text attacks somebody.

        Where the card says that a rude word is needed, a text without one gets at most `NO_RUDE_WORD`.
        """
        return judge(self.model, plain, needs_rude_word=bool(self.model.card.get("needs_rude_word")))

    def span(self, plain: str) -> tuple[int, int]:
        """Return the half-open span of `plain` that moved the score most; the whole text when nothing stands out."""
        if not plain:
            return 0, 0
        hits = [term for term in _INDEX.find(plain) if term.group == "strong"]
        pull = self.model.pull(plain)
        for term in hits:
            pull[term.start : term.end] += float(np.abs(pull).max(initial=0.0)) + 1.0
        start, end = _heaviest(pull, _SPAN_MAX_CHARS)
        while start < end and not plain[start].isalnum():
            start += 1
        while end > start and not plain[end - 1].isalnum():
            end -= 1
        return _whole_words(plain, start, end) if end > start else (0, len(plain))


def judge(model: LinearTextModel, plain: Sequence[str], *, needs_rude_word: bool) -> NDArray[np.float64]:
    """Return (n,) scores; training measures with the very function that serves."""
    signs = cues(plain)
    found = model.probabilities(plain, signs)[:, 0]
    if needs_rude_word:
        # English: every training tweet holds a word of a rude lexicon, so the model knows nothing of talk without one.
        found = np.where(signs[:, CUES.index("strong")] > 0, found, np.minimum(found, NO_RUDE_WORD))
    return found


def terms_version() -> str:
    """Return 8 hexadecimal digits that change with the word lists."""
    return hashlib.sha256(_TERMS_FILE.read_bytes()).hexdigest()[:8]


def spec(language: str) -> NgramSpec:
    """Return the n-grams of the model of `language`."""
    if language == "zh":
        return NgramSpec(orders=(1, 2), word_orders=(), bits=17)
    return NgramSpec(orders=(2, 3, 4), word_orders=(1, 2), bits=17)


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


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """Widen a span so that it cuts no Latin word in two."""
    while (
        start > 0
        and text[start].isascii()
        and text[start].isalnum()
        and text[start - 1].isascii()
        and text[start - 1].isalnum()
    ):
        start -= 1
    while (
        end < len(text)
        and text[end - 1].isascii()
        and text[end - 1].isalnum()
        and text[end].isascii()
        and text[end].isalnum()
    ):
        end += 1
    return start, end


def _heaviest(pull: NDArray[np.float64], most: int) -> tuple[int, int]:
    """Return the window of at most `most` characters with the largest sum above the text's mean pull."""
    raised = pull - max(float(pull.mean()), 0.0)
    sums = np.concatenate([[0.0], np.cumsum(raised)])
    best, start, end = -math.inf, 0, 0
    for right in range(1, len(sums)):
        left = max(0, right - most)
        lowest = left + int(np.argmin(sums[left:right]))
        if sums[right] - sums[lowest] > best:
            best, start, end = float(sums[right] - sums[lowest]), lowest, right
    return start, end
