"""A community that counts in another currency: its plans, their checks, exports, revisions and refusals follow it."""

from __future__ import annotations

from io import BytesIO

import pytest
from docx import Document

from copilot.community.creation import create_community
from copilot.community.models import CommunityConfig
from copilot.community.store import Store
from copilot.community.tables import Community
from copilot.errors import InvalidInput
from copilot.events.briefs.settling import SettledBrief
from copilot.events.drafts.candidates import StoreCandidates
from copilot.events.export.documents import render_docx
from copilot.events.export.markdown import render_markdown
from copilot.events.export.pages import render_html
from copilot.events.export.sections import plan_sheet
from copilot.events.export.spreadsheets import render_csv
from copilot.events.records import PlanResult
from copilot.events.revisions.versions import PlanVersionService
from copilot.events.service import EventService
from copilot.knowledge import KnowledgeBase
from copilot.prompts import PromptLibrary

BRIEF = "Salon about pricing for 20 people in London on Dec 5 at 2pm, three hours, budget £2,000"


@pytest.fixture
def london(store: Store) -> str:
    return create_community(
        store, CommunityConfig(slug="harbour", name="Harbour", locale="en", timezone="Europe/London", currency="GBP")
    )


@pytest.fixture
def planner(store: Store, knowledge: KnowledgeBase, prompts: PromptLibrary) -> EventService:
    return EventService(store, knowledge, prompts, None, StoreCandidates(store))


@pytest.fixture
def plan(planner: EventService, london: str) -> PlanResult:
    return planner.draft(london, BRIEF, actor="op")


def test_a_plan_is_made_checked_and_echoed_in_the_communitys_currency(
    plan: PlanResult, knowledge: KnowledgeBase
) -> None:
    budget = plan.content.budget
    assert (budget.currency, budget.cap_cents) == ("GBP", 200_000)
    assert all(check.passed for check in plan.checks)
    assert 0 < budget.total_cents + budget.reserve_cents <= 200_000
    rules = {line.key: line for line in knowledge.playbook("salon", "en", "GBP").cost_lines}
    assert all(rules[line.key].min_cents <= line.unit_cents <= rules[line.key].max_cents for line in budget.lines)
    assert any(item.value == "£2,000" for item in plan.understood)
    assert not any("yuan" in text.casefold() for text in (plan.content.goal, *plan.content.to_confirm))


def test_every_export_names_the_currency(plan: PlanResult) -> None:
    sheet = plan_sheet(plan.content, plan.drafted_by)
    document = Document(BytesIO(render_docx(sheet, plan.created_at)))
    shown = {
        "markdown": render_markdown(plan.content, plan.drafted_by),
        "html": render_html(sheet),
        "docx": "\n".join(paragraph.text for paragraph in document.paragraphs),
        "csv": render_csv(plan.content, "budget").decode("utf-8-sig"),
    }
    for name, text in shown.items():
        assert "(GBP)" in text, name
        assert "CNY" not in text, name
    assert "2000.00" in shown["csv"]


def test_a_cap_in_another_currency_leaves_the_plan_without_one_and_asks(planner: EventService, london: str) -> None:
    plan = planner.draft(london, BRIEF.replace("£2,000", "$2k"), actor="op")
    assert plan.content.budget.cap_cents is None
    question = next(item for item in plan.questions if item.field == "budget_cents")
    assert "$2,000" in question.text
    assert "GBP" in question.text


def test_a_cap_that_is_too_low_is_refused_in_the_communitys_currency(planner: EventService, london: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        planner.draft(london, BRIEF.replace("£2,000", "£3"), actor="op")
    sentence = caught.value.data["sentence"]
    assert isinstance(sentence, dict)
    assert "£3" in sentence["en"]
    assert "3 英镑" in sentence["zh-CN"]


def test_a_revision_keeps_the_plans_currency_whatever_the_community_counts_in_by_now(
    store: Store, planner: EventService, plan: PlanResult, london: str, knowledge: KnowledgeBase
) -> None:
    create_community(
        store, CommunityConfig(slug="harbour", name="Harbour", locale="en", timezone="Europe/London", currency="EUR")
    )
    versions = PlanVersionService(store, knowledge, StoreCandidates(store))
    revised = versions.revise(london, plan.id, "cut the budget to £1,500", actor="op")
    assert (revised.content.budget.currency, revised.content.budget.cap_cents) == ("GBP", 150_000)
    assert any("£2,000 → £1,500" in sentence for sentence in revised.change.sentences)
    with pytest.raises(InvalidInput) as caught:
        versions.revise(london, revised.id, "budget to 9000 yuan", actor="op")
    assert caught.value.data["reason"] == "foreign_currency"
    assert planner.draft(london, "salon in London on Dec 5, 20 people", actor="op").content.budget.currency == "EUR"


def test_a_community_without_a_choice_counts_by_its_language_and_an_unknown_currency_is_refused(store: Store) -> None:
    def currency(slug: str, **over: str) -> object:
        create_community(store, CommunityConfig(slug=slug, name=slug, **over))
        with store.system() as session:
            return session.query(Community).filter_by(slug=slug).one().settings["currency"]

    assert (currency("aa", locale="en"), currency("bb", locale="zh-CN")) == ("USD", "CNY")
    assert currency("aa", locale="en", currency="SGD") == "SGD"
    assert currency("aa", locale="en") == "SGD"  # not said again: it stays
    with pytest.raises(ValueError, match="unknown currency"):
        CommunityConfig(slug="cc", name="cc", currency="BTC")


def test_briefs_from_before_currencies_are_yuan() -> None:
    assert SettledBrief.model_fields["currency"].default == "CNY"
