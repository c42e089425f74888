"""A plan becomes an event once, and its later versions change that event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from copilot.clock import FixedClock
from copilot.community.ids import new_id
from copilot.community.store import Store
from copilot.community.tables import AuditEntry, Event, EventPlan, Member
from copilot.errors import Conflict, NotFound
from copilot.events.life.lifecycle import EventLife
from copilot.events.life.reminders import ReminderList
from copilot.events.life.signups import SignupDesk
from copilot.events.service import EventService
from tests.events.life import operator

BRIEF = "下周六深圳60人AI路演沙龙，预算2万，两小时"


@pytest.fixture
def plan_id(peopled: str, service: EventService) -> str:
    return service.draft(peopled, BRIEF, actor="t").id


@pytest.fixture
def life(store: Store) -> EventLife:
    return EventLife(store)


def next_version(store: Store, plan_id: str, changes: Mapping[str, Any]) -> str:
    with store.write("c") as unit:
        old = unit.get(EventPlan, plan_id)
        made = unit.add(
            EventPlan(
                id=new_id("plan"), series_id=old.series_id, version=old.version + 1, brief=old.brief,
                snapshot=old.snapshot, content={**old.content, **changes}, checks=old.checks, drafted_by="playbook",
                created_at=unit.now,
            )
        )  # fmt: skip
        return made.id


def test_publishing_makes_an_event_of_the_plan_and_twice_is_once(
    store: Store, peopled: str, service: EventService, life: EventLife, plan_id: str
) -> None:
    content = service.get(peopled, plan_id).content
    first = life.publish(peopled, plan_id, actor=operator(peopled))
    again = life.publish(peopled, plan_id, actor=operator(peopled))
    event = first.event
    assert (first.change, again.change, again.changed) == ("created", "unchanged", [])
    assert (event.title, event.starts_at, event.capacity) == (content.title, content.starts_at, content.open_places)
    assert (event.headcount, event.sequence, event.going, event.status) == (60, 0, 0, "published")
    assert event.venue_id == (content.venue.id if content.venue else None)
    assert first.to_confirm == content.to_confirm
    assert service.get(peopled, plan_id).status == "published"
    with store.read(peopled) as unit:
        row = unit.get(Event, event.id)
        assert row.feedback_questions == content.feedback_questions
        count = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "event.published")
        assert unit.session.scalar(count) == 1


def test_a_later_version_changes_the_event_and_its_calendar_number(
    store: Store, peopled: str, service: EventService, life: EventLife, plan_id: str
) -> None:
    first = life.publish(peopled, plan_id, actor=operator(peopled)).event
    fewer = next_version(store, plan_id, {"open_places": 2})
    small = life.publish(peopled, fewer, actor=operator(peopled))
    assert (small.change, small.changed, small.event.id) == ("updated", ["capacity", "plan_id"], first.id)
    assert small.event.sequence == 0, "who holds it in a calendar need not hear of places"
    desk = SignupDesk(store)
    for number in range(5):
        desk.sign_up(peopled, first.id, f"mem_{peopled}_{number}", actor=operator(peopled))
    more = next_version(store, fewer, {"open_places": 4, "title": "换了名字的路演"})
    larger = life.publish(peopled, more, actor=operator(peopled))
    assert len(larger.moved_up) == 2 and (larger.event.going, larger.event.waiting) == (4, 1)
    assert (larger.event.sequence, larger.event.title) == (1, "换了名字的路演")
    assert [item.status for item in service.versions(peopled, service.get(peopled, plan_id).series_id)] == [
        "draft",
        "draft",
        "published",
    ]
    with pytest.raises(Conflict) as refused:
        life.publish(peopled, plan_id, actor=operator(peopled))
    assert refused.value.data["reason"] == "plan_is_older"


def test_who_signed_up_before_a_change_is_to_be_told_of_it(
    store: Store, peopled: str, life: EventLife, plan_id: str, clock: FixedClock
) -> None:
    event_id = life.publish(peopled, plan_id, actor=operator(peopled)).event.id
    desk, reminders = SignupDesk(store), ReminderList(store)
    desk.sign_up(peopled, event_id, "mem_c_0", actor=operator(peopled))
    with pytest.raises(Conflict):
        reminders.list(peopled, event_id, actor=operator(peopled), kind="changed")
    clock.advance(timedelta(minutes=1))
    life.publish(peopled, next_version(store, plan_id, {"place": "福田书店二楼"}), actor=operator(peopled))
    clock.advance(timedelta(minutes=1))
    desk.sign_up(peopled, event_id, "mem_c_1", actor=operator(peopled))
    [told] = reminders.list(peopled, event_id, actor=operator(peopled), kind="changed").items
    assert told.member_id == "mem_c_0" and "福田书店二楼" in told.text


def test_fewer_places_take_nobodys_place_away(store: Store, peopled: str, life: EventLife, plan_id: str) -> None:
    event_id = life.publish(peopled, plan_id, actor=operator(peopled)).event.id
    desk = SignupDesk(store)
    for number in range(5):
        desk.sign_up(peopled, event_id, f"mem_{peopled}_{number}", actor=operator(peopled))
    event = life.publish(
        peopled, next_version(store, plan_id, {"open_places": 3}), actor=operator(peopled)
    ).event  # fmt: skip
    assert (event.going, event.capacity, event.places_left) == (5, 3, 0)
    desk.cancel(peopled, event_id, f"mem_{peopled}_0", actor=operator(peopled))
    late = desk.sign_up(peopled, event_id, f"mem_{peopled}_5", actor=operator(peopled))
    assert late.status == "waitlisted", "four are still one too many"


def test_plans_whose_day_is_past_or_whose_people_withdrew_are_not_published(
    store: Store, peopled: str, service: EventService, life: EventLife, plan_id: str, clock: FixedClock
) -> None:
    content = service.get(peopled, plan_id).content
    named = next(part.speaker.id for part in content.agenda if part.speaker is not None)
    with store.write(peopled) as unit:
        unit.get(Member, named).consent_match = False
    with pytest.raises(Conflict) as refused:
        life.publish(peopled, plan_id, actor=operator(peopled))
    assert refused.value.data["reason"] == "pick_withdrawn"
    with store.write(peopled) as unit:
        unit.get(Member, named).consent_match = True
    clock.advance(timedelta(days=30))
    with pytest.raises(Conflict) as refused:
        life.publish(peopled, plan_id, actor=operator(peopled))
    assert refused.value.data["reason"] == "plan_in_past"


def test_a_cancelled_event_is_not_published_again(peopled: str, life: EventLife, plan_id: str) -> None:
    event_id = life.publish(peopled, plan_id, actor=operator(peopled)).event.id
    life.cancel(peopled, event_id, "", actor=operator(peopled))
    with pytest.raises(Conflict) as refused:
        life.publish(peopled, plan_id, actor=operator(peopled))
    assert refused.value.data["reason"] == "event_cancelled"


def test_events_are_listed_past_and_coming(peopled: str, life: EventLife, plan_id: str, english: str) -> None:
    made = life.publish(peopled, plan_id, actor=operator(peopled)).event
    assert [item.id for item in life.list(peopled, when="coming").items] == [made.id]
    past = life.list(peopled, when="past", limit=2)
    assert [item.status for item in past.items] == ["finished"] * 2
    rest = life.list(peopled, when="past", limit=2, cursor=past.next_cursor)
    assert len(rest.items) == 1 and not rest.has_more
    assert len(life.list(peopled).items) == 4
    assert life.list(english).items == []
    with pytest.raises(NotFound):
        life.get(english, made.id)
    with pytest.raises(NotFound):
        life.publish(english, plan_id, actor=operator(english))
