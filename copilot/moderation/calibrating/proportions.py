"""Shares of decisions with 95 % intervals. Pure arithmetic."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

Z95 = 1.959964
_DRAWS = 400
_SEED = 20_261_121
_FEWEST = 5


class Share(BaseModel):
    """A share of decisions; `n` 0 has no value."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    hits: int
    n: int
    value: float | None = Field(None, description="hits / n, 0-1")
    low: float | None = Field(None, description="lower end of the 95 % interval (Wilson)")
    high: float | None = Field(None, description="upper end of the 95 % interval (Wilson)")


class Change(BaseModel):
    """A difference between two rules on the same decisions, in shares of 1."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: float | None = Field(None, description="candidate minus what is in force")
    low: float | None = Field(None, description="lower end of the 95 % interval (bootstrap over cases)")
    high: float | None = None
    n: int = Field(0, description="cases drawn from")


def share(hits: int, n: int) -> Share:
    """Return hits of n with Wilson's interval (Wilson 1927); without trials there is no value."""
    if n == 0:
        return Share(hits=0, n=0)
    low, high = wilson(hits, n)
    return Share(hits=hits, n=n, value=round(hits / n, 4), low=round(low, 4), high=round(high, 4))


def wilson(hits: float, n: float) -> tuple[float, float]:
    """Return the ends of the score interval of `hits` of `n` > 0."""
    seen, spread = hits / n, Z95**2 / n
    middle = (seen + spread / 2) / (1 + spread)
    half = Z95 * math.sqrt(seen * (1 - seen) / n + spread / (4 * n)) / (1 + spread)
    return max(0.0, min(seen, middle - half)), min(1.0, max(seen, middle + half))


def fewest_for(precision: float) -> int:
    """Return how many decisions, all upheld, it takes for the lower bound to reach `precision` (below 1)."""
    return math.ceil(Z95**2 * precision / (1 - precision) - 1e-9)


def paired(
    groups: Sequence[Sequence[tuple[float, float, float, float]]],
    statistic: Callable[[NDArray[np.float64]], float | None],
) -> Change:
    """Return a difference with its interval over seeded draws of whole groups.

    Args:
        groups: for each case, rows of four sums; messages of one case are not independent.
        statistic: of the summed rows (4,); None where it is not defined.
    """
    if not groups:
        return Change()
    sums = np.array([np.sum(np.array(rows, dtype=float), axis=0) for rows in groups])
    value = statistic(sums.sum(axis=0))
    if value is None or len(groups) < _FEWEST:
        return Change(value=None if value is None else round(value, 4), n=len(groups))
    draw = np.random.default_rng(_SEED)
    seen = []
    for _ in range(_DRAWS):
        found = statistic(sums[draw.integers(0, len(sums), len(sums))].sum(axis=0))
        if found is not None:
            seen.append(found)
    low, high = np.quantile(seen, [0.025, 0.975]) if seen else (value, value)
    return Change(
        value=round(value, 4), low=round(min(value, float(low)), 4), high=round(max(value, float(high)), 4),
        n=len(groups),
    )  # fmt: skip
