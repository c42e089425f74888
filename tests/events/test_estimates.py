"""Intervals worked by hand, and what they do at the edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.events.reviews.estimates import (
    clustered_difference,
    mean_interval,
    rating_interval,
    share_interval,
    student_quantile,
)


def test_wilson_by_hand() -> None:
    # 3 of 10: middle (0.3 + 0.19207) / 1.38415 = 0.35551; half 1.96 * sqrt(0.021 + 0.0096) / 1.38415 = 0.24774
    low, high = share_interval(0.3, 10)
    assert low == pytest.approx(0.1078, abs=1e-4) and high == pytest.approx(0.6032, abs=1e-4)


@pytest.mark.parametrize(("freedom", "quantile"), [(4, 2.776), (9, 2.262), (29, 2.045), (1000, 1.962)])
def test_students_quantiles_are_those_of_the_tables(freedom: int, quantile: float) -> None:
    assert student_quantile(freedom) == pytest.approx(quantile, rel=0.004)


def test_a_mean_rating_by_hand() -> None:
    # 5 4 4 3 4: mean 4, deviation sqrt(2 / 4) = 0.7071, half 2.77 * 0.7071 / sqrt(5) = 0.876
    low, high = rating_interval([5, 4, 4, 3, 4])
    assert low == pytest.approx(3.124, abs=0.01) and high == pytest.approx(4.876, abs=0.01)


def test_ratings_that_are_all_alike_still_leave_an_interval() -> None:
    low, high = rating_interval([5] * 6)
    assert 4.0 < low < 5.0 and high == 5.0


@given(st.lists(st.integers(1, 5), min_size=2, max_size=60))
def test_an_interval_holds_its_mean_and_stays_on_the_scale(ratings: list[int]) -> None:
    low, high = rating_interval(ratings)
    assert 1.0 <= low <= sum(ratings) / len(ratings) + 1e-9 and sum(ratings) / len(ratings) - 1e-9 <= high <= 5.0


def test_differences_without_spread_have_an_interval_of_their_value() -> None:
    assert mean_interval([0.5] * 10) == (0.5, 0.5)
    assert mean_interval([0.0, 1.0] * 10) == mean_interval([0.0, 1.0] * 10), "seeded"


def test_people_are_drawn_whole() -> None:
    # One person with 20 pairs says as much as one with one: the interval is wider than with 24 people.
    few = np.array([[20.0, 20.0, 0.0], [1.0, 0.0, 0.0], [1.0, 0.0, 0.0], [1.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
    many = np.array([[1.0, 1.0, 0.0]] * 20 + [[1.0, 0.0, 0.0]] * 4)
    wide, narrow = clustered_difference(few), clustered_difference(many)
    assert wide[1] - wide[0] > narrow[1] - narrow[0]
