"""Curves: identity without decisions, shrunk with few, right with many, never falling."""

from __future__ import annotations

import random

import pytest

from copilot.moderation.calibrating.curves import Curve, fit_curve
from copilot.moderation.calibrating.proportions import fewest_for, paired, share, wilson


def test_no_decisions_leave_scores_as_they_are() -> None:
    curve = fit_curve([], [])
    assert curve == Curve()
    for score in (0.01, 0.3, 0.5, 0.99):
        assert curve.at(score) == pytest.approx(score)


def test_the_ends_of_the_scale_have_a_probability() -> None:
    assert 0 < Curve().at(0.0) < 0.001
    assert 0.999 < Curve().at(1.0) < 1


def test_few_decisions_move_little_and_many_move_all_the_way() -> None:
    few = fit_curve([0.9] * 2, [False] * 2)
    many = fit_curve([0.9] * 400, [number < 120 for number in range(400)])
    assert 0.5 < few.at(0.9) < 0.9, "two decisions are a hint"
    assert many.at(0.9) == pytest.approx(0.3, abs=0.02), "four hundred are the truth here"


def test_a_curve_never_falls_even_where_decisions_do() -> None:
    scores = [0.3] * 50 + [0.9] * 50
    curve = fit_curve(scores, [True] * 45 + [False] * 5 + [True] * 5 + [False] * 45)
    values = [curve.at(step / 100) for step in range(1, 100)]
    assert values == sorted(values)


def test_scores_that_promise_too_much_are_brought_down_and_the_error_falls() -> None:
    chance = random.Random(7)
    scores = [chance.uniform(0.4, 0.99) for _ in range(600)]
    upheld = [chance.random() < score**2 for score in scores]
    curve = fit_curve(scores, upheld)
    assert curve.at(0.7) == pytest.approx(0.49, abs=0.06)
    assert curve.brier_after is not None
    assert curve.brier_before is not None
    assert curve.brier_after < curve.brier_before


def test_wilson_by_hand() -> None:
    # 8 of 10: (0.8 + 3.8415 / 20 +- 1.96 sqrt(0.016 + 3.8415 / 400)) / 1.38415
    low, high = wilson(8, 10)
    assert (low, high) == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4))
    assert share(0, 0).value is None


def test_so_many_upheld_decisions_are_just_enough() -> None:
    for precision in (0.5, 0.8, 0.9, 0.95):
        n = fewest_for(precision)
        assert wilson(n, n)[0] >= precision > wilson(n - 1, n - 1)[0]


def test_a_change_of_two_equal_rules_is_nothing() -> None:
    def change(sums) -> float:  # precision after minus before
        return float(sums[2] / sums[3] - sums[0] / sums[1])

    found = paired([[(1.0, 1.0, 1.0, 1.0)], [(0.0, 1.0, 0.0, 1.0)]] * 10, change)
    assert (found.value, found.low, found.high, found.n) == (0, 0, 0, 20)
    assert paired([], change).value is None
