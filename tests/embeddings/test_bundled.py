"""What both engines of the bundled model promise; what only one does is in its own file."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.embeddings import Embeddings

from copilot.embeddings.base import Embedder
from copilot.embeddings.factory import make_embedder
from copilot.errors import InvalidInput
from copilot.settings import EmbeddingSettings
from tests.timing import seconds_of_work

TEXTS = [
    "我在深圳做跨境电商",
    "Looking for a co-founder who knows Rust",
    "有没有人能推荐靠谱的财税代理？",
    "👍👍👍",
    "a",
    "很长的一段自我介绍，从上学说起。" * 6,
]


@pytest.fixture(scope="module", params=["onnx", "wheel"])
def engine(request: pytest.FixtureRequest) -> Embedder:
    return make_embedder(EmbeddingSettings(engine=request.param))


def test_every_vector_has_unit_length_and_the_stated_width(engine: Embedder) -> None:
    for vector in engine.embed_documents(TEXTS):
        assert len(vector) == engine.dimension == 384
        assert math.isclose(sum(x * x for x in vector), 1.0, abs_tol=1e-5)


@pytest.mark.slow
def test_a_text_has_one_vector_in_any_batch(engine: Embedder) -> None:
    together = engine.embed_documents(TEXTS * 5)
    alone = [engine.embed_documents([text])[0] for text in TEXTS]
    assert together == alone * 5


@pytest.mark.slow
def test_threads_get_the_vectors_that_one_thread_gets(engine: Embedder) -> None:
    expected = engine.embed_documents(TEXTS)
    with ThreadPoolExecutor(4) as pool:
        for vectors in pool.map(lambda _: engine.embed_documents(TEXTS), range(4)):
            assert vectors == expected


def test_queries_and_documents_are_embedded_apart(engine: Embedder) -> None:
    document, query = engine.embed_documents(["找投资人"])[0], engine.embed_query("找投资人")
    assert document != query
    assert np.dot(document, query) > 0.85


def test_a_query_is_the_same_alone_in_a_batch_and_remembered(engine: Embedder) -> None:
    first = engine.embed_query(TEXTS[0])
    first[0] = 99.0  # what a caller does to its list must not reach the cache
    assert engine.embed_query(TEXTS[0]) == engine.embed_queries(TEXTS)[0]


def test_a_remembered_query_costs_nothing(engine: Embedder) -> None:
    engine.embed_query("一个很特别的问题")
    assert seconds_of_work(lambda: [engine.embed_query("一个很特别的问题") for _ in range(100)]) < 0.1


def test_the_meaning_counts_across_languages(engine: Embedder) -> None:
    wish = np.array(engine.embed_query("想找懂跨境电商广告的人"))
    offer, other = np.array(
        engine.embed_documents(["Ten years of advertising for cross-border e-commerce", "I teach piano to children"])
    )
    assert wish @ offer > wish @ other + 0.02


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u3000\u3000", "\x00"])
def test_a_blank_text_is_refused(engine: Embedder, text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        engine.embed_documents(["fine", text])
    assert caught.value.data["position"] == 1
    with pytest.raises(InvalidInput):
        engine.embed_query(text)


def test_no_texts_give_no_vectors(engine: Embedder) -> None:
    assert engine.embed_documents([]) == []
    assert engine.embed_queries([]) == []


def test_a_nul_does_not_end_the_text(engine: Embedder) -> None:
    assert engine.embed_documents(["前半\x00后半"]) == engine.embed_documents(["前半 后半"])


@pytest.mark.parametrize("text", ["a\ud800b", "\x01\x02\x03\x7f", "\u200b\ufeff", "\x85\u2028x", "e\u0301" * 50])
def test_odd_characters_are_taken(engine: Embedder, text: str) -> None:
    vector = np.array(engine.embed_documents([text])[0])
    assert math.isclose(float(vector @ vector), 1.0, abs_tol=1e-5)


@pytest.mark.slow
@given(text=st.text(min_size=1, max_size=60).filter(lambda text: text.replace("\x00", "").strip()))
@settings(max_examples=30, deadline=None)
def test_any_text_gets_a_finite_unit_vector(engine: Embedder, text: str) -> None:
    vector = np.array(engine.embed_documents([text])[0])
    assert np.isfinite(vector).all()
    assert math.isclose(float(vector @ vector), 1.0, abs_tol=1e-5)


def test_langchain_takes_it_as_its_own(engine: Embedder) -> None:
    assert isinstance(engine, Embeddings)
