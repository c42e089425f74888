from __future__ import annotations

import pytest

from copilot.llm.contacts import without_contacts
from copilot.llm.fence import fence


@pytest.mark.parametrize(
    "text",
    [
        "报名 https://evil.example/x?y=1 。", "见 www.abc.cn/path", "写信到 some.one@mail-box.com", "电话 13912345678",
        "+44 7700 900123", "加微信：abc_12345", "telegram: some_name", "010-12345678", "form.io/x9", "400-800-1234",
    ],
)  # fmt: skip
def test_a_contact_is_left_out(text: str) -> None:
    assert "[…]" in without_contacts(text)
    assert not any(char.isdigit() for char in without_contacts(text))


@pytest.mark.parametrize(
    "text",
    [
        "预算 2 万，2026-12-05 14:00，60 人", "ISO 9001:2015", "版本 3.11.2 和 v1.2", "价格 300-500 元", "用 node.js 写的",
        "加微信聊，或者线下见", "订单号 20261116 已经发出", "i.e. a warehouse of 1,000 m2", "",
    ],
)  # fmt: skip
def test_numbers_that_are_no_contact_are_kept(text: str) -> None:
    assert without_contacts(text) == text


def test_no_contact_of_a_member_goes_to_a_model() -> None:
    assert "139" not in fence("member mem_1", "找我：13912345678，或 a@b.com")
