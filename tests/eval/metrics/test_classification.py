"""Classification measures: hand-worked sums, and our vectorised macro-F1 against scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.classification import area_under_curve, confusion, macro_f1, macro_f1_of, majority

labels = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=60)


def test_macro_f1_equals_the_hand_worked_sum() -> None:
    # truth 0 0 0 1 1, read 0 0 1 1 0. F1(0) = 2*2 / (3+3) = 2/3; F1(1) = 2*1 / (2+2) = 1/2; mean 7/12
    assert macro_f1([0, 0, 0, 1, 1], [0, 0, 1, 1, 0], (0, 1)) == pytest.approx(7 / 12)


def test_a_class_nobody_names_counts_zero() -> None:
    # F1(0) = 2*2/(2+2) = 1, F1(2) = 0 (neither in truth nor read): mean over (0, 2) = 1/2
    assert macro_f1([0, 0], [0, 0], (0, 2)) == pytest.approx(0.5)


def test_rows_of_the_confusion_are_the_truth() -> None:
    assert confusion([0, 0, 1], [1, 0, 1], (0, 1)).tolist() == [[1, 1], [0, 1]]


@pytest.mark.slow
@given(labels)
def test_macro_f1_of_a_confusion_equals_scikit_learn_on_its_cases(pairs: list[tuple[int, int]]) -> None:
    truth, read = [a for a, _ in pairs], [b for _, b in pairs]
    counts = confusion(truth, read, (0, 1, 2)).astype(np.float64)

    assert macro_f1_of(counts[None])[0] == pytest.approx(macro_f1(truth, read, (0, 1, 2)))


def test_the_majority_baseline_says_the_commonest_class_every_time() -> None:
    assert majority([2, 1, 2, 0]) == [2, 2, 2, 2]


def test_the_area_under_the_curve_equals_the_hand_worked_share_of_pairs() -> None:
    # Class 1 scores .9 and .5, class 0 scores .5 and .1: of four pairs three are right and one is a tie: 3.5 / 4.
    assert area_under_curve([1, 1, 0, 0], [0.9, 0.5, 0.5, 0.1]) == pytest.approx(3.5 / 4)


@pytest.mark.parametrize("truth", [[], [1, 1], [0]])
def test_the_area_under_the_curve_needs_both_classes(truth: list[int]) -> None:
    with pytest.raises(ValueError, match="both classes"):
        area_under_curve(truth, [0.5] * len(truth))
