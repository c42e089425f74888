"""Readability and novelty of drafts, in Chinese and English, by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.drafts import novelty, reading_units, sentence_lengths


def test_units_are_han_characters_words_and_numbers() -> None:
    assert reading_units("预算2万，AI-agents don't wait") == ["预", "算", "2", "万", "AI-agents", "don't", "wait"]


def test_a_point_inside_a_number_ends_no_sentence() -> None:
    assert sentence_lengths("It costs 2.5 yuan. 好的！") == [4, 2]


def test_novelty_is_the_share_of_runs_nobody_wrote_before() -> None:
    # runs of a b c d e: abcd, bcde; the known text holds abcd
    assert novelty("a b c d e", ["x a b c d"]) == 0.5
    assert novelty("短句", ["短句"]) == 0.0


@given(st.text(alphabet="一二三四五 ab。", min_size=1).filter(lambda text: bool(reading_units(text))))
def test_a_text_is_all_new_alone_and_nothing_new_beside_itself(text: str) -> None:
    assert novelty(text, []) == 1.0
    assert novelty(text, [text]) == 0.0


def test_empty_texts_have_no_measure() -> None:
    assert sentence_lengths("。。") == []
    with pytest.raises(ValueError, match="empty text"):
        novelty("  ", ["a"])
