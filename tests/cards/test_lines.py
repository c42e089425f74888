"""Lines break where readers expect it. Widths are those of no font: Chinese letters are one em, `x` 0.62."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.cards.fonts import FontBook
from copilot.cards.lines import Box, Style, broken, fitted

BOOK = FontBook(with_system=False)
TEN = Style(10)


def test_widths_without_a_font_are_estimated() -> None:
    assert BOOK.width("李雷", 10) == 20
    assert BOOK.width("xx", 10) == 12.4
    assert not BOOK.has_chinese


def test_no_line_begins_with_a_comma_or_ends_with_an_opening_bracket() -> None:
    assert broken(BOOK, "一二三，四五", TEN, 30, 3).lines == ["一二", "三，四", "五"]
    assert broken(BOOK, "一二（三四", TEN, 30, 3).lines == ["一二", "（三四"]


def test_words_stay_whole_and_one_too_long_is_torn() -> None:
    assert broken(BOOK, "xxx xxxx xx", TEN, 45, 3).lines == ["xxx", "xxxx xx"]
    assert broken(BOOK, "x" * 16, TEN, 50, 3).lines == ["x" * 8, "x" * 8]


def test_what_does_not_fit_ends_in_an_ellipsis() -> None:
    found = broken(BOOK, "一二三四五六七", TEN, 30, 2)
    assert found.is_cut
    assert found.lines[0] == "一二三"
    assert found.lines[1].endswith("…")
    # One line is a name: it is cut where the room ends, not at its first space.
    assert broken(BOOK, "xx xxxxxxxxxx", TEN, 50, 1).lines[0].startswith("xx xxx")


def test_type_shrinks_until_the_text_fits() -> None:
    found = fitted(BOOK, "一二三四五六", Style(20), Box(60, 2), 8)
    assert (found.style.size, found.lines) == (20, ["一二三", "四五六"])
    assert fitted(BOOK, "一二三四五六七", Style(20), Box(60, 2), 8).style.size == 14
    assert fitted(BOOK, "一" * 99, Style(20), Box(60, 2), 8).is_cut


def test_type_shrinks_until_the_lines_are_no_higher_than_their_box() -> None:
    # Two lines of 20 are 20 + 25.6 high.
    assert fitted(BOOK, "一二三四五六", Style(20), Box(60, 2, 46), 8).style.size == 20
    assert fitted(BOOK, "一二三四五六", Style(20), Box(60, 2, 45), 8).style.size == 18
    assert len(fitted(BOOK, "一" * 99, Style(20), Box(60, 9, 20), 8).lines) == 2


@given(st.text(alphabet="一，（ab x…李。محم😀", max_size=60), st.integers(min_value=30, max_value=200))
def test_no_line_is_wider_than_its_room_and_no_letter_is_lost(text: str, width: int) -> None:
    found = broken(BOOK, text, TEN, width, 100)
    assert all(BOOK.width(line, 10) <= width + 1e-6 for line in found.lines)
    assert "".join(found.lines).replace(" ", "") == "".join(text.split())


@pytest.mark.skipif(not FontBook().has_chinese, reason="no Chinese font on this machine")
def test_a_painted_picture_gives_no_room_to_letters_that_no_font_here_has() -> None:
    book = FontBook()
    unknown = "\U0001fae8\U0001f1e8\U0001f1f3"
    if book.has(unknown[0]):
        pytest.skip("this machine has a font of emoji")
    style = Style(100)
    assert broken(book.painted, f"{unknown} 小满 {unknown}", style, 230, 2).lines == ["小满"]
    assert broken(book, f"{unknown} 小满 {unknown}", style, 230, 2).is_cut
    assert broken(book.painted, unknown, style, 500, 1).lines == ["···"]
    assert book.sets(unknown[0]), "an SVG's reader may have the font"
