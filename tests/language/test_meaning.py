"""Vectors are made once, remembered within bounds, and only those of the right embedder are used; arrays match their card."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from copilot.language.linear import TextModelInvalid
from copilot.language.meaning import DIMENSION, MeaningModel, Meanings, meaning_features
from eval.train.fit import write_model


class Counting:
    """An embedder that counts what it is asked."""

    name = "e5-small-test"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed_queries(self, texts: list[str]) -> list[list[float]]:
        self.asked += texts
        return [[float(len(text))] + [0.0] * (DIMENSION - 1) for text in texts]


def test_a_line_is_embedded_once_and_rows_keep_their_order() -> None:
    embedder = Counting()
    meanings = Meanings(embedder)

    assert meanings.vectors(["aa", "b", "aa"])[:, 0].tolist() == [2.0, 1.0, 2.0]
    assert meanings.vectors(["b", "ccc"])[:, 0].tolist() == [1.0, 3.0]
    assert embedder.asked == ["aa", "b", "ccc"]


def test_blank_and_endless_lines_are_embedded_too() -> None:
    found = Meanings(Counting()).vectors(["  ", "x" * 9_000])

    assert found[:, 0].tolist() == [1.0, 64.0]
    assert Meanings(Counting()).vectors([]).shape == (0, DIMENSION)


def test_another_embedder_gives_no_meanings() -> None:
    class Other(Counting):
        name = "text-embedding-large"

    assert Meanings.of(Other()) is None
    assert Meanings.of(Counting()) is not None


def arrays(classes: int = 2) -> dict[str, np.ndarray]:
    weights = np.zeros((DIMENSION + 1 + classes, classes))
    weights[0, 0] = 0.5  # on the first number of the vector
    weights[DIMENSION, 1] = 2.0  # on the cue
    return {
        "centre": np.zeros(DIMENSION),
        "weights": weights,
        "bias": np.array([0.0, -1.0])[:classes],
        "calibration": np.tile([2.0, 0.25], (classes, 1)),
    }


def test_a_logit_by_hand(tmp_path: Path) -> None:
    write_model(tmp_path / "m.npz", arrays(), {})
    model = MeaningModel.load(tmp_path / "m.npz")
    vector = np.zeros((1, DIMENSION), dtype=np.float32)
    vector[0, 0] = 0.5

    found = model.logits(vector, np.array([[3.0]], dtype=np.float32), np.zeros((1, 2)))

    # 0.5 x 6 x 0.5 = 1.5 -> 2 x 1.5 + 0.25; 2 x 3 - 1 = 5 -> 10.25
    assert found.tolist() == [[3.25, 10.25]]


@pytest.mark.parametrize(
    "change",
    [
        {"weights": np.zeros((3, 2))},
        {"bias": np.array([0.0, np.nan])},
        {"calibration": np.zeros((2, 3))},
        {"centre": np.zeros(7)},
    ],
)
def test_arrays_of_wrong_shape_or_value_are_refused(tmp_path: Path, change: dict[str, np.ndarray]) -> None:
    write_model(tmp_path / "m.npz", arrays() | change, {})
    with pytest.raises(TextModelInvalid):
        MeaningModel.load(tmp_path / "m.npz")


def test_a_file_without_an_array_is_refused(tmp_path: Path) -> None:
    some = arrays()
    del some["centre"]
    write_model(tmp_path / "m.npz", some, {})
    with pytest.raises(TextModelInvalid, match="centre"):
        MeaningModel.load(tmp_path / "m.npz")


def test_features_carry_the_first_stage_within_bounds() -> None:
    found = meaning_features(
        np.zeros((1, DIMENSION), dtype=np.float32),
        np.zeros(DIMENSION, dtype=np.float32),
        np.zeros((1, 0), dtype=np.float32),
        np.array([[100.0, -2.0]]),
    )
    assert found[0, -2:].tolist() == [2.0, -0.5]
