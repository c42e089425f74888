"""The same act again: small changes ignored, short lines only when they are equal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.moderation.likeness import is_copy, letters_of

ADVERT = "源头工厂承接各类礼品定制，量大从优，欢迎各位老板咨询，电话138****6621"


@pytest.mark.parametrize(
    "other",
    [
        ADVERT + "🔥🔥",
        ADVERT.replace("138", "139"),
        ADVERT.replace("，", "  "),
        "【急】" + ADVERT,
        ADVERT.replace("各位老板", "各位老板朋友"),
    ],
)
def test_a_pasted_advert_is_known_again(other: str) -> None:
    assert is_copy(letters_of(ADVERT), letters_of(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [("你这个废物，第一次了", "你这个废物，第二次了"), ("早上好", "早上好呀"), ("", ""), ("123", "456"), (ADVERT, "周五晚上有一场线上分享，主题是跨境收款踩过的坑，欢迎来听")],
)  # fmt: skip
def test_what_is_short_empty_or_something_else_is_no_copy(one: str, other: str) -> None:
    assert not is_copy(letters_of(one), letters_of(other))


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_has_no_direction(one: str, other: str) -> None:
    first, second = letters_of(one), letters_of(other)
    assert is_copy(first, second) == is_copy(second, first)
