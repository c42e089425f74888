"""Ranks, graded lists and exposure, by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.ranking import first_relevant_rank, gini, hit, ndcg, recall, reciprocal


def test_the_rank_of_the_first_relevant_item_counts_from_one() -> None:
    assert first_relevant_rank(["a", "b", "c"], {"c", "b"}) == 2


def test_an_item_that_is_not_listed_is_a_miss_with_zero_reward() -> None:
    rank = first_relevant_rank(["a", "b"], {"z"})

    assert rank is None
    assert (hit(rank, 5), reciprocal(rank)) == (0.0, 0.0)


def test_mean_reciprocal_rank_of_three_lists_equals_the_hand_worked_sum() -> None:
    # ranks 1, 4 and a miss: (1 + 1/4 + 0) / 3 = .41667
    ranks = [
        first_relevant_rank(["a", "b"], {"a"}),
        first_relevant_rank(["a", "b", "c", "d"], {"d"}),
        first_relevant_rank(["a"], {"x"}),
    ]

    assert sum(map(reciprocal, ranks)) / 3 == pytest.approx(0.41667, abs=1e-5)
    assert [hit(rank, 3) for rank in ranks] == [1.0, 0.0, 0.0]


def test_a_list_that_repeats_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        first_relevant_rank(["a", "a"], {"a"})


def test_without_anything_relevant_there_is_nothing_to_measure() -> None:
    with pytest.raises(ValueError, match="nothing is relevant"):
        first_relevant_rank(["a"], set())


GRADES = {"best": 3, "good": 2, "some": 1}


def test_ndcg_equals_the_hand_worked_sum() -> None:
    # gains 7, 3, 1; the list shows good (3), nothing, best (7): 3 / log2(2) + 7 / log2(4) = 6.5
    # ideal: 7 / 1 + 3 / log2(3) + 1 / 2 = 9.39279; 6.5 / 9.39279 = .69202
    assert ndcg(["good", "nobody", "best"], GRADES, 5) == pytest.approx(0.69202, abs=1e-5)


def test_ndcg_looks_no_further_than_k_on_either_side() -> None:
    # the first two: 3 against 7 + 3 / log2(3) = 8.89279
    assert ndcg(["good", "nobody", "best"], GRADES, 2) == pytest.approx(3 / 8.89279, abs=1e-5)


@given(st.permutations(["best", "good", "some", "nobody", "else"]))
def test_ndcg_is_one_for_the_best_order_and_never_above(order: list[str]) -> None:
    value = ndcg(order, GRADES, 5)

    assert 0.0 < value <= 1.0 + 1e-12
    assert (value == pytest.approx(1.0)) == (order[:3] == ["best", "good", "some"])


def test_recall_counts_the_relevant_among_the_first() -> None:
    assert recall(["a", "b", "c", "d"], {"a", "d", "z"}, 3) == pytest.approx(1 / 3)


def test_an_empty_list_has_earned_nothing() -> None:
    assert (ndcg([], GRADES, 5), recall([], {"a"}, 5)) == (0.0, 0.0)


def test_without_a_grade_above_zero_there_is_nothing_to_measure() -> None:
    with pytest.raises(ValueError, match="nothing is relevant"):
        ndcg(["a"], {"a": 0}, 5)
    with pytest.raises(ValueError, match="nothing is relevant"):
        recall(["a"], set(), 5)


def test_gini_equals_the_hand_worked_sum() -> None:
    # 0, 1, 3: ((2*1-4)*0 + (2*2-4)*1 + (2*3-4)*3) / (3 * 4) = 6 / 12
    assert gini([3, 0, 1]) == pytest.approx(0.5)
    assert gini([2, 2, 2]) == 0.0
    # one of n has everything: (n - 1) / n
    assert gini([0, 0, 0, 9]) == pytest.approx(0.75)


@pytest.mark.parametrize("counts", [[], [0, 0], [1, -1]])
def test_exposure_that_is_none_has_no_gini(counts: list[float]) -> None:
    with pytest.raises(ValueError, match="counts"):
        gini(counts)
