"""Everybody matched at once: the cap holds over all, and asking again changes nothing."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import select

from copilot.community.tables import Match, Member
from copilot.errors import InvalidInput
from copilot.matching.proposing.stored_matches import Chosen
from copilot.matching.service import MatchingService
from copilot.settings import MatchingSettings
from tests.matching.conftest import COLD, World


@pytest.fixture
def crowd(pair: World) -> World:
    """Six who all need the one trucker, and a second, weaker carrier."""
    for number in range(5):
        pair.member(f"shop{number}", [f"第{number}家店，{COLD[0]}"], [COLD[1]], city="成都" if number < 2 else "")
    pair.member("van", ["找零散的冻货单子"], ["一台小冷藏车，省内冷链短途"])
    return pair


def _capped(world: World, cap: int) -> MatchingService:
    return MatchingService(world.store, world.index, world.embedder, limits=MatchingSettings(exposure_cap=cap))


def _rows(world: World) -> list[Match]:
    with world.store.read("c") as unit:
        return list(unit.session.scalars(select(Match)))


def test_nobody_is_proposed_beyond_the_cap_and_the_best_suited_get_the_star(crowd: World) -> None:
    told: list[tuple[int, int | None]] = []
    report = _capped(crowd, 2).distribute("c", "member", 1, actor="key", on_progress=lambda *at: told.append(at))
    given = Counter(row.target_id for row in _rows(crowd))
    assert given["mem_trucker"] == 2 == report.most_exposed
    assert max(given.values()) <= 2 and report.members == 11
    assert report.proposals == sum(given.values()) and report.without == 11 - len({r.member_id for r in _rows(crowd)})
    scores = {row.member_id: row.score for row in _rows(crowd) if row.target_id == "mem_trucker"}
    uncapped = MatchingService(crowd.store, crowd.index, crowd.embedder, limits=MatchingSettings(exposure_cap=0))
    best = {f"mem_{n}": uncapped.match("c", f"mem_{n}", n=1).items for n in ("hotpot", *(f"shop{i}" for i in range(5)))}
    others = [
        i.score
        for member, items in best.items()
        for i in items
        if member not in scores and i.target_id == "mem_trucker"
    ]
    assert others and min(scores.values()) >= max(others)
    assert told[0] == (0, 22) and told[-1] == (21, 22)


def test_asked_again_it_gives_the_same_and_writes_nothing(crowd: World) -> None:
    service = _capped(crowd, 2)
    first = service.distribute("c", "member", 1, actor="key")
    before = {row.id: row.updated_at for row in _rows(crowd)}
    assert service.distribute("c", "member", 1, actor="key") == first
    assert {row.id: row.updated_at for row in _rows(crowd)} == before


def test_only_those_who_agreed_take_part(crowd: World) -> None:
    with crowd.store.write("c") as unit:
        unit.get(Member, "mem_trucker").consent_match = False
    _capped(crowd, 10).distribute("c", "member", 2, actor="key")
    assert "mem_trucker" not in {row.target_id for row in _rows(crowd)} | {row.member_id for row in _rows(crowd)}


def test_a_communitys_own_resource_has_no_cap(crowd: World) -> None:
    crowd.resource("fund", "冷链车队，隔天到成都", "二十八台冷藏车全程温控")
    report = _capped(crowd, 1).distribute("c", "resource", 1, actor="key")
    assert report.most_exposed > 1


@pytest.mark.parametrize(("kind", "n", "field"), [("member", 0, "n"), ("member", 51, "n"), ("club", 1, "kind")])
def test_nonsense_is_refused(world: World, kind: str, n: int, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        world.service.distribute("c", kind, n, actor="key")
    assert caught.value.data["field"] == field


def test_proposals_are_listed_with_the_reasons_that_still_stand(pair: World) -> None:
    pair.service.match("c", "mem_hotpot")
    best = pair.service.proposals("c", Chosen(kind="member", target_id="mem_trucker")).items[0]
    assert (best.member_id, best.target_name, best.status) == ("mem_hotpot", "trucker", "proposed")
    assert best.weights_version == 0 and len(best.reasons) == 3
    with pair.store.write("c") as unit:
        unit.get(Member, "mem_trucker").city = "上海"
    assert [
        reason.kind for reason in pair.service.proposals("c", Chosen(target_id="mem_trucker")).items[0].reasons
    ] == ["backward", "forward"]
    with pair.store.write("c") as unit:
        unit.get(Member, "mem_trucker").consent_match = None
    assert pair.service.proposals("c", Chosen(target_id="mem_trucker")).items == []


def test_the_list_of_proposals_can_be_narrowed_and_paged(crowd: World) -> None:
    crowd.service.distribute("c", "member", 2, actor="key")
    everything = crowd.service.proposals("c", Chosen(), limit=200).items
    assert len(everything) > 3
    mine = crowd.service.proposals("c", Chosen(member_id="mem_hotpot", status="proposed")).items
    assert {item.member_id for item in mine} == {"mem_hotpot"}
    seen, cursor = [], None
    while True:
        page = crowd.service.proposals("c", Chosen(kind="member"), limit=3, cursor=cursor)
        seen.extend(item.match_id for item in page.items)
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == [item.match_id for item in everything]
    assert crowd.service.proposals("c", Chosen(kind="event")).items == []
    with pytest.raises(InvalidInput):
        crowd.service.proposals("c", Chosen(kind="club"))
