"""Amounts keep their currency, are written as people of each language write them, and are never converted."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.assets import knowledge_dir
from copilot.currency import (
    CURRENCIES,
    default_currency,
    exact,
    heading,
    minor_units,
    money,
    plain,
    stored_currency,
)
from copilot.knowledge import PRICE_LEVELS, KnowledgeBase, read_price_levels


@pytest.mark.parametrize(
    ("minor", "code", "chinese", "english"),
    [
        (2_000_000, "CNY", "20,000 元", "20,000 yuan"),
        (50_050, "USD", "500.50 美元", "$500.50"),
        (200_000, "EUR", "2,000 欧元", "€2,000"),
        (30_000, "JPY", "30,000 日元", "JPY 30,000"),
        (-1_250, "GBP", "-12.50 英镑", "-£12.50"),
        (0, "USD", "0 美元", "$0"),
    ],
)
def test_an_amount_is_written_with_its_currency(minor: int, code: str, chinese: str, english: str) -> None:
    assert (money(minor, code, "zh-CN"), money(minor, code, "en")) == (chinese, english)


@given(minor=st.integers(-(10**12), 10**12), code=st.sampled_from(sorted(CURRENCIES)))
def test_what_a_spreadsheet_gets_is_the_amount_itself(minor: int, code: str) -> None:
    assert minor_units(Decimal(exact(minor, code)), code) == minor
    assert minor_units(Decimal(plain(minor, code).replace(",", "")), code) == minor


def test_a_community_without_a_choice_counts_as_its_language_does_and_an_old_one_in_yuan() -> None:
    assert (default_currency("zh-CN"), default_currency("en")) == ("CNY", "USD")
    assert stored_currency({}) == "CNY"
    assert stored_currency({"currency": "EUR"}) == "EUR"
    assert stored_currency({"currency": "XXX"}) == stored_currency({"currency": 7}) == "CNY"


def test_a_column_names_its_currency() -> None:
    assert (heading("USD", "zh-CN"), heading("USD", "en")) == ("美元", "USD")


def test_every_currency_there_is_has_a_price_level_and_every_playbook_a_price_in_it() -> None:
    knowledge = KnowledgeBase.load([knowledge_dir()])
    assert set(read_price_levels(knowledge_dir() / PRICE_LEVELS).levels) == set(CURRENCIES)
    for code in CURRENCIES:
        for book in knowledge.playbooks("en"):
            for line in knowledge.playbook(book.format, "en", code).cost_lines:
                assert line.min_cents <= line.typical_cents <= line.max_cents
                assert line.max_cents > 0
