"""An exact index, an embedder that takes microseconds, and a small community to sync."""

from __future__ import annotations

import pytest

from copilot.community.staleness import StaleTexts
from copilot.community.store import Store
from copilot.vectors.exact import ExactIndex
from copilot.vectors.sync import VectorSync
from tests.vectors.held import TEXTS
from tests.vectors.records import LetterEmbedder, member, question, resource


@pytest.fixture
def letters() -> LetterEmbedder:
    return LetterEmbedder()


@pytest.fixture
def exact() -> ExactIndex:
    return ExactIndex()


@pytest.fixture
def sync(store: Store, exact: ExactIndex, letters: LetterEmbedder) -> VectorSync:
    return VectorSync(StaleTexts(store), exact, letters, batch_size=2)


@pytest.fixture
def filled(store: Store, community: str) -> Store:
    """One member with four texts, a profile of them and a question, one resource."""
    with store.write(community) as unit:
        member(unit, "m1", TEXTS)
        resource(unit, "r1", "浦东工位", description="四个座位", tags=["办公", "上海"])
        question(unit, "q1", "有人懂财税吗？", "m1")
    return store
