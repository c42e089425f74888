"""What is subtracted from vectors before they are compared."""

from __future__ import annotations

import numpy as np
import pytest

from copilot.embeddings.base import Embedder
from copilot.matching.scores.background import SIDES, Background, reference_means, text_language


def _unit(rows: list[list[float]]) -> np.ndarray:
    matrix = np.asarray(rows, dtype=np.float32)
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


def test_centring_removes_the_mean_of_the_own_side_and_language() -> None:
    background = Background({("has", "zh"): np.array([1.0, 0.0], dtype=np.float32)})
    vectors = _unit([[0.8, 0.6], [0.8, 0.6]])
    centred = background.centre("has", vectors, ["zh", "en"])
    # (0.8, 0.6) - (1, 0) = (-0.2, 0.6), of length 0.6325
    assert centred[0] == pytest.approx([-0.3162, 0.9487], abs=1e-4)
    assert centred[1] == pytest.approx([0.8, 0.6], abs=1e-6)


def test_a_vector_that_equals_the_mean_stays_as_it_is() -> None:
    background = Background({("has", "zh"): np.array([0.6, 0.8], dtype=np.float32)})
    assert background.centre("has", _unit([[0.6, 0.8]]), ["zh"])[0] == pytest.approx([0.6, 0.8])


def test_no_vectors_give_none() -> None:
    assert Background({}).centre("has", np.zeros((0, 3), dtype=np.float32), []).shape[0] == 0
    assert Background({}).crowding("has", np.zeros((0, 3), dtype=np.float32)).shape == (0,)


def test_a_small_community_is_shrunk_towards_nothing_known() -> None:
    # 30 texts of an unknown embedder: (30 * (1, 0) + 30 * (0, 0)) / 60 = (0.5, 0)
    sample = {"has": (_unit([[1.0, 0.0]] * 30), ["zh"] * 30)}
    background = Background.build("other-model", sample)
    assert background.means["has", "zh"] == pytest.approx([0.5, 0.0])
    assert background.means["has", "en"] == pytest.approx([0.0, 0.0])


def test_crowding_without_a_sample_is_the_reference_and_grows_with_crowds() -> None:
    lonely = Background({})
    assert lonely.crowding("wants", _unit([[1.0, 0.0]])) == pytest.approx([0.17])
    crowd = Background({}, {"has": _unit([[1.0, 0.0]] * 30)})
    # nearest tenth has cosine 1: (30 * 1 + 30 * 0.17) / 60 = 0.585
    assert crowd.crowding("wants", _unit([[1.0, 0.0]])) == pytest.approx([0.585])
    assert crowd.crowding("has", _unit([[1.0, 0.0]])) == pytest.approx([0.17])


def test_the_reference_belongs_to_one_embedder(embedder: Embedder) -> None:
    means = reference_means(embedder.name, embedder.dimension)
    assert set(means) == {(side, language) for side in SIDES for language in ("zh", "en")}
    assert all(0.7 < np.linalg.norm(mean) < 1.0 for mean in means.values())
    assert reference_means("all-minilm-l6-v2", 384) == {}
    assert reference_means(embedder.name, 12) == {}


def test_centring_makes_cosines_across_languages_comparable(embedder: Embedder) -> None:
    texts = ["想找冷链运输的车队", "looking for a refrigerated trucking fleet", "想找人教我画绘本"]
    vectors = np.asarray(embedder.embed_documents(texts), dtype=np.float32)
    assert vectors[0] @ vectors[2] > vectors[0] @ vectors[1]  # raw: the same language wins
    background = Background(reference_means(embedder.name, embedder.dimension))
    centred = background.centre("wants", vectors, [text_language(text) for text in texts])
    assert centred[0] @ centred[1] > centred[0] @ centred[2]


@pytest.mark.parametrize(
    ("text", "language"), [("做冷链", "zh"), ("cold chain", "en"), ("", "en"), ("做 SaaS 的老兵", "zh")]
)
def test_the_language_of_a_text_is_told_by_its_script(text: str, language: str) -> None:
    assert text_language(text) == language
