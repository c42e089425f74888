"""Readings, snapshots and reply pairs on both databases."""

from __future__ import annotations

import pytest

from copilot.assets import knowledge_dir
from copilot.atmosphere.service import AtmosphereService
from copilot.community.store import Store
from copilot.knowledge import KnowledgeBase
from tests.atmosphere.chat import GLAD, Room


@pytest.mark.slow
def test_a_room_is_read_stored_once_and_paired(any_store: Store) -> None:
    service = AtmosphereService(any_store, KnowledgeBase.load([knowledge_dir()]))
    room, other = Room(any_store, "a"), Room(any_store, "b")
    asked, *_ = room.chatter(30, sentiment=GLAD)
    other.chatter(30)
    room.say("b", 1, reply_to_id=asked)
    assert service.read("a").counts.messages == 31
    assert service.snapshot("a") == 4
    assert service.snapshot("a") == 0
    assert [(pair.from_name, pair.to_name, pair.count) for pair in service.reply_pairs("a")] == [("B", "A", 1)]
