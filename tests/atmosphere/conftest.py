"""A room in a store, and the service over it with the shipped knowledge."""

from __future__ import annotations

import pytest

from copilot.assets import knowledge_dir
from copilot.atmosphere.service import AtmosphereService
from copilot.community.store import Store
from copilot.knowledge import KnowledgeBase
from tests.atmosphere.chat import Room


@pytest.fixture(scope="session")
def knowledge() -> KnowledgeBase:
    return KnowledgeBase.load([knowledge_dir()])


@pytest.fixture
def room(store: Store, community: str) -> Room:
    return Room(store, community)


@pytest.fixture
def service(store: Store, knowledge: KnowledgeBase) -> AtmosphereService:
    return AtmosphereService(store, knowledge)
