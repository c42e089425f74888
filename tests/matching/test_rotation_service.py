"""Rotations of a community: a preview changes nothing, applying it does, and only who agreed is ever moved."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from copilot.community.erasure import erase_member
from copilot.community.tables import Channel, Member, Message, PairRule, Reading, Seating
from copilot.errors import Conflict, InvalidInput, ModelCancelled, NotFound
from copilot.matching.optimum import Impossible
from copilot.matching.seatings.attendees import helpful
from copilot.matching.seatings.models import RotationAsk, RotationDetail, SeatingStatus
from tests.conftest import NOW
from tests.matching.conftest import World
from tests.matching.seating_world import SeatingWorld

GROUPS = {"一组": ["a0", "a1", "a2"], "二组": ["b0", "b1", "b2"], "三组": ["c0", "c1", "c2"]}


@pytest.fixture
def seats(world: World) -> SeatingWorld:
    for number, names in enumerate(GROUPS.values()):
        for name in names:
            world.member(name, city=("深圳", "Shenzhen市", "上海")[number], industry="物流")
    return SeatingWorld(world)


def ask(**fields: object) -> RotationAsk:
    return RotationAsk.model_validate({"groups": GROUPS, "seconds": 3.0, **fields})


def homes(found: RotationDetail) -> dict[str, str]:
    return {one.member_id: name for name, members in found.groups.items() for one in members}


def test_a_preview_is_a_diff_within_its_bound(seats: SeatingWorld) -> None:
    found = seats.rotations.preview("c", ask(), actor=seats.me)
    assert found.status is SeatingStatus.PREVIEW and found.number == 1
    assert 0 < found.figures.new_acquaintances <= found.figures.bound
    now = {f"mem_{name}": group for group, names in GROUPS.items() for name in names}
    after = homes(found)
    assert {move.member_id for move in found.moves} == {one for one in now if now[one] != after[one]}
    for move in found.moves:
        assert (move.from_group, move.to_group) == (now[move.member_id], after[move.member_id])
    assert {len(members) for members in found.groups.values()} == {3}
    assert seats.rotations.get("c", found.id, actor=seats.me) == found


def test_a_preview_that_was_stopped_is_not_kept(seats: SeatingWorld) -> None:
    def stopped() -> None:
        raise ModelCancelled("stopped")

    with pytest.raises(ModelCancelled):
        seats.rotations.preview("c", ask(), actor=seats.me, before_keeping=stopped)
    assert seats.rotations.history("c").items == []


def test_new_acquaintances_of_each_move_are_counted_by_hand(seats: SeatingWorld) -> None:
    two = {"甲": ["a0", "a1"], "乙": ["b0", "b1"]}
    found = seats.rotations.preview("c", RotationAsk(groups=two, most_moves=2, seconds=2.0), actor=seats.me)
    # One of each pair changes places, and meets the one who stayed.
    assert [move.new_acquaintances for move in found.moves] == [1, 1] and found.figures.new_acquaintances == 2


def test_the_next_rotation_starts_where_the_last_applied_one_ended(seats: SeatingWorld) -> None:
    first = seats.rotations.preview("c", ask(), actor=seats.me)
    with pytest.raises(InvalidInput, match="was applied yet"):
        seats.rotations.preview("c", RotationAsk(seconds=2.0), actor=seats.me)
    applied = seats.rotations.apply("c", first.id, actor=seats.me)
    assert applied.status is SeatingStatus.APPLIED
    second = seats.rotations.preview("c", RotationAsk(seconds=2.0), actor=seats.me)
    stayed = {one: group for one, group in homes(second).items() if one not in {m.member_id for m in second.moves}}
    assert all(homes(applied)[one] == group for one, group in stayed.items())
    # Whoever shared a group at the very beginning is no new acquaintance either.
    origin = {f"mem_{name}": group for group, names in GROUPS.items() for name in names}
    for move in second.moves:
        beside = [one for one, group in homes(second).items() if group == move.to_group and one != move.member_id]
        known = [
            one for one in beside if homes(applied)[one] == move.from_group or origin[one] == origin[move.member_id]
        ]
        assert move.new_acquaintances == len(beside) - len(known)


def test_a_preview_that_was_overtaken_cannot_be_applied(seats: SeatingWorld) -> None:
    first, second = (seats.rotations.preview("c", ask(), actor=seats.me) for _ in range(2))
    seats.rotations.apply("c", first.id, actor=seats.me)
    with pytest.raises(Conflict, match="Preview again") as caught:
        seats.rotations.apply("c", second.id, actor=seats.me)
    assert "重新预览" in caught.value.data["sentence"]["zh-CN"]
    assert seats.rotations.discard("c", second.id, actor=seats.me).status is SeatingStatus.DISCARDED
    for change in (seats.rotations.apply, seats.rotations.discard):
        for one in (first, second):
            with pytest.raises(Conflict, match="already"):
                change("c", one.id, actor=seats.me)


def test_who_did_not_agree_keeps_the_group_and_whoever_withdraws_stops_the_rotation(seats: SeatingWorld) -> None:
    with seats.world.store.write("c") as unit:
        unit.get(Member, "mem_a0").consent_match = None
        unit.get(Member, "mem_b0").consent_ai = False
    found = seats.rotations.preview("c", ask(), actor=seats.me)
    assert {left.member_id: left.code for left in found.staying} == {"mem_a0": "consent", "mem_b0": "consent_ai"}
    assert not {"mem_a0", "mem_b0"} & {move.member_id for move in found.moves}
    with seats.world.store.write("c") as unit:
        unit.get(Member, found.moves[0].member_id).consent_match = False
    with pytest.raises(Conflict, match="1 of those"):
        seats.rotations.apply("c", found.id, actor=seats.me)


def test_pins_rules_and_the_limit_on_moves_hold(seats: SeatingWorld) -> None:
    with seats.world.store.write("c") as unit:
        unit.add(
            PairRule(id="r", kind="blocked", first_id="mem_a0", second_id="mem_b0", created_by="mem_a0", created_at=NOW)
        )
    asked = ask(pinned_members=["c0"], pinned_pairs=[["a1", "mem_b1"]], most_moves=4)
    found = seats.rotations.preview("c", asked, actor=seats.me)
    where = homes(found)
    assert where["mem_c0"] == "三组" and where["mem_a1"] == where["mem_b1"] and where["mem_a0"] != where["mem_b0"]
    assert len(found.moves) <= 4


def test_what_cannot_be_is_said_in_both_languages(seats: SeatingWorld) -> None:
    with pytest.raises(Impossible) as caught:
        seats.rotations.preview("c", ask(pinned_pairs=[["a0", "b0"]], most_moves=0), actor=seats.me)
    assert set(caught.value.data["sentence"]) == {"zh-CN", "en"}


@pytest.mark.parametrize(
    ("fields", "error", "said"),
    [
        ({"groups": {"只有": ["a0", "a1"]}}, InvalidInput, "at least 2 groups"),
        ({"groups": {"一": ["a0"], "二": ["a0"]}}, InvalidInput, "different"),
        ({"groups": {"一": ["a0"], "二": ["mem_a0"]}}, InvalidInput, "twice"),
        ({"groups": {"一": ["a0"], "二": ["nobody"]}}, NotFound, "no member"),
        ({"pinned_members": ["d9"]}, InvalidInput, "none of the groups"),
        ({"stars": ["d9"]}, InvalidInput, "none of the groups"),
        ({"least": 4, "largest": 3}, InvalidInput, "do not fit"),
    ],
)
def test_wrong_requests_are_refused(
    seats: SeatingWorld, fields: dict[str, object], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        seats.rotations.preview("c", ask(**fields), actor=seats.me)


def test_attributes_are_balanced_by_one_spelling_and_stars_are_found_from_answers(seats: SeatingWorld) -> None:
    with seats.world.store.write("c") as unit:
        unit.add(Channel(id="chn", platform="test", external_id="x", name="x", created_at=NOW))
        unit.session.flush()
        for number, (sender, answers) in enumerate(
            [("a0", None), ("b1", "q0"), ("b1", "q0"), ("a0", "q0"), ("c2", "m9")]
        ):
            unit.add(
                Message(
                    id=f"q{number}", channel_id="chn", external_id=str(number), sender_id=f"mem_{sender}", text="?",
                    sent_at=NOW - timedelta(days=number), reply_to_id=answers,
                )
            )  # fmt: skip
        unit.session.flush()
        unit.add(
            Reading(
                message_id="q0",
                model_version="t",
                negative=0.0,
                neutral=1.0,
                positive=0.0,
                is_question=True,
                read_at=NOW,
            )
        )
    with seats.world.store.read("c") as unit:
        everybody = [f"mem_{name}" for names in GROUPS.values() for name in names]
        # b1 answered twice; a0 answered only their own question, c2 something that is no question.
        assert helpful(unit, everybody) == {"mem_b1"}
        assert helpful(unit, ["mem_a0", "mem_c2"]) == set()
    found = seats.rotations.preview("c", ask(), actor=seats.me)
    assert found.figures.stars == 1
    assert {city for group in found.figures.before.groups for city in group.cities} == {"Shenzhen", "Shanghai"}
    given = seats.rotations.preview("c", ask(stars=["a0", "c0"]), actor=seats.me)
    assert given.figures.stars == 2


def test_an_erased_member_is_in_no_group_and_no_document(seats: SeatingWorld) -> None:
    found = seats.rotations.preview("c", ask(), actor=seats.me)
    erase_member(seats.world.store, "c", "mem_a0", requested_by="test")
    assert "mem_a0" not in homes(seats.rotations.get("c", found.id, actor=seats.me))
    with seats.world.store.read("c") as unit:
        row = unit.session.scalars(select(Seating)).one()
    assert "mem_a0" not in str(row.params) + str(row.result)
