"""Figures with 95 % intervals. Pure arithmetic on numbers; nothing here knows what they mean.

People write in bursts, so messages of one person are not independent: intervals of shares widen by the design effect
of speakers, and bootstraps draw speakers, never messages.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Z95 = 1.959964
DRAWS = 400
Figures = NDArray[np.float64]
_SEED = 20_261_116
_DRAWN_ROWS = 1_000_000  # held at a time
_EXACT_UP_TO = 200  # above, the binomial tail is as good as normal and 0.5**n comes near the smallest float


@dataclass(frozen=True)
class Estimate:
    """A value and the ends of its interval, `low <= value <= high`; both ends are None where none can be given."""

    value: float
    low: float | None = None
    high: float | None = None


def wilson(share_seen: float, n: float) -> tuple[float, float]:
    """Return the Wilson score interval of a share 0-1 seen in `n` > 0 trials (Wilson 1927); `n` need not be whole."""
    spread = Z95**2 / n
    middle = (share_seen + spread / 2) / (1 + spread)
    half = Z95 * math.sqrt(share_seen * (1 - share_seen) / n + spread / (4 * n)) / (1 + spread)
    return max(0.0, min(share_seen, middle - half)), min(1.0, max(share_seen, middle + half))


def share(hits: int, n: int) -> Estimate:
    """Return hits / n with its Wilson interval; `n` is above 0 and the trials are independent."""
    value = hits / n
    return Estimate(value, *wilson(value, n))


def clustered_share(groups: Iterable[tuple[int, int]]) -> Estimate:
    """Return the share of hits over (hits, trials) per person, at least one trial in all.

    Wilson's interval on the effective number of trials n / deff. The design effect is the linearised variance of the
    ratio between persons over the binomial one (Kish 1965), never below 1. Where it cannot be seen, because there is
    one person or all trials are alike, each person counts as one trial.
    """
    counted = [(h, n) for h, n in groups if n > 0]
    total, persons = sum(n for _, n in counted), len(counted)
    value = sum(h for h, _ in counted) / total
    binomial = value * (1 - value) / total
    if persons == 1 or binomial == 0:
        return Estimate(value, *wilson(value, persons))
    between = persons / (persons - 1) * math.fsum((h - value * n) ** 2 for h, n in counted) / total**2
    effective = max(1.0, total / max(1.0, between / binomial))
    return Estimate(value, *wilson(value, effective))


def median(values: Sequence[float]) -> Estimate:
    """Return the median of at least one value, with the order-statistic interval; under six values there is none."""
    ordered = sorted(values)
    n = len(ordered)
    middle = (ordered[(n - 1) // 2] + ordered[n // 2]) / 2
    rank = _median_rank(n)
    return Estimate(middle) if rank is None else Estimate(middle, ordered[rank - 1], ordered[n - rank])


def _median_rank(n: int) -> int | None:
    """Return the largest j such that [x_(j), x_(n+1-j)] holds the median with at least 95 %, or None."""
    if n > _EXACT_UP_TO:
        return max(1, math.floor(n / 2 - Z95 * math.sqrt(n) / 2))
    tail, rank = 0.0, 0
    for below in range(n // 2):
        tail += math.comb(n, below) * 0.5**n
        if 2 * tail > 0.05:
            break
        rank = below + 1
    return rank or None


def bootstrap(rows: Figures, statistic: Callable[[Figures], Figures]) -> Estimate:
    """Return the statistic of `rows` (k, m), k >= 1, with the percentile interval over `DRAWS` seeded draws of rows.

    `statistic` takes (..., k, m) to (...). One row has no interval. The interval is stretched to hold the value, which
    a biased statistic may fall out of.
    """
    value = float(statistic(rows))
    count = len(rows)
    if count < 2:
        return Estimate(value)
    draw = np.random.default_rng(_SEED)
    at_once = max(1, min(DRAWS, _DRAWN_ROWS // count))
    seen = [
        statistic(rows[draw.integers(0, count, (min(at_once, DRAWS - done), count))])
        for done in range(0, DRAWS, at_once)
    ]
    low, high = np.quantile(np.concatenate(seen), [0.025, 0.975])
    return Estimate(value, min(value, float(low)), max(value, float(high)))


def ratio(rows: Figures) -> Figures:
    """Return the sum of the first column over the sum of the second, (..., k, 2) to (...)."""
    sums = rows.sum(axis=-2)
    return np.asarray(sums[..., 0] / sums[..., 1])


def gini(rows: Figures) -> Figures:
    """Return Gini coefficients of counts above 0, (..., k, 1) to (...): 0 when all are equal, at most (k - 1) / k."""
    ordered = np.sort(rows[..., 0], axis=-1)
    k = ordered.shape[-1]
    ranks = 2 * np.arange(1, k + 1) - k - 1
    return np.asarray(np.maximum(0.0, ordered @ ranks / (k * ordered.sum(axis=-1))))


def half_by(counts: Iterable[int]) -> int:
    """Return the smallest number of people who together made at least half; nothing made gives 0."""
    ordered = sorted(counts, reverse=True)
    total, reached, people = sum(ordered), 0, 0
    while 2 * reached < total:
        reached += ordered[people]
        people += 1
    return people
