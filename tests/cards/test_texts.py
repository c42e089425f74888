"""What people typed becomes drawable and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.cards.texts import MOST_CHARS, drawable, initial, is_right_to_left, isolated, letters
from tests.cards.hostile import HOSTILE

MOVERS = set("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c")


def test_overrides_and_invisible_letters_are_gone_and_words_stay() -> None:
    assert drawable("abc\u202egnp.exe") == "abcgnp.exe"
    assert drawable("in\u200bvis\u00adible") == "invisible"
    assert drawable("\u3164\u115f\u2800") == ""
    assert drawable("a\nb\u2028c") == "a b c"
    assert drawable("李雷 & <b>") == "李雷 & <b>"


def test_marks_do_not_climb() -> None:
    assert drawable("e" + "\u0330" * 40) == "\u1e1b" + "\u0330" * 3
    assert drawable("\u0301x") == "x"


def test_joiners_stay_where_they_join() -> None:
    assert drawable("👩\u200d🚀") == "👩\u200d🚀"
    assert drawable("क्\u200dष") == "क्\u200dष"
    assert drawable("a\u200db") == "ab"


def test_letters_are_what_a_reader_sees() -> None:
    assert letters("👩🏽\u200d🚀é🇨🇳🇫🇷") == ["👩🏽\u200d🚀", "é", "🇨🇳", "🇫🇷"]
    assert letters("e\u0301x") == ["e\u0301", "x"]


def test_a_line_read_right_to_left_is_set_apart() -> None:
    assert is_right_to_left("123 محمد")
    assert not is_right_to_left("Ada محمد")
    assert isolated("محمد") == "\u2067محمد\u2069"
    assert isolated("Ada") == "Ada"


@pytest.mark.parametrize("text", HOSTILE)
def test_no_hostile_text_keeps_what_moves_its_neighbours(text: str) -> None:
    shown = drawable(text)
    assert not MOVERS & set(shown)
    assert len(shown) <= MOST_CHARS
    assert "".join(letters(shown)) == shown


@given(st.text(max_size=80))
def test_drawing_twice_changes_nothing(text: str) -> None:
    once = drawable(text)
    assert drawable(once) == once
    assert "".join(letters(once)) == once


@pytest.mark.parametrize(("name", "letter"), [("小满🌾", "小"), ("👩\u200d🚀 ann", "A"), ("🦄", "🦄"), ("", "")])
def test_a_name_is_stood_for_by_its_first_letter_rather_than_a_picture(name: str, letter: str) -> None:
    assert initial(letters(name)) == letter
