"""Corrections on every database: what is in force, in pages."""

from __future__ import annotations

from datetime import timedelta

from copilot.clock import FixedClock
from copilot.community.store import Store
from copilot.moderation.claims.corrections import Corrections
from tests.conftest import NOW


def test_what_is_in_force_follows_time_and_withdrawal_and_stays_in_its_community(
    any_store: Store, clock: FixedClock
) -> None:
    desk = Corrections(any_store)
    short = desk.add("a", "短", "公告", expires_at=NOW + timedelta(days=1), actor="k")
    clock.advance(timedelta(seconds=1))
    kept = desk.add("a", "长", "公告", actor="k")
    clock.advance(timedelta(seconds=1))
    gone = desk.add("a", "撤", "公告", actor="k")
    desk.withdraw("a", gone.id, actor="k")
    assert [row.id for row in desk.page("a", in_force=True).items] == [kept.id, short.id]
    clock.advance(timedelta(days=2))
    assert [row.id for row in desk.page("a", in_force=True).items] == [kept.id]
    assert {row.id for row in desk.page("a", in_force=False).items} == {short.id, gone.id}
    assert desk.page("b").items == []
    first = desk.page("a", limit=2)
    assert [row.id for row in [*first.items, *desk.page("a", limit=2, cursor=first.next_cursor).items]] == [
        gone.id, kept.id, short.id
    ]  # fmt: skip
