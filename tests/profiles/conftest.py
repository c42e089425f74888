"""A small room: members, what they say, and the service with or without a model that says what it is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from copilot.assets import prompts_dir
from copilot.clock import FixedClock
from copilot.community.access import ROLE_SCOPES, Actor
from copilot.community.models import Role
from copilot.community.store import Store
from copilot.community.tables import Channel, Member, Message, Reading
from copilot.llm.endpoint import Endpoint
from copilot.llm.scripted import ScriptedChatModel
from copilot.llm.structured import StructuredModel
from copilot.llm.usage import MemoryCallLedger
from copilot.profiles.service import ProfileService
from copilot.prompts import PromptLibrary
from copilot.settings import LimitSettings
from tests.conftest import NOW

PROMPTS = PromptLibrary.load(prompts_dir())


def as_member(community_id: str, member_id: str) -> Actor:
    return Actor(community_id, member_id, Role.MEMBER, ROLE_SCOPES[Role.MEMBER], f"key_{member_id}", member_id)


def as_role(community_id: str, role: Role = Role.OPERATOR) -> Actor:
    return Actor(community_id, role.value, role, ROLE_SCOPES[role], f"key_{role.value}")


class Room:
    """One community that talks in one channel, a message every hour until now."""

    def __init__(self, store: Store, community_id: str) -> None:
        self.store = store
        self.community_id = community_id
        self._at = NOW - timedelta(days=20)
        with store.write(community_id) as unit:
            unit.add(Channel(id="main", platform="t", external_id="main", name="大群", created_at=NOW))

    def service(self, answers: Sequence[object] | None = None, **limits: Any) -> ProfileService:
        model = None
        if answers is not None:
            self.chat = ScriptedChatModel(answers=list(answers))
            model = StructuredModel(Endpoint(self.chat, "scripted"), MemoryCallLedger(), FixedClock(NOW))
        return ProfileService(self.store, PROMPTS, model, LimitSettings(**limits))

    def member(self, member_id: str, **values: Any) -> Actor:
        with self.store.write(self.community_id) as unit:
            given = {"name": member_id, "consent_ai": True, "consent_sources": {"chat": True}} | values
            unit.add(Member(id=member_id, platform="t", external_id=member_id, created_at=NOW, **given))
        return as_member(self.community_id, member_id)

    def say(self, message_id: str, sender: str, text: str, *, asks: bool = False, **values: Any) -> str:
        self._at = values.pop("at", self._at + timedelta(hours=1))
        negative = values.pop("negative", 0.1)
        with self.store.write(self.community_id) as unit:
            given = {"channel_id": "main", "external_id": message_id, "sent_at": self._at} | values
            unit.add(Message(id=message_id, sender_id=sender, text=text, **given))
            unit.session.flush()
            unit.add(
                Reading(
                    message_id=message_id, model_version="t", negative=negative, neutral=0.9 - negative, positive=0.1,
                    is_question=asks, read_at=NOW,
                )
            )  # fmt: skip
        return message_id


@pytest.fixture
def room(store: Store, community: str) -> Room:
    return Room(store, community)
