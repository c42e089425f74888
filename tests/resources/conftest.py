"""A library of its own for each test."""

from __future__ import annotations

import pytest

from copilot.clock import FixedClock
from copilot.community.store import Store
from tests.resources.exchange import Exchange, exchange


@pytest.fixture
def market(store: Store, clock: FixedClock, community: str) -> Exchange:
    return exchange(store, clock, community)
