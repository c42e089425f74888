"""Measures of classifiers. Point values come from scikit-learn; intervals from resampled confusion matrices."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def confusion(truth: Sequence[int], predicted: Sequence[int], classes: Sequence[int]) -> NDArray[np.int64]:
    """Return (k, k) counts, rows the truth, columns the prediction, both in the order of `classes`."""
    from sklearn.metrics import confusion_matrix  # takes seconds to import; many commands need no measure

    counts: NDArray[np.int64] = confusion_matrix(truth, predicted, labels=list(classes))
    return counts


def macro_f1(truth: Sequence[int], predicted: Sequence[int], classes: Sequence[int]) -> float:
    """Return the mean F1 over `classes`; a class without cases and predictions counts 0."""
    from sklearn.metrics import f1_score  # as above

    return float(f1_score(truth, predicted, labels=list(classes), average="macro", zero_division=0.0))


def macro_f1_of(confusions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return macro-F1 (b,) of confusion matrices (b, k, k); equals `macro_f1` on the cases behind each."""
    right = np.diagonal(confusions, axis1=1, axis2=2)
    named = confusions.sum(axis=1) + confusions.sum(axis=2)
    f1 = np.divide(2 * right, named, out=np.zeros_like(right), where=named > 0)
    means: NDArray[np.float64] = f1.mean(axis=1)
    return means


def area_under_curve(truth: Sequence[int], scores: Sequence[float]) -> float:
    """Return the chance that a case of class 1 scores above one of class 0, ties counting half.

    Raises:
        ValueError: only one class is there.
    """
    from sklearn.metrics import roc_auc_score  # as above

    if set(truth) != {0, 1}:
        raise ValueError("the area under the curve needs cases of both classes")
    return float(roc_auc_score(truth, scores))


def majority(truth: Sequence[int]) -> list[int]:
    """Return the commonest class for every case: what saying the same every time would score."""
    values, counts = np.unique(np.asarray(truth), return_counts=True)
    return [int(values[counts.argmax()])] * len(truth)
