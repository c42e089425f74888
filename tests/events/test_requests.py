from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.errors import InvalidInput, TooLarge
from copilot.events.briefs.settling import SettledBrief
from copilot.events.revisions.requests import read_request

NOW = datetime(2026, 11, 16, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
BASE = SettledBrief(
    format="roadshow", topic="AI路演", starts_at=datetime(2026, 11, 28, 6, tzinfo=UTC), duration_minutes=120,
    city="深圳", online=False, headcount=60, budget_cents=2_000_000, audience="成员", goals=[], notes="",
    timezone="Asia/Shanghai",
)  # fmt: skip
NAMES = {"mem_1": "林舟", "res_1": "南山孵化器路演厅"}

BRIEF_CASES: list[tuple[str, dict[str, Any]]] = [
    ("把预算压到1万", {"budget_cents": 1_000_000}),
    ("预算从2万降到一万", {"budget_cents": 1_000_000}),
    ("压到1万5", {"budget_cents": 1_500_000}),
    ("budget to 10,000 yuan", {"budget_cents": 1_000_000}),
    ("reduce the budget from 20,000 to 15,000 yuan", {"budget_cents": 1_500_000}),
    ("预算加5000", {"budget_cents": 2_500_000}),
    ("cut the budget by 5000 yuan", {"budget_cents": 1_500_000}),
    ("预算砍20%", {"budget_cents": 1_600_000}),
    ("预算减半", {"budget_cents": 1_000_000}),
    ("预算不限", {"budget_cents": None}),
    ("人数改成40", {"headcount": 40}),
    ("改成40人", {"headcount": 40}),
    ("make it 40 people", {"headcount": 40}),
    ("change the head count to 40", {"headcount": 40}),
    ("加10人", {"headcount": 70}),
    ("减少20人", {"headcount": 40}),
    ("推迟一周", {"starts_on": date(2026, 12, 5)}),
    ("postpone by a week", {"starts_on": date(2026, 12, 5)}),
    ("one week later", {"starts_on": date(2026, 12, 5)}),
    ("提前两天", {"starts_on": date(2026, 11, 26)}),
    ("推迟一个月", {"starts_on": date(2026, 12, 28)}),
    ("推迟到12月5日", {"starts_on": date(2026, 12, 5)}),
    ("晚一小时", {"start_time": time(15, 0)}),
    ("move it to next Saturday at 3pm", {"start_time": time(15, 0)}),
    ("改成线上", {"online": True}),
    ("make it online", {"online": True}),
    ("换成工作坊", {"format": "workshop"}),
    ("延长半小时", {"duration_minutes": 150}),
    ("延长到3小时", {"duration_minutes": 180}),
    ("extend by 30 minutes", {"duration_minutes": 150}),
    ("主题改成「出海合规」", {"topic": "出海合规"}),
    ("推迟一周，人数改成40，预算1.5万", {"starts_on": date(2026, 12, 5), "headcount": 40, "budget_cents": 1_500_000}),
]


@pytest.mark.parametrize(("text", "wanted"), BRIEF_CASES)
def test_a_request_changes_exactly_what_it_names(text: str, wanted: dict[str, Any]) -> None:
    wish = read_request(text, BASE, NOW, NAMES)
    assert dict(wish.brief) == wanted
    assert not wish.repick
    assert {item.field for item in wish.understood} >= set(wanted)
    assert all("|" not in item.words for item in wish.understood)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("换个嘉宾", "speaker"),
        ("another speaker please", "speaker"),
        ("嘉宾全部换掉", "speakers"),
        ("把主持人换成别人", "host"),
        ("change the venue", "venue"),
        ("场地换一个", "venue"),
        ("换掉林舟", "mem_1"),
        ("南山孵化器路演厅不行，换一个", None),
    ],
)
def test_a_pick_can_be_replaced_without_naming_another(text: str, what: str | None) -> None:
    if what is None:
        with pytest.raises(InvalidInput):
            read_request(text, BASE, NOW, NAMES)
    else:
        wish = read_request(text, BASE, NOW, NAMES)
        assert wish.repick == {what}
        assert not wish.brief


def test_a_new_title_is_a_text_of_the_plan() -> None:
    assert dict(read_request("标题改成：AI 路演夜", BASE, NOW, {}).values) == {"title": "AI 路演夜"}


@pytest.mark.parametrize("text", ["随便改改", "你好", "让它更有趣一点", "", "   ", "make it nicer", "谢谢"])
def test_what_names_nothing_is_refused_with_examples(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_request(text, BASE, NOW, NAMES)
    assert refused.value.data["reason"] == "revision_not_understood"


def test_a_change_to_what_already_holds_is_no_change() -> None:
    with pytest.raises(InvalidInput) as refused:
        read_request("人数改成60", BASE, NOW, NAMES)
    assert refused.value.data["reason"] == "revision_changes_nothing"


def test_a_request_is_bounded() -> None:
    with pytest.raises(TooLarge):
        read_request("改" * 501, BASE, NOW, NAMES)


@given(st.text(max_size=60) | st.text("把预算人数推迟提前换成加减到0123456789万周天%从 to by budget", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        wish = read_request(text, BASE, NOW, NAMES)
    except InvalidInput:
        return
    assert not wish.is_empty
