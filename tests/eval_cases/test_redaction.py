from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.eval_cases.redaction import Redactor, spellings
from copilot.language.contacts import holds_contact

NAMES = {
    spelling: "member_x"
    for name in (
        "小满🌾",
        "Mei Lin Teo",
        "老谭还在写",
        "邵敏CPA",
        "沈知微律师",
        "Al",
        "欧阳娜娜",
        "José O'Brien",
        "Даша",
        "程小北",
    )
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
        # What people make of names, and letters with and without accents.
        ("娜娜和知微来了，小沈、沈律师也来", "[member_x]和[member_x]来了，[member_x]、[member_x]也来"),
        ("jose, JOSÉ, Jose\u0301 o’brien", "[member_x], [member_x], [member_x]"),
        ("Даша пришла", "[member_x] пришла"),
        # Cards, accounts of banks, identity cards: longer than any telephone number, and no digit stays.
        ("卡号 6222 0200 1234 5678 123", "卡号 [number]"),
        ("card 4111-1111-1111-1111", "card [number]"),
        ("身份证11010519491231002X", "身份证[number]"),
        ("六二二二零二零零一二三四五六七八一二三", "[number]"),
        ("138/1234/5678", "[phone]"),
        # Accounts with hearts in them, spaced out, or with hardly a word before them.
        ("加❤薇 qh_demo", "加❤薇 [account]"),
        ("➕v❤x：qh_demo", "➕v❤x：[account]"),
        ("➕ v 信 qh_demo_O1，威 芯 qh_demo_01", "➕ v 信 [account]，威 芯 [account]"),
        ("滴滴 qh_demo_01", "滴滴 [account]"),
        ("威❤信 abcde", "威❤信 [account]"),
        ("我q：123456", "我q：[account]"),
        ("v x : abcdef9", "v x : [account]"),
        ("我 Q Q 12345", "我 Q Q [account]"),
        ("my telegram is lucky_8", "my telegram is [account]"),
        ("抖音号 luckyabc", "抖音号 [account]"),
        ("谢谢@lucky 了", "谢谢[handle] 了"),
        ("支付宝 foo@bar", "支付宝 [mail]"),
        ("foo at bar dot com", "[mail]"),
        ("discord.gg/abc 和 example.中国", "[url] 和 [url]"),
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
        "2026-11-28 14:00 到 16:00",
        "11-28 14:00 见",
        "2026.11.28 14:00-16:00",
        "小程序，小红书，CPA 考试",
        "wait in line today, look at that, and/or v1.2/3",
        "Köhlers",
        "a 200-item test set for 1000-person-rooms, gpt_x and gpt-4o-mini",
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
