"""Measures of ranked lists: rank and hit of the first relevant item, nDCG and recall by grades, who is shown how often."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence


def first_relevant_rank(ranked: Sequence[str], relevant: Collection[str]) -> int | None:
    """Return the 1-based rank of the first relevant item, or None when the list holds none.

    Raises:
        ValueError: an item is listed twice, or nothing is relevant (then there is nothing to measure).
    """
    if not relevant:
        raise ValueError("nothing is relevant: there is nothing to measure")
    _check_once(ranked)
    return next((rank for rank, item in enumerate(ranked, start=1) if item in relevant), None)


def hit(rank: int | None, k: int) -> float:
    """Return 1.0 when the rank is within the first `k`, else 0.0; None is a miss."""
    return float(rank is not None and rank <= k)


def reciprocal(rank: int | None) -> float:
    """Return 1 / rank, 0.0 for a miss."""
    return 0.0 if rank is None else 1.0 / rank


def gain(grade: int) -> float:
    """Return what a target of `grade` is worth to the asker: 2^grade - 1 (Burges et al. 2005)."""
    return float(2**grade - 1)


def ndcg(ranked: Sequence[str], grades: Mapping[str, int], k: int) -> float:
    """Return the normalised discounted cumulative gain of the first `k`, 0-1 (Järvelin and Kekäläinen 2002).

    Who is not in `grades` has grade 0. The discount of rank r is log2(r + 1); the ideal list holds the best `k` grades.

    Raises:
        ValueError: an item is listed twice, or nothing is relevant (then there is nothing to measure).
    """
    _check_once(ranked)
    ideal = _discounted(sorted(grades.values(), reverse=True)[:k])
    if ideal <= 0.0:
        raise ValueError("nothing is relevant: there is nothing to measure")
    return _discounted([grades.get(item, 0) for item in ranked[:k]]) / ideal


def recall(ranked: Sequence[str], relevant: Collection[str], k: int) -> float:
    """Return the share of `relevant` that is among the first `k`; at most `k` can be.

    Raises:
        ValueError: an item is listed twice, or nothing is relevant.
    """
    _check_once(ranked)
    if not relevant:
        raise ValueError("nothing is relevant: there is nothing to measure")
    return sum(item in relevant for item in ranked[:k]) / len(relevant)


def gini(counts: Sequence[float]) -> float:
    """Return the Gini coefficient of exposure: 0 when all are shown equally often, near 1 when one is shown always.

    Raises:
        ValueError: nobody, a negative count, or nobody was ever shown.
    """
    ordered = sorted(counts)
    total = sum(ordered)
    if not ordered or ordered[0] < 0 or total <= 0:
        raise ValueError("exposure needs counts of 0 and more, one of them above 0")
    n = len(ordered)
    return sum((2 * rank - n - 1) * count for rank, count in enumerate(ordered, start=1)) / (n * total)


def _discounted(grades: Sequence[int]) -> float:
    return sum(gain(grade) / math.log2(rank + 1) for rank, grade in enumerate(grades, start=1))


def _check_once(ranked: Sequence[str]) -> None:
    if len(set(ranked)) != len(ranked):
        raise ValueError("a ranked list names an item twice")
