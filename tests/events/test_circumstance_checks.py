"""Each circumstance holds for what the playbook drafts, and a plan that ignores it is caught."""

from __future__ import annotations

import pytest

from copilot.community.store import Store
from copilot.community.tables import EventPlan, Resource
from copilot.events.checking.checks import run_checks
from copilot.events.models import PlanContent
from copilot.events.service import EventService
from copilot.events.snapshot import PlanSnapshot
from copilot.knowledge import KnowledgeBase
from tests.events.conftest import NOW


class Drafts:
    """Drafts a brief and returns the plan with its snapshot."""

    def __init__(self, service: EventService, store: Store, community_id: str) -> None:
        self.service = service
        self.store = store
        self.community_id = community_id

    def plan(self, text: str) -> tuple[PlanContent, PlanSnapshot]:
        result = self.service.draft(self.community_id, text, actor="op")
        assert [check.name for check in result.checks if not check.passed] == []
        with self.store.read(self.community_id) as unit:
            return result.content, PlanSnapshot.model_validate(unit.get(EventPlan, result.id).snapshot)

    def venue(self, title: str, terms: str, city: str = "深圳") -> None:
        with self.store.write(self.community_id) as unit:
            unit.add(
                Resource(
                    id=f"res_{title}", code=title, type="channel", title=title, description="场地", capacity=60, city=city,
                    terms=terms, status="available", tags=[], created_at=NOW,
                )
            )  # fmt: skip


@pytest.fixture
def drafted(service: EventService, store: Store, peopled: str) -> Drafts:
    return Drafts(service, store, peopled)


def failed(plan: PlanContent, snapshot: PlanSnapshot, knowledge: KnowledgeBase) -> set[str]:
    book = knowledge.playbook(snapshot.brief.format, snapshot.community.locale)
    return {check.name for check in run_checks(plan, snapshot, book) if not check.passed}


def test_two_days_of_hackathon_eat_and_sleep(drafted: Drafts, knowledge: KnowledgeBase) -> None:
    plan, snapshot = drafted.plan("12月12日 深圳 两天黑客松 60人 预算20万")
    keys = [segment.key for segment in plan.agenda]
    assert (keys.count("night"), keys.count("meal")) == (1, 3)
    meal = next(line for line in plan.budget.lines if line.key == "meals")
    assert meal.quantity == 60 * 3
    awake = plan.model_copy(
        update={"agenda": [s.model_copy(update={"key": "build"}) if s.key == "night" else s for s in plan.agenda]}
    )
    assert "meals_in_time" in failed(awake, snapshot, knowledge)


def test_a_one_day_workshop_has_lunch_at_noon_and_food_in_the_budget(drafted: Drafts) -> None:
    plan, _ = drafted.plan("12月12日 深圳 一天的AI工作坊 早上9点半开始 30人 预算5万")
    lunch = next(segment for segment in plan.agenda if segment.key == "meal")
    assert 145 <= lunch.start_minute <= 185  # 11:55 to 12:35
    assert "meals" in {line.key for line in plan.budget.lines}
    assert len({segment.title for segment in plan.agenda if segment.kind == "activity"}) == len(
        [segment for segment in plan.agenda if segment.kind == "activity"]
    )


def test_a_venue_that_is_not_lent_on_the_day_gives_way_to_one_that_is(drafted: Drafts) -> None:
    drafted.venue("甲馆场地", "周五到周日不外借")
    drafted.venue("乙馆场地", "对社区成员免费")
    plan, _ = drafted.plan("下周六深圳55人AI路演沙龙，预算2万，两小时")
    assert plan.venue is not None
    assert plan.venue.name == "乙馆场地"


def test_terms_against_the_day_are_named_where_nothing_else_is_there(drafted: Drafts, knowledge: KnowledgeBase) -> None:
    drafted.venue("只此一家场地", "周五到周日不外借", city="成都")
    plan, snapshot = drafted.plan("下周六成都55人AI沙龙，预算2万，两小时")
    assert any("周五到周日不外借" in line and "冲突" in line for line in plan.to_confirm)
    silent = plan.model_copy(update={"to_confirm": []})
    assert {"venue_terms", "travel_noted"} & failed(silent, snapshot, knowledge)


def test_who_lives_elsewhere_is_listed_with_the_way(drafted: Drafts) -> None:
    plan, _ = drafted.plan("下周六杭州40人AI路演，预算2万，两小时")
    away = [line for line in plan.to_confirm if "差旅" in line]
    assert away
    assert all("活动在杭州" in line for line in away)
    online, _ = drafted.plan("下周三晚8点线上直播聊AI客服，一小时，50人")
    assert not any("差旅" in line for line in online.to_confirm)


def test_a_named_place_is_kept_to_confirm_and_no_other_is_picked(drafted: Drafts, knowledge: KnowledgeBase) -> None:
    plan, snapshot = drafted.plan("下周六下午两点，深圳，在科兴科学园，50人AI路演，预算2万")
    assert plan.venue is None
    assert plan.place == "深圳 科兴科学园（待确认）"
    assert any("科兴科学园" in line for line in plan.to_confirm)
    assert all("待确认" not in step.text for step in plan.promotion)
    assert "place_known" in failed(plan.model_copy(update={"place": "深圳 某大厦"}), snapshot, knowledge)


@pytest.mark.slow
def test_a_named_place_that_is_a_record_is_picked(drafted: Drafts) -> None:
    plan, _ = drafted.plan("下周六下午两点，深圳，在南山孵化器路演厅，50人AI路演，预算2万")
    assert plan.venue is not None
    assert plan.venue.name == "南山孵化器路演厅"


def test_a_closed_event_is_made_known_by_personal_messages(drafted: Drafts, knowledge: KnowledgeBase) -> None:
    plan, snapshot = drafted.plan("闭门会聊AI客服，12人，下周六下午两点深圳，预算2万")
    assert {step.channel for step in plan.promotion} == {"私聊"}
    assert plan.open_places == 12
    assert plan.audience == "受邀成员"
    public = [step.model_copy(update={"channel": "社群"}) for step in plan.promotion]
    assert "closed_door" in failed(plan.model_copy(update={"promotion": public}), snapshot, knowledge)


def test_guests_never_read_that_something_is_open(drafted: Drafts, knowledge: KnowledgeBase) -> None:
    plan, snapshot = drafted.plan("下周六下午两点成都AI沙龙，50人，预算2万")
    assert plan.place == "成都（场地待定）"
    assert all("待定" not in step.text for step in plan.promotion)
    unready = [step.model_copy(update={"text": "明天见，场地待定"}) for step in plan.promotion]
    assert "messages_ready" in failed(plan.model_copy(update={"promotion": unready}), snapshot, knowledge)


@pytest.mark.parametrize(
    ("brief", "topic"),
    [
        ("下周六下午两点深圳30人沙龙，主题待定，预算1万", None),
        ("闭门会，主题待定，12人，下周六下午两点深圳，预算1万", None),
        ("下周六下午深圳场地待定的AI客服沙龙，40人，预算2万", "AI客服"),
        ("salon, topic TBD, 30 people, next Saturday 2pm in Shenzhen, budget 20k yuan", None),
    ],
)
def test_an_open_topic_is_asked_about_and_never_stands_in_a_message(
    drafted: Drafts, brief: str, topic: str | None
) -> None:
    plan, snapshot = drafted.plan(brief)
    assert ("topic" in [question.field for question in snapshot.questions]) is (topic is None)
    assert topic is None or topic in plan.topic
    assert not any(word in plan.title + plan.topic for word in ("待定", "TBD"))


def test_what_was_understood_is_kept_with_the_plan(drafted: Drafts) -> None:
    _, snapshot = drafted.plan("下周六下午两点深圳AI沙龙，50人，预算2万")
    assert {"starts_on", "headcount", "budget_cents", "city"} <= {item.field for item in snapshot.understood}


def test_an_english_community_reads_no_placeholder(service: EventService, english: str) -> None:
    plan = service.draft(
        english, "salon on pricing next Saturday at 2pm, 40 people, budget 20k yuan", actor="op"
    ).content
    assert all("to confirm" not in step.text for step in plan.promotion)
