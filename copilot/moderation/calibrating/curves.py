"""What a score is worth in one community: a beta calibration that stays where it was until decisions say otherwise.

Kull, Silva Filho and Flach 2017: p = 1 / (1 + exp(-(a ln s - b ln(1 - s) + c))), a and b not below 0. Deviation: a
normal prior around the identity (a = b = 1, c = 0) shrinks it, so that few decisions move little.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

# One prior standard deviation: a slope of 1 +- .5 and odds twice or half as high. With 20 decisions the prior still
# weighs more than they do, with 200 hardly anything.
_PRIOR = np.array([0.5, 0.5, 0.7])
_IDENTITY = np.array([1.0, 1.0, 0.0])
_EDGE = 1e-4
_STEPS = 50
FEWEST_FOR_CURVE = 10


class Curve(BaseModel):
    """A monotone curve from scores to probabilities; a = b = 1 and c = 0 is the identity."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    a: float = Field(1.0, ge=0)
    b: float = Field(1.0, ge=0)
    c: float = 0.0
    n: int = Field(0, description="decisions it was fitted on")
    upheld: int = Field(0, description="of these")
    brier_before: float | None = Field(None, description="mean squared error of the scores on these decisions, 0-1")
    brier_after: float | None = Field(None, description="of the curve, each fifth judged by a fit of the others")

    def at(self, score: float) -> float:
        """Return the probability for a score 0-1."""
        kept = min(max(score, _EDGE), 1 - _EDGE)
        z = self.a * math.log(kept) - self.b * math.log(1 - kept) + self.c
        return 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))


def fit_curve(scores: Sequence[float], upheld: Sequence[bool]) -> Curve:
    """Return the curve with the highest posterior; without decisions the identity."""
    n, hits = len(scores), sum(upheld)
    if n == 0:
        return Curve()
    x, y = _features(scores), np.array(upheld, dtype=float)
    a, b, c = _fitted(x, y)
    before = float(np.mean((np.clip(scores, 0, 1) - y) ** 2))
    after = _held_out(x, y) if n >= FEWEST_FOR_CURVE else None
    return Curve(
        a=round(a, 4), b=round(b, 4), c=round(c, 4), n=n, upheld=hits, brier_before=round(before, 4),
        brier_after=None if after is None else round(after, 4),
    )  # fmt: skip


def read_curve(stored: dict[str, Any]) -> Curve | None:
    """Return the curve of a row; none where scores stay as they are."""
    return Curve.model_validate(stored) if stored else None


def _features(scores: Sequence[float]) -> NDArray[np.float64]:
    kept = np.clip(np.array(scores, dtype=float), _EDGE, 1 - _EDGE)
    return np.stack([np.log(kept), -np.log(1 - kept), np.ones(len(kept))], axis=1)


def _fitted(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return a, b, c; a slope that would fall below 0 is held at 0 and the others are fitted again."""
    free = np.array([True, True, True])
    found = _IDENTITY.copy()
    for _ in range(3):
        found = _newton(x, y, free)
        below = free & (found < 0) & np.array([True, True, False])
        if not below.any():
            break
        free &= ~below
    return float(max(found[0], 0.0)), float(max(found[1], 0.0)), float(found[2])


def _newton(x: NDArray[np.float64], y: NDArray[np.float64], free: NDArray[np.bool_]) -> NDArray[np.float64]:
    found = np.where(free, _IDENTITY, 0.0)
    precision = 1 / _PRIOR**2

    def loss(w: NDArray[np.float64]) -> float:
        z = x @ w
        prior = float((precision * (w - _IDENTITY) ** 2)[free].sum() / 2)
        return float((np.logaddexp(0, z) - y * z).sum()) + prior

    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-(x @ found)))
        gradient = (x.T @ (p - y) + precision * (found - _IDENTITY))[free]
        curvature = ((x.T * (p * (1 - p))) @ x + np.diag(precision))[np.ix_(free, free)]
        step = np.zeros(3)
        step[free] = np.linalg.solve(curvature, gradient)
        size = 1.0
        while size > 1e-6 and loss(found - size * step) > loss(found):
            size /= 2
        found = found - size * step
        if float(np.abs(step).max()) < 1e-8:
            break
    return found


def _held_out(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Return the squared error of fifths that their own fit never saw."""
    part = np.arange(len(y)) % 5
    errors = np.empty(len(y))
    for fold in range(5):
        rows = part == fold
        w = np.array(_fitted(x[~rows], y[~rows]))
        errors[rows] = (1 / (1 + np.exp(-(x[rows] @ w))) - y[rows]) ** 2
    return float(errors.mean())
