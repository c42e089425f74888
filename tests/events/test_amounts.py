from __future__ import annotations

import pytest

from copilot.events.briefs.amounts import find_money, find_negative, find_people, with_colons


@pytest.mark.parametrize(
    ("text", "count", "low"),
    [
        ("60人", 60, None), ("六十人", 60, None), ("20-30人", 30, 20), ("20到30人", 30, 20), ("大概80位创始人", 80, None),
        ("60 people", 60, None), ("8-12 people", 12, 8), ("60来人", 60, None), ("十二个人", 12, None), ("100名开发者", 100, None),
        ("40 developers", 40, None), ("a hundred people", 100, None), ("1,200人", 1200, None), ("2万人", 20_000, None),
        ("dinner for 10 tomorrow night", 10, None),
    ],
)  # fmt: skip
def test_a_head_count_is_read_and_of_a_range_the_upper_end_counts(text: str, count: int, low: int | None) -> None:
    assert [(item.value.count, item.value.low) for item in find_people(text)] == [(count, low)]


@pytest.mark.parametrize(
    "text", ["5位嘉宾", "3名讲师", "每组5人", "teams of 4 people", "5 speakers", "粉丝2万人", "请一位朋友", "5人一组"]
)
def test_speakers_and_teams_are_not_the_audience(text: str) -> None:
    assert find_people(text) == []


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("预算2万", 2_000_000), ("20000元", 2_000_000), ("¥20k", 2_000_000), ("2万元以内", 2_000_000), ("预算两万五", 2_500_000),
        ("budget 20,000 yuan", 2_000_000), ("under 20k RMB", 2_000_000), ("不超过8000块", 800_000), ("预算1-2万", 2_000_000),
        ("经费三千元", 300_000), ("零预算", 0), ("no budget", 0), ("预算 99.5 元", 9_950), ("预算5000w", 5_000_000_000),
        ("预算1千万", 1_000_000_000),
    ],
)  # fmt: skip
def test_a_budget_is_read_in_cents(text: str, cents: int) -> None:
    assert [item.value.cents for item in find_money(text)] == [cents]


@pytest.mark.parametrize(
    ("text", "own", "currency", "cents"),
    [
        ("$500", "CNY", "USD", 50_000),
        ("budget 500 USD", "CNY", "USD", 50_000),
        ("预算500美元", "CNY", "USD", 50_000),
        ("€2,000", "USD", "EUR", 200_000),
        ("预算 300 欧元", "CNY", "EUR", 30_000),
        ("500 pounds", "USD", "GBP", 50_000),
        ("£500", "GBP", "GBP", 50_000),
        ("$2k", "USD", "USD", 200_000),
        ("$2k", "SGD", "SGD", 200_000),  # a dollar is the community's own kind
        ("budget 2k", "EUR", "EUR", 200_000),
        ("5万元", "USD", "CNY", 5_000_000),
        ("RMB 3000", "USD", "CNY", 300_000),
        ("预算3000元", "HKD", "HKD", 300_000),
        ("预算5万", "USD", "USD", 5_000_000),
        ("¥30000", "JPY", "JPY", 30_000),  # a yen has no smaller unit
        ("amateur night, budget 20", "USD", "USD", 2_000),
        ("US$1,500-2,000", "CNY", "USD", 200_000),
    ],
)
def test_an_amount_keeps_its_currency_and_is_never_converted(text: str, own: str, currency: str, cents: int) -> None:
    found = find_money(text, own)
    assert [(item.value.cents, item.value.currency) for item in found] == [(cents, currency)]


@pytest.mark.parametrize(
    "text", ["-5人的饭局", "负5人", "预算-100元", "预算:-100", "-20 people", "budget -$50", "minus 300 yuan"]
)
def test_numbers_below_zero_are_found(text: str) -> None:
    assert find_negative(text)


@pytest.mark.parametrize(
    "text", ["20-30人", "5-10元", "11-28 60人", "周六 - 20人", "2小时-50人", "8k-10k yuan", "预算 - 2万"]
)
def test_ranges_and_dashes_are_not_below_zero(text: str) -> None:
    assert find_negative(text) is None


def test_hyphens_behind_labels_are_colons() -> None:
    assert with_colons("地点-深圳 人数-50 预算-2万") == "地点:深圳 人数:50 预算:2万"
    assert with_colons("预算-100元") == "预算-100元"


def test_an_amount_a_head_stands_beside_a_budget() -> None:
    found = find_money("人均200元，总预算8000元")
    assert [(item.value.cents, item.value.is_per_head) for item in found] == [(20_000, True), (800_000, False)]


@pytest.mark.parametrize(
    "text", ["奖金1万元", "融资500万元的项目", "客单价300元", "票价99元", "60人", "两小时", "prize 5000 yuan", "2026年"]
)
def test_other_money_is_not_the_budget(text: str) -> None:
    assert find_money(text) == []


def test_the_amount_called_budget_wins_over_other_amounts() -> None:
    assert [item.value.cents for item in find_money("场地3000元,预算2万")] == [2_000_000]


def test_an_amount_per_person_says_so() -> None:
    assert [item.value.is_per_head for item in find_money("人均200元")] == [True]
    assert [item.value.is_per_head for item in find_money("200 yuan per person")] == [True]


def test_no_limit_is_no_amount() -> None:
    assert [item.value.cents for item in find_money("预算不限")] == [None]
