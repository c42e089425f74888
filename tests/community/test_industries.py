"""One industry under all its names, and found in a sentence by its words."""

from __future__ import annotations

import pytest

from copilot.community.industries import find_industry, industry_key, industry_name


@pytest.mark.parametrize(
    ("left", "right"),
    [("跨境电商", "e-commerce"), ("SaaS", "企业服务"), (" Legal  services ", "法律"), ("酒窖", "酒窖 ")],
)
def test_names_of_one_industry_have_one_key(left: str, right: str) -> None:
    assert industry_key(left) == industry_key(right)


@pytest.mark.parametrize(
    ("sentence", "key"),
    [
        ("做跨境电商ERP", "跨境电商与外贸"),
        ("I run a small logistics startup", "物流"),
        ("固态电池，batteries", "新能源"),
        ("angel investor, 20 cheques", "投资"),
        ("大家好，请多关照", None),
        ("I said it aloud", None),  # `ai` is a word of its own, not a part of one
        ("", None),
    ],
)
def test_an_industry_is_found_by_whole_words(sentence: str, key: str | None) -> None:
    found = find_industry(sentence)
    assert (found.key if found else None) == key


def test_the_span_is_the_word_that_gives_it_away() -> None:
    found = find_industry("我在佛山做五金模具")
    assert found is not None
    assert "我在佛山做五金模具"[found.start : found.end] == "五金"


@pytest.mark.parametrize(
    ("key", "locale", "name"),
    [
        ("saas", "zh-CN", "企业软件"),
        ("跨境电商", "en", "Cross-border e-commerce"),
        ("酒窖", "en", "酒窖"),
        ("mcn", "zh-CN", "mcn"),
    ],
)
def test_names_follow_the_locale_and_unknown_ones_stay(key: str, locale: str, name: str) -> None:
    assert industry_name(key, locale) == name
