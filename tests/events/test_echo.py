"""What was understood of a brief is said in the community's language, a line for each field."""

from __future__ import annotations

import pytest

from copilot.community.store import Store
from copilot.community.tables import EventPlan
from copilot.events.briefs.brief import make_brief
from copilot.events.briefs.echo import MAX_WORDS
from copilot.events.drafts.candidates import StoreCandidates
from copilot.events.revisions.versions import PlanVersionService
from copilot.events.service import EventService
from copilot.knowledge import KnowledgeBase

BRIEF = "下周六下午两点深圳60人AI路演，预算2万，两小时"


def test_each_field_is_echoed_with_its_words_and_what_they_came_to(service: EventService, community: str) -> None:
    lines = [item.sentence for item in service.draft(community, BRIEF, actor="op").understood]
    assert lines == [
        "形式：路演",
        "主题：AI路演",
        "日期：2026-11-28 周六（原文“下周六”）",
        "开始时间：14:00（原文“下午两点”）",
        "时长：120 分钟（原文“两小时”）",
        "方式：线下（原文“深圳”）",
        "城市：深圳",
        "人数：60 人",
        "预算：20,000 元（原文“2万”）",
    ]


def test_an_english_community_is_echoed_in_english(service: EventService, english: str) -> None:
    brief = "online talk on pricing next Wednesday at 7pm, 80 people, no budget limit"
    lines = [item.sentence for item in service.draft(english, brief, actor="op").understood]
    assert "Day: 2026-11-25 Wednesday (from “next Wednesday”)" in lines
    assert "Head count: 80 people" in lines
    assert "Held: online" in lines


def test_days_are_counted_and_a_closed_door_is_named(service: EventService, community: str) -> None:
    found = service.draft(community, "12月5日到6日深圳黑客松，80人，预算5万", actor="op").understood
    assert {item.field: item.value for item in found}["duration_minutes"] == "2 天"
    found = service.draft(community, "闭门晚餐聊AI客服，10人，下周六晚上七点深圳，预算1万", actor="op").understood
    assert {item.field: item.value for item in found}["closed"] == "闭门，只发邀请"


def test_fields_that_were_given_as_fields_have_no_words(service: EventService, community: str) -> None:
    assert service.draft(community, make_brief({"format": "salon", "headcount": 30}), actor="op").understood == []


def test_long_words_are_cut(service: EventService, community: str) -> None:
    found = service.draft(community, "沙龙，目标:" + "让大家认识彼此、" * 60, actor="op").understood
    assert found
    assert all(len(item.words) <= MAX_WORDS for item in found)


@pytest.fixture
def versions(store: Store, knowledge: KnowledgeBase) -> PlanVersionService:
    return PlanVersionService(store, knowledge, StoreCandidates(store))


def test_a_revision_echoes_its_own_words_for_what_it_changed(
    service: EventService, versions: PlanVersionService, peopled: str
) -> None:
    plan = service.draft(peopled, BRIEF, actor="op")
    revised = versions.revise(peopled, plan.id, "把预算压到1万，改成40人", actor="op")
    by_field = {item.field: item.sentence for item in revised.understood}
    assert by_field["budget_cents"] == "预算：10,000 元（原文“预算压到1万”）"
    assert by_field["headcount"] == "人数：40 人"
    assert by_field["starts_on"] == "日期：2026-11-28 周六（原文“下周六”）"


def test_a_plan_stored_before_is_read_with_the_words_alone(service: EventService, store: Store, community: str) -> None:
    plan = service.draft(community, BRIEF, actor="op")
    with store.write(community) as unit:
        row = unit.get(EventPlan, plan.id)
        row.snapshot = {**row.snapshot, "understood": [{"field": "city", "words": "深圳"}]}
    assert [(item.words, item.sentence) for item in service.get(community, plan.id).understood] == [("深圳", "")]
    with store.write(community) as unit:
        row = unit.get(EventPlan, plan.id)
        row.snapshot = {name: value for name, value in row.snapshot.items() if name != "understood"}
    assert service.get(community, plan.id).understood == []
