"""Disguises come off, plain text stays, and every span leads back to the stored text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.language.normalise import normalise


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("ＡＢＣ１２３", "abc123"),
        ("國家發達", "国家发达"),
        ("哈哈哈哈哈哈", "哈哈"),
        ("sooooo good", "soo good"),
        ("1000000", "1000000"),
        ("你\u200b好\ufeff", "你好"),
        ("一\n\n\t二", "一 二"),
        ("加薇❤信 abc_123", "加微信 abc_123"),
        ("v.x: abc_123", "微信: abc_123"),
        ("亻尔女马", "你妈"),
        ("无 抵 押", "无抵押"),
        ("贷.款.快", "贷款快"),
        ("扌刂单", "刷单"),
        ("SB", "傻逼"),
    ],
)
def test_a_disguise_comes_off(written: str, plain: str) -> None:
    assert normalise(written).text == plain


@pytest.mark.parametrize(
    "text", ["usb 接口", "我用 vxworks", "今天 下午 开会", "wxpython 教程", "沙比亚", "好。你呢", "a b c", "傻b较真"]
)
def test_what_only_looks_like_a_disguise_stays(text: str) -> None:
    assert normalise(text).text == text


def test_a_span_leads_back_to_the_exact_source() -> None:
    stored = "  請加 薇❤信：ABC_12３！！！！"
    form = normalise(stored)
    at = form.text.index("微信")
    start, end = form.original_span(at, at + 2)
    assert stored[start:end] == "薇❤信"
    whole = form.original_span(0, len(form.text))
    assert whole == (0, len(stored))


def test_an_empty_text_has_one_empty_span() -> None:
    form = normalise("")
    assert form.text == ""
    assert form.original_span(0, 0) == (0, 0)


def test_a_span_outside_is_refused() -> None:
    with pytest.raises(ValueError, match="outside"):
        normalise("abc").original_span(2, 9)


@given(st.text(max_size=80))
def test_every_character_knows_where_it_came_from(text: str) -> None:
    form = normalise(text)
    assert len(form.text) == len(form.starts) == len(form.ends)
    for start, end in zip(form.starts, form.ends, strict=True):
        assert 0 <= start < end <= len(text)
    assert list(form.starts) == sorted(form.starts)


@given(st.text(alphabet="加微薇v❤信x亻尔 .你好a1哈\u200b", max_size=30))
def test_normalising_twice_adds_nothing_to_plain_words(text: str) -> None:
    once = normalise(text)
    for at in range(len(once.text)):
        start, end = once.original_span(at, at + 1)
        assert text[start:end]
