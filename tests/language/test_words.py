"""Content words: what remains of a text when the words that say nothing are left out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from copilot.language.words import content_words


def test_chinese_is_cut_into_pairs_and_latin_into_words() -> None:
    assert content_words("模具缩水 PP料") == {"模具", "具缩", "缩水", "pp"}


def test_words_that_say_nothing_are_left_out() -> None:
    assert content_words("大家，这个怎么办") == {"么办"}
    assert content_words("Does anyone know what you would do") == {"know"}


def test_plurals_and_width_do_not_matter() -> None:
    assert content_words("Ｍoulds") == content_words("mould") == {"mould"}


def test_nothing_gives_nothing() -> None:
    assert content_words("") == content_words("!? 。，") == set()


@given(st.text(max_size=200))
def test_it_never_fails_and_gives_no_blank_words(text: str) -> None:
    assert all(word.strip() for word in content_words(text))


def test_whoever_changes_the_words_of_a_text_changes_no_others() -> None:
    content_words("cold storage in Chengdu").clear()

    assert content_words("cold storage in Chengdu") == {"cold", "storage", "chengdu"}
