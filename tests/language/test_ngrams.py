"""Hashed n-grams: right counts, no mixing of texts, the same today and tomorrow."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.language.ngrams import NgramSpec, character_ngrams, count_ngrams

BUCKETS = [5198, 24792, 54012, 5198, 4261, 58408, 65287]
SPEC = NgramSpec(orders=(1, 2), word_orders=(1, 2), bits=16)


def test_counts_by_hand() -> None:
    # " aba " has 5 single characters (space and a twice) and the bigrams " a", "ab", "ba", "a "; one word, no word pair.
    grams = count_ngrams(["aba"], SPEC)
    assert grams.counts.sum() == 5 + 4 + 1
    assert sorted(grams.counts)[-2:] == [2.0, 2.0]


def test_empty_texts_have_no_ngrams_but_keep_their_place() -> None:
    grams = count_ngrams(["", "好", ""], SPEC)
    assert grams.size == 3
    assert set(grams.documents) == {1}


def test_no_texts_at_all() -> None:
    grams = count_ngrams([], SPEC)
    assert grams.size == 0
    assert len(grams.buckets) == 0


def test_buckets_never_change() -> None:
    """A trained model depends on these numbers: if this fails, models must be trained again."""
    _, buckets, starts = character_ngrams(["你好"], SPEC)
    assert buckets.tolist() == BUCKETS
    assert starts.tolist() == [0, 1, 2, 3, 0, 1, 2]


@pytest.mark.slow
@given(st.lists(st.text(max_size=12), min_size=1, max_size=6))
def test_a_text_counts_the_same_alone_and_among_others(texts: list[str]) -> None:
    together = count_ngrams(texts, SPEC)
    for index, text in enumerate(texts):
        alone = count_ngrams([text], SPEC)
        mine = together.documents == index
        np.testing.assert_array_equal(together.buckets[mine], alone.buckets)
        np.testing.assert_array_equal(together.counts[mine], alone.counts)


@given(st.text(max_size=40))
def test_buckets_stay_inside_the_table(text: str) -> None:
    grams = count_ngrams([text], SPEC)
    assert ((grams.buckets >= 0) & (grams.buckets < SPEC.buckets)).all()
