"""The arithmetic of a match, worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.matching.scores.scoring import (
    Mutuality,
    Weights,
    calibrate,
    direction_score,
    fuse,
    margins,
    reciprocal,
    relevance,
    strength,
    total_score,
)

SHARE = st.floats(0.0, 1.0)
WEIGHTS = Weights()


def test_a_margin_is_twice_the_cosine_minus_both_crowdings() -> None:
    # 2 * 0.5 - 0.2 - 0.1 = 0.7;  2 * 0.1 - 0.2 - 0.3 = -0.3
    cosines = np.array([[0.5, 0.1]])
    assert margins(cosines, np.array([0.2]), np.array([0.1, 0.3])) == pytest.approx(np.array([[0.7, -0.3]]))


def test_the_midpoint_is_half_relevant_and_the_logistic_is_symmetric() -> None:
    values = calibrate(np.array([WEIGHTS.midpoint, WEIGHTS.midpoint + 0.1, WEIGHTS.midpoint - 0.1]), WEIGHTS)
    # 1 / (1 + e^-0.8) = 0.6900
    assert values == pytest.approx([0.5, 0.69, 0.31], abs=1e-4)


def test_margins_beyond_any_cosine_do_not_overflow() -> None:
    assert calibrate(np.array([-1e6, 1e6]), WEIGHTS) == pytest.approx([0.0, 1.0], abs=1e-12)


def test_words_add_to_meaning_and_never_take_from_it() -> None:
    # 1 - (1 - 0.5) * (1 - 0.3 * 1) = 0.65
    assert fuse(np.array([0.5]), np.array([1.0]), 0.3) == pytest.approx([0.65])
    assert fuse(np.array([0.5]), np.array([0.0]), 0.3) == pytest.approx([0.5])


def test_a_direction_is_the_weighted_mean_of_its_three_best_pairs() -> None:
    # 0.7 * 0.9 + 0.2 * 0.5 + 0.1 * 0.1 = 0.74; the fourth pair does not count
    assert direction_score(np.array([[0.1, 0.9], [0.5, 0.0]]), WEIGHTS) == pytest.approx(0.74)


def test_weights_of_fewer_pairs_are_scaled_up() -> None:
    # (0.7 * 0.9 + 0.2 * 0.45) / 0.9 = 0.8
    assert direction_score(np.array([0.9, 0.45]), WEIGHTS) == pytest.approx(0.8)
    assert direction_score(np.array([0.6]), WEIGHTS) == pytest.approx(0.6)


def test_no_pairs_score_nothing() -> None:
    assert direction_score(np.zeros((0, 3)), WEIGHTS) == 0.0


def test_two_one_way_halves_do_not_look_like_one_good_match() -> None:
    # harmonic mean: 2 * 0.9 * 0.1 / 1.0 = 0.18, arithmetic would be 0.5
    assert reciprocal(0.9, 0.1) == pytest.approx(0.18)
    assert reciprocal(0.0, 0.0) == 0.0
    worth, mutuality = relevance(0.9, 0.1, WEIGHTS)
    assert worth == pytest.approx(0.36)
    assert mutuality is Mutuality.YOU_GAIN
    assert relevance(0.7, 0.7, WEIGHTS) == (pytest.approx(0.7), Mutuality.MUTUAL)


def test_two_directions_are_mutual_only_when_both_are_at_least_likely() -> None:
    # 2 * 0.95 * 0.6 / 1.55: one is strong, the other just likely
    assert relevance(0.95, 0.6, WEIGHTS) == (pytest.approx(0.7355, abs=1e-4), Mutuality.MUTUAL)
    assert relevance(0.95, 0.59, WEIGHTS)[1] is Mutuality.YOU_GAIN
    assert relevance(0.5, 0.59, WEIGHTS)[1] is Mutuality.THEY_GAIN


@pytest.mark.parametrize(
    ("value", "word"),
    [(1.0, "strong"), (0.95, "strong"), (0.94, "likely"), (0.6, "likely"), (0.59, "faint"), (0.25, "faint"), (0.2, "none")],
)  # fmt: skip
def test_strength_has_a_word(value: float, word: str) -> None:
    assert strength(value) == word


def test_one_sided_matches_say_who_gains() -> None:
    assert relevance(0.0, 0.8, WEIGHTS) == (pytest.approx(0.32), Mutuality.THEY_GAIN)


@given(SHARE, SHARE)
def test_relevance_is_bounded_symmetric_and_never_above_the_stronger_direction(forward: float, backward: float) -> None:
    worth, _ = relevance(forward, backward, WEIGHTS)
    mirrored, _ = relevance(backward, forward, WEIGHTS)
    assert 0.0 <= worth <= max(forward, backward) + 1e-12
    assert math.isclose(worth, mirrored)


@given(SHARE, SHARE, st.floats(0.0, 0.5))
def test_relevance_rises_with_each_direction(forward: float, backward: float, more: float) -> None:
    better = min(1.0, forward + more)
    assert relevance(better, backward, WEIGHTS)[0] >= relevance(forward, backward, WEIGHTS)[0] - 1e-12


def test_the_total_is_the_weighted_mean_of_what_is_there() -> None:
    context = {"city": 1.0, "industry": 0.0, "language": 1.0, "activity": 0.5}
    context |= {"recency": 0.5, "trust": 0.0}
    # 0.84 * 0.8 + 0.05 + 0 + 0.03 + 0.01 * 0.5 + 0.02 * 0.5 + 0 = 0.767
    assert total_score(0.8, context, WEIGHTS) == pytest.approx(0.767)
    # only the city applies: (0.84 * 0.8 + 0.05) / 0.89
    assert total_score(0.8, {"city": 1.0}, WEIGHTS) == pytest.approx(0.722 / 0.89)


def test_shares_that_do_not_sum_to_one_are_refused() -> None:
    with pytest.raises(ValueError, match="sum"):
        Weights(city=0.5)
