"""What sign-ups refuse, and who sees whom. What happens at once is in tests/contracts."""

from __future__ import annotations

import pytest

from copilot.clock import FixedClock
from copilot.community.store import Store
from copilot.errors import Conflict, InvalidInput, NotFound
from copilot.events.life.lifecycle import EventLife
from copilot.events.life.reminders import ReminderList
from copilot.events.life.signups import SignupDesk
from tests.events.life import END, START, add_event, add_members, attended, oneself, operator


@pytest.fixture
def desk(store: Store) -> SignupDesk:
    return SignupDesk(store)


def test_members_change_nothing_once_it_started_and_operators_nothing_once_it_is_over(
    store: Store, community: str, clock: FixedClock, desk: SignupDesk
) -> None:
    people, event_id = add_members(store, community, 2), add_event(store, community, 5)
    clock.advance(START - clock.now())
    with pytest.raises(Conflict) as refused:
        desk.sign_up(community, event_id, people[0], actor=oneself(community, people[0]))
    assert refused.value.data["reason"] == "event_started"
    assert desk.sign_up(community, event_id, people[0], actor=operator(community)).status == "going"
    clock.advance(END - clock.now())
    with pytest.raises(Conflict) as refused:
        desk.sign_up(community, event_id, people[1], actor=operator(community))
    assert refused.value.data["reason"] == "event_over"


def test_a_cancelled_event_takes_nobody_and_knows_whom_to_tell(store: Store, community: str, desk: SignupDesk) -> None:
    people, event_id = add_members(store, community, 3), add_event(store, community, 1)
    life = EventLife(store)
    for member_id in people[:2]:
        desk.sign_up(community, event_id, member_id, actor=operator(community))
    cancelled = life.cancel(community, event_id, " 场地  漏水 ", actor=operator(community))
    again = life.cancel(community, event_id, "别的理由", actor=operator(community))
    assert (cancelled.to_tell, cancelled.event.status, cancelled.event.cancel_reason) == (2, "cancelled", "场地 漏水")
    assert again == cancelled and cancelled.event.sequence == 1
    with pytest.raises(Conflict):
        desk.sign_up(community, event_id, people[2], actor=operator(community))
    told = ReminderList(store).list(community, event_id, actor=operator(community))
    assert [item.kind for item in told.items] == ["cancelled"] * 2
    assert "场地 漏水" in told.items[0].text
    with pytest.raises(InvalidInput):
        life.cancel(community, event_id, "长" * 301, actor=operator(community))


def test_a_hidden_member_signs_up_and_only_they_see_their_name(store: Store, community: str, desk: SignupDesk) -> None:
    [member_id] = add_members(store, community, 1, visibility="hidden")
    event_id = add_event(store, community, 5)
    with pytest.raises(NotFound):
        desk.sign_up(community, event_id, member_id, actor=operator(community))
    mine = desk.sign_up(community, event_id, member_id, actor=oneself(community, member_id))
    assert (mine.name, mine.member_id) == ("成员0", member_id)
    [shown] = desk.list(community, event_id, actor=operator(community)).items
    assert (shown.name, shown.member_id) == ("（隐身成员）", None)
    assert ReminderList(store).list(community, event_id, actor=operator(community)).items == []


def test_without_a_limit_everybody_has_a_place(store: Store, community: str, desk: SignupDesk) -> None:
    people, event_id = add_members(store, community, 3), add_event(store, community, None)
    found = [desk.sign_up(community, event_id, member_id, actor=operator(community)).status for member_id in people]
    assert found == ["going"] * 3


def test_unknown_events_and_members_are_not_found(store: Store, community: str, desk: SignupDesk) -> None:
    event_id = add_event(store, community, 1)
    for event, member in ((event_id, "mem_nobody"), ("evt_none", "mem_nobody")):
        with pytest.raises(NotFound):
            desk.sign_up(community, event, member, actor=operator(community))
    with pytest.raises(NotFound):
        desk.list(community, "evt_none", actor=operator(community))


def test_a_member_lists_their_own_sign_ups(store: Store, community: str, desk: SignupDesk) -> None:
    people, event_id = add_members(store, community, 1), add_event(store, community, 1)
    actor = oneself(community, people[0])
    desk.sign_up(community, event_id, people[0], actor=actor)
    assert [item.event_id for item in desk.of_member(community, people[0], actor=actor).items] == [event_id]


def test_reminders_fit_the_moment(store: Store, community: str, clock: FixedClock, desk: SignupDesk) -> None:
    people, event_id = add_members(store, community, 3), add_event(store, community, 1, place="南山路演厅")
    reminders = ReminderList(store)
    for member_id in people[:2]:
        desk.sign_up(community, event_id, member_id, actor=operator(community))
        clock.advance(START - clock.now() and (START - clock.now()) / 10)
    [going] = reminders.list(community, event_id, actor=operator(community)).items
    assert going.member_id == people[0]
    assert "2026-11-19 10:00" in going.text and "南山路演厅" in going.text
    [waiting] = reminders.list(community, event_id, actor=operator(community), kind="waiting").items
    assert "第 1 位" in waiting.text
    desk.cancel(community, event_id, people[0], actor=operator(community))
    [moved] = reminders.list(community, event_id, actor=operator(community), kind="moved_up").items
    assert moved.member_id == people[1]
    with pytest.raises(Conflict):
        reminders.list(community, event_id, actor=operator(community), kind="feedback")


def test_after_the_event_those_who_came_are_asked_and_those_who_did_not_are_missed(
    store: Store, community: str, clock: FixedClock
) -> None:
    people, event_id = add_members(store, community, 3), add_event(store, community, 5)
    attended(store, community, event_id, people[:2], people[2:])
    clock.advance(END - clock.now())
    reminders = ReminderList(store)
    asked = reminders.list(community, event_id, actor=operator(community))
    assert [item.member_id for item in asked.items] == people[:2]
    missed = reminders.list(community, event_id, actor=operator(community), kind="missed")
    assert [item.member_id for item in missed.items] == people[2:]
