from __future__ import annotations

import pytest

from copilot.events.briefs.places import find_place


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("在科兴科学园签到", "科兴科学园"), ("地点:前海国际会议中心,下午", "前海国际会议中心"), ("12月20日,上海展览中心,50人", "上海展览中心"),
        ("salon at Blue Bottle Coffee on Friday", "Blue Bottle Coffee"), ("Workshop at Harbour Hub, Dec 9", "Harbour Hub"),
    ],
)  # fmt: skip
def test_a_named_place_is_found(text: str, name: str) -> None:
    found = find_place(text)
    assert found is not None
    assert found.value == name
    assert text[found.start : found.end] == name


@pytest.mark.parametrize(
    "text",
    [
        "在公司会议室",
        "找个咖啡馆",
        "聊聊共享办公室",
        "at the office",
        "在深圳",
        "面向跨境电商",
        "at 7pm in Shanghai",
        "",
    ],
)
def test_a_kind_of_place_or_a_city_is_no_named_place(text: str) -> None:
    assert find_place(text) is None
