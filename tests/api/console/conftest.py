"""Visitors of every role, on the session's one service."""

from __future__ import annotations

import pytest

from copilot.community.access import create_key
from copilot.community.models import Role
from tests.api.conftest import World
from tests.api.console.visitor import Visitor

ROLES = ("member", "moderator", "operator", "admin", "care")


@pytest.fixture(scope="session")
def visitors(world: World) -> dict[str, Visitor]:
    """Somebody signed in for every role, and `nobody`."""
    with world.services.store.write(world.community_id) as unit:
        care = create_key(unit, "console care", Role.CARE).secret
    keys = {**world.keys, "care": care}
    signed_in = {role: Visitor.of(world.client.app).sign_in(keys[role]) for role in ROLES}
    return {**signed_in, "nobody": Visitor.of(world.client.app)}


@pytest.fixture
def visitor(world: World) -> Visitor:
    """Somebody who has not signed in."""
    return Visitor.of(world.client.app)
