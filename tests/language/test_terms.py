"""Words of a list are found longest first, and Latin ones only whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from copilot.language.terms import TermIndex, read_terms


def test_the_longest_term_wins_and_none_overlap() -> None:
    index = TermIndex({"bad": ["骗子", "死骗子"], "you": ["你"]})
    assert [(t.word, t.group, t.start, t.end) for t in index.find("你个死骗子")] == [
        ("你", "you", 0, 1),
        ("死骗子", "bad", 2, 5),
    ]


def test_latin_terms_are_whole_words() -> None:
    index = TermIndex({"bad": ["ass", "hell"]})
    assert [t.start for t in index.find("hello class, what an ass")] == [21]


def test_latin_terms_may_touch_han_characters() -> None:
    assert [t.word for t in TermIndex({"bad": ["loser"]}).find("你个loser真是")] == ["loser"]


def test_nothing_is_found_in_nothing() -> None:
    assert list(TermIndex({}).find("任何文字")) == []
    assert list(TermIndex({"bad": ["坏"]}).find("")) == []


@pytest.mark.parametrize("words", [[""], ["长" * 25]])
def test_terms_without_or_beyond_bounds_are_refused(words: list[str]) -> None:
    with pytest.raises(ValueError, match="characters"):
        TermIndex({"bad": words})


def test_one_word_in_two_groups_is_refused() -> None:
    with pytest.raises(ValueError, match="two groups"):
        TermIndex({"good": ["行"], "bad": ["行"]})


def test_a_list_file_is_read_by_group(tmp_path: Path) -> None:
    file = tmp_path / "terms.txt"
    file.write_text("# comment\n\n[glad]\n好 棒\n[微笑]\n[sad]\n差\n", "utf-8")
    # A sticker alone on a line would be a group: that is why stickers stand beside other words.
    assert read_terms(file) == {"glad": ("好", "棒"), "微笑": (), "sad": ("差",)}


@pytest.mark.parametrize(("body", "match"), [("好\n[glad]\n", "before"), ("[a]\nx\n[a]\ny\n", "twice")])
def test_a_broken_list_file_is_refused(tmp_path: Path, body: str, match: str) -> None:
    file = tmp_path / "terms.txt"
    file.write_text(body, "utf-8")
    with pytest.raises(ValueError, match=match):
        read_terms(file)
