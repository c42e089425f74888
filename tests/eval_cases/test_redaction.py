from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.eval_cases.redaction import Redactor, spellings
from copilot.language.contacts import holds_contact

NAMES = {
    spelling: "member_x"
    for name in ("小满🌾", "Mei Lin Teo", "老谭还在写", "邵敏CPA", "沈知微律师", "Al")
    for spelling in spellings(name)
}


def redact(text: str) -> str:
    return Redactor(NAMES).text(text)


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("小满你来吗", "[member_x]你来吗"),
        ("问 Mei 或者 MEI LIN TEO", "问 [member_x] 或者 [member_x]"),
        ("老谭说过，邵敏和沈知微也说过", "[member_x]说过，[member_x]和[member_x]也说过"),
        # A short Latin name is a word of its own or nothing.
        ("Al said: also, real, meiosis", "[member_x] said: also, real, meiosis"),
        ("Ａｌ is here", "[member_x] is here"),
        ("小\u200b满在", "[member_x]在"),
        ("@somebody 看看", "[handle] 看看"),
        ("打 138 1234 5678 给我", "打 [phone] 给我"),
        ("１３８１２３４５６７８", "[phone]"),
        ("一三八零零一三八零零零", "[phone]"),
        ("1\u200b3\u200b8\u200b0\u200b0\u200b1\u200b3\u200b8\u200b0\u200b0\u200b0", "[phone]"),
        ("写到 a.b@mail.example 吧", "写到 [mail] 吧"),
        ("https://t.example/x?y=1 点这里", "[url] 点这里"),
        ("加我微信：wx_lucky", "加我微信：[account]"),
        ("vx: lucky2026", "vx: [account]"),
        ("我的号 hunter_88231", "我的号 [account]"),
    ],
)  # fmt: skip
def test_people_and_ways_to_reach_them_become_placeholders(text: str, redacted: str) -> None:
    assert redact(text) == redacted


@pytest.mark.parametrize(
    "text",
    [
        "",
        "周六见",
        "2026-11-28 下午两点",
        "预算 20000 元，60 人",
        "gpt-4 和 win11 都行",
        "一二三，开始",
        "e5-small 跑得快",
        "第 3 版 v1.2.3",
    ],
)
def test_ordinary_words_stay_as_they_are_written(text: str) -> None:
    assert redact(text) == text


def test_disguises_stay_since_detectors_are_measured_on_them() -> None:
    assert redact("你是傻\u200b逼，滚 ｆｕｃｋ") == "你是傻\u200b逼，滚 ｆｕｃｋ"


@given(st.text(max_size=200))
def test_any_text_is_redacted_without_a_contact_left_and_a_second_time_changes_no_more(text: str) -> None:
    once = redact(text)
    assert not holds_contact(once)
    assert redact(once).count("[member_x]") == once.count("[member_x]")


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_name_is_found_wherever_it_stands(before: str, after: str) -> None:
    assert "沈知微" not in redact(f"{before}沈知微{after}")


def test_placeholders_are_counted_by_kind() -> None:
    redactor = Redactor(NAMES)
    redactor.text("小满 @you 13812345678")
    assert redactor.counts == {"member": 1, "handle": 1, "phone": 1}
