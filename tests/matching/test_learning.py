"""What outcomes teach: the direction of known weights is found, noise is not believed, thin data is refused."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.matching.learning.fitting import (
    LEAST_RELEVANCE,
    LearningRules,
    Part,
    calibrate_scores,
    fit_shares,
    learn_from,
    score_all,
)
from copilot.matching.learning.outcomes import OutcomeKind
from copilot.matching.scores.scoring import SHARES, Weights, total_score
from tests.matching.outcome_records import simulate, true_weights

PRIOR = Weights()
QUICK = LearningRules(strengths=(1.0, 10.0), resamples=500)


def test_known_weights_are_found_in_direction_and_beat_the_prior() -> None:
    truth = true_weights(PRIOR)
    lesson = learn_from(simulate(800, truth), PRIOR, PRIOR)
    assert lesson.weights is not None
    assert lesson.is_better
    assert lesson.weights.city > PRIOR.city + 0.15
    assert lesson.weights.relevance < PRIOR.relevance - 0.15
    figures = lesson.figures
    assert figures["log_loss"]["learnt"] < figures["log_loss"]["current"]
    assert figures["difference"]["high"] < 0.0
    assert figures["auc"]["learnt"] > figures["auc"]["current"]
    assert figures["learnt_from"]["outcomes"] + figures["held_back"]["outcomes"] == 800
    assert figures["held_back"]["outcomes"] == 240


@pytest.mark.parametrize("seed", range(8))
def test_the_toss_of_a_coin_changes_nothing(seed: int) -> None:
    lesson = learn_from(simulate(300, None, seed=seed), PRIOR, PRIOR, QUICK)
    assert lesson.weights is not None
    assert not lesson.is_better


def test_outcomes_by_the_weights_in_force_change_little_and_are_not_called_better() -> None:
    lesson = learn_from(simulate(600, PRIOR, seed=3), PRIOR, PRIOR)
    assert lesson.weights is not None
    assert not lesson.is_better
    assert lesson.weights.relevance > 0.6


def test_the_same_outcomes_teach_the_same_in_any_order() -> None:
    found = simulate(200, true_weights(PRIOR))
    assert learn_from(found[::-1], PRIOR, PRIOR, QUICK) == learn_from(found, PRIOR, PRIOR, QUICK)


@pytest.mark.parametrize(
    ("count", "members", "only"),
    [(0, 40, None), (98, 40, None), (400, 9, None), (400, 40, OutcomeKind.ACCEPTED), (400, 40, OutcomeKind.DECLINED)],
)
def test_thin_data_is_refused_with_its_numbers(count: int, members: int, only: OutcomeKind | None) -> None:
    found = simulate(count, true_weights(PRIOR), members=members)
    if only is not None:
        found = [replace(item, outcome=only) for item in found]
    lesson = learn_from(found, PRIOR, PRIOR)
    assert (lesson.weights, lesson.is_better) == (None, False)
    assert lesson.figures["learnt_from"]["outcomes"] + lesson.figures["held_back"]["outcomes"] == count
    assert lesson.figures["least"]["of_each"] == 10


def test_newer_outcomes_judge_and_are_not_learnt_from() -> None:
    older = simulate(350, true_weights(PRIOR))
    newer = simulate(150, true_weights(PRIOR, {"relevance": 0.3, "industry": 0.6}), seed=9)
    found = older + [
        replace(item, match_id=f"later_{item.match_id}", decided_at=item.decided_at.replace(year=2027))
        for item in newer
    ]
    lesson = learn_from(found, PRIOR, PRIOR)
    assert lesson.weights is not None
    assert lesson.weights.city > lesson.weights.industry
    assert lesson.figures["held_back_from"].startswith("2027")


def test_a_stronger_pull_stays_nearer_to_the_prior() -> None:
    found = simulate(300, true_weights(PRIOR))
    values = np.asarray([[0.5 * (i.components["forward"] + i.components["backward"]),
                          *(i.components[name] for name in SHARES if name != "relevance")] for i in found])  # fmt: skip
    said = np.asarray([float(item.is_yes) for item in found])
    part = Part(values, said, np.arange(len(found)))
    away = [
        sum((fit_shares(part, PRIOR, strength)[name] - PRIOR.shares()[name]) ** 2 for name in SHARES)
        for strength in (0.1, 10.0, 1000.0, 1e6)
    ]
    assert away == sorted(away, reverse=True)
    assert away[-1] < 1e-4


def test_components_that_do_not_apply_are_no_zeros() -> None:
    found = simulate(300, PRIOR)
    without = [
        replace(
            item, kind="resource", components={"forward": item.components["forward"], "city": item.components["city"]}
        )
        for item in found
    ]
    lesson = learn_from(without, PRIOR, PRIOR, QUICK)
    assert lesson.weights is not None
    assert not any(math.isnan(value) for value in lesson.weights.shares().values())


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.3, 100.0]), st.integers(2, 60))
def test_shares_are_never_negative_and_sum_to_one(seed: int, strength: float, count: int) -> None:
    draw = np.random.default_rng(seed)
    values = draw.random((count, len(SHARES)))
    values[:, 1:][draw.random((count, len(SHARES) - 1)) < 0.2] = np.nan
    said = draw.integers(0, 2, count).astype(float)
    part = Part(values, said, np.arange(count))
    shares = fit_shares(part, PRIOR, strength)
    weights = PRIOR.with_shares(shares)
    assert weights.shares() == shares
    assert weights.relevance >= LEAST_RELEVANCE
    for row, score in zip(values, score_all(part, weights), strict=True):
        context = {name: float(value) for name, value in zip(SHARES, row, strict=True) if not np.isnan(value)}
        assert score == pytest.approx(total_score(context.pop("relevance"), context, weights))


def test_calibration_by_hand() -> None:
    # Half yes at score 0 and three in four at score 1: the logits are 0 and ln 3.
    scores = np.asarray([0.0] * 400 + [1.0] * 400)
    said = np.asarray([1.0] * 200 + [0.0] * 200 + [1.0] * 300 + [0.0] * 100)
    found = calibrate_scores(scores, said)
    assert found.intercept == pytest.approx(0.0, abs=0.01)
    assert found.slope == pytest.approx(math.log(3.0), abs=0.01)
    assert calibrate_scores(scores, 1.0 - said).slope == 0.0, "a higher score never speaks against a match"
