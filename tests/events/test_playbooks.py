"""The shipped knowledge: both languages agree, placeholders are known, and every playbook makes sound plans."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, datetime, timedelta

import pytest

from copilot.errors import InvalidInput, KnowledgeInvalid
from copilot.events.briefs.brief import BriefReading, make_brief
from copilot.events.briefs.settling import Circumstances, settle
from copilot.events.checking.checks import failures, run_checks
from copilot.events.drafts.compose import compose
from copilot.events.drafts.outline import PLACEHOLDERS, fill_in
from copilot.events.drafts.playbook_draft import draft_from_playbook
from copilot.events.snapshot import Candidates, CommunityView, make_snapshot
from copilot.knowledge import KnowledgeBase

NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
FORMATS = (
    "competition", "dinner", "meetup", "online_talk", "roadshow", "salon", "tool_trial", "visit", "welcome", "workshop",
)  # fmt: skip


def test_the_ten_formats_exist_in_both_languages(knowledge: KnowledgeBase) -> None:
    for locale in ("zh-CN", "en"):
        assert {book.format for book in knowledge.playbooks(locale)} >= set(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_the_languages_of_a_playbook_have_the_same_parts_and_prices(knowledge: KnowledgeBase, name: str) -> None:
    chinese, english = knowledge.playbook(name, "zh-CN"), knowledge.playbook(name, "en")
    for field in ("agenda", "roles", "resources", "cost_lines", "prep_tasks", "risks", "metrics", "follow_up"):
        texts = {"title", "notes", "duties", "quantity_hint", "trigger", "fallback", "unit", "online_title"} - (
            {"unit"} if field == "cost_lines" else set()
        )
        ours, theirs = (
            [part.model_dump(exclude=texts) for part in getattr(book, field)] for book in (chinese, english)
        )
        assert ours == theirs, field
    assert [step.days_before for step in chinese.promotion] == [step.days_before for step in english.promotion]
    assert (chinese.min_minutes, chinese.max_minutes, chinese.default_minutes) == (
        english.min_minutes,
        english.max_minutes,
        english.default_minutes,
    )


def test_every_placeholder_of_the_shipped_texts_is_known(knowledge: KnowledgeBase) -> None:
    for locale in ("zh-CN", "en"):
        for book in knowledge.playbooks(locale):
            used = set(re.findall(r"\{([^{}]*)\}", "\n".join(_strings(book.model_dump(mode="json")))))
            assert used <= PLACEHOLDERS, book.id


def _strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in _strings(item)]
    if isinstance(value, list):
        return [text for item in value for text in _strings(item)]
    return [value] if isinstance(value, str) else []


def test_an_unknown_placeholder_is_refused_and_braces_of_values_are_left_alone() -> None:
    with pytest.raises(KnowledgeInvalid):
        fill_in("{secret}", dict.fromkeys(PLACEHOLDERS, ""))
    assert fill_in("A {topic}", {"topic": "{title}"}) == "A {title}"


SIZES = [(2, 15), (30, 90), (60, 150), (5000, 480)]
BUDGETS = [None, 0, 500_000, 1_000_000_000]
LEADS = [timedelta(hours=3), timedelta(days=12), timedelta(days=60)]


@pytest.mark.slow
@pytest.mark.parametrize("locale", ["zh-CN", "en"])
@pytest.mark.parametrize("name", FORMATS)
def test_a_playbook_makes_a_sound_plan_of_every_size_or_says_why_not(
    knowledge: KnowledgeBase, name: str, locale: str
) -> None:
    """Small, large, short, long, rich, poor, soon, later, online and not: every plan passes every check."""
    book = knowledge.playbook(name, locale)
    made = 0
    for (headcount, minutes), budget, lead, online in itertools.product(SIZES, BUDGETS, LEADS, (False, True)):
        if lead != LEADS[1] and headcount in {2, 30}:
            continue  # the near and the far day are tried on two sizes
        length = min(max(minutes, book.min_minutes), book.max_minutes)
        start = (NOW + lead).astimezone(UTC)
        brief = make_brief(
            {"format": name, "topic": "AI 出海 pricing", "starts_on": start.date(), "start_time": start.time(), "city": "深圳",
             "duration_minutes": length, "headcount": headcount, "budget_cents": budget, "online": online}
        )  # fmt: skip
        around = Circumstances(name="启航 Harbour", locale=locale, timezone="UTC", now=NOW)
        settled = settle(BriefReading(brief), book, around)
        view = CommunityView(id="c", name="启航 Harbour", locale=locale, timezone="UTC")
        snapshot = make_snapshot(view, settled, book, [], Candidates(), NOW)
        refused = None
        try:
            plan = compose(snapshot, book, draft_from_playbook(snapshot, book))
        except InvalidInput as refusal:
            refused = refusal.data["reason"]
        if refused is None:
            assert failures(run_checks(plan, snapshot, book)) == []
            made += 1
        else:
            assert refused == "budget_short"
    assert made >= 32  # without a cap and with a high one every case has a plan


def test_articles_exist_in_both_languages_with_citable_passages(knowledge: KnowledgeBase) -> None:
    for locale in ("zh-CN", "en"):
        articles = {article.id: article for article in knowledge.articles(locale)}
        for article_id in ("atmosphere", "newcomers", "incentives"):
            assert len(articles[article_id].passages) == 5
