"""Intervals against hand-worked sums, textbook values and their own properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.classification import macro_f1_of
from eval.metrics.intervals import bootstrap_confusion, bootstrap_mean, jackknife, wilson


def test_wilson_equals_the_hand_worked_sum() -> None:
    # 8 of 10, z = 1.96: z^2 = 3.8416; centre = (.8 + 3.8416/20) / (1 + 3.8416/10) = .99208 / 1.38416 = .71674
    # reach = 1.96 * sqrt(.8 * .2 / 10 + 3.8416 / 400) / 1.38416 = 1.96 * sqrt(.025604) / 1.38416 = .22658
    found = wilson(8, 10)

    assert found.low == pytest.approx(0.71674 - 0.22658, abs=1e-4)
    assert found.high == pytest.approx(0.71674 + 0.22658, abs=1e-4)


def test_wilson_of_nothing_found_reaches_above_zero() -> None:
    # 0 of 20: high = z^2 / (n + z^2) = 3.84146 / 23.84146 = .16113
    found = wilson(0, 20)

    assert found.low == 0.0
    assert found.high == pytest.approx(0.16113, abs=1e-5)


@given(st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_share_and_stays_within_bounds(case: tuple[int, int]) -> None:
    successes, n = case
    found = wilson(successes, n)

    assert 0.0 <= found.low <= successes / n <= found.high <= 1.0


@pytest.mark.parametrize(("successes", "n"), [(0, 0), (3, 2), (-1, 4)])
def test_wilson_refuses_what_is_no_share(successes: int, n: int) -> None:
    with pytest.raises(ValueError, match="is no share"):
        wilson(successes, n)


def test_the_bootstrap_says_the_same_every_time() -> None:
    values = [0.1, 0.5, 0.9, 0.4, 0.7]

    assert bootstrap_mean(values) == bootstrap_mean(values)


def test_the_bootstrap_of_many_values_meets_the_normal_approximation() -> None:
    # 400 values, half 0 and half 1: standard error = .5 / 20 = .025, so 95 % is .5 +- .049
    found = bootstrap_mean([0.0, 1.0] * 200)

    assert found.low == pytest.approx(0.451, abs=0.006)
    assert found.high == pytest.approx(0.549, abs=0.006)


def test_cases_that_hang_together_widen_the_interval() -> None:
    # Each value ten times: as cases there are 100, as clusters only 10.
    values = [float(i % 2) for i in range(10) for _ in range(10)]
    clusters = [f"member-{i}" for i in range(10) for _ in range(10)]
    alone, together = bootstrap_mean(values), bootstrap_mean(values, clusters)

    assert together.high - together.low > 2.5 * (alone.high - alone.low)


def test_clusters_of_different_size_weigh_by_their_cases() -> None:
    # Drawing a alone gives 1, b alone 0, one of each 3/4: with two clusters a quarter of the draws is each extreme.
    found = bootstrap_mean([1.0, 1.0, 1.0, 0.0], ["a", "a", "a", "b"])

    assert (found.low, found.high) == (0.0, 1.0)


def test_a_bootstrap_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="needs values"):
        bootstrap_mean([])
    with pytest.raises(ValueError, match="needs values"):
        bootstrap_mean([1.0, 0.0], ["only one"])
    with pytest.raises(ValueError, match="needs cases"):
        bootstrap_confusion(np.zeros((2, 2), dtype=np.int64), macro_f1_of)


def test_resampled_confusions_surround_the_value() -> None:
    counts = np.array([[40, 10], [20, 30]])
    value = float(macro_f1_of(counts[None].astype(np.float64))[0])
    found = bootstrap_confusion(counts, macro_f1_of)

    assert found.low < value < found.high
    assert found.high - found.low == pytest.approx(0.18, abs=0.04)


def test_the_jackknife_of_a_mean_is_its_standard_error() -> None:
    # 1, 2, 3, 4: mean 2.5, s^2 = 5/3, standard error sqrt(5/3/4) = .64550, times 1.95996 = 1.26515
    found = jackknife(lambda rows: float(rows.mean()), np.array([[1.0], [2.0], [3.0], [4.0]]))

    assert (found.low, found.high) == pytest.approx((2.5 - 1.26515, 2.5 + 1.26515), abs=1e-4)


def test_one_row_cannot_be_left_out() -> None:
    with pytest.raises(ValueError, match="two rows"):
        jackknife(lambda rows: float(rows.mean()), np.array([[1.0]]))
