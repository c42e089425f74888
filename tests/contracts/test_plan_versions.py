"""Versions of plans and calendar feeds as rows, on SQLite and on PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from copilot.assets import knowledge_dir, prompts_dir
from copilot.community.store import Store
from copilot.errors import Conflict, NotFound
from copilot.events.drafts.candidates import StoreCandidates
from copilot.events.feeds import CalendarService
from copilot.events.revisions.versions import PlanVersionService
from copilot.events.service import EventService
from copilot.knowledge import KnowledgeBase
from copilot.prompts import PromptLibrary


@pytest.mark.slow
def test_of_changes_to_one_version_at_once_one_is_stored(any_store: Store) -> None:
    knowledge, candidates = KnowledgeBase.load([knowledge_dir()]), StoreCandidates(any_store)
    service = EventService(any_store, knowledge, PromptLibrary.load(prompts_dir()), None, candidates)
    versions = PlanVersionService(any_store, knowledge, candidates)
    plan = service.draft("a", "12月5日下午两点深圳40人AI沙龙，预算2万，两小时", actor="op")

    def change(headcount: int) -> str:
        try:
            return versions.revise("a", plan.id, f"人数改成{headcount}", actor="op").id
        except Conflict as refused:
            return f"refused for {refused.data['newest_id']}"

    with ThreadPoolExecutor(4) as threads:
        outcomes = list(threads.map(change, range(30, 34)))
    stored = [outcome for outcome in outcomes if not outcome.startswith("refused")]
    assert len(stored) == 1
    assert outcomes.count(f"refused for {stored[0]}") == 3
    assert {item.version for item in versions.versions("a", plan.id).items} == {1, 2}
    assert versions.lock("a", stored[0], ["title"], actor="op").locks == ["title"]
    with pytest.raises(NotFound):
        versions.versions("b", plan.id)


def test_a_feed_is_found_by_its_token_alone_and_not_after_it_was_revoked(any_store: Store) -> None:
    calendars = CalendarService(any_store)
    made = calendars.create("a", "members", actor="op")
    assert calendars.read(made.token).content.startswith(b"BEGIN:VCALENDAR")
    assert calendars.list("a").items[0].last_read_at is not None
    assert calendars.list("b").items == []
    with pytest.raises(NotFound):
        calendars.revoke("b", made.id, actor="op")
    calendars.revoke("a", made.id, actor="op")
    with pytest.raises(NotFound):
        calendars.read(made.token)
