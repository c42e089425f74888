"""An event to come with few places, people to fill it, and a plan that can be published."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from copilot.clock import FixedClock
from copilot.community.access import ROLE_SCOPES, Actor
from copilot.community.models import Role
from copilot.community.store import Store
from copilot.community.tables import CheckIn, Event, Member, Signup
from tests.conftest import NOW

START = NOW + timedelta(days=3)
END = START + timedelta(hours=2)


def operator(community_id: str) -> Actor:
    return Actor(community_id, "o", Role.OPERATOR, ROLE_SCOPES[Role.OPERATOR], key_id="key_o")


def oneself(community_id: str, member_id: str) -> Actor:
    return Actor(community_id, "m", Role.MEMBER, ROLE_SCOPES[Role.MEMBER], key_id="key_m", member_id=member_id)


def add_members(store: Store, community_id: str, count: int, **more: Any) -> list[str]:
    ids = [f"mem_{community_id}_{number:03d}" for number in range(count)]
    with store.write(community_id) as unit:
        for number, member_id in enumerate(ids):
            unit.add(
                Member(id=member_id, platform="t", external_id=member_id, name=f"成员{number}", created_at=NOW, **more)
            )
    return ids


def add_event(store: Store, community_id: str, capacity: int | None, event_id: str = "evt_1", **more: Any) -> str:
    values: dict[str, Any] = {
        "code": event_id, "title": "路演沙龙", "format": "salon", "starts_at": START, "ends_at": END, "city": "深圳",
        "created_at": NOW, **more,
    }  # fmt: skip
    with store.write(community_id) as unit:
        unit.add(Event(id=event_id, capacity=capacity, **values))
    return event_id


def attended(store: Store, community_id: str, event_id: str, came: list[str], missed: list[str]) -> None:
    with store.write(community_id) as unit:
        for member_id in (*came, *missed):
            unit.add(
                Signup(
                    id=f"sgn_{event_id}_{member_id}", event_id=event_id, member_id=member_id,
                    status="attended" if member_id in came else "going", signed_up_at=NOW,
                )
            )  # fmt: skip
        for member_id in came:
            unit.add(
                CheckIn(
                    id=f"chk_{event_id}_{member_id}", event_id=event_id, member_id=member_id, checked_in_at=NOW
                )
            )  # fmt: skip


def later(clock: FixedClock, **delta: float) -> None:
    clock.advance(timedelta(**delta))
