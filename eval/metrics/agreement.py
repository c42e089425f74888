"""Agreement between annotators: Krippendorff's alpha, for any number of them and with gaps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Level = Literal["nominal", "ordinal", "interval"]


def krippendorff_alpha(ratings: Sequence[Sequence[int | None]], level: Level = "nominal") -> float:
    """Return alpha: 1 for full agreement, 0 for what chance gives, negative for less.

    Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", by coincidences. A unit that fewer than two people
    rated says nothing about agreement and is left out.

    Args:
        ratings: one row a unit, one place a rater, None where somebody did not rate.
        level: what a distance between two values is: they differ, how many ratings lie between them, or the square of
            their difference.

    Raises:
        ValueError: no unit has two ratings, or everybody gave the same value throughout: then chance agrees fully, too,
            and alpha is not defined.
    """
    units = [[value for value in row if value is not None] for row in ratings]
    units = [row for row in units if len(row) > 1]
    if not units:
        raise ValueError("nothing was rated twice")
    values = sorted({value for row in units for value in row})
    if len(values) < 2:
        raise ValueError("everybody gave the same value: alpha is not defined")
    coincidences = _coincidences(units, values)
    totals = coincidences.sum(axis=0)
    distances = _distances(np.asarray(values, dtype=np.float64), totals, level)
    seen = float((coincidences * distances).sum())
    expected = float((np.outer(totals, totals) * distances).sum()) / (float(totals.sum()) - 1)
    return 1.0 - seen / expected


def _coincidences(units: Sequence[Sequence[int]], values: Sequence[int]) -> NDArray[np.float64]:
    """Return (v, v): pairs of ratings of one unit by different people, each unit weighing as many as it has ratings."""
    places = {value: at for at, value in enumerate(values)}
    found = np.zeros((len(values), len(values)))
    # A bootstrap asks hundreds of times, and few different rows make up all units.
    for row, times in Counter(map(tuple, units)).items():
        counts = np.bincount([places[value] for value in row], minlength=len(values)).astype(np.float64)
        found += times * (np.outer(counts, counts) - np.diag(counts)) / (len(row) - 1)
    return found


def _distances(values: NDArray[np.float64], totals: NDArray[np.float64], level: Level) -> NDArray[np.float64]:
    if level == "nominal":
        return 1.0 - np.eye(len(values))
    if level == "interval":
        squares: NDArray[np.float64] = np.subtract.outer(values, values) ** 2
        return squares
    # Ratings between two values, and half of those at either end.
    middles = np.cumsum(totals) - totals / 2
    between: NDArray[np.float64] = np.subtract.outer(middles, middles) ** 2
    return between
