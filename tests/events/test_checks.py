"""Each check fails on exactly the fault it is named for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from copilot.clock import FixedClock
from copilot.community.store import Store
from copilot.community.tables import Community, EventPlan
from copilot.events.checking.checks import failures, run_checks
from copilot.events.checking.sentences import check_names
from copilot.events.drafts.candidates import StoreCandidates
from copilot.events.models import BudgetLine, Pick, PlanContent, RiskPlan
from copilot.events.service import EventService
from copilot.events.snapshot import PlanSnapshot
from copilot.knowledge import KnowledgeBase
from copilot.playbook_models import CostUnit, Playbook, SegmentKind
from copilot.prompts import PromptLibrary
from tests.events.conftest import NOW, add_history, add_people, add_resources

BRIEF = "下周六下午两点深圳60人AI路演，预算2万，两小时"


@pytest.fixture(scope="session")
def drafted(
    tmp_path_factory: pytest.TempPathFactory, knowledge: KnowledgeBase, prompts: PromptLibrary
) -> tuple[str, str]:
    """One plan and its snapshot as JSON, drafted once for all faults."""
    store = Store.open(f"sqlite:///{tmp_path_factory.mktemp('checks') / 'truth.sqlite'}", clock=FixedClock(NOW))
    with store.system(write=True) as session:
        session.add(Community(id="c", slug="sample", name="示例社区", locale="zh-CN", created_at=NOW))
    for add in (add_people, add_resources, add_history):
        add(store, "c")
    result = EventService(store, knowledge, prompts, None, StoreCandidates(store)).draft("c", BRIEF, actor="op")
    with store.read("c") as unit:
        snapshot = PlanSnapshot.model_validate(unit.get(EventPlan, result.id).snapshot)
    store.close()
    return result.content.model_dump_json(), snapshot.model_dump_json()


@pytest.fixture
def sound(drafted: tuple[str, str], knowledge: KnowledgeBase) -> tuple[PlanContent, PlanSnapshot, Playbook]:
    plan, snapshot = drafted
    playbook = knowledge.playbook("roadshow", "zh-CN")
    return PlanContent.model_validate_json(plan), PlanSnapshot.model_validate_json(snapshot), playbook


def test_a_sound_plan_passes_every_check_in_both_words_and_fact(
    sound: tuple[PlanContent, PlanSnapshot, Playbook],
) -> None:
    results = run_checks(*sound)
    assert [result.name for result in results] == check_names()
    assert all(result.passed for result in results)
    assert all(result.sentence for result in results)


def shift_segment(plan: PlanContent) -> None:
    plan.agenda[1].start_minute += 5


def shorten_last(plan: PlanContent) -> None:
    plan.agenda[-1].minutes -= 1


def no_break(plan: PlanContent) -> None:
    for segment in plan.agenda:
        segment.kind = SegmentKind.TALK


def twice_on_stage(plan: PlanContent) -> None:
    plan.agenda[2].speaker = plan.agenda[1].speaker


def wrong_sum(plan: PlanContent) -> None:
    plan.budget.total_cents += 1


def wrong_line(plan: PlanContent) -> None:
    plan.budget.lines[0].total_cents += 100


def over_cap(plan: PlanContent) -> None:
    plan.budget.reserve_cents = 2_000_000


def no_reserve(plan: PlanContent) -> None:
    plan.budget.reserve_cents = 0


def other_cap(plan: PlanContent) -> None:
    plan.budget.cap_cents = 9_000_000


def zero_price(plan: PlanContent) -> None:
    line = plan.budget.lines[0]
    line.unit_cents = line.total_cents = 0


def invented_line(plan: PlanContent) -> None:
    plan.budget.lines.append(
        BudgetLine(key="yacht", title="游艇", unit=CostUnit.PER_EVENT, quantity=1, unit_cents=100, total_cents=100)
    )


def required_line_left_out(plan: PlanContent) -> None:
    plan.budget.total_cents -= plan.budget.lines[0].total_cents
    del plan.budget.lines[0]


def task_in_past(plan: PlanContent) -> None:
    plan.prep_tasks[0].due_on = date(2026, 11, 15)


def promotion_after(plan: PlanContent) -> None:
    plan.promotion[0].due_on = date(2026, 11, 29)


def follow_up_before(plan: PlanContent) -> None:
    plan.follow_up[0].due_on = date(2026, 11, 27)


def task_before_its_need(plan: PlanContent) -> None:
    plan.prep_tasks[0].due_on = date(2026, 11, 27)


def ends_elsewhere(plan: PlanContent) -> None:
    plan.ends_at += timedelta(minutes=1)


def invented_person(plan: PlanContent) -> None:
    plan.roles[0].pick = Pick(kind="member", id="mem_nobody", name="雷军")


def renamed_person(plan: PlanContent) -> None:
    assert plan.agenda[1].speaker
    plan.agenda[1].speaker.name = "雷军"


def invented_reason(plan: PlanContent) -> None:
    assert plan.agenda[1].speaker
    plan.agenda[1].speaker.why = "拿过诺贝尔奖"


def phone(plan: PlanContent) -> None:
    plan.promotion[0].text += " 咨询 13812345678"


def link(plan: PlanContent) -> None:
    plan.promotion[0].text += " 报名 https://evil.example/x"


def price(plan: PlanContent) -> None:
    plan.agenda[0].notes += " 门票 99 元"


def named_guest(plan: PlanContent) -> None:
    plan.promotion[0].text += " 嘉宾：王兴"


def other_language(plan: PlanContent) -> None:
    plan.agenda[0].title = "Opening words by the distinguished host of the evening"


def wrong_language(plan: PlanContent) -> None:
    plan.language = "en"


def leaked_id(plan: PlanContent) -> None:
    plan.goal += " mem_0123456789abcdefghij"


def leaked_alias(plan: PlanContent) -> None:
    plan.agenda[1].title = "由 S1 分享经验"


def unfilled(plan: PlanContent) -> None:
    plan.promotion[0].text = "聊聊 {topic} 吧"


def no_number(plan: PlanContent) -> None:
    plan.goal = "让大家有所收获"


def empty_risk(plan: PlanContent) -> None:
    plan.risks.append(RiskPlan(key="x", title="下雨", trigger="", fallback="", owner_role="host"))


def nobody_owns(plan: PlanContent) -> None:
    plan.prep_tasks[0].owner_role = "ghost"


def forgotten_unknown(plan: PlanContent) -> None:
    plan.to_confirm = []


def small_venue(plan: PlanContent) -> None:
    plan.headcount = 500


@pytest.mark.parametrize(
    ("spoil", "name"),
    [
        (shift_segment, "agenda_contiguous"), (shorten_last, "agenda_fills_slot"), (no_break, "breaks"),
        (twice_on_stage, "speaker_once"), (wrong_sum, "budget_sums"), (wrong_line, "budget_sums"),
        (over_cap, "budget_within_cap"), (no_reserve, "budget_within_cap"), (other_cap, "budget_within_cap"),
        (zero_price, "budget_sane"), (invented_line, "budget_sane"), (required_line_left_out, "budget_sane"),
        (task_in_past, "dates_ordered"), (promotion_after, "dates_ordered"), (follow_up_before, "dates_ordered"),
        (task_before_its_need, "dates_ordered"), (ends_elsewhere, "times_consistent"), (invented_person, "records_exist"),
        (renamed_person, "records_exist"), (invented_reason, "records_exist"), (phone, "claims_supported"),
        (link, "claims_supported"), (price, "claims_supported"), (named_guest, "claims_supported"),
        (other_language, "language"), (wrong_language, "language"), (leaked_id, "nothing_leaked"),
        (leaked_alias, "nothing_leaked"), (unfilled, "nothing_leaked"), (no_number, "goal_measurable"),
        (empty_risk, "risks_complete"), (nobody_owns, "owners_known"), (forgotten_unknown, "unknowns_listed"),
        (small_venue, "venue_capacity"),
    ],
)  # fmt: skip
def test_a_fault_is_found_by_its_check(
    sound: tuple[PlanContent, PlanSnapshot, Playbook], spoil: Callable[[PlanContent], None], name: str
) -> None:
    plan, snapshot, playbook = sound
    spoil(plan)
    failed = {result.name: result.sentence for result in failures(run_checks(plan, snapshot, playbook))}
    assert name in failed
    assert failed[name]


def test_a_holiday_is_a_warning_and_not_an_error(sound: tuple[PlanContent, PlanSnapshot, Playbook]) -> None:
    plan, snapshot, playbook = sound
    plan.prep_tasks[0].on_holiday = "国庆节"
    result = next(item for item in run_checks(plan, snapshot, playbook) if item.name == "holidays_noted")
    assert (result.passed, result.severity) == (False, "warning")
    assert failures([result]) == []
