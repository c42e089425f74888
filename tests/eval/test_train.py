"""Training: scenes stay together, stages learn what is there, thresholds keep what they promise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from copilot.language.linear import LinearTextModel
from copilot.language.meaning import DIMENSION, MeaningModel, meaning_features
from copilot.language.ngrams import NgramSpec
from copilot.moderation.room import COLUMNS
from eval.metrics.intervals import wilson
from eval.train.cards import NONE_REACHED, ORDINARY_FLAGGED, comment_threshold, lowest_for, unconditional
from eval.train.corpora import moderation_lines, record_lines, sentiment_lines
from eval.train.fit import write_model
from eval.train.room import targets_of
from eval.train.staged import FOLDS, Problem, train_staged

SPEC = NgramSpec(orders=(1,), word_orders=(), bits=10)


def problem(n: int = 240) -> Problem:
    """Even texts hold 好; the second column is in the vectors alone, and unknown for every third text."""
    pick = np.random.default_rng(3)
    first = np.arange(n) % 2
    second = pick.integers(0, 2, n)
    vectors = pick.normal(0, 0.02, (n, DIMENSION)).astype(np.float32)
    vectors[:, 0] += (second - 0.5) * 0.4
    targets = np.column_stack([first, np.where(np.arange(n) % 3 == 0, np.nan, second)]).astype(float)
    return Problem(
        plain=[f"{'好' if label else '坏'}{'甲乙丙丁'[row % 4]}" for row, label in enumerate(first)],
        cues=np.zeros((n, 1), dtype=np.float32),
        vectors=vectors,
        targets=targets,
        weights=np.ones(n),
        part=np.arange(n) // 2 % FOLDS,
        judged=np.ones(n, dtype=bool),
        spec=SPEC,
        words_c=10.0,
        meaning_c=1.0,
    )


def test_each_stage_learns_what_it_can_see(tmp_path: Path) -> None:
    task = problem()
    found = train_staged(task)
    known = np.isfinite(task.targets[:, 1])
    right = task.targets[known, 1] == 1

    assert ((found.first[:, 0] > 0) == (task.targets[:, 0] == 1)).all()
    assert ((found.first[known, 1] > 0) == right).mean() < 0.7  # n-grams cannot know
    assert ((found.second[known, 1] > 0) == right).mean() > 0.95

    write_model(tmp_path / "words.npz", found.words, {})
    write_model(tmp_path / "meaning.npz", found.meaning, {})
    first = LinearTextModel.load(tmp_path / "words.npz").logits(task.plain, task.cues)
    second = MeaningModel.load(tmp_path / "meaning.npz").logits(task.vectors, task.cues, first)
    assert ((second[known, 1] > 0) == right).mean() > 0.95


def test_training_twice_gives_the_same_arrays() -> None:
    one, two = train_staged(problem(120)), train_staged(problem(120))
    for name, array in one.words.items():
        np.testing.assert_array_equal(array, two.words[name])
    np.testing.assert_array_equal(one.meaning["weights"], two.meaning["weights"])


def test_a_threshold_keeps_the_precision_it_promises() -> None:
    labels = np.array([1.0] * 9 + [0.0] + [1.0] * 2 + [0.0] * 8)
    scores = np.linspace(1, 0, 20)
    at = lowest_for(labels, scores, 0.9)

    assert labels[scores >= at].mean() >= 0.9
    assert lowest_for(np.zeros(20), scores, 0.9) == 0.99


def test_own_lines_have_labels_for_what_was_labelled_and_none_for_the_rest() -> None:
    targets = targets_of([*moderation_lines(), *record_lines(), *sentiment_lines()[:5]])

    assert np.isnan(targets[-5:]).all()
    assert np.isnan(targets[:, COLUMNS.index("question")]).all()
    kinds = unconditional(targets, "insult")
    assert np.nansum(kinds) > 100
    assert np.isfinite(kinds[:-5]).all()


def test_what_a_stage_sees_is_the_same_in_training_and_in_use() -> None:
    seen = meaning_features(
        np.ones((2, DIMENSION), dtype=np.float32), np.ones(DIMENSION, dtype=np.float32),
        np.full((2, 3), 0.5, dtype=np.float32), np.full((2, 4), 20.0),
    )  # fmt: skip
    assert seen.shape == (2, DIMENSION + 3 + 4)
    assert seen[0, :DIMENSION].tolist() == pytest.approx([0.0] * DIMENSION)


def test_the_threshold_for_comments_keeps_the_upper_end_of_the_interval_in_bounds() -> None:
    # Of 300, 19 flagged give an upper end of .097, 20 give .101.
    scores = np.concatenate([np.arange(300) / 1_000, np.ones(10)])
    found = comment_threshold(np.concatenate([np.zeros(300), np.ones(10)]), scores)
    flagged = int((scores[:300] >= found["at"]).sum())
    assert flagged == 19
    assert wilson(flagged, 300).high <= ORDINARY_FLAGGED < wilson(flagged + 1, 300).high
    assert found["recall"] == 1.0
    assert found["ordinary_flagged"] == round(flagged / 300, 4)


def test_a_threshold_for_comments_that_cannot_be_kept_is_none() -> None:
    assert comment_threshold(np.zeros(5), np.full(5, 0.5))["at"] == NONE_REACHED
