"""The door: codes that change, who may pass, and that nobody is added beyond the places."""

from __future__ import annotations

from datetime import timedelta

import pytest

from copilot.clock import FixedClock
from copilot.community.store import Store
from copilot.errors import Conflict, InvalidInput, NotFound, said_in
from copilot.events.life.checkins import CheckInDesk
from copilot.events.life.signups import SignupDesk
from tests.events.life import END, START, add_event, add_members, oneself, operator


@pytest.fixture
def door(store: Store) -> CheckInDesk:
    return CheckInDesk(store)


def signed_up(store: Store, community: str, count: int, capacity: int | None) -> tuple[str, list[str]]:
    people, event_id = add_members(store, community, count), add_event(store, community, capacity)
    for member_id in people:
        SignupDesk(store).sign_up(community, event_id, member_id, actor=operator(community))
    return event_id, people


def test_a_code_checks_in_once_and_is_good_for_ten_minutes(
    store: Store, community: str, clock: FixedClock, door: CheckInDesk
) -> None:
    event_id, people = signed_up(store, community, 2, 5)
    clock.advance(START - clock.now())
    shown = door.code(community, event_id)
    assert len(shown.code) == 6 and shown.valid_until - clock.now() <= timedelta(minutes=5)
    actor = oneself(community, people[0])
    first = door.check_in_by_code(community, event_id, people[0], f" {shown.code.lower()} ", actor=actor)
    again = door.check_in_by_code(community, event_id, people[0], shown.code, actor=actor)
    assert (first.was_there, again.was_there, again.came) == (False, True, 1)
    clock.advance(timedelta(minutes=5))
    assert door.code(community, event_id).code != shown.code
    clock.advance(timedelta(minutes=5))
    with pytest.raises(InvalidInput) as refused:
        door.check_in_by_code(community, event_id, people[1], shown.code, actor=oneself(community, people[1]))
    assert refused.value.data["left"] == 4
    assert "还可以试 4 次" in said_in(refused.value, "zh-CN")


def test_codes_of_two_events_differ(store: Store, community: str, clock: FixedClock, door: CheckInDesk) -> None:
    one, other = add_event(store, community, 5), add_event(store, community, 5, "evt_2")
    clock.advance(START - clock.now())
    assert door.code(community, one).code != door.code(community, other).code


@pytest.mark.parametrize("at", [START - timedelta(hours=2, seconds=1), END + timedelta(hours=2, seconds=1)])
def test_the_door_is_closed_long_before_and_after(
    store: Store, community: str, clock: FixedClock, door: CheckInDesk, at: object
) -> None:
    event_id, people = signed_up(store, community, 1, 5)
    clock.advance(at - clock.now())  # type: ignore[operator]  # a datetime, as parametrised
    with pytest.raises(Conflict) as refused:
        door.check_in(community, event_id, people[0], actor=operator(community))
    assert refused.value.data["reason"] == "door_closed"


def test_nobody_enters_who_waits_or_never_signed_up(
    store: Store, community: str, clock: FixedClock, door: CheckInDesk
) -> None:
    event_id, people = signed_up(store, community, 2, 1)
    clock.advance(START - clock.now())
    code = door.code(community, event_id).code
    page = SignupDesk(store).list(community, event_id, actor=operator(community))
    waiting = next(str(item.member_id) for item in page.items if item.position)
    with pytest.raises(Conflict, match="waiting list"):
        door.check_in_by_code(community, event_id, waiting, code, actor=oneself(community, waiting))
    with pytest.raises(Conflict, match="places are taken"):
        door.check_in(community, event_id, waiting, actor=operator(community))
    with pytest.raises(NotFound):
        door.check_in_by_code(community, event_id, "mem_nobody", code, actor=oneself(community, "mem_nobody"))
    assert len(people) == 2


def test_an_operator_lets_in_who_did_not_sign_up_while_places_are_free(
    store: Store, community: str, clock: FixedClock, door: CheckInDesk
) -> None:
    people, event_id = add_members(store, community, 2), add_event(store, community, 1)
    clock.advance(START - clock.now())
    assert door.check_in(community, event_id, people[0], actor=operator(community)).came == 1
    with pytest.raises(Conflict):
        door.check_in(community, event_id, people[1], actor=operator(community))
    page = SignupDesk(store).list(community, event_id, actor=operator(community))
    assert [(item.member_id, item.status) for item in page.items] == [(people[0], "attended")], (
        "the refused left no row"
    )
