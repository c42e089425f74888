"""Probabilities: by hand, and against plain loops on random inputs with many ties."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.metrics.probabilities import average_precision, expected_calibration_error, expected_cost

NAN = float("nan")
cases = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 1.0])), min_size=1, max_size=40
)


def test_average_precision_equals_the_hand_worked_sum() -> None:
    # best first: true, false, true: (1/1 + 2/3) / 2 = .8333
    assert average_precision([1, 0, 1], [0.9, 0.8, 0.7]) == pytest.approx(5 / 6)


@settings(max_examples=25, deadline=None)
@given(cases)
def test_average_precision_equals_a_plain_loop(rows: list[tuple[int, float]]) -> None:
    truth, scores = [row[0] for row in rows], [row[1] for row in rows]
    if set(truth) != {0, 1}:
        with pytest.raises(ValueError, match="both classes"):
            average_precision(truth, scores)
        return
    area, before = 0.0, 0
    # All cases of one score come at once: ties have no order.
    for threshold in sorted(set(scores), reverse=True):
        hits = sum(label for label, score in rows if score >= threshold)
        flagged = sum(score >= threshold for score in scores)
        area += (hits - before) / sum(truth) * hits / flagged
        before = hits
    assert average_precision(truth, scores) == pytest.approx(area)


def test_calibration_equals_the_hand_worked_sum() -> None:
    # two bins: .2, .4 (one of two true, mean .3) and .8 (true): 2/3 * |.5 - .3| + 1/3 * |1 - .8| = .2
    assert expected_calibration_error([1, 0, 1], [0.2, 0.4, 0.8], bins=2) == pytest.approx(0.2)


@given(cases)
def test_calibration_equals_a_plain_loop(rows: list[tuple[int, float]]) -> None:
    error = 0.0
    for number in range(4):
        inside = [row for row in rows if min(int(row[1] * 4), 3) == number]
        if inside:
            gap = np.mean([row[1] for row in inside]) - np.mean([row[0] for row in inside])
            error += len(inside) / len(rows) * abs(gap)
    assert expected_calibration_error([r[0] for r in rows], [r[1] for r in rows], bins=4) == pytest.approx(error)


def test_cost_weighs_what_was_missed_and_what_came_in_vain() -> None:
    # missed once (5), in vain twice (1): 7 / 4
    assert expected_cost([1, 0, 0, 1], [False, True, True, True], 5.0, 1.0) == pytest.approx(7 / 4)


@pytest.mark.parametrize(
    "measure", [average_precision, expected_calibration_error, partial(expected_cost, missed=1, false_alarm=1)]
)
def test_no_cases_are_no_zero(measure: Callable[[list[int], list[float]], float]) -> None:
    with pytest.raises(ValueError, match="case"):
        measure([], [])


@pytest.mark.parametrize("measure", [average_precision, expected_calibration_error])
@pytest.mark.parametrize("scores", [[NAN, 0.5], [0.5], [float("inf"), 0.1]])
def test_what_is_no_number_is_refused(measure: Callable[[list[int], list[float]], float], scores: list[float]) -> None:
    with pytest.raises(ValueError, match=r"no number|for each case"):
        measure([1, 0], scores)


def test_a_probability_above_one_and_a_cost_below_zero_are_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        expected_calibration_error([1], [1.1])
    with pytest.raises(ValueError, match="costs"):
        expected_cost([1], [True], -1.0, NAN)
