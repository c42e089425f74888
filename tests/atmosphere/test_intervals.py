"""Figures and intervals, worked by hand, at their edges, and as properties."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.atmosphere.intervals import (
    Figures,
    bootstrap,
    clustered_share,
    gini,
    half_by,
    median,
    ratio,
    share,
    wilson,
)

COUNTS = st.lists(st.integers(1, 200), min_size=1, max_size=40)
EXAMPLES = settings(max_examples=60, deadline=None)  # shared machines stall
TRIALS = st.integers(1, 30).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def column(counts: Iterable[float]) -> Figures:
    return np.array([list(counts)], dtype=np.float64).T


def test_wilson_is_the_published_interval() -> None:
    # z = 1.96, 5 of 10: centre .5, half width 1.96 sqrt(.025 + 3.8416/400) / 1.38416 = .2634
    assert wilson(0.5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-4)
    # none of 10: [0, z^2 / (n + z^2)] = 3.8416 / 13.8416
    assert wilson(0.0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert wilson(1.0, 10) == pytest.approx((0.7225, 1.0), abs=1e-4)


def test_messages_of_persons_who_differ_count_for_less() -> None:
    # Two persons, 5 of 5 and 0 of 5: between = 2/1 (2.5^2 + 2.5^2) / 100 = .25, binomial = .025, deff 10: one trial.
    found = clustered_share([(5, 5), (0, 5)])
    assert (found.low, found.high) == wilson(0.5, 1)


def test_messages_of_persons_who_are_alike_count_in_full() -> None:
    found = clustered_share([(5, 10), (5, 10)])
    assert (found.value, found.low, found.high) == (0.5, *wilson(0.5, 20))


def test_a_ratio_is_of_sums_and_its_interval_is_the_same_however_it_is_drawn() -> None:
    rows = np.array([[1.0, 2.0], [0.0, 4.0], [3.0, 4.0]])
    assert bootstrap(rows, ratio).value == 0.4
    wide = np.ones((3_000, 2))  # more rows than fit in one go
    found = bootstrap(wide, ratio)
    assert (found.low, found.value, found.high) == (1, 1, 1)


def test_where_all_is_alike_each_person_is_one_trial() -> None:
    assert clustered_share([(0, 50), (0, 50), (0, 0)]).high == wilson(0.0, 2)[1]
    assert clustered_share([(3, 4)]).high == wilson(0.75, 1)[1]


def test_the_median_needs_six_values_for_an_interval() -> None:
    five = median([5, 1, 4, 2, 3])
    assert (five.value, five.low, five.high) == (3, None, None)
    # n = 6: P(all on one side) = 2/64 = .031: [min, max] holds with .969
    six = median([6, 5, 4, 3, 2, 1])
    assert (six.value, six.low, six.high) == (3.5, 1, 6)
    # n = 9: 2 (1 + 9) / 512 = .039: second and second to last; with the third it would be .18
    nine = median(range(9))
    assert (nine.value, nine.low, nine.high) == (4, 1, 7)


def test_the_median_of_many_takes_the_normal_rank_without_a_jump() -> None:
    exact, normal = median(range(200)), median(range(201))
    assert (exact.low, exact.high) == (85, 114)
    assert (normal.low, normal.high) == (85, 115)  # rank floor(100.5 - 1.96 sqrt(201) / 2) = 86


def test_gini_is_zero_for_equals_and_nears_one_for_one_voice() -> None:
    assert gini(column([7.0, 7.0, 7.0])) == 0
    # 1 and 3: ((2 - 3) 1 + (4 - 3) 3) / (2 * 4)
    assert gini(column([3.0, 1.0])) == 0.25
    assert gini(column([1.0] * 99 + [1e9])) == pytest.approx(0.99, abs=1e-4)


def test_half_by_counts_the_fewest_people() -> None:
    assert half_by([5, 3, 2]) == 1
    assert half_by([4, 3, 3]) == 2
    assert half_by([]) == 0


def test_a_bootstrap_repeats_itself_and_one_row_has_no_interval() -> None:
    rows = column(range(1, 9))
    assert bootstrap(rows, gini) == bootstrap(rows, gini)
    assert bootstrap(rows[:1], gini).low is None


@EXAMPLES
@given(st.lists(TRIALS, min_size=1, max_size=30))
def test_an_interval_of_a_share_holds_the_share_and_stays_a_share(groups: list[tuple[int, int]]) -> None:
    found = clustered_share(groups)
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= found.value <= found.high <= 1


@EXAMPLES
@given(st.lists(TRIALS, min_size=2, max_size=30))
def test_persons_never_make_an_interval_narrower(groups: list[tuple[int, int]]) -> None:
    hits, n = sum(h for h, _ in groups), sum(n for _, n in groups)
    clustered, plain = clustered_share(groups), share(hits, n)
    assert None not in {clustered.low, clustered.high, plain.low, plain.high}
    assert clustered.high - clustered.low >= plain.high - plain.low - 1e-12  # type: ignore[operator]  # checked above


@EXAMPLES
@given(COUNTS)
def test_concentration_is_a_share_and_does_not_depend_on_order(counts: list[int]) -> None:
    forward = gini(column(counts))
    assert 0 <= forward < 1
    assert forward == pytest.approx(gini(column(counts[::-1])))


@EXAMPLES
@given(COUNTS)
def test_half_the_messages_need_at_most_half_the_people(counts: list[int]) -> None:
    assert 1 <= half_by(counts) <= (len(counts) + 1) // 2


@EXAMPLES
@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=60))
def test_an_interval_of_a_median_holds_it(values: list[float]) -> None:
    found = median(values)
    if found.low is not None and found.high is not None:
        assert found.low <= found.value <= found.high
