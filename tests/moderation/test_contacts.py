"""Contacts are found whole, where they stand, and disguises are noticed."""

from __future__ import annotations

import pytest

from copilot.language.normalise import normalise
from copilot.moderation.contacts import find_contacts


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("加微信 abc_12345", ["wechat"]),
        ("vx：abc_12345 或电话138 0000 0000", ["wechat", "phone"]),
        ("电话138****6621", ["phone"]),
        ("QQ 1000012345", ["qq"]),
        ("看 https://example.com/a?b=1 这个", ["link"]),
        ("mail ana@example.com", ["email"]),
        ("telegram @demo_seller", ["messenger"]),
        ("订单号 12345678901234567", []),
        ("价格 1380 元，数量 5000", []),
        ("微信里说", []),
        ("", []),
    ],
)
def test_kinds(text: str, kinds: list[str]) -> None:
    assert [contact.kind for contact in find_contacts(normalise(text))] == kinds


@pytest.mark.parametrize(
    ("text", "disguised"),
    [
        ("微信 abc_12345", False),
        ("WeChat abc_12345", False),
        ("vx abc_12345", False),
        ("加V abc_12345", False),
        ("薇信 abc_12345", True),
        ("薇❤信 abc_12345", True),
        ("威芯 abc_12345", True),
    ],
)
def test_disguise(text: str, disguised: bool) -> None:
    [contact] = find_contacts(normalise(text))
    assert contact.disguised is disguised
