"""95 % intervals: Wilson for shares of independent cases, a seeded bootstrap for everything else."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SEED = 20261121
RESAMPLES = 2_000
_Z = 1.959963984540054  # two-sided 95 % of the normal distribution


@dataclass(frozen=True)
class Interval:
    """Both ends of a 95 % interval, and how it was come by."""

    low: float
    high: float
    method: str


def wilson(successes: int, n: int) -> Interval:
    """Return the Wilson score interval of a share (Wilson 1927, without continuity correction).

    Raises:
        ValueError: `n` is not positive or `successes` lies outside 0..n.
    """
    if n <= 0 or not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} is no share")
    share = successes / n
    centre = share + _Z**2 / (2 * n)
    reach = _Z * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    scale = 1 + _Z**2 / n
    # At the ends the two terms cancel; rounding must not leave 1e-18 instead of 0.
    low = 0.0 if successes == 0 else max(0.0, (centre - reach) / scale)
    high = 1.0 if successes == n else min(1.0, (centre + reach) / scale)
    return Interval(low, high, "wilson")


def bootstrap_mean(
    values: Sequence[float], clusters: Sequence[str] | None = None, resamples: int = RESAMPLES
) -> Interval:
    """Return the percentile interval of the mean when whole clusters are drawn with replacement.

    Args:
        values: one number per case.
        clusters: which cases hang together (both directions of one pair, say); without it every case stands alone.
        resamples: how many draws.

    Raises:
        ValueError: no values, or another number of clusters.
    """
    numbers = np.asarray(values, dtype=np.float64)
    if not len(numbers) or (clusters is not None and len(clusters) != len(numbers)):
        raise ValueError("a bootstrap needs values, and one cluster for each")
    names = clusters if clusters is not None else [str(i) for i in range(len(numbers))]
    return _of_sums(numbers, np.ones(len(numbers)), names, resamples)


def bootstrap_ratio(
    parts: Sequence[tuple[float, float]], clusters: Sequence[str], resamples: int = RESAMPLES
) -> Interval:
    """Return the percentile interval of sum(first) / sum(second) of `parts` when whole clusters are drawn.

    Raises:
        ValueError: no parts, another number of clusters, or a cluster in which nothing is counted.
    """
    table = np.asarray(parts, dtype=np.float64)
    if not len(table) or len(clusters) != len(table) or (table[:, 1] <= 0).any():
        raise ValueError("a bootstrap of a ratio needs parts that count something, and one cluster for each")
    return _of_sums(table[:, 0], table[:, 1], clusters, resamples)


def _of_sums(
    hits: NDArray[np.float64], totals: NDArray[np.float64], clusters: Sequence[str], resamples: int
) -> Interval:
    order = {name: at for at, name in enumerate(dict.fromkeys(clusters))}
    where = np.array([order[name] for name in clusters])
    sums, sizes = np.bincount(where, weights=hits), np.bincount(where, weights=totals)
    draws = np.random.default_rng(SEED).multinomial(len(sums), np.full(len(sums), 1 / len(sums)), size=resamples)
    return _percentiles((draws @ sums) / (draws @ sizes), "bootstrap")


def bootstrap_confusion(
    confusion: NDArray[np.int64],
    statistic: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    resamples: int = RESAMPLES,
) -> Interval:
    """Return the percentile interval of a statistic of a confusion matrix.

    Drawing cases with replacement and counting them again is a multinomial draw of the cells, so only those are drawn.

    Args:
        confusion: (k, k) counts, rows the truth.
        statistic: (b, k, k) counts to (b,) values.
        resamples: how many draws.

    Raises:
        ValueError: the matrix is empty.
    """
    total = int(confusion.sum())
    if total <= 0:
        raise ValueError("a bootstrap needs cases")
    cells = np.random.default_rng(SEED).multinomial(total, confusion.ravel() / total, size=resamples)
    return _percentiles(statistic(cells.reshape(-1, *confusion.shape).astype(np.float64)), "bootstrap")


def bootstrap_difference(first: Sequence[float], second: Sequence[float], resamples: int = RESAMPLES) -> Interval:
    """Return the percentile interval of mean(first) - mean(second), the two drawn independently.

    Raises:
        ValueError: one side is empty.
    """
    if not first or not second:
        raise ValueError("a difference needs values on both sides")
    draw = np.random.default_rng(SEED)
    means = []
    for side in (np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)):
        picks = draw.multinomial(len(side), np.full(len(side), 1 / len(side)), size=resamples)
        means.append(picks @ side / len(side))
    return _percentiles(means[0] - means[1], "bootstrap")


def _percentiles(values: NDArray[np.float64], method: str) -> Interval:
    low, high = np.percentile(values, [2.5, 97.5])
    return Interval(float(low), float(high), method)


def jackknife(statistic: Callable[[NDArray[np.float64]], float], rows: NDArray[np.float64]) -> Interval:
    """Return the normal interval from leaving out one row of `rows` (n, m) at a time (Efron and Stein 1981).

    For statistics that drawing with replacement would distort, such as how many were ever shown: a draw repeats askers.

    Raises:
        ValueError: fewer than two rows.
    """
    n = len(rows)
    if n < 2:
        raise ValueError("it takes two rows to leave one out")
    without = np.asarray([statistic(np.delete(rows, at, axis=0)) for at in range(n)])
    error = math.sqrt((n - 1) / n * float(((without - without.mean()) ** 2).sum()))
    value = statistic(rows)
    return Interval(value - _Z * error, value + _Z * error, "jackknife")
