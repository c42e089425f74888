"""Figures of events with 95 % intervals. Pure arithmetic; thin data gives no interval and the caller gives no reading."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Z95 = 1.959964
_LEAST_DEVIATION = 0.5
_DRAWS = 2000
_SEED = 20_261_121
Interval = tuple[float, float]


def share_interval(share: float, n: int) -> Interval:
    """Return Wilson's score interval of a share 0-1 seen in `n` > 0 trials (Wilson 1927)."""
    spread = Z95**2 / n
    middle = (share + spread / 2) / (1 + spread)
    half = Z95 * math.sqrt(share * (1 - share) / n + spread / (4 * n)) / (1 + spread)
    return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))


def rating_interval(ratings: Sequence[int], low: int = 1, high: int = 5) -> Interval:
    """Return Student's interval of the mean of at least two ratings on a scale from `low` to `high`, kept on the scale.

    The standard deviation counts as half a step at least: ratings are whole numbers, and a handful that are all alike
    would otherwise leave an interval of no width.
    """
    n = len(ratings)
    mean = sum(ratings) / n
    deviation = max(_LEAST_DEVIATION, math.sqrt(sum((rating - mean) ** 2 for rating in ratings) / (n - 1)))
    half = student_quantile(n - 1) * deviation / math.sqrt(n)
    return max(float(low), mean - half), min(float(high), mean + half)


def student_quantile(freedom: int) -> float:
    """Return the two-sided 95 % quantile of Student's t, by its expansion around the normal one.

    Abramowitz and Stegun 26.7.5; within 0.4 % from four degrees of freedom on.
    """
    z, v = Z95, freedom
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / v + second / v**2 + third / v**3


def mean_interval(differences: Sequence[float]) -> Interval:
    """Return the percentile interval of the mean of at least two differences, over seeded draws of them."""
    values = np.asarray(differences, dtype=np.float64)
    draw = np.random.default_rng(_SEED)
    means = values[draw.integers(0, len(values), (_DRAWS, len(values)))].mean(axis=1)
    return _quantiles(means, float(values.mean()))


def clustered_difference(rows: NDArray[np.float64]) -> Interval:
    """Return the interval of a difference of shares, whole people drawn: one member's pairs are not independent.

    Args:
        rows: shape (people, 3), at least two: pairs, yes of the first side, yes of the second side, of each person.
    """
    draw = np.random.default_rng(_SEED)
    sums = rows[draw.integers(0, len(rows), (_DRAWS, len(rows)))].sum(axis=1)
    total = rows.sum(axis=0)
    seen = float((total[1] - total[2]) / total[0])
    return _quantiles((sums[:, 1] - sums[:, 2]) / sums[:, 0], seen)


def _quantiles(drawn: NDArray[np.float64], value: float) -> Interval:
    low, high = np.quantile(drawn, [0.025, 0.975])
    return min(value, float(low)), max(value, float(high))
