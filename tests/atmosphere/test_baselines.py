"""What is usual, by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.atmosphere.baselines import Point, usual
from copilot.atmosphere.thresholds import DAYS, WEEKS, History


def days(*values: float, first: int = 0, error: float = 0.0) -> list[Point]:
    return [Point(value, error, (first + n) % 7) for n, value in enumerate(values)]


def test_too_little_history_is_no_baseline() -> None:
    assert usual([], 0, DAYS) is None
    assert usual(days(*range(9)), 2, DAYS) is None
    assert usual(days(*range(10)), 3, DAYS) is not None


def test_a_weekend_needs_weekends() -> None:
    # Ten days from a Monday hold one Saturday and one Sunday: a third weekend day is still missing.
    assert usual(days(*range(10)), 5, DAYS) is None
    assert usual(days(*range(14)), 5, DAYS) is not None


def test_middle_and_spread_are_the_median_and_its_deviations() -> None:
    rules = History(least=5, least_of_kind=1, least_of_weekday=99)
    known = usual([Point(value) for value in (1, 2, 3, 4, 10)], 0, rules)
    assert known is not None
    assert known.middle == 3  # the median; deviations 2, 1, 0, 1, 7 have the median 1
    assert known.spread == pytest.approx(1.4826 * math.sqrt(1 + math.pi / 2 / 5))
    assert (known.n, known.by_weekday) == (5, False)
    assert known.residual(Point(3 - 2 * known.spread)) == pytest.approx(-2)


def test_weekends_have_a_middle_of_their_own() -> None:
    week = [30, 31, 29, 30, 32, 8, 9]
    known = usual(days(*(week * 4)), 5, DAYS)
    assert known is not None
    assert known.by_weekday
    assert 8 <= known.middle <= 9
    monday = usual(days(*(week * 4)), 0, DAYS)
    assert monday is not None
    assert 29.5 <= monday.middle <= 31


def test_a_weekday_that_differs_only_by_noise_stays_with_its_kind() -> None:
    flat = [10.0, 10.4, 9.7, 10.1, 9.9, 10.2, 9.8]
    known = usual(days(*(flat * 2), *reversed(flat), *flat), 0, DAYS)
    assert known is not None
    assert known.middle == pytest.approx(10.0, abs=0.25)


def test_a_thin_day_is_allowed_more() -> None:
    past = [Point(value, 0.05, n % 5) for n, value in enumerate([0.2, 0.25, 0.15, 0.2, 0.3, 0.1] * 3)]
    known = usual(past, 0, DAYS)
    assert known is not None
    assert abs(known.residual(Point(-0.2, 0.3))) < abs(known.residual(Point(-0.2, 0.05)))
    assert known.residual(Point(-0.2, 0.01)) == known.residual(Point(-0.2, 0.05))


def test_equal_days_are_never_infinitely_sure() -> None:
    known = usual([Point(0.5, 0.0, 0)] * 12, 0, WEEKS)
    assert known is not None
    assert known.spread >= WEEKS.smallest_spread
    assert math.isfinite(known.residual(Point(0.0)))


@given(st.lists(st.integers(-100, 100), min_size=14, max_size=80), st.integers(-100, 100), st.sampled_from([0.5, 2.0]))
def test_scale_and_shift_change_no_residual(values: list[int], new: int, scale: float) -> None:
    rules = History(smallest_spread=0.0)
    before = usual(days(*values), 0, rules)
    moved = usual(days(*(scale * value + 7 for value in values)), 0, rules)
    assert before is not None
    assert moved is not None
    if before.spread > 0.01:
        here, there = before.residual(Point(new)), moved.residual(Point(scale * new + 7))
        assert there == pytest.approx(here, rel=1e-6, abs=1e-6)
