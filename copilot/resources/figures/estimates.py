"""Ratios and medians with 95 % intervals: resources are drawn again and again, whole, because their loans hang together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

SEED = 20261122
RESAMPLES = 1000
# Fewer resources than this say nothing of how far another draw would lie.
LEAST_RESOURCES = 5
_MOST_DRAWN = 4_000_000
State = Literal["measured", "no_interval", "too_little", "no_data"]


@dataclass(frozen=True)
class Estimate:
    """A figure with what it was counted from.

    Attributes:
        state: no_data: nothing to divide by; too_little: under the least n; no_interval: under five resources, or none
            that differs from the others, so that every draw comes to the same.
        numerator, denominator: what was divided; for a median, the sum of values and their number.
        n: cases; for unit-days the denominator itself.
        resources: that the cases belong to.
    """

    state: State
    value: float | None
    numerator: int
    denominator: int
    n: int
    resources: int
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Part:
    """What one case adds: to which resource it belongs, and to which side of the line it adds what."""

    resource_id: str
    numerator: int
    denominator: int = 1


def ratio(parts: Sequence[Part], least: int, cases: int | None = None) -> Estimate:
    """Return the sum of numerators over the sum of denominators.

    Args:
        parts: cases or, for unit-days, one a resource.
        least: cases under which there is no value.
        cases: how many there are, where it is not the number of parts.
    """
    top, bottom = _by_resource(parts)
    above, below, n = int(top.sum()), int(bottom.sum()), len(parts) if cases is None else cases
    if below == 0:
        return Estimate("no_data", None, above, below, n, len(top))
    if n < least:
        return Estimate("too_little", None, above, below, n, len(top))
    if len(top) < LEAST_RESOURCES:
        return Estimate("no_interval", above / below, above, below, n, len(top))
    draws = _draws(len(top))
    sums, counts = draws @ top.astype(np.float64), draws @ bottom.astype(np.float64)
    # A draw with nothing to divide by says nothing.
    values = sums[counts > 0] / counts[counts > 0]
    return _between(values, Estimate("no_interval", above / below, above, below, n, len(top)))


def middle(parts: Sequence[Part], least: int) -> Estimate:
    """Return the median of the numerators, the lower of two in the middle."""
    n = len(parts)
    total = sum(part.numerator for part in parts)
    resources = len({part.resource_id for part in parts})
    if n == 0:
        return Estimate("no_data", None, 0, 0, 0, 0)
    if n < least:
        return Estimate("too_little", None, total, n, n, resources)
    ordered = sorted(parts, key=lambda part: part.numerator)
    values = np.asarray([part.numerator for part in ordered], np.float64)
    value = float(values[(n - 1) // 2])
    if resources < LEAST_RESOURCES:
        return Estimate("no_interval", value, total, n, n, resources)
    order = {name: at for at, name in enumerate(dict.fromkeys(part.resource_id for part in ordered))}
    where, draws = np.asarray([order[part.resource_id] for part in ordered]), _draws(resources)
    found = []
    # In slices: all draws of all cases at once would take a gigabyte.
    for rows in np.array_split(draws, max(1, len(draws) * n // _MOST_DRAWN)):
        reached = np.cumsum(rows[:, where], axis=1)
        found.append(values[(reached >= (reached[:, -1:] + 1) // 2).argmax(axis=1)])
    return _between(np.concatenate(found), Estimate("no_interval", value, total, n, n, resources))


def _between(drawn: NDArray[np.float64], found: Estimate) -> Estimate:
    """Return the estimate with the interval of what was drawn, or as it is where all draws are the same.

    Nothing lent of anything is no proof that nothing ever will be: an interval from 0 to 0 would say so.
    """
    low, high = (float(end) for end in np.percentile(drawn, [2.5, 97.5]))
    return found if low == high else replace(found, state="measured", low=low, high=high)


def _by_resource(parts: Sequence[Part]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    order = {name: at for at, name in enumerate(dict.fromkeys(part.resource_id for part in parts))}
    # Values in minor units may pass 2**53, so they are added as whole numbers.
    top, bottom = np.zeros(len(order), np.int64), np.zeros(len(order), np.int64)
    for part in parts:
        top[order[part.resource_id]] += part.numerator
        bottom[order[part.resource_id]] += part.denominator
    return top, bottom


def _draws(resources: int) -> NDArray[np.int64]:
    """Return (draws, resources): how often each resource is drawn; fewer draws for very many."""
    size = max(200, min(RESAMPLES, _MOST_DRAWN // resources))
    return np.random.default_rng(SEED).multinomial(resources, np.full(resources, 1 / resources), size=size)
