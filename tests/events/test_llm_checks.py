"""A model's words against every check: each is mended by code, by one more turn, or given up for the playbook's."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from copilot.clock import FixedClock
from copilot.community.ledger import SqlCallLedger
from copilot.community.store import Store
from copilot.community.tables import EventPlan, Resource
from copilot.events.briefs.brief import Brief
from copilot.events.checking.checks import failures, run_checks
from copilot.events.checking.sentences import check_names
from copilot.events.drafts.candidates import StoreCandidates
from copilot.events.drafts.compose import compose
from copilot.events.drafts.llm_draft import picks_alone
from copilot.events.drafts.outline import Outline
from copilot.events.drafts.playbook_draft import draft_from_playbook
from copilot.events.service import EventService, PlanResult
from copilot.events.snapshot import PlanSnapshot
from copilot.knowledge import KnowledgeBase
from copilot.llm.endpoint import Endpoint
from copilot.llm.scripted import ScriptedChatModel
from copilot.llm.structured import StructuredModel
from copilot.playbook_models import Playbook, SegmentKind
from copilot.prompts import PromptLibrary
from tests.events.conftest import NOW

ROADSHOW = "下周六下午两点深圳60人AI路演，预算2万，两小时"
LONG = "12月5日上午九点半到下午六点，深圳AI沙龙，50人，预算5万"
CLOSED = "闭门会聊AI客服，12人，下周六下午两点深圳，预算2万"
NAMED = "下周六下午两点，深圳，科兴科学园，50人AI路演，预算2万"
TIGHT = "下周六下午两点深圳60人AI路演，预算8千，两小时"
TRADE = "下周六下午两点深圳40人跨境电商选品沙龙，预算2万，两小时"
GOOD_RISK = {"title": "演示断网", "trigger": "试网时延迟很高", "fallback": "改放录屏，现场答问。"}


@dataclass(frozen=True)
class Case:
    """Words that would break a check, and what becomes of them: `fixed` in one turn, `repaired` in two, `degraded`."""

    over: dict[str, Any] = field(default_factory=dict)
    brief: str = ROADSHOW
    outcome: str = "fixed"
    notes: str = "说一件真事。"
    weight: int = 3


CASES = {
    "agenda_contiguous": Case({"double": True}),
    "agenda_fills_slot": Case({"half": True}, weight=10),
    "breaks": Case({"first": 10}, brief=LONG, weight=1),
    "speaker_once": Case({"host": "S1", "speakers": ["S1", "S1", "S2", "S1"]}),
    "budget_sums": Case({"quantities": [{"key": "photo", "quantity": 2}, {"key": "photo", "quantity": 3}]}),
    "budget_within_cap": Case({"all_costs": 10}, brief=TIGHT),
    "budget_sane": Case({"quantities": [{"key": "yacht", "quantity": 1}, {"key": "photo", "quantity": 1000}]}),
    "dates_ordered": Case({"promotion": ["12月31日前报名都可以，名额管够", "2025-01-01 起报名"]}),
    "times_consistent": Case({"title": "23:30 开场的AI路演"}),
    "records_exist": Case({"speakers": ["雷军", "mem_nobody"], "venue": "V9", "host": "H8"}, outcome="repaired"),
    "venue_capacity": Case({"venue": "V2 福田咖啡馆场地"}),
    "claims_supported": Case({"promotion": ["报名请打 13812345678", "票价只要 99 元"], "title": "王总带你看项目"}),
    "language": Case({"all_english": True}, outcome="repaired"),
    "nothing_leaked": Case({"title": "系统提示里写的活动"}, notes="```json mem_01234567 ```", outcome="repaired"),
    "goal_measurable": Case({"goal": "让大家都很开心"}),
    "risks_complete": Case({"risks": [{**GOOD_RISK, "trigger": ""}, {**GOOD_RISK, "owner_role": "总裁"}]}),
    "owners_known": Case({"prep_tasks": [{"title": "订场", "owner_role": "总裁"}], "roles": []}),
    "unknowns_listed": Case({"speakers": ["S1"]}),
    "meals_in_time": Case({"extra": ["meal", "night"], "first": 10}, brief=LONG, weight=1),
    "venue_terms": Case({"venue_named": "科技园报告厅场地"}),
    "travel_noted": Case({"speaker_named": "老秦"}, brief=TRADE),
    "turns_fit": Case(notes="轮流发言，每人三分钟。"),
    "place_known": Case({"venue": "V1", "place": "世贸大厦"}, brief=NAMED),
    "closed_door": Case({"promotion": ["公开转发到朋友圈，人人可来"]}, brief=CLOSED),
    "messages_ready": Case({"promotion": ["时间待定，先来占位", "嘉宾TBD"], "title": "AI 路演（地点待定）"}),
    "holidays_noted": Case({"promotion": ["元旦一起跨年"]}, brief="2027-01-01 下午两点深圳60人AI路演，预算2万，两小时"),
}  # fmt: skip


def words_for(book: Playbook, case: Case, snapshot: PlanSnapshot) -> dict[str, Any]:
    """Return an answer that is sound but for what the case spoils."""
    over = dict(case.over)
    keys = [segment.key for segment in book.agenda if segment.kind is not SegmentKind.BREAK]
    segments = [
        {"key": key, "title": f"第{n}段：各说一件真事", "weight": case.weight, "notes": case.notes}
        for n, key in enumerate(keys, start=1)
    ]
    if "first" in over:
        segments[1]["weight"] = over.pop("first")
    if over.pop("double", False):
        segments += [{**segment, "weight": 1} for segment in segments]
    if over.pop("half", False):
        segments = segments[: (len(segments) + 1) // 2]
    segments += [{"key": key, "title": "加一段", "weight": 9} for key in over.pop("extra", [])]
    people, venues = snapshot.candidates.speakers, snapshot.candidates.venues
    words: dict[str, Any] = {
        "title": "把项目讲给会掏钱的人听", "goal": "让每个人认识想认识的人", "segments": segments,
        "speakers": [item.alias for item in people[:2]], "host": "H1", "venue": "V1", "resources": ["R1"],
        "promotion": ["把你的项目讲给对的人听，报名请交一页材料。"], "risks": [GOOD_RISK],
        "feedback_questions": ["谁的问题最有用？"], "quantities": [],
    }  # fmt: skip
    if name := over.pop("venue_named", ""):
        words["venue"] = next(item.alias for item in venues if item.name == name)
    if name := over.pop("speaker_named", ""):
        words["speakers"] = [next(item.alias for item in people if item.name == name)]
    if many := over.pop("all_costs", 0):
        words["quantities"] = [{"key": line.key, "quantity": many} for line in book.cost_lines]
    if over.pop("all_english", False):
        words |= {"title": "Pitch for the people who pay", "goal": "Every project finds a next meeting"}
        words["segments"] = [{**one, "title": "Tell us what you do", "notes": "Everybody listens"} for one in segments]
    return words | over


class Desk:
    """Drafts with a scripted model whose answers depend on what it may pick from."""

    def __init__(self, store: Store, knowledge: KnowledgeBase, prompts: PromptLibrary, clock: FixedClock) -> None:
        self.store, self.knowledge, self._prompts, self._clock = store, knowledge, prompts, clock

    def snapshot(self, community_id: str, brief: str | Brief) -> tuple[PlanSnapshot, Playbook]:
        """Return what a draft of this brief may use."""
        plain = EventService(self.store, self.knowledge, self._prompts, None, StoreCandidates(self.store))
        plan = plain.draft(community_id, brief, actor="op")
        return self.stored(community_id, plan)

    def stored(self, community_id: str, plan: PlanResult) -> tuple[PlanSnapshot, Playbook]:
        with self.store.read(community_id) as unit:
            snapshot = PlanSnapshot.model_validate(unit.get(EventPlan, plan.id).snapshot)
            locale = unit.community().locale
        return snapshot, self.knowledge.playbook(plan.content.format, locale)

    def draft(self, community_id: str, brief: str, *answers: dict[str, Any] | str) -> PlanResult:
        """Draft with a model that gives these answers, one a turn."""
        said = [one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in answers]
        self.chat = ScriptedChatModel(answers=said)
        model = StructuredModel(Endpoint(chat=self.chat, model="scripted"), SqlCallLedger(self.store), self._clock)
        service = EventService(self.store, self.knowledge, self._prompts, model, StoreCandidates(self.store))
        return service.draft(community_id, brief, actor="op")


@pytest.fixture
def desk(store: Store, knowledge: KnowledgeBase, prompts: PromptLibrary, clock: FixedClock, peopled: str) -> Desk:
    with store.write(peopled) as unit:
        unit.add(
            Resource(
                id="res_c_hall", code="R-C-09", type="channel", title="科技园报告厅场地", description="有大屏",
                capacity=200, city="深圳", terms="周末不外借", status="available", tags=[], created_at=NOW,
            )
        )  # fmt: skip
    return Desk(store, knowledge, prompts, clock)


def test_every_check_has_words_that_would_break_it() -> None:
    assert set(CASES) == set(check_names())


@pytest.mark.parametrize("check", check_names())
def test_words_that_would_break_a_check_never_become_a_plan_that_fails_it(desk: Desk, peopled: str, check: str) -> None:
    case = CASES[check]
    snapshot, book = desk.snapshot(peopled, case.brief)
    spoiled = words_for(book, case, snapshot)
    sound = words_for(book, Case(brief=case.brief), snapshot)
    plan = desk.draft(peopled, case.brief, spoiled, sound)
    turns = {"fixed": 1, "repaired": 2}[case.outcome]
    assert (len(desk.chat.seen), plan.drafted_by, plan.degraded) == (turns, "llm:scripted", None)
    assert [one.name for one in plan.checks if not one.passed and one.severity == "error"] == []
    assert next(one for one in plan.checks if one.name == check).passed or check == "holidays_noted"
    again, _ = desk.stored(peopled, plan)
    assert run_checks(plan.content, again, book) == plan.checks


@pytest.mark.parametrize("check", ["records_exist", "language"])
def test_a_model_that_errs_twice_leaves_what_is_sound_of_it(desk: Desk, peopled: str, check: str) -> None:
    case = CASES[check]
    snapshot, book = desk.snapshot(peopled, case.brief)
    spoiled = words_for(book, case, snapshot)
    plan = desk.draft(peopled, case.brief, spoiled, spoiled)
    assert (len(desk.chat.seen), plan.drafted_by) == (2, "llm:scripted")
    assert failures(plan.checks) == []


def test_a_model_that_writes_no_answer_twice_leaves_the_playbooks_plan_marked(desk: Desk, peopled: str) -> None:
    plan = desk.draft(peopled, ROADSHOW, "没有", "还是没有")
    assert (len(desk.chat.seen), plan.drafted_by) == (2, "playbook")
    assert plan.degraded is not None
    assert failures(plan.checks) == []


@pytest.mark.parametrize("brief", [ROADSHOW, LONG, CLOSED, NAMED, TRADE])
def test_a_good_answer_passes_at_the_first_try_with_its_words(desk: Desk, peopled: str, brief: str) -> None:
    snapshot, book = desk.snapshot(peopled, brief)
    good = words_for(book, Case(brief=brief), snapshot)
    plan = desk.draft(peopled, brief, good)
    assert (len(desk.chat.seen), plan.drafted_by, plan.degraded) == (1, "llm:scripted", None)
    assert plan.content.title == good["title"]
    assert plan.content.agenda[0].title.startswith("第1段")
    assert all(check.passed for check in plan.checks)
    assert not any("已换成模板文字" in line for line in plan.content.to_confirm)


def test_what_people_must_settle_about_a_models_picks_is_listed(desk: Desk, peopled: str) -> None:
    for check, words in (("venue_terms", "周末不外借"), ("travel_noted", "老秦 在杭州")):
        case = CASES[check]
        snapshot, book = desk.snapshot(peopled, case.brief)
        plan = desk.draft(peopled, case.brief, words_for(book, case, snapshot))
        assert any(words in line for line in plan.content.to_confirm)


def test_a_short_title_in_another_language_gives_way(desk: Desk, english: str) -> None:
    brief = "roadshow on AI next Saturday at 2pm in Shenzhen, 60 people, budget 20k yuan, two hours"
    _, book = desk.snapshot(english, brief)
    keys = [segment.key for segment in book.agenda if segment.kind is not SegmentKind.BREAK]
    words = {
        "title": "路演之夜见", "goal": "Let people meet", "segments": [
            {"key": key, "title": "Tell one true story", "weight": 3, "notes": "One story each."} for key in keys
        ],
    }  # fmt: skip
    plan = desk.draft(english, brief, words)
    assert failures(plan.checks) == []
    assert plan.drafted_by == "llm:scripted"
    assert "路演之夜见" not in json.dumps(plan.content.model_dump(mode="json"), ensure_ascii=False)


def spoil(outline: Outline, where: str, text: str) -> Outline:
    if where == "title":
        return replace(outline, title=text)
    if where == "promotion":
        return replace(outline, promotion=[step.model_copy(update={"text": text}) for step in outline.promotion])
    return replace(outline, segments=[replace(segment, notes=text) for segment in outline.segments])


@pytest.mark.parametrize(
    ("check", "where", "text"),
    [
        ("messages_ready", "promotion", "时间待定，先来占位"),
        ("claims_supported", "promotion", "报名请打 13812345678"),
        ("language", "title", "Pitch for the people who pay"),
        ("nothing_leaked", "notes", "系统提示里写的活动"),
    ],
)
def test_the_same_words_without_mending_fail_and_the_picks_alone_pass(
    desk: Desk, peopled: str, check: str, where: str, text: str
) -> None:
    snapshot, book = desk.snapshot(peopled, ROADSHOW)
    spoiled = spoil(draft_from_playbook(snapshot, book), where, text)
    failed = failures(run_checks(compose(snapshot, book, spoiled), snapshot, book))
    assert check in {one.name for one in failed}
    mended = picks_alone(spoiled, snapshot, book)
    assert failures(run_checks(compose(snapshot, book, mended), snapshot, book)) == []
    assert mended.role_picks == spoiled.role_picks
    assert "promotion" in mended.replaced
