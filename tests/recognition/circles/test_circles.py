"""Tiers, city circles, lists for small events, ventures behind a port, and final boards."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from copilot.assets import knowledge_dir
from copilot.clock import FixedClock
from copilot.community.access import Actor, local_actor
from copilot.community.store import Store
from copilot.community.tables import (
    CheckIn,
    CircleSeat,
    Event,
    Member,
    PointEntry,
    PointPerson,
    RecognitionPause,
    SeasonStanding,
)
from copilot.errors import Conflict, InvalidInput, KnowledgeInvalid, NotFound
from copilot.recognition.circles.book import load_circles
from copilot.recognition.circles.desk import CircleDesk
from copilot.recognition.circles.models import SeatFields, VentureAsk, VentureResource, VentureRole
from copilot.recognition.circles.ventures import VentureDesk
from copilot.recognition.seasons import SeasonDesk
from copilot.recognition.standings import StandingDesk
from tests.conftest import NOW

ACTOR = local_actor("c")


@pytest.fixture
def desk(store: Store, community: str) -> CircleDesk:
    with store.write(community) as unit:
        for number, city in enumerate(("成都", "Chengdu", "成都市", "深圳", "")):
            unit.add(
                Member(
                    id=f"mem_{number}", platform="w", external_id=f"M{number}", name=f"成员{number}", city=city,
                    consent_match=True, created_at=NOW,
                )
            )  # fmt: skip
    return CircleDesk(store, load_circles([knowledge_dir()]))


def sizes(desk: CircleDesk) -> dict[str, int]:
    return {one.city or one.name: one.members for one in desk.list("c").items}


def test_one_city_under_three_spellings_is_one_circle_and_few_are_none(desk: CircleDesk) -> None:
    assert sizes(desk) == {"ordinary": 5, "partner": 0, "成都": 3}


def test_a_city_of_no_list_keeps_its_spelling(desk: CircleDesk, store: Store) -> None:
    with store.write("c") as unit:
        for number, city in ((0, "Leeds"), (1, "leeds"), (2, "Leeds ")):
            unit.get(Member, f"mem_{number}").city = city
    assert sizes(desk)["Leeds"] == 3
    assert desk.of("c", "mem_0", ACTOR).cities == ["Leeds"]
    assert desk.city("c", "LEEDS").city == "Leeds"
    assert desk.city("c", "York").city == "York"


def test_a_second_city_and_a_tier_are_given_and_taken(desk: CircleDesk) -> None:
    for _ in range(2):
        found = desk.seat("c", "city", "mem_3", SeatFields(is_in=True, city="Chengdu"), ACTOR)
    assert found.cities == ["成都", "深圳"]
    assert desk.seat("c", "partner", "mem_3", SeatFields(is_in=True), ACTOR).tier == "partner"
    assert sizes(desk) == {"ordinary": 4, "partner": 1, "成都": 4}
    assert desk.seat("c", "city", "mem_3", SeatFields(is_in=False, city="Chengdu"), ACTOR).cities == ["深圳"]
    with pytest.raises(InvalidInput):
        desk.seat("c", "city", "mem_3", SeatFields(is_in=True), ACTOR)
    with pytest.raises(NotFound):
        desk.seat("c", "partner", "mem_nobody", SeatFields(is_in=True), ACTOR)


def test_who_wants_not_to_be_shown_is_in_no_circle_at_once(desk: CircleDesk, store: Store) -> None:
    with store.write("c") as unit:
        unit.add(RecognitionPause(member_id="mem_0", created_at=NOW))
    assert sizes(desk) == {"ordinary": 4, "partner": 0}
    with pytest.raises(Conflict):
        desk.seat("c", "partner", "mem_0", SeatFields(is_in=True), ACTOR)


def test_those_who_came_least_are_asked_first_and_only_who_agreed(desk: CircleDesk, store: Store) -> None:
    with store.write("c") as unit:
        unit.add(
            Event(
                id="evt_1", code="E1", title="小聚", format="salon", starts_at=NOW + timedelta(days=3), city="成都",
                ends_at=NOW + timedelta(days=3, hours=2), status="published", created_at=NOW,
            )
        )  # fmt: skip
        unit.session.flush()
        unit.add(CheckIn(id="chk_1", event_id="evt_1", member_id="mem_0", checked_in_at=NOW - timedelta(days=2)))
    found = desk.city("c", "成都")
    assert [(one.member_id, one.times) for one in found.items] == [("mem_1", 0), ("mem_2", 0), ("mem_0", 1)]
    assert found.items[2].reason == "近 90 天参加过 1 次活动"
    assert [one.id for one in found.events] == ["evt_1"]
    with store.write("c") as unit:
        unit.get(Member, "mem_1").consent_match = None
    few = desk.city("c", "Chengdu")
    assert (few.items, "不足 3 位" in few.note) == ([], True)


def test_a_seat_goes_with_its_member(desk: CircleDesk, store: Store) -> None:
    desk.seat("c", "partner", "mem_1", SeatFields(is_in=True), ACTOR)
    with store.write("c") as unit:
        unit.session.delete(unit.get(Member, "mem_1"))
    with store.read("c") as unit:
        assert unit.session.scalars(select(CircleSeat)).all() == []


def test_a_circle_without_a_language_is_refused(tmp_path: Path) -> None:
    text = (knowledge_dir() / "recognition" / "circles.yaml").read_text(encoding="utf-8")
    (tmp_path / "recognition").mkdir()
    (tmp_path / "recognition" / "circles.yaml").write_text(text.replace(", en: Partner", ""), encoding="utf-8")
    with pytest.raises(KnowledgeInvalid):
        load_circles([tmp_path])


@dataclass
class Made:
    roles: list[VentureRole]
    resources: list[VentureResource]
    score: float


@dataclass
class AllMade:
    items: list[Made]
    uncovered: list[tuple[str, str]] = field(default_factory=list)


class Maker:
    """Two combinations: the better one has no resource."""

    def combine(self, community_id: str, ask: VentureAsk, *, actor: Actor) -> AllMade:
        roles = [
            VentureRole(label=kind, kind=kind, member_id=f"mem_{kind}", name=kind, fit=0.5, reason="", evidence=[])
            for kind in ("industry", "skill", "person")
        ]  # fmt: skip
        helps = [VentureResource(resource_id="res_1", title="bench", role="skill", fit=0.6, quote="a bench")]
        return AllMade([Made(roles, [], 0.9), Made(roles, helps, 0.4)], [("law", "Ann"), ("tax", "")])


def test_complete_ventures_come_first_with_steps_in_the_communitys_language(store: Store, community: str) -> None:
    found = VentureDesk(store, Maker()).propose(community, VentureAsk(goal="{goal}" * 20), actor=ACTOR)
    assert [(one.score, one.missing) for one in found.items] == [(0.4, []), (0.9, ["resource"])]
    assert found.items[0].first_steps[0].startswith("industry、skill、person：约 30 分钟，把“{goal}")
    assert found.items[0].first_steps[1] == "skill：申请使用“bench”，先按使用条件谈好时间。"
    assert found.uncovered == ["“law”还没有合适的人，最接近的是Ann。", "“tax”还没有合适的人。"]


def test_final_boards_are_kept_once_and_hide_who_opts_out_later(
    desk: CircleDesk, store: Store, clock: FixedClock
) -> None:
    season = SeasonDesk(store).create("c", "秋", NOW - timedelta(days=10), NOW + timedelta(days=1))
    with store.write("c") as unit:
        for number, hundredths in ((0, 500), (1, 500), (2, 100)):
            unit.add(PointPerson(id=f"per_{number}", member_id=f"mem_{number}", created_at=NOW))
            unit.add(
                PointEntry(
                    id=f"pnt_{number}", number=number + 1, act_key=str(number), person_id=f"per_{number}",
                    rule="write_up", rules_version=1, evidence_kind="message", evidence_id="x", act_at=NOW,
                    act_on=NOW.date(), base=5, day_share=1, pair_share=1, breadth_share=1, ring_share=1,
                    hundredths=hundredths, reverses_id=None, created_at=NOW,
                )
            )  # fmt: skip
    standings = StandingDesk(store)
    assert standings.keep_ended("c") == 0
    with pytest.raises(NotFound):
        standings.board("c", season.id, "individual")
    clock.advance(timedelta(days=2))
    assert [standings.keep_ended("c") for _ in range(2)] == [1, 0]
    board = standings.board("c", season.id, "individual")
    assert [(row.rank, row.id, row.points) for row in board.rows] == [(1, "mem_0", 5), (1, "mem_1", 5), (3, "mem_2", 1)]
    with store.write("c") as unit:
        unit.add(RecognitionPause(member_id="mem_1", created_at=NOW))
        unit.session.delete(unit.get(Member, "mem_2"))
    assert [row.id for row in standings.board("c", season.id, "individual").rows] == ["mem_0"]
    with store.read("c") as unit:
        assert len(unit.session.scalars(select(SeasonStanding)).all()) == 4  # two boards of members, two rows each
