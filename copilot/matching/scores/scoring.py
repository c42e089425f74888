"""The arithmetic of a match: calibration, fusion, the mean of each direction, the reciprocal score. Arrays in, no I/O.

Raw cosines of e5 crowd together (0.73-0.96), differ by language and favour texts that are close to everything. So a
cosine is first centred (`background.py`), then compared with how close both texts are to what is nearest to them
anyway (cross-domain similarity local scaling, Conneau et al. 2018), and only then squashed into 0-1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from operator import mul
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


# The fields of `Weights` that are shares of the final score; the rest are constants of relevance.
SHARES = ("relevance", "city", "industry", "language", "activity", "recency", "trust")


class Strength(StrEnum):
    """How sure one can be of a direction or a text pair; the words that sentences use."""

    STRONG = "strong"
    LIKELY = "likely"
    FAINT = "faint"
    NONE = "none"


# Of the dev pairs 9 in 15 are strong; of the best other candidates 4 in 15.
_STRENGTHS = ((0.95, Strength.STRONG), (0.6, Strength.LIKELY), (0.25, Strength.FAINT))


def strength(value: float) -> Strength:
    """Return the word for a relevance 0-1."""
    for least, name in _STRENGTHS:
        if value >= least:
            return name
    return Strength.NONE


class Mutuality(StrEnum):
    """Who gains by a match. Mutual is only what is at least likely in both directions."""

    MUTUAL = "mutual"
    YOU_GAIN = "you_gain"
    THEY_GAIN = "they_gain"


@dataclass(frozen=True)
class Weights:
    """Every constant of the score. Tuned on the `dev` halves of eval/datasets/matching only; eval/README.md says what was tried.

    Attributes:
        relevance, city, industry, language, activity, recency, trust: shares of the final score; they sum to 1.
        midpoint: margin, of the texts and of the profiles together, at which a text pair counts as half relevant.
        slope: steepness of the logistic, per unit of margin.
        profile: how much the margin of the two whole profiles counts beside that of a text pair.
        most_profile: the margin of profiles beyond which nothing more is added, so that no two profiles, however near,
            make a pair of texts that has nothing to say look likely. One pair of members in a hundred reaches it.
        unknown_profile: the margin of profiles of which one has no vector yet: that of any two.
        lexical: how much of the remaining doubt words in common can remove (0 none, 1 all).
        lexical_search: the same for a text that is looked up; such texts are short and their words are meant.
        full_overlap: TF-IDF cosine at which words in common count fully; 1 pair in 10,000 of the sample reaches it.
        ranks: weights of the best text pairs of one direction. A plain mean of three would cut the score of a
            perfect pair to a third in a short profile, so the first counts most.
        one_sided: what a match in one direction alone is worth beside a mutual one.
        low_score: relevance below which no member is proposed. Of the dev pairs 2 in 15 lie below; so do most of the
            third best others.
        low_score_alone: the same where one direction is all there is (resources, events, questions, searches by text).
    """

    relevance: float = 0.84
    city: float = 0.05
    industry: float = 0.03
    language: float = 0.03
    activity: float = 0.01
    recency: float = 0.02
    trust: float = 0.02
    midpoint: float = -0.3
    slope: float = 8.0
    profile: float = 1.0
    most_profile: float = 0.0
    unknown_profile: float = -0.43
    lexical: float = 0.3
    lexical_search: float = 0.7
    full_overlap: float = 0.3
    ranks: tuple[float, ...] = (0.7, 0.2, 0.1)
    one_sided: float = 0.4
    low_score: float = 0.35
    low_score_alone: float = 0.6

    def bar(self, kind: str) -> float:
        """Return the relevance from which on a target of `kind` is good enough."""
        return self.low_score if kind == "member" else self.low_score_alone

    def shares(self) -> dict[str, float]:
        """Return what each component counts in the final score, by its name."""
        return {name: float(getattr(self, name)) for name in SHARES}

    def with_shares(self, shares: Mapping[str, float]) -> Weights:
        """Return the same constants with other shares.

        Raises:
            ValueError: a name is not one of `SHARES` or missing, or they do not sum to 1.
        """
        if set(shares) != set(SHARES):
            raise ValueError(f"shares are {', '.join(SHARES)}; not {', '.join(sorted(shares))}")
        chosen: dict[str, Any] = {name: float(value) for name, value in shares.items()}
        return replace(self, **chosen)

    def __post_init__(self) -> None:
        total = sum(self.shares().values())
        if not abs(total - 1.0) <= 1e-9 or min(self.shares().values()) < 0.0:
            raise ValueError(f"the shares of the score sum to {total}, not 1, or one is negative")


def margins(cosines: Matrix, wants_crowding: Matrix, offers_crowding: Matrix) -> Matrix:
    """Return how far each pair stands out, shape (w, o): twice the cosine minus the crowding of both sides.

    Args:
        cosines: centred cosines (w, o), -1 to 1.
        wants_crowding: mean cosine of each want with the offers nearest to it, (w,).
        offers_crowding: the same for each offer, (o,).
    """
    return 2.0 * cosines - wants_crowding[:, None] - offers_crowding[None, :]


def calibrate(margin: Matrix, weights: Weights) -> Matrix:
    """Return margins as dense relevance 0-1, rising."""
    # Beyond 60 the exponential overflows and the result no longer differs from 0 or 1.
    scaled = np.clip(weights.slope * (margin - weights.midpoint), -60.0, 60.0)
    calibrated: Matrix = 1.0 / (1.0 + np.exp(-scaled))
    return calibrated


def fuse(dense: Matrix, lexical: Matrix, share: float) -> Matrix:
    """Return the relevance of text pairs, 0-1: words in common add to meaning and never take from it.

    A weighted mean would punish good pairs that share no word, such as pairs in two languages.

    Args:
        dense: relevance by meaning, 0-1.
        lexical: words in common, 0-1.
        share: how much of the doubt that meaning leaves can be removed by words, 0-1.
    """
    fused: Matrix = 1.0 - (1.0 - dense) * (1.0 - share * lexical)
    return fused


def direction_score(pairs: Matrix, weights: Weights) -> float:
    """Return the rank-weighted mean of the best text pairs (w, o) of one direction, 0-1; no pairs give 0.

    With fewer pairs than ranks the weights of those that exist are scaled up to sum to 1.
    """
    if pairs.size == 0:
        return 0.0
    # A handful of numbers, dozens of times a request: arrays would take longer.
    best = sorted(pairs.ravel().tolist(), reverse=True)[: len(weights.ranks)]
    ranks = weights.ranks[: len(best)]
    return float(sum(value * rank for value, rank in zip(best, ranks, strict=True)) / sum(ranks))


def reciprocal(forward: float, backward: float) -> float:
    """Return the harmonic mean of the two directions, 0-1: it is small when either is."""
    total = forward + backward
    return 2.0 * forward * backward / total if total > 0.0 else 0.0


def relevance(forward: float, backward: float, weights: Weights) -> tuple[float, Mutuality]:
    """Return (relevance 0-1, who gains): the reciprocal score, or a one-sided match at its lower price.

    With the default price the two meet where the weaker direction is a quarter of the stronger one. That decides what
    the match is worth; who gains is told by what is likely, so that two faint halves are not called mutual.
    """
    worth = max(reciprocal(forward, backward), weights.one_sided * max(forward, backward))
    if {strength(forward), strength(backward)} <= {Strength.STRONG, Strength.LIKELY}:
        return worth, Mutuality.MUTUAL
    return worth, Mutuality.YOU_GAIN if forward >= backward else Mutuality.THEY_GAIN


def total_score(relevance_score: float, context: Mapping[str, float], weights: Weights) -> float:
    """Return the final score 0-1: relevance and the context components (each 0-1) by their shares.

    Components that are absent do not count, and their shares go to those that are there.
    """
    shares = [float(getattr(weights, name)) for name in context]
    whole = weights.relevance + sum(shares)
    weighted = weights.relevance * relevance_score + sum(map(mul, shares, context.values()))
    return float(min(1.0, max(0.0, weighted / whole)))
