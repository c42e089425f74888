"""Proposals are kept, answered, and left alone once answered."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from copilot.clock import FixedClock
from copilot.community.access import local_actor
from copilot.community.store import Store
from copilot.community.tables import Match, MatchFeedback
from copilot.errors import Denied, InvalidInput, NotFound
from copilot.matching.models import Exclusion
from copilot.matching.service import MatchingService
from copilot.settings import DatabaseSettings
from tests.matching.conftest import World


def _first(world: World, asker: str = "mem_hotpot") -> str:
    return world.service.match("c", asker).items[0].match_id


def test_accepting_connects_once_both_have_accepted(pair: World) -> None:
    match_id = _first(pair)
    assert pair.service.feedback("c", match_id, "mem_hotpot", "accept").status == "accepted"
    assert pair.service.match("c", "mem_hotpot", n=50).excluded[Exclusion.AWAITING_ANSWER] == 1
    answer = pair.service.match("c", "mem_trucker").items[0]
    assert answer.target_id == "mem_hotpot", "nobody has asked the other side yet"
    pair.service.feedback("c", answer.match_id, "mem_trucker", "accept")
    for asker in ("mem_hotpot", "mem_trucker"):
        found = pair.service.match("c", asker, n=50)
        assert found.excluded[Exclusion.ALREADY_CONNECTED] == 1
    told = pair.service.explain("c", "mem_trucker", "mem_hotpot", actor=local_actor("c"))
    assert [item.code for item in told.exclusions] == [Exclusion.ALREADY_CONNECTED]
    with pair.store.read("c") as unit:
        assert unit.get(Match, match_id).status == "accepted"


@pytest.mark.parametrize(("verdict", "status"), [("ignore", "ignored"), ("reject", "rejected")])
def test_a_no_rests_thirty_days_and_then_may_be_asked_again(
    pair: World, clock: FixedClock, verdict: str, status: str
) -> None:
    match_id = _first(pair)
    result = pair.service.feedback("c", match_id, "mem_hotpot", verdict, "  太远了\x00 ")
    assert result.status == status
    clock.advance(timedelta(days=29))
    assert pair.service.match("c", "mem_hotpot").excluded[Exclusion.RECENTLY_PROPOSED] == 1
    assert "mem_hotpot" not in pair.targets("mem_trucker")
    clock.advance(timedelta(days=2))
    assert _first(pair) == match_id
    with pair.store.read("c") as unit:
        assert unit.get(Match, match_id).status == "proposed"
        said = unit.session.scalars(select(MatchFeedback)).one()
    assert (said.verdict, said.comment, said.match_id) == (verdict, "太远了", match_id)


def test_the_latest_word_counts(pair: World) -> None:
    match_id = _first(pair)
    pair.service.feedback("c", match_id, "mem_hotpot", "reject")
    assert pair.service.feedback("c", match_id, "mem_hotpot", "accept").status == "accepted"


def test_only_the_member_it_was_made_for_may_answer(pair: World) -> None:
    match_id = _first(pair)
    with pytest.raises(Denied):
        pair.service.feedback("c", match_id, "mem_trucker", "accept")
    with pytest.raises(NotFound):
        pair.service.feedback("c", "match_unknown", "mem_hotpot", "accept")
    with pair.store.read("c") as unit:
        assert unit.get(Match, match_id).status == "proposed"


@pytest.mark.parametrize(("verdict", "comment", "field"), [("maybe", "", "verdict"), ("accept", "x" * 1001, "comment")])
def test_feedback_out_of_bounds_is_refused(pair: World, verdict: str, comment: str, field: str) -> None:
    match_id = _first(pair)
    with pytest.raises(InvalidInput) as caught:
        pair.service.feedback("c", match_id, "mem_hotpot", verdict, comment)
    assert caught.value.data["field"] == field


def test_matches_are_answered_while_the_database_takes_no_writes(pair: World, tmp_path: Path) -> None:
    path = tmp_path / "truth.sqlite"
    impatient = Store.open(f"sqlite:///{path}", DatabaseSettings(busy_timeout_seconds=0.1), pair.clock)
    service = MatchingService(impatient, pair.index, pair.embedder)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    shown = service.match("c", "mem_hotpot").items
    holder.execute("ROLLBACK")
    holder.close()
    with pair.store.read("c") as unit:
        assert unit.session.scalars(select(Match)).all() == []
    assert service.match("c", "mem_hotpot").items == shown
    assert service.feedback("c", shown[0].match_id, "mem_hotpot", "accept").status == "accepted"
    impatient.close()
