"""How well a member's own words answer a question: cosines made comparable, and words in common. Arrays in, no I/O.

Raw cosines of e5 crowd together, differ by language and favour texts that are close to everything. So vectors are
centred by language and side, and a pair is held against what is nearest to each of the two anyway (cross-domain
similarity local scaling, Conneau et al. 2018, "Word translation without parallel data").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from copilot.embeddings.base import Embedder
from copilot.language.script import detect_language
from copilot.language.words import content_words
from copilot.topics.reference_texts import QUESTIONS, STATEMENTS

Vectors = NDArray[np.float32]
Scores = NDArray[np.float64]
_SHORTEST = 1e-6


@dataclass(frozen=True)
class FitWeights:
    """Constants of the fit.

    Chosen on the sample: of 24 open questions with a member who plainly knows (paired by hand), the fit puts that member
    first in 15 and among the first five in 20. The two bounds were set by reading the topics of all its members: of those
    below about .7 most made no sense. There is no held-out half; a new community will differ.

    Attributes:
        nearest: how many nearest texts a text is held against.
        midpoint: margin at which the fit is one half. Of the sample's 24 pairs above it about two thirds make sense.
        slope: steepness of the logistic, per unit of margin.
        per_word: margin added for each rare word in common, up to `most_words` of them.
        most_words: see `per_word`.
        least_fit: fit 0-1 from which a question is offered to a member.
        best_fit: the same for the member whose words meet the question best of all in the community's sample and share
            a word with it: nobody better to ask is known.
    """

    nearest: int = 20
    midpoint: float = 0.2
    slope: float = 12.0
    per_word: float = 0.06
    most_words: int = 3
    least_fit: float = 0.8
    best_fit: float = 0.6


def text_language(text: str) -> str:
    """Return `zh` for a text in Chinese or in both languages, else `en`."""
    return "zh" if detect_language(text) in {"zh", "mixed"} else "en"


@dataclass(frozen=True)
class Side:
    """Unit vectors (n, d) of texts of one side, with the texts."""

    texts: Sequence[str]
    vectors: Vectors

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The language of each text."""
        return tuple(text_language(text) for text in self.texts)

    def __len__(self) -> int:
        return len(self.texts)


class Reference:
    """The general questions and statements in the embedder's own space; made once, on first use."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    @cached_property
    def questions(self) -> Side:
        """General questions."""
        return self._embed(QUESTIONS)

    @cached_property
    def statements(self) -> Side:
        """General things that people say of themselves."""
        return self._embed(STATEMENTS)

    def _embed(self, texts: Mapping[str, Sequence[str]]) -> Side:
        flat = [text for language in sorted(texts) for text in texts[language]]
        return Side(flat, np.asarray(self._embedder.embed_documents(flat), dtype=np.float32))


class Space:
    """Compares questions with statements against the background of what the community usually says."""

    def __init__(self, questions: Side, statements: Side, weights: FitWeights) -> None:
        """Estimate from background texts of both sides, the general ones included; neither may be empty."""
        self._weights = weights
        self._means = {"question": _means(questions), "statement": _means(statements)}
        self._questions = self._centred("question", questions)
        self._statements = self._centred("statement", statements)

    def margins(self, questions: Side, statements: Side) -> Scores:
        """Return how far each pair stands out, (questions, statements): above 0 is closer than usual for both."""
        if not len(questions) or not len(statements):
            return np.zeros((len(questions), len(statements)))
        asked, said = self._centred("question", questions), self._centred("statement", statements)
        near_asked = _nearest_mean(asked @ self._statements.T, self._weights.nearest)
        near_said = _nearest_mean(said @ self._questions.T, self._weights.nearest)
        result: Scores = 2.0 * (asked @ said.T).astype(np.float64) - near_asked[:, None] - near_said[None, :]
        return result

    def fits(self, questions: Side, statements: Side, common: frozenset[str]) -> Scores:
        """Return the fit of each pair, 0-1, rising; words in `common` are too usual to count as shared."""
        margins = self.margins(questions, statements)
        asked = [content_words(text) - common for text in questions.texts]
        said = [content_words(text) - common for text in statements.texts]
        shared = np.array([[len(one & other) for other in said] for one in asked], dtype=np.float64)
        lexical = self._weights.per_word * np.minimum(shared.reshape(margins.shape), self._weights.most_words)
        return _logistic(self._weights.slope * (margins + lexical - self._weights.midpoint))

    def _centred(self, side: str, texts: Side) -> Vectors:
        if not len(texts):
            return texts.vectors
        means = self._means[side]
        shifted = texts.vectors - np.stack([means[language] for language in texts.languages])
        lengths = np.linalg.norm(shifted, axis=1, keepdims=True)
        plain = lengths[:, 0] < _SHORTEST
        shifted[plain], lengths[plain] = texts.vectors[plain], 1.0
        unit: Vectors = (shifted / lengths).astype(np.float32)
        return unit


def usual_words(texts: Sequence[str], share: float = 0.05) -> frozenset[str]:
    """Return the content words that occur in more than `share` of the texts, and in at least four of them."""
    counts: dict[str, int] = {}
    for text in texts:
        for word in content_words(text):
            counts[word] = counts.get(word, 0) + 1
    return frozenset(word for word, count in counts.items() if count >= 4 and count > share * len(texts))


def _means(side: Side) -> dict[str, Vectors]:
    """Return the mean vector by language; a language without texts has the mean of all."""
    overall = side.vectors.mean(axis=0)
    means = {}
    for language in ("zh", "en"):
        rows = [row for row, found in enumerate(side.languages) if found == language]
        means[language] = side.vectors[rows].mean(axis=0) if rows else overall
    return means


def _nearest_mean(cosines: NDArray[np.float32], nearest: int) -> Scores:
    count = min(nearest, cosines.shape[1])
    top = np.sort(cosines, axis=1)[:, -count:].astype(np.float64)
    mean: Scores = top.mean(axis=1)
    return mean


def _logistic(values: Scores) -> Scores:
    # Beyond 60 the exponential overflows and the result no longer differs from 0 or 1.
    result: Scores = 1.0 / (1.0 + np.exp(-np.clip(values, -60.0, 60.0)))
    return result
