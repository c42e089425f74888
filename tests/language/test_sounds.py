"""How a text sounds: sound-alikes and pinyin become the same, English stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.language.sounds import heard


def _sound(text: str) -> str:
    return heard(text).removeprefix(text).strip()


def test_sound_alikes_sound_the_same() -> None:
    assert _sound("黑人") == _sound("嘿仁")
    assert _sound("黑人") != _sound("白人")


def test_pinyin_beside_chinese_sounds_like_what_it_spells() -> None:
    assert _sound("他是heiren吧") == _sound("他是黑人吧")


@pytest.mark.parametrize("text", ["", "see you at nine", "12:30", "wo bu zhidao"])
def test_a_text_without_chinese_comes_back_as_it_is(text: str) -> None:
    assert heard(text) == text


def test_english_inside_chinese_stays() -> None:
    assert "deploy" in _sound("今天deploy好吗")


@given(st.text(max_size=60))
def test_the_text_itself_always_comes_first(text: str) -> None:
    assert heard(text).startswith(text)


def test_a_very_long_run_of_letters_costs_nothing_and_stays() -> None:
    assert _sound("好" + "xian" * 5_000).endswith("xian" * 5_000)
