"""Models are arrays that match their card, or they are refused; probabilities are what the arrays say."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from copilot.language.linear import LinearTextModel, TextModelInvalid
from copilot.language.ngrams import NgramSpec, character_ngrams

SPEC = NgramSpec(orders=(1,), word_orders=(), bits=8)


def bucket(character: str) -> int:
    return int(character_ngrams([character], SPEC)[1][1])


def arrays(**changed: Any) -> dict[str, Any]:
    """A model with one weight: 2.0 on the character "好"."""
    weights = np.zeros((256, 1), dtype=np.float16)
    weights[bucket("好"), 0] = 2.0
    idf = np.zeros(256, dtype=np.float16)
    idf[bucket("好")] = 1.0
    whole = {
        "orders": np.array([1]), "word_orders": np.array([], dtype=np.int64), "bits": np.array(8), "idf": idf,
        "weights": weights, "cue_weights": np.array([[0.5]], dtype=np.float32), "bias": np.array([-1.0]),
        "calibration": np.array([[1.0, 0.0]]),
    }  # fmt: skip
    return whole | changed


def write(folder: Path, content: dict[str, Any]) -> Path:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **content)
    path = folder / "model.npz"
    path.write_bytes(buffer.getvalue())
    card = {"sha256": hashlib.sha256(buffer.getvalue()).hexdigest()}
    path.with_suffix(".json").write_text(json.dumps(card), "utf-8")
    return path


def test_a_probability_by_hand(tmp_path: Path) -> None:
    model = LinearTextModel.load(write(tmp_path, arrays()))
    # Only "好" carries idf, so its value is 1 after scaling: logit = 2 * 1 + 0.5 * 2 - 1 = 2 with a cue of 2.
    cues = np.array([[2.0], [0.0]], dtype=np.float32)
    found = model.probabilities(["好", "x"], cues)
    assert found[:, 0] == pytest.approx([1 / (1 + np.exp(-2)), 1 / (1 + np.exp(1))], abs=1e-3)


def test_no_texts_give_no_rows(tmp_path: Path) -> None:
    model = LinearTextModel.load(write(tmp_path, arrays()))
    assert model.probabilities([], np.zeros((0, 1), dtype=np.float32)).shape == (0, 1)


def test_the_pull_lies_on_the_characters_that_carry_weight(tmp_path: Path) -> None:
    pull = LinearTextModel.load(write(tmp_path, arrays())).pull("x好x")
    assert pull.tolist() == [0.0, 2.0, 0.0]
    assert LinearTextModel.load(tmp_path / "model.npz").pull("").tolist() == []


@pytest.mark.parametrize(
    "changed",
    [
        {"idf": np.zeros(10)},
        {"weights": np.zeros((256, 2))},
        {"calibration": np.zeros((2, 2))},
        {"bias": np.array([np.nan])},
        {"idf": np.full(256, np.inf)},
        {"bits": np.array("eight")},
    ],
)
def test_arrays_of_wrong_shape_or_not_finite_are_refused(tmp_path: Path, changed: dict[str, Any]) -> None:
    with pytest.raises(TextModelInvalid):
        LinearTextModel.load(write(tmp_path, arrays(**changed)))


def test_a_file_that_is_not_the_one_of_the_card_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, arrays())
    path.with_suffix(".json").write_text(json.dumps({"sha256": "0" * 64}), "utf-8")
    with pytest.raises(TextModelInvalid, match="card"):
        LinearTextModel.load(path)


def test_pickled_objects_are_never_loaded(tmp_path: Path) -> None:
    with pytest.raises(TextModelInvalid):
        LinearTextModel.load(write(tmp_path, arrays(bias=np.array([{"a": 1}], dtype=object))))


@pytest.mark.parametrize("body", [b"", b"PK\x03\x04 broken"])
def test_a_damaged_file_is_refused(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "model.npz"
    path.write_bytes(body)
    path.with_suffix(".json").write_text(json.dumps({"sha256": hashlib.sha256(body).hexdigest()}), "utf-8")
    with pytest.raises(TextModelInvalid):
        LinearTextModel.load(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TextModelInvalid):
        LinearTextModel.load(tmp_path / "nothing.npz")
