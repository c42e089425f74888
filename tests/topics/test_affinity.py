"""The arithmetic of the fit on vectors small enough to work out by hand, and on the bundled model."""

from __future__ import annotations

import numpy as np
import pytest

from copilot.embeddings.base import Embedder
from copilot.topics.affinity import FitWeights, Reference, Side, Space, usual_words
from tests.topics.conftest import BOOKS, MOULD, MOULDER, PRINTER, SINGER, RememberingEmbedder

EAST, NORTH = [1.0, 0.0], [0.0, 1.0]


def side(*vectors: list[float], texts: list[str] | None = None) -> Side:
    return Side(texts or [f"文本{n}" for n in range(len(vectors))], np.asarray(vectors, dtype=np.float32))


def test_a_margin_is_twice_the_cosine_less_what_is_near_to_each_anyway() -> None:
    # Background of both sides: +-east, so both means are zero and centring changes nothing. With nearest = 1 a question
    # pointing east has 1 as its nearest, and so has a statement pointing east: 2 * 1 - 1 - 1 = 0. A statement pointing
    # north is nearest to 0: for the eastern question 2 * 0 - 1 - 0 = -1.
    background = side(EAST, [-1.0, 0.0])
    space = Space(background, background, FitWeights(nearest=1))
    assert space.margins(side(EAST), side(EAST, NORTH)) == pytest.approx(np.array([[0.0, -1.0]]))


def test_shared_words_raise_the_fit_but_usual_ones_do_not() -> None:
    background = side(EAST, [-1.0, 0.0])
    weights = FitWeights(nearest=1, midpoint=0.0, slope=10.0, per_word=0.1, most_words=3)
    space = Space(background, background, weights)
    asked, said = side(EAST, texts=["模具缩水"]), side(EAST, texts=["注塑模具"])
    # Margin 0 and one word in common: 1 / (1 + exp(-10 * 0.1)) = 0.7311.
    assert space.fits(asked, said, frozenset())[0, 0] == pytest.approx(0.73106, abs=1e-5)
    assert space.fits(asked, said, frozenset({"模具"}))[0, 0] == pytest.approx(0.5)


def test_nothing_to_compare_gives_an_empty_table() -> None:
    space = Space(side(EAST, NORTH), side(EAST, NORTH), FitWeights())
    assert space.fits(side(EAST), Side([], np.zeros((0, 2), dtype=np.float32)), frozenset()).shape == (1, 0)


def test_a_text_that_equals_the_mean_stays_finite() -> None:
    background = side(EAST, EAST)
    space = Space(background, background, FitWeights(nearest=1))
    assert np.isfinite(space.fits(side(EAST), side(EAST, NORTH), frozenset())).all()


def test_usual_words_are_those_of_many_texts() -> None:
    texts = ["模具开发", "模具注塑", "模具维修", "模具报价", "印刷", "唱歌"]
    assert usual_words(texts) == frozenset({"模具"})
    assert usual_words(texts[:3]) == frozenset()


def test_the_one_who_knows_fits_best_even_in_a_tiny_community(embedder: Embedder) -> None:
    remembering = RememberingEmbedder(embedder)
    reference = Reference(remembering)

    def embedded(*texts: str) -> Side:
        return Side(list(texts), np.asarray(remembering.embed_documents(list(texts)), dtype=np.float32))

    fits = Space(reference.questions, reference.statements, FitWeights()).fits(
        embedded(MOULD, BOOKS), embedded(MOULDER, PRINTER, SINGER), frozenset()
    )
    assert fits.argmax(axis=1).tolist() == [0, 1]
    assert fits[0, 0] > 0.5 > fits[0, 2]
    assert fits[1, 1] > 0.5 > fits[1, 2]
