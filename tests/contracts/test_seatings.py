"""Rounds and rotations as rows, on SQLite and on PostgreSQL."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from copilot.community.access import local_actor
from copilot.community.erasure import erase_member
from copilot.community.member_export import export_member
from copilot.community.store import Store
from copilot.community.tables import Member, Seat, Seating
from copilot.errors import Conflict, NotFound
from copilot.matching.seatings.models import RotationAsk, SeatingStatus
from copilot.matching.seatings.records import (
    NewSeating,
    add_seating,
    get_seating,
    next_number,
    page_seatings,
    read_groups,
    read_seated,
    read_series,
)
from copilot.matching.seatings.roster import Filter, find_members, open_members
from copilot.matching.seatings.rotation_service import RotationService
from tests.contracts.conftest import member

GROUPS = {"1": ["m0", "m1"], "2": ["m2", "m3"], "10": ["m4", "m5"]}


def people(store: Store, community_id: str, prefix: str = "m", count: int = 6, **more: object) -> None:
    with store.write(community_id) as unit:
        for number in range(count):
            unit.add(Member(**member(f"{prefix}{number}", consent_match=True, city="深圳", **more)))


def seating(store: Store, number: int, status: SeatingStatus = SeatingStatus.PLANNED, series: str = "coffee") -> str:
    new = NewSeating("round", series, number, status, {"size": 2}, {"members": 6}, GROUPS)
    with store.write("a") as unit:
        return add_seating(unit, new, actor="op").id


def test_a_number_of_a_series_is_given_once(any_store: Store) -> None:
    people(any_store, "a")
    seating(any_store, 1)
    with pytest.raises(Conflict):
        seating(any_store, 1)
    seating(any_store, 1, series="tables")
    seating(any_store, 2, SeatingStatus.CANCELLED)
    with any_store.read("a") as unit:
        assert next_number(unit, "round", "coffee") == 3
        assert next_number(unit, "rotation", "coffee") == 1


def test_a_series_is_read_oldest_first_without_what_does_not_count(any_store: Store) -> None:
    people(any_store, "a")
    ids = [seating(any_store, number) for number in (1, 2, 3)]
    seating(any_store, 4, SeatingStatus.CANCELLED)
    with any_store.read("a") as unit:
        rows = read_series(unit, "round", "coffee", (SeatingStatus.PLANNED, SeatingStatus.HELD), last=2)
        assert [row.id for row in rows] == ids[1:]
        before = read_series(unit, "round", "coffee", (SeatingStatus.PLANNED,), before=2, last=9)
        assert [row.id for row in before] == ids[:1]
        assert read_groups(unit, ids)[ids[0]] == GROUPS
        assert read_groups(unit, []) == {}


def test_groups_are_shown_in_the_order_of_their_numbers(any_store: Store) -> None:
    people(any_store, "a")
    round_id = seating(any_store, 1)
    with any_store.read("a") as unit:
        seated = read_seated(unit, local_actor("a"), round_id)
    assert list(seated.groups) == ["1", "2", "10"]


def test_rows_of_another_community_do_not_exist(any_store: Store) -> None:
    people(any_store, "a")
    round_id = seating(any_store, 1)
    with any_store.read("b") as unit:
        assert next_number(unit, "round", "coffee") == 1
        assert page_seatings(unit, "round", series=None, status=None, limit=5, cursor=None).items == []
        with pytest.raises(NotFound):
            get_seating(unit, "round", round_id)
        with pytest.raises(NotFound):
            find_members(unit, local_actor("b"), ["m0"], 5, "members")
    with any_store.read("a") as unit, pytest.raises(NotFound):
        get_seating(unit, "rotation", round_id)


def test_members_are_named_by_id_or_external_id_and_filtered_by_any_spelling(any_store: Store) -> None:
    people(any_store, "a")
    with any_store.write("a") as unit:
        unit.add(Member(**member("m9", "outside", consent_match=True, city="Shenzhen ", industry="logistics")))
    with any_store.read("a") as unit:
        found = find_members(unit, local_actor("a"), ["outside", "m3"], 5, "members")
        assert [row.id for row in found] == ["m9", "m3"]
        assert len(open_members(unit, Filter(city="深圳市"), 10)) == 7
        assert [row.id for row in open_members(unit, Filter(industry="物流"), 10)] == ["m9"]
        assert open_members(unit, Filter(active_days=30), 10) == []


def test_an_erased_member_loses_the_seat_and_the_others_keep_theirs(any_store: Store) -> None:
    people(any_store, "a")
    round_id = seating(any_store, 1)
    with any_store.read("a") as unit:
        shown = export_member(unit, "m0")["records"]
    assert [row["group"] for row in shown["seat"]] == ["1"]
    assert not any(other in str(shown) for other in ("'m1'", "'m2'"))
    erase_member(any_store, "a", "m0", requested_by="test")
    with any_store.read("a") as unit:
        assert read_groups(unit, [round_id])[round_id]["1"] == ["m1"]
        assert unit.session.get(Seating, round_id) is not None


def test_a_rotation_is_previewed_applied_and_continued(any_store: Store) -> None:
    people(any_store, "a")
    service, me = RotationService(any_store), local_actor("a")
    asked = RotationAsk(groups={"x": ["m0", "m1", "m2"], "y": ["m3", "m4", "m5"]}, seconds=2.0)
    made = service.preview("a", asked, actor=me)
    assert made.figures.new_acquaintances == made.figures.bound == 4
    service.apply("a", made.id, actor=me)
    again = service.preview("a", RotationAsk(seconds=2.0), actor=me)
    assert again.number == 2
    with any_store.read("a") as unit:
        seats = unit.session.scalars(select(Seat).where(Seat.seating_id == again.id)).all()
    assert {seat.member_id: seat.from_group for seat in seats} == {
        one.member_id: name for name, members in made.groups.items() for one in members
    }
