"""Are two runs different? Paired tests on the cases both have: a seeded permutation test and a bootstrap of the difference.

Both work on sums by cluster, (c, m) for each run, and a function from sums (b, m) to values (b,), so that shares, means,
precision and macro-F1 are all compared in the same way. Cases of one cluster are swapped and drawn together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.metrics.intervals import RESAMPLES, SEED, Interval

# The least p-value is one over this; with hundreds of figures compared at once it must be far below .05 / hundreds.
PERMUTATIONS = 20_000
_EXACT_UP_TO = 13  # clusters that differ: 8,192 ways to swap them
_BLOCK = 2_000
Sums = NDArray[np.float64]
Of = Callable[[Sums], NDArray[np.float64]]


@dataclass(frozen=True)
class PairedTest:
    """What two runs show on the same cases: second less first, its interval, and the chance of as much by swapping.

    `p_value` is two-sided; `method` says whether all ways to swap were tried (`exact`) or `PERMUTATIONS` of them.
    """

    difference: float
    interval: Interval
    p_value: float
    method: str


def paired_test(first: Sums, second: Sums, of: Of) -> PairedTest:
    """Compare two runs by clusters.

    Args:
        first: (c, m) sums of each cluster in the first run.
        second: the same clusters in the second run.
        of: from sums (b, m) to the statistic (b,); NaN where it is not defined.

    Raises:
        ValueError: the shapes differ, there is no cluster, or the statistic is not defined for one of the runs.
    """
    if first.shape != second.shape or not len(first):
        raise ValueError("a paired test needs the same clusters in both runs, one at least")
    both = of(np.stack([first.sum(axis=0), second.sum(axis=0)]))
    if np.isnan(both).any():
        raise ValueError("the statistic is not defined for one of the runs")
    difference = float(both[1] - both[0])
    changed = (first != second).any(axis=1)
    if not changed.any():
        return PairedTest(0.0, Interval(0.0, 0.0, "identical"), 1.0, "identical")
    p_value, method = _permuted(first, second, changed, of, abs(difference))
    return PairedTest(difference, _drawn(first, second, of, difference), p_value, method)


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values adjusted for all being looked at together (Holm 1979), in the same order.

    Raises:
        ValueError: one is no probability.
    """
    if any(not 0.0 <= p <= 1.0 for p in p_values):
        raise ValueError("a p-value lies between 0 and 1")
    adjusted, largest = [0.0] * len(p_values), 0.0
    for rank, at in enumerate(sorted(range(len(p_values)), key=lambda at: p_values[at])):
        largest = max(largest, min(1.0, p_values[at] * (len(p_values) - rank)))
        adjusted[at] = largest
    return adjusted


def _permuted(first: Sums, second: Sums, changed: NDArray[np.bool_], of: Of, seen: float) -> tuple[float, str]:
    """Return how often swapping clusters between the runs gives a difference as large as the one seen."""
    # Clusters that are alike in both runs stay what they are, whoever they are given to.
    same = first[~changed].sum(axis=0)
    one, other = first[changed], second[changed]
    total = one.sum(axis=0) + other.sum(axis=0)
    exact = len(one) <= _EXACT_UP_TO
    ways = 2 ** len(one) if exact else PERMUTATIONS
    draw = np.random.default_rng(SEED)
    as_large = 0
    for start in range(0, ways, _BLOCK):
        size = min(_BLOCK, ways - start)
        if exact:
            swapped = (np.arange(start, start + size)[:, None] >> np.arange(len(one))) & 1
        else:
            swapped = draw.integers(0, 2, size=(size, len(one)))
        left = swapped @ other + (1 - swapped) @ one
        found = np.abs(of(total - left + same) - of(left + same))
        # Undefined counts as large: it must not make a difference look rarer than it is.
        as_large += int((np.isnan(found) | (found >= seen - 1e-12)).sum())
    return (as_large / ways, "exact") if exact else ((as_large + 1) / (ways + 1), "permutation")


def _drawn(first: Sums, second: Sums, of: Of, difference: float) -> Interval:
    count = len(first)
    draws = np.random.default_rng(SEED).multinomial(count, np.full(count, 1 / count), size=RESAMPLES)
    found = of(draws @ second) - of(draws @ first)
    found = found[~np.isnan(found)]
    if not len(found):
        return Interval(difference, difference, "bootstrap")
    low, high = np.percentile(found, [2.5, 97.5])
    return Interval(float(low), float(high), "bootstrap")
