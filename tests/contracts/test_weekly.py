"""Stars and weekly reports on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from copilot.assets import knowledge_dir
from copilot.atmosphere.stars.service import StarsService
from copilot.atmosphere.weekly.service import WeeklyService
from copilot.clock import FixedClock
from copilot.community.store import Store
from copilot.errors import NotFound
from copilot.knowledge import KnowledgeBase
from tests.atmosphere.chat import Room
from tests.atmosphere.weekly.conftest import parts_over


@pytest.mark.slow
def test_a_week_is_reported_kept_and_paged(any_store: Store, clock: FixedClock) -> None:
    room = Room(any_store, "a")
    Room(any_store, "b")
    for n, asker in enumerate("bcd"):
        asked = room.say(asker, 10 * n, "谁做过海外众筹？怎么收尾款？", is_question=True)
        room.say("a", 10 * n + 1, "我做过两次，尾款要等平台审核完才能提，先留足备货的钱。", reply_to_id=asked)
    room.chatter(40, 60)
    clock.advance(timedelta(days=1))
    weekly = WeeklyService(any_store, parts_over(any_store, KnowledgeBase.load([knowledge_dir()])))
    for week in ("2026-W46", "2026-W47", "2026-W47"):
        made = weekly.make("a", week, actor="key")
    assert weekly.get("a", "2026-W47") == made
    assert made.best[0].excerpt.member_id == "a-a"
    first = weekly.listed("a", limit=1)
    assert [head.week for head in first.items] == ["2026-W47"]
    assert [head.week for head in weekly.listed("a", limit=1, cursor=first.next_cursor).items] == ["2026-W46"]
    with pytest.raises(NotFound):
        weekly.get("b")
    stars = StarsService(any_store)
    assert stars.read("a").roles["answers"].stars[0].member_id == "a-a"
    assert stars.name_owner("a", "a-a", actor="key") == "a-a"
    assert stars.read("b").messages == 0
