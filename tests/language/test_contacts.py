"""Phone numbers, links, addresses and accounts are told from years, dates and amounts."""

from __future__ import annotations

import pytest

from copilot.language.contacts import holds_contact


@pytest.mark.parametrize(
    "text",
    [
        "小李 13800138000", "138-0013-8000", "138 0013 8000", "+86 13800138000", "010-88886666", "a@b.cn",
        "www.a.example", "https://a.example/x", "官网 kuaijian.com", "加微信：abc_123", "V信 kunkun88", "vx是kunkun88",
        "wx: kunkun88", "手机号 7654321", "QQ号：123456", "86-138 0013 8000", "2018-2020，电话 13800138000",
    ],
)  # fmt: skip
def test_ways_to_reach_somebody_are_recognised(text: str) -> None:
    assert holds_contact(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "Yoyo养猫", "2026年11月的第3场", "2015-2020 在字节", "2015 - 2020", "2026-11-16", "客单价1000-3000元",
        "月薪15000-20000元", "can host 1000-2000 people", "做过微信小程序", "QQ群里认识的",
        "2026-11-28 14:00", "11-28 14:00 见",
    ],
)  # fmt: skip
def test_years_dates_and_amounts_reach_nobody(text: str) -> None:
    assert not holds_contact(text)
