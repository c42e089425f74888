"""A small community with channels, members and a way to say things, and the real cascade."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from copilot.atmosphere.sentiment import SentimentModel
from copilot.clock import FixedClock
from copilot.community.store import Store
from copilot.community.tables import Channel, Community, Member, Message
from copilot.moderation.cascade import Cascade
from copilot.moderation.service import ModerationService

POLICY = [
    {"id": "P1", "title_zh": "好好说话", "title_en": "Be civil", "categories": ["insult", "threat"]},
    {"id": "P2", "title_zh": "不刷广告", "title_en": "No adverts", "categories": ["spam", "scam"]},
]
Say = Callable[..., str]


@pytest.fixture(scope="session")
def cascade() -> Cascade:
    return Cascade.load(SentimentModel.load())


@pytest.fixture
def service(store: Store, cascade: Cascade) -> ModerationService:
    return ModerationService(store, cascade)


@pytest.fixture
def room(store: Store, community: str, clock: FixedClock) -> str:
    """Two channels (`main`, and `market` where promotion is welcome) and four members; `quiet` lets no AI read them."""
    now = clock.now()
    with store.system(write=True) as session:
        row = session.get(Community, community)
        assert row is not None
        row.policy = POLICY
    with store.write(community) as unit:
        for name, promo in (("main", False), ("market", True)):
            unit.add(
                Channel(id=name, platform="test", external_id=name, name=name, promo_allowed=promo, created_at=now)
            )
        for name in ("ann", "bo", "cai", "quiet"):
            unit.add(
                Member(
                    id=name, platform="test", external_id=name, name=name.title(), created_at=now,
                    consent_ai=name != "quiet",
                )
            )  # fmt: skip
    return community


@pytest.fixture
def say(store: Store, room: str, clock: FixedClock) -> Say:
    """Store a message a second after the last one and return its id."""
    spoken = 0

    def speak(
        sender: str | None,
        text: str,
        *,
        channel: str = "main",
        kind: int = 0,
        reply_to: str | None = None,
        at: datetime | None = None,
    ) -> str:
        nonlocal spoken
        spoken += 1
        message_id = f"msg_{spoken:04d}"
        with store.write(room) as unit:
            unit.add(
                Message(
                    id=message_id, channel_id=channel, external_id=message_id, sender_id=sender, type=kind, text=text,
                    sent_at=at or clock.now() + timedelta(seconds=spoken), reply_to_id=reply_to, mentions=[],
                )
            )  # fmt: skip
        return message_id

    return speak
