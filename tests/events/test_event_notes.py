"""Webhooks are told of events in the transaction of the change: ids, times and figures, never words or names."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from copilot.community.store import Store
from copilot.community.tables import Webhook, WebhookDelivery
from copilot.errors import Conflict
from copilot.events.drafts.candidates import StoreCandidates
from copilot.events.life.lifecycle import EventLife
from copilot.events.life.signups import SignupDesk
from copilot.events.revisions.versions import PlanVersionService
from copilot.events.service import EventService
from copilot.knowledge import KnowledgeBase
from tests.conftest import NOW
from tests.events.life import add_event, add_members, operator

ALL = ["event.published", "event.changed", "event.cancelled", "signup.promoted"]


@pytest.fixture
def versions(store: Store, knowledge: KnowledgeBase) -> PlanVersionService:
    return PlanVersionService(store, knowledge, StoreCandidates(store))


def listen(store: Store, community_id: str, events: list[str]) -> None:
    with store.write(community_id) as unit:
        unit.add(
            Webhook(
                id=f"whk_{len(events)}", url="https://x.example", secret="s", events=events, status="active",
                created_by="t", created_at=NOW,
            )
        )  # fmt: skip


def told(store: Store, community_id: str) -> list[tuple[str, dict[str, Any]]]:
    with store.read(community_id) as unit:
        rows = unit.session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.created_at, WebhookDelivery.id))
        return [(row.event, row.payload) for row in rows]


def test_publishing_changing_and_cancelling_are_told_once_each(
    store: Store, service: EventService, peopled: str
) -> None:
    listen(store, peopled, ALL)
    plan = service.draft(peopled, "12月12日下午两点深圳60人AI路演，预算2万，两小时", actor="op")
    life, actor = EventLife(store), operator(peopled)
    event = life.publish(peopled, plan.id, actor=actor).event
    life.publish(peopled, plan.id, actor=actor)  # twice is once
    life.cancel(peopled, event.id, "场地没了，找张三", actor=actor)
    life.cancel(peopled, event.id, "", actor=actor)
    notes = told(store, peopled)
    assert [name for name, _ in notes] == ["event.published", "event.cancelled"]
    assert notes[0][1]["event_id"] == notes[1][1]["event_id"] == event.id
    assert (notes[0][1]["status"], notes[1][1]["status"]) == ("published", "cancelled")
    assert notes[1][1]["sequence"] > notes[0][1]["sequence"]
    assert "张三" not in str(notes)
    assert event.title not in str(notes)


def test_publishing_a_later_version_tells_what_changed_and_not_to_what(
    store: Store, service: EventService, versions: PlanVersionService, peopled: str
) -> None:
    listen(store, peopled, ["event.changed"])
    plan = service.draft(peopled, "12月12日下午两点深圳60人AI路演，预算2万，两小时", actor="op")
    life, actor = EventLife(store), operator(peopled)
    first = life.publish(peopled, plan.id, actor=actor).event
    assert told(store, peopled) == []
    later = versions.revise(peopled, plan.id, "推迟一周", actor="op")
    life.publish(peopled, later.id, actor=actor)
    life.publish(peopled, later.id, actor=actor)  # twice is once
    ((name, payload),) = told(store, peopled)
    assert (name, payload["event_id"], payload["sequence"]) == ("event.changed", first.id, first.sequence + 1)
    assert {"starts_at", "ends_at"} <= set(payload["changed"])
    assert payload["starts_at"] == (first.starts_at + timedelta(weeks=1)).isoformat()
    assert first.title not in str(payload)


def test_who_moves_up_from_the_waiting_list_is_told_and_who_gets_a_place_at_once_is_not(
    store: Store, community: str
) -> None:
    listen(store, community, ["signup.promoted"])
    members = add_members(store, community, 3)
    event_id = add_event(store, community, capacity=1)
    desk, actor = SignupDesk(store), operator(community)
    for member_id in members:
        desk.sign_up(community, event_id, member_id, actor=actor)
    assert told(store, community) == []
    desk.cancel(community, event_id, members[0], actor=actor)
    ((name, payload),) = told(store, community)
    assert (name, payload["event_id"]) == ("signup.promoted", event_id)
    assert payload["member_id"] in members[1:]  # both joined in the same instant


def test_a_change_that_is_refused_is_told_to_nobody(store: Store, community: str) -> None:
    listen(store, community, ALL)
    event_id = add_event(
        store,
        community,
        capacity=1,
        status="finished",
        starts_at=NOW.replace(year=2025),
        ends_at=NOW.replace(year=2025, hour=3),
    )
    with pytest.raises(Conflict):
        EventLife(store).cancel(community, event_id, "", actor=operator(community))
    assert told(store, community) == []
