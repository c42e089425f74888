"""Values that can be held against each other, read by hand."""

from __future__ import annotations

from datetime import date

import pytest

from copilot.moderation.claims.values import Value, ValueKind, agree, values_in

DAY = date(2026, 11, 20)  # a Friday


def one(text: str) -> Value:
    [value] = values_in(text, DAY)
    return value


@pytest.mark.parametrize(
    ("text", "kind", "unit", "low", "high"),
    [
        ("门票 99 元/人", ValueKind.MONEY, "CNY/person", 99, 99),
        ("每天收耗材费300元", ValueKind.MONEY, "CNY/day", 300, 300),
        ("单笔两万到八万元", ValueKind.MONEY, "CNY", 20_000, 80_000),
        ("$20 per person", ValueKind.MONEY, "USD/person", 20, 20),
        ("240 euros", ValueKind.MONEY, "EUR", 240, 240),
        ("会员免费", ValueKind.MONEY, "free", 0, 0),
        ("free of charge", ValueKind.MONEY, "free", 0, 0),
        ("40%", ValueKind.PERCENT, "percent", 40, 40),
        ("35 percent of wages", ValueKind.PERCENT, "percent", 35, 35),
        ("六个月内归还", ValueKind.DURATION, "months", 6, 6),
        ("入群满一年", ValueKind.DURATION, "months", 12, 12),
        ("2小时", ValueKind.DURATION, "minutes", 120, 120),
        ("8 weeks", ValueKind.DURATION, "days", 56, 56),
        ("名额30个人", ValueKind.COUNT, "people", 30, 30),
        ("每周发2次", ValueKind.COUNT, "times", 2, 2),
        ("11月28日", ValueKind.DATE, "date", date(2026, 11, 28).toordinal(), date(2026, 11, 28).toordinal()),
        ("1月3号", ValueKind.DATE, "date", date(2027, 1, 3).toordinal(), date(2027, 1, 3).toordinal()),
        ("Dec 3", ValueKind.DATE, "date", date(2026, 12, 3).toordinal(), date(2026, 12, 3).toordinal()),
        ("3 December 2026", ValueKind.DATE, "date", date(2026, 12, 3).toordinal(), date(2026, 12, 3).toordinal()),
        ("明天", ValueKind.DATE, "date", date(2026, 11, 21).toordinal(), date(2026, 11, 21).toordinal()),
        ("周日", ValueKind.WEEKDAY, "weekday", 6, 6),
        ("Thursday", ValueKind.WEEKDAY, "weekday", 3, 3),
        ("下午两点半", ValueKind.TIME, "24h", 870, 870),
        ("两点", ValueKind.TIME, "12h", 120, 120),
        ("8pm", ValueKind.TIME, "24h", 1200, 1200),
        ("19:30", ValueKind.TIME, "24h", 1170, 1170),
    ],
)
def test_a_value_is_read(text: str, kind: ValueKind, unit: str, low: float, high: float) -> None:
    value = one(text)
    assert (value.kind, value.unit, value.low, value.high) == (kind, unit, low, high)


@pytest.mark.parametrize("text", ["", "没有数字", "一点都不贵", "2026-02-31", "非免费", "三点评", "version 3.2"])
def test_what_is_no_value_is_left_out(text: str) -> None:
    assert [v for v in values_in(text, DAY) if v.kind is not ValueKind.DURATION] == []


def test_a_date_without_a_year_needs_the_day_it_was_said() -> None:
    assert values_in("11月28日 明天", None) == []
    assert len(values_in("2026年11月28日", None)) == 1


@pytest.mark.parametrize(
    ("claimed", "recorded", "same"),
    [
        ("99元", "99 元", True), ("99元", "120元", False), ("99元", "$99", None), ("99元/天", "99元", None),
        ("免费", "80 元一天", False), ("免费", "不收钱", True), ("5 万元", "两万到八万元", True), ("9万元", "两万到八万元", False),
        ("约 95 元", "99 元", True), ("约 50 元", "99 元", False), ("最多30人", "20人", None), ("最多30人", "40人", None),
        ("限20人", "最多40人", False), ("30人", "30 个名额", True), ("三个月", "六个月", False), ("30天", "一个月", None),
        ("在上海", "在杭州", False), ("在上海", "Shanghai", True), ("40%", "40 percent", True), ("40%", "40元", None),
    ],
)  # fmt: skip
def test_two_values_agree_differ_or_cannot_be_compared(claimed: str, recorded: str, same: bool | None) -> None:
    assert agree(one(claimed), one(recorded)) is same


@pytest.mark.parametrize("text", ["9" * 5_000, "一" * 5_000, "1月" * 2_000, "¥" * 2_000, "11:" * 1_500])
def test_a_page_of_digits_costs_no_more_than_its_length(text: str) -> None:
    values_in(text, DAY)
