"""A small room whose messages bear the signs a test gives them, with two people named for care."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from copilot.assets import knowledge_dir
from copilot.care.intake import CareIntake
from copilot.care.library import CareLibrary
from copilot.care.service import CareDesk
from copilot.clock import FixedClock
from copilot.community.access import Actor, authenticate, create_key
from copilot.community.distress import DistressKind, DistressSign
from copilot.community.models import Role
from copilot.community.store import Store
from copilot.community.tables import Channel, Member, Message

LOW = "真的撑不住了，不想活了"
Feel = Callable[..., str]


@pytest.fixture
def desk(store: Store) -> CareDesk:
    return CareDesk(store, CareLibrary.load([knowledge_dir()]))


@pytest.fixture
def room(store: Store, community: str, clock: FixedClock) -> str:
    now = clock.now()
    with store.write(community) as unit:
        unit.add(Channel(id="main", platform="test", external_id="main", name="大厅", created_at=now))
        for name in ("ann", "bo"):
            unit.add(Member(id=name, platform="test", external_id=name, name=name.title(), created_at=now))
    return community


@pytest.fixture
def feel(store: Store, room: str, clock: FixedClock) -> Feel:
    """Say something that sounds like a call for help, let the intake take it, and return the message's id."""
    said = 0

    def speak(sender: str, text: str = LOW, kind: DistressKind = DistressKind.SELF_HARM) -> str:
        nonlocal said
        said += 1
        message_id = f"msg_{said}"
        with store.write(room) as unit:
            message = Message(
                id=message_id, channel_id="main", external_id=message_id, sender_id=sender, text=text,
                sent_at=clock.now() + timedelta(seconds=said), mentions=[],
            )  # fmt: skip
            unit.add(message)
            unit.session.flush()
            CareIntake().take(unit, {message_id: message}, {message_id: DistressSign(kind, 0.12, "test-1")})
        return message_id

    return speak


@pytest.fixture
def carer(store: Store, room: str) -> Actor:
    return holder(store, room, "林姐")


@pytest.fixture
def other(store: Store, room: str) -> Actor:
    return holder(store, room, "老周")


def holder(store: Store, community_id: str, name: str, role: Role = Role.CARE, member_id: str | None = None) -> Actor:
    with store.write(community_id) as unit:
        made = create_key(unit, name, role, member_id=member_id)
    return authenticate(store, made.secret)
