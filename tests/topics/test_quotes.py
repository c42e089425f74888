"""Excerpts are always slices, and the telling part is preferred."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.topics.quotes import excerpt, quoted_parts, without_quotes

ASKED = "有懂模具的老师傅吗。我二代水槽是PP料，侧壁2.5，背面筋位1.8，T1样出来正面一条一条缩水印。减胶改筋还是调保压？上一家就是这样把我坑死的"


def test_the_asking_sentence_is_preferred() -> None:
    assert excerpt(ASKED, 30) == "减胶改筋还是调保压？"


def test_a_long_sentence_is_cut_at_its_clauses() -> None:
    text = "我们自有牌子想进北美，商标是先在美国、加拿大分别交，还是走马德里一起报划算？"
    assert excerpt(text, 18) == "还是走马德里一起报划算？"


def test_english_is_cut_at_spaces_and_keeps_decimals() -> None:
    text = "Median latency went from 4.2 to 1.8 seconds. Which model would you pick for a small board without network?"
    assert excerpt(text, 80) == "Which model would you pick for a small board without network?"
    assert excerpt("one two three four five six", 12) == "one two"


def test_words_shared_with_the_other_text_decide() -> None:
    text = "我们做烘焙器具出口。也帮人核对原产地证书。"
    assert excerpt(text, 20, {"原产", "产地", "证书"}) == "也帮人核对原产地证书。".rstrip("。")


@pytest.mark.parametrize("text", ["", "   ", "\n\n"])
def test_an_empty_text_gives_an_empty_slice(text: str) -> None:
    assert excerpt(text, 20) == ""


@given(st.text(max_size=300), st.integers(min_value=5, max_value=80))
def test_an_excerpt_is_a_slice_within_the_limit_and_on_one_line(text: str, limit: int) -> None:
    found = excerpt(text, limit)
    assert found in text
    assert len(found) <= limit
    assert "\n" not in found


def test_quoted_parts_are_found_in_all_kinds_of_marks() -> None:
    assert quoted_parts('他说“一”，「二」和『三』, then "four".') == ["一", "二", "三", "four"]
    assert without_quotes("他说“一二三”走了").split() == ["他说", "走了"]
