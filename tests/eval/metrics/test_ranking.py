"""Ranks of the first relevant item, by hand."""

from __future__ import annotations

import pytest

from eval.metrics.ranking import first_relevant_rank, hit, reciprocal


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
