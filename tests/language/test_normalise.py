"""Disguises come off, plain text stays, and every span leads back to the stored text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.language.normalise import normalise
from copilot.language.sounds import cut_syllables, tables


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
        ("收钱说话的zou gou罢了", "收钱说话的走狗罢了"),
        ("就是个ruo zhi,别理", "就是个弱智,别理"),
        ("sha bi", "傻逼"),
        ("nmsl", "你妈死了"),
        ("真是个弱至 唉", "真是个弱智 唉"),
        ("舌忝犭句", "舔狗"),
        ("收钱说话的走枸罢了", "收钱说话的走狗罢了"),
        ("收钱说话的走🐶罢了", "收钱说话的走狗罢了"),
        ("你是🐷吗", "你是猪吗"),
    ],
)
def test_a_disguise_comes_off(written: str, plain: str) -> None:
    assert normalise(written).text == plain


@pytest.mark.parametrize(
    "text",
    [
        "usb 接口",
        "我用 vxworks",
        "今天 下午 开会",
        "wxpython 教程",
        "沙比亚",
        "好。你呢",
        "a b c",
        "傻b较真",
        "白吃白喝",
        "麻辣鸡丝",
        "用ai写的",
        "make sense了",
        "今天开会, sb should come",
        "明年见人就问",
        "谢谢大家🙏",
        "笑死😂😂",
        "日月如梭",
        "女子组",
        "take a break",
        "made in shenzhen",
        "我给你寄吧",
        "我们在建人才库",
        "周三见🐶",
    ],
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


_CHAT = st.text(alphabet="加微薇v❤信x亻尔女马 .你好a1哈\u200b犭句走gouzshabi🐶🐷傻逼比智障至弱nmsl，", max_size=30)


@given(_CHAT)
def test_every_span_is_a_slice_of_what_was_written(text: str) -> None:
    once = normalise(text)
    for at in range(len(once.text)):
        start, end = once.original_span(at, at + 1)
        assert text[start:end]


@given(_CHAT)
def test_normalising_again_changes_nothing(text: str) -> None:
    once = normalise(text).text
    assert normalise(once).text == once


@pytest.mark.parametrize(
    ("written", "kinds"),
    [
        ("今天下午开会，请带电脑", ()),
        ("國家發達ＡＢＣ", ()),
        ("舌忝犭句", ("split",)),
        ("走🐶罢了，nmsl", ("emoji", "initials")),
        ("无 抵 押，加薇❤信", ("contact", "spread")),
    ],
)
def test_what_was_undone_is_named(written: str, kinds: tuple[str, ...]) -> None:
    assert normalise(written).disguises == kinds


def test_the_evidence_of_a_disguised_word_is_what_was_written() -> None:
    stored = "你真是犭句😂改天再说"
    form = normalise(stored)
    at = form.text.index("狗")
    assert stored[slice(*form.original_span(at, at + 1))] == "犭句"


def test_letters_that_could_be_cut_in_many_ways_cost_little() -> None:
    started = time.process_time()
    normalise("你" + "nangana" * 8 + "q你")
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize(
    ("word", "cut"),
    [
        ("zougou", ("zou", "gou")),
        ("renshou", ("ren", "shou")),
        ("xian", ("xian",)),
        ("python", ()),
        ("", ()),
        ("nangq", ()),
    ],
)
def test_pinyin_is_cut_longest_first_or_not_at_all(word: str, cut: tuple[str, ...]) -> None:
    assert cut_syllables(word, tables().syllables) == cut
