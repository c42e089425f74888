from __future__ import annotations

import json
from datetime import UTC, date, timedelta
from typing import Any

import pytest

from copilot.clock import FixedClock
from copilot.community.store import Store
from copilot.community.tables import AuditEntry, EventPlan, Member, ProfileText
from copilot.errors import Conflict, InvalidInput, NotFound
from copilot.events.drafts.candidates import StoreCandidates
from copilot.events.models import PlanContent
from copilot.events.records import PlanResult
from copilot.events.revisions.addresses import covers, leaves
from copilot.events.revisions.patch import PlanPatch
from copilot.events.revisions.versions import PlanVersionService
from copilot.events.service import EventService
from copilot.knowledge import KnowledgeBase
from tests.events.conftest import NOW

BRIEF = "下周六下午两点深圳60人AI路演，预算2万，两小时"


@pytest.fixture
def versions(store: Store, knowledge: KnowledgeBase) -> PlanVersionService:
    return PlanVersionService(store, knowledge, StoreCandidates(store))


@pytest.fixture
def plan(service: EventService, peopled: str) -> PlanResult:
    return service.draft(peopled, BRIEF, actor="op")


def patch(**values: Any) -> PlanPatch:
    return PlanPatch.model_validate(values)


def others(plan: PlanContent, *changed: str) -> str:
    """Return everything of a plan outside the addresses, as it is written."""
    kept = [
        (address, value)
        for address, value in leaves(plan.model_dump(mode="json"))
        if not any(covers(one, address) for one in changed)
    ]
    return json.dumps(kept, ensure_ascii=False)


def rewritten(store: Store, plan: PlanResult) -> PlanContent:
    """Let the plan hold words that no code writes, as a model's draft does."""
    content = plan.content.model_copy(deep=True)
    content.title = "一晚认识六十位做AI的人"
    content.goal = "让60位社区成员在 2026-11-28 14:00 见到投资人，约定至少 12 场会面。"
    content.agenda[0].notes = "开场由主持人暖场，不念稿。"
    content.interactions[0] = "每人写下一个想见的人。"
    with store.write("c") as unit:
        unit.get(EventPlan, plan.id).content = content.model_dump(mode="json")
    return content


ONLY = {
    "把预算压到1万": ("budget",),
    "人数改成40": ("goal", "headcount", "open_places", "budget", "to_confirm"),
    "推迟一周": ("starts_at", "ends_at", "goal", "promotion", "prep_tasks", "follow_up", "run_sheet", "to_confirm"),
    "晚一小时": ("starts_at", "ends_at", "goal", "promotion", "run_sheet"),
    # A list is compared by position, so the preparation is looked at by itself below.
    "改成线上": (
        "online",
        "place",
        "venue",
        "resources.venue",
        "budget",
        "promotion",
        "prep_tasks",
        "run_sheet",
        "to_confirm",
    ),
    "主题改成「AI出海」": ("title", "goal", "topic", "promotion"),
}


@pytest.mark.parametrize("request_text", ONLY)
@pytest.mark.parametrize("by_model", [False, True])
def test_only_what_must_change_changes(
    versions: PlanVersionService, store: Store, plan: PlanResult, request_text: str, by_model: bool
) -> None:
    base = rewritten(store, plan) if by_model else plan.content
    revised = versions.revise("c", plan.id, request_text, actor="op")
    assert others(revised.content, *ONLY[request_text]) == others(base, *ONLY[request_text])
    assert revised.content != base
    assert all(check.passed for check in revised.checks if check.severity == "error")
    assert revised.version == 2
    assert revised.change is not None
    assert revised.change.request == request_text
    assert revised.change.differences == len(versions.compare("c", revised.id)) > 0


def test_online_the_preparation_drops_the_room_and_keeps_the_rest(
    versions: PlanVersionService, plan: PlanResult
) -> None:
    before = {task.key: task for task in plan.content.prep_tasks}
    after = {task.key: task for task in versions.revise("c", plan.id, "改成线上", actor="op").content.prep_tasks}
    assert set(before) - set(after) == {"booklet"}
    assert {key for key in after if after[key].title != before[key].title} == {"venue", "setup"}
    assert {key for key in after if after[key].due_on != before[key].due_on} == set()


def test_words_of_others_keep_and_name_the_new_facts(
    versions: PlanVersionService, store: Store, plan: PlanResult
) -> None:
    rewritten(store, plan)
    revised = versions.revise("c", plan.id, "人数改成40，推迟一周", actor="op")
    assert revised.content.goal == "让40位社区成员在 2026-12-05 14:00 见到投资人，约定至少 12 场会面。"
    assert revised.content.title == "一晚认识六十位做AI的人"


def test_another_speaker_is_a_member_who_agreed(versions: PlanVersionService, store: Store, plan: PlanResult) -> None:
    with store.write("c") as unit:
        unit.add(
            Member(
                id="mem_new", platform="csv", external_id="new", name="周一鸣", city="深圳", consent_match=True,
                visibility="community", consent_ai=True, created_at=NOW,
            )
        )  # fmt: skip
        unit.session.flush()
        unit.add(ProfileText(id="txt_new", member_id="mem_new", aspect="has", position=0, text="讲过二十场AI路演"))
    first = next(segment for segment in plan.content.agenda if segment.speaker)
    assert first.speaker is not None
    revised = versions.revise("c", plan.id, "换个嘉宾", actor="op")
    after = next(segment for segment in revised.content.agenda if segment.key == first.key)
    assert after.speaker is not None
    assert after.speaker.id == "mem_new"
    owner = next(item.owner for item in revised.content.run_sheet if item.title == first.title)
    assert owner == "周一鸣"
    asked = " ".join(revised.content.to_confirm)
    assert "周一鸣" in asked
    assert f"请与 {first.speaker.name} 确认能否担任「{first.title}」" not in asked
    changed = (f"agenda.{first.key}", "roles", "promotion", "run_sheet", "to_confirm")
    assert others(revised.content, *changed) == others(plan.content, *changed)


def test_nobody_is_invented_when_there_is_nobody_else(versions: PlanVersionService, plan: PlanResult) -> None:
    with pytest.raises(InvalidInput) as refused:
        versions.revise("c", plan.id, "换个嘉宾", actor="op")
    assert refused.value.data["reason"] == "nobody_else"
    assert len(versions.versions("c", plan.id).items) == 1


def test_a_venue_that_becomes_too_small_is_replaced_or_left_open(
    versions: PlanVersionService, plan: PlanResult
) -> None:
    assert plan.content.venue is not None
    revised = versions.revise("c", plan.id, "人数改成90", actor="op")
    assert revised.content.venue is None
    assert any("场地" in line for line in revised.content.to_confirm)


def test_a_withdrawn_speaker_does_not_stay(versions: PlanVersionService, store: Store, plan: PlanResult) -> None:
    speaker = next(segment.speaker for segment in plan.content.agenda if segment.speaker)
    with store.write("c") as unit:
        unit.get(Member, speaker.id).consent_match = False
    revised = versions.revise("c", plan.id, "人数改成40", actor="op")
    assert speaker.id not in revised.content.model_dump_json()


def test_locked_parts_stay_through_a_change(versions: PlanVersionService, plan: PlanResult) -> None:
    versions.lock("c", plan.id, ["promotion.3", "budget.lines.refreshments"], actor="op")
    revised = versions.revise("c", plan.id, "推迟一周", actor="op")
    assert revised.locks == ["budget.lines.refreshments", "promotion.3"]
    assert revised.content.promotion[2] == plan.content.promotion[2]
    assert "2026-12-05" in revised.content.promotion[1].text


def test_a_locked_text_that_would_lie_is_not_returned(versions: PlanVersionService, plan: PlanResult) -> None:
    versions.lock("c", plan.id, ["promotion"], actor="op")
    with pytest.raises(InvalidInput) as refused:
        versions.revise("c", plan.id, "推迟两周", actor="op")
    assert refused.value.data["reason"] == "revision_checks_failed"


def test_a_locked_price_makes_the_other_lines_give_way(versions: PlanVersionService, plan: PlanResult) -> None:
    line = next(line for line in plan.content.budget.lines if line.key == "refreshments")
    versions.lock("c", plan.id, ["budget.lines.refreshments.unit_cents"], actor="op")
    revised = versions.revise("c", plan.id, "预算压到5000", actor="op")
    after = {item.key: item for item in revised.content.budget.lines}
    assert after["refreshments"].unit_cents == line.unit_cents
    assert revised.content.budget.total_cents + revised.content.budget.reserve_cents <= 500_000
    assert any(after[item.key].unit_cents < item.unit_cents for item in plan.content.budget.lines if item.key in after)


@pytest.mark.parametrize(
    ("lock", "request_text"), [("budget", "预算压到1万"), ("starts_at", "推迟一周"), ("headcount", "人数改成40")]
)
def test_what_is_locked_is_not_changed_on_request(
    versions: PlanVersionService, plan: PlanResult, lock: str, request_text: str
) -> None:
    versions.lock("c", plan.id, [lock], actor="op")
    with pytest.raises(InvalidInput) as refused:
        versions.revise("c", plan.id, request_text, actor="op")
    assert refused.value.data["reason"] == "locked"


def test_an_impossible_change_says_why_and_stores_nothing(versions: PlanVersionService, plan: PlanResult) -> None:
    for text, reason in (
        ("预算压到10元", "budget_short"),
        ("提前一个月", "date_in_past"),
        ("缩短到15分钟", "duration_too_short"),
    ):
        with pytest.raises(InvalidInput) as refused:
            versions.revise("c", plan.id, text, actor="op")
        assert refused.value.data["reason"] == reason
    assert len(versions.versions("c", plan.id).items) == 1


def test_minutes_set_by_hand_move_the_parts_after_them(versions: PlanVersionService, plan: PlanResult) -> None:
    before = {segment.key: segment.minutes for segment in plan.content.agenda}
    key = plan.content.agenda[0].key
    edited = versions.edit("c", plan.id, patch(agenda=[{"key": key, "minutes": before[key] + 5}]), actor="op")
    after = {segment.key: segment.minutes for segment in edited.content.agenda}
    assert after[key] == before[key] + 5
    assert sum(after.values()) == sum(before.values())
    assert edited.locks == [f"agenda.{key}.minutes"]
    assert len([name for name in before if before[name] != after[name]]) == 2
    start = edited.content.starts_at + timedelta(minutes=after[key])
    assert edited.content.run_sheet[3].starts_at == start


def test_sums_follow_a_price_and_a_quantity_set_by_hand(versions: PlanVersionService, plan: PlanResult) -> None:
    edited = versions.edit(
        "c", plan.id, patch(budget_lines=[{"key": "refreshments", "unit_cents": 3_000, "quantity": 50}]), actor="op"
    )
    line = next(line for line in edited.content.budget.lines if line.key == "refreshments")
    assert (line.quantity, line.unit_cents, line.total_cents) == (50, 3_000, 150_000)
    assert edited.content.budget.total_cents == sum(item.total_cents for item in edited.content.budget.lines)
    assert others(edited.content, "budget") == others(plan.content, "budget")


@pytest.mark.parametrize(
    "values",
    [
        {"budget_lines": [{"key": "refreshments", "unit_cents": 99_999_00}]},
        {"promotion": [{"place": 1, "text": "加微信 13800138000 报名，见 http://evil.example"}]},
        {"goal": "大家开心"},
        {"title": "An English title for a Chinese community, long enough to be noticed"},
        {"prep_tasks": [{"key": "setup", "due_on": "2026-12-30"}]},
        {"agenda": [{"key": "opening", "minutes": 115}]},
        {"agenda": [{"key": "nothing_such", "title": "x"}]},
        {"risks": [{"key": "overtime", "owner_role": "nobody"}]},
        {"brief": {"headcount": 1}},
    ],
)
def test_an_edit_that_fails_a_check_is_refused_and_not_stored(
    versions: PlanVersionService, plan: PlanResult, values: dict[str, Any]
) -> None:
    with pytest.raises((InvalidInput, ValueError)):
        versions.edit("c", plan.id, patch(**values), actor="op")
    assert len(versions.versions("c", plan.id).items) == 1


def test_a_member_can_be_picked_by_id_but_not_one_without_consent(
    versions: PlanVersionService, plan: PlanResult
) -> None:
    edited = versions.edit("c", plan.id, patch(roles=[{"key": "reviewer", "pick_id": "mem_c_2"}]), actor="op")
    role = next(role for role in edited.content.roles if role.key == "reviewer")
    assert role.pick is not None
    assert role.pick.name == "老秦"
    assert edited.locks == ["roles.reviewer.pick"]
    for refused_id in ("mem_c_4", "mem_c_6", "mem_x", "res_c_R-C-01"):
        with pytest.raises(InvalidInput) as refused:
            versions.edit("c", edited.id, patch(roles=[{"key": "reviewer", "pick_id": refused_id}]), actor="op")
        assert refused.value.data["reason"] == "not_a_record"


def test_what_was_set_by_hand_stays_through_a_request(versions: PlanVersionService, plan: PlanResult) -> None:
    edited = versions.edit("c", plan.id, patch(title="AI路演之夜", interactions=["互相介绍"]), actor="op")
    revised = versions.revise("c", edited.id, "改成线上", actor="op")
    assert revised.content.title == "AI路演之夜"
    assert revised.content.interactions == ["互相介绍"]
    assert {"title", "interactions"} <= set(revised.locks)


def test_fields_of_the_brief_are_changed_like_requests(versions: PlanVersionService, plan: PlanResult) -> None:
    edited = versions.edit(
        "c", plan.id, patch(brief={"headcount": 40, "starts_on": "2026-12-05"}, lock=False), actor="op"
    )
    assert edited.content.headcount == 40
    assert edited.content.starts_at.astimezone(UTC).date() == date(2026, 12, 5)
    assert edited.locks == []
    assert edited.brief["headcount"] == 40


def test_an_empty_patch_is_refused(versions: PlanVersionService, plan: PlanResult) -> None:
    with pytest.raises(InvalidInput):
        versions.edit("c", plan.id, patch(), actor="op")


def test_undo_brings_an_earlier_version_back_as_a_new_one(
    versions: PlanVersionService, store: Store, plan: PlanResult
) -> None:
    second = versions.revise("c", plan.id, "人数改成40", actor="op")
    third = versions.restore("c", second.id, plan.id, actor="op")
    assert third.version == 3
    assert third.content == plan.content
    assert third.change is not None
    assert third.change.restored_version == 1
    again = versions.restore("c", third.id, second.id, actor="op")
    assert again.content == second.content
    assert {item.version for item in versions.versions("c", plan.id).items} == {1, 2, 3, 4}
    with store.read("c") as unit:
        actions = [row.action for row in unit.session.query(AuditEntry)]
    assert actions.count("event_plan.restored") == 2
    assert "event_plan.revised" in actions


def test_only_the_newest_version_can_be_changed(versions: PlanVersionService, plan: PlanResult) -> None:
    second = versions.revise("c", plan.id, "人数改成40", actor="op")
    for change in (
        lambda: versions.revise("c", plan.id, "人数改成50", actor="op"),
        lambda: versions.edit("c", plan.id, patch(title="另一个标题"), actor="op"),
        lambda: versions.lock("c", plan.id, ["title"], actor="op"),
        lambda: versions.restore("c", plan.id, plan.id, actor="op"),
    ):
        with pytest.raises(Conflict) as refused:
            change()
        assert refused.value.data["newest_id"] == second.id
    with pytest.raises(InvalidInput):
        versions.restore("c", second.id, second.id, actor="op")


def test_plans_of_other_communities_are_not_found(versions: PlanVersionService, plan: PlanResult, english: str) -> None:
    for change in (
        lambda: versions.revise(english, plan.id, "make it 40 people", actor="op"),
        lambda: versions.versions(english, plan.id),
        lambda: versions.compare(english, plan.id),
        lambda: versions.lock(english, plan.id, [], actor="op"),
    ):
        with pytest.raises(NotFound):
            change()


def test_an_english_plan_is_revised_in_english(
    service: EventService, versions: PlanVersionService, english: str
) -> None:
    plan = service.draft(
        english, "salon about pricing on Nov 28 at 2pm in Shenzhen, 40 people, budget 20,000 yuan", actor="op"
    )
    revised = versions.revise(english, plan.id, "postpone by a week and make it 30 people", actor="op")
    assert revised.content.headcount == 30
    assert revised.change is not None
    assert not any("一" <= letter <= "鿿" for sentence in revised.change.sentences for letter in sentence)


def test_a_change_does_not_move_days_because_time_has_passed(
    versions: PlanVersionService, clock: FixedClock, plan: PlanResult
) -> None:
    clock.advance(timedelta(days=8))
    revised = versions.revise("c", plan.id, "把预算压到1万", actor="op")
    assert others(revised.content, "budget") == others(plan.content, "budget")


def test_a_difference_says_what_changed_and_not_that_something_did(
    versions: PlanVersionService, plan: PlanResult
) -> None:
    revised = versions.revise("c", plan.id, "推迟一周", actor="op")
    found = {item.path: item for item in versions.compare("c", revised.id)}
    assert found["prep_tasks.setup.due_on"].sentence.endswith("日期：2026-11-28 → 2026-12-05")
    assert found["run_sheet"].sentence == "当天流程表：按新的议程和时间重排"
    for item in found.values():
        old, _, new = item.sentence.partition(" → ")
        assert not new or not old.endswith(new), item
