"""Measures of probabilities: how well they rank, how true they are, what the mistakes at a threshold cost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_BINS = 10


def average_precision(truth: Sequence[int] | NDArray[np.int64], scores: Sequence[float] | NDArray[np.float64]) -> float:
    """Return the area under precision and recall as a step function; a random order gives the share of true cases.

    A bootstrap asks hundreds of times, so that it is written out here; tests hold it against scikit-learn.

    Raises:
        ValueError: only one class is there, or a score is no number.
    """
    found, true = _checked(truth, scores), np.asarray(truth)
    if not 0 < true.sum() < len(true):
        raise ValueError("precision over recall needs cases of both classes")
    order = np.argsort(-found, kind="stable")
    # A threshold takes all cases of one score or none.
    ends = np.append(np.flatnonzero(np.diff(found[order])), len(found) - 1)
    hits = np.cumsum(true[order])[ends]
    precision, gained = hits / (ends + 1), np.diff(hits, prepend=0) / true.sum()
    return float((precision * gained).sum())


def expected_calibration_error(truth: Sequence[int], probabilities: Sequence[float], bins: int = _BINS) -> float:
    """Return the mean distance between probability and share of true cases, over bins of equal width, weighed by cases.

    Guo et al. (2017). A bin holds its lower end; the last one holds 1, too.

    Raises:
        ValueError: no cases, no bins, or a probability is none.
    """
    if bins < 1:
        raise ValueError("calibration needs a bin")
    found, true = _probabilities(truth, probabilities), np.asarray(truth, dtype=np.float64)
    where = np.minimum((found * bins).astype(int), bins - 1)
    gaps = np.bincount(where, weights=found - true, minlength=bins)
    return float(np.abs(gaps).sum() / len(found))


def expected_cost(truth: Sequence[int], flagged: Sequence[bool], missed: float, false_alarm: float) -> float:
    """Return the mean cost a case when a true case missed and a false alarm cost what is given; right ones cost nothing.

    Raises:
        ValueError: no cases, or a cost is negative or no number.
    """
    if len(truth) != len(flagged) or not truth:
        raise ValueError("cost needs cases, and a decision on each")
    if not all(np.isfinite(cost) and cost >= 0 for cost in (missed, false_alarm)):
        raise ValueError("costs are numbers from 0 up")
    true, said = np.asarray(truth, dtype=bool), np.asarray(flagged, dtype=bool)
    return float((missed * (true & ~said) + false_alarm * (~true & said)).mean())


def _probabilities(truth: Sequence[int], probabilities: Sequence[float]) -> NDArray[np.float64]:
    found = _checked(truth, probabilities)
    if found.min() < 0 or found.max() > 1:
        raise ValueError("a probability lies between 0 and 1")
    return found


def _checked(
    truth: Sequence[int] | NDArray[np.int64], scores: Sequence[float] | NDArray[np.float64]
) -> NDArray[np.float64]:
    if len(truth) != len(scores) or not len(truth):
        raise ValueError("a score for each case, and at least one case")
    if not np.isin(np.asarray(truth), (0, 1)).all():
        raise ValueError("truth is 0 or 1")
    found = np.asarray(scores, dtype=np.float64)
    if not np.isfinite(found).all():
        raise ValueError("a score is no number")
    return found
