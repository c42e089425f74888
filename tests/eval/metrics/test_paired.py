"""Paired tests: by hand, against SciPy's on the same cases, and at the ends of what can be asked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import permutation_test

from eval.cases import Basis, statistic
from eval.metrics.paired import PERMUTATIONS, holm, paired_test

MEAN = statistic(Basis(statistic="mean", column="a"))


def sums(values: list[float]) -> NDArray[np.float64]:
    return np.array([[value, 1.0] for value in values])


def test_three_cases_that_all_rose_are_two_of_eight_ways_to_swap() -> None:
    # Differences 1, 1, 1. Of 2^3 swaps only none and all give |mean| = 1: p = 2/8.
    found = paired_test(sums([0, 0, 0]), sums([1, 1, 1]), MEAN)

    assert (found.difference, found.p_value, found.method) == (1.0, 0.25, "exact")
    assert (found.interval.low, found.interval.high) == (1.0, 1.0)


def test_cases_of_one_cluster_are_one_swap() -> None:
    # Two clusters of three cases: 2 of 2^2 swaps.
    found = paired_test(np.array([[0.0, 3.0], [0.0, 3.0]]), np.array([[3.0, 3.0], [3.0, 3.0]]), MEAN)

    assert (found.difference, found.p_value) == (1.0, 0.5)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=9))
def test_a_difference_of_means_has_the_p_value_of_scipy(pairs: list[tuple[int, int]]) -> None:
    first, second = ([float(pair[side]) for pair in pairs] for side in (0, 1))
    ours = paired_test(sums(first), sums(second), MEAN)
    theirs = permutation_test(
        (np.array(second), np.array(first)), lambda a, b: abs(np.mean(a) - np.mean(b)), permutation_type="samples",
        n_resamples=np.inf, alternative="greater",
    )  # fmt: skip

    assert ours.p_value == pytest.approx(theirs.pvalue)


def test_many_cases_are_drawn_and_the_draw_is_the_same_every_time() -> None:
    draw = np.random.default_rng(1)
    first = draw.random(200).tolist()
    second = [value + 0.1 for value in first[:60]] + first[60:]
    one, again = (paired_test(sums(first), sums(second), MEAN) for _ in range(2))

    assert one == again
    assert one.method == "permutation"
    assert one.p_value == pytest.approx(1 / (PERMUTATIONS + 1))
    assert one.difference == pytest.approx(0.03)
    assert 0 < one.interval.low < one.difference < one.interval.high


def test_chance_alone_is_seldom_called() -> None:
    # 30 pairs of runs that differ by coin throws: at most some 5 % lie below .05.
    draw = np.random.default_rng(2)
    found = [
        paired_test(sums(draw.integers(0, 2, 40).tolist()), sums(draw.integers(0, 2, 40).tolist()), MEAN)
        for _ in range(30)
    ]

    assert sum(one.p_value < 0.05 for one in found) <= 4


def test_alike_runs_differ_by_nothing_for_certain() -> None:
    found = paired_test(sums([0, 1]), sums([0, 1]), MEAN)

    assert (found.difference, found.p_value, found.interval.low, found.interval.high) == (0.0, 1.0, 0.0, 0.0)


def test_precision_without_a_flag_in_one_run_is_no_comparison() -> None:
    precision = statistic(Basis(statistic="precision", column="a", classes=2))

    with pytest.raises(ValueError, match="not defined"):
        paired_test(np.array([[0.0, 0.0]]), np.array([[1.0, 1.0]]), precision)


@pytest.mark.parametrize("shape", [(0, 2), (2, 2)])
def test_other_clusters_are_no_comparison(shape: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="same clusters"):
        paired_test(np.zeros(shape), np.zeros((3, 2)) if shape[0] else np.zeros(shape), MEAN)


def test_holm_steps_down_as_by_hand() -> None:
    # .01 * 4 = .04; .02 * 3 = .06; .03 * 2 = .06; .04 * 1 = .04, but never below the one before: .06
    assert holm([0.04, 0.01, 0.03, 0.02]) == pytest.approx([0.06, 0.04, 0.06, 0.06])


@given(st.lists(st.floats(0, 1), max_size=20))
def test_holm_never_lowers_a_p_value_and_keeps_the_order(p_values: list[float]) -> None:
    found = holm(p_values)

    assert all(p <= adjusted <= 1 for p, adjusted in zip(p_values, found, strict=True))
    order = sorted(range(len(found)), key=lambda at: p_values[at])
    assert [found[at] for at in order] == sorted(found)


def test_what_is_no_probability_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        holm([0.5, float("nan")])
