"""What an API shows of members who hid or switched off AI, to whom."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from copilot.community.tables import Member, Resource
from tests.api.conftest import World


@contextmanager
def told(world: World, member_id: str, **values: object) -> Iterator[None]:
    """Change a member for a while: the world is shared by all tests."""

    def put(changes: dict[str, object]) -> dict[str, object]:
        with world.services.store.write(world.community_id) as unit:
            row = unit.get(Member, member_id)
            before = {name: getattr(row, name) for name in changes}
            for name, value in changes.items():
                setattr(row, name, value)
        return before

    before = put(values)
    try:
        yield
    finally:
        put(before)


@pytest.mark.parametrize("is_asker", [True, False])
def test_a_pair_with_a_hidden_member_is_explained_to_admins_only(world: World, is_asker: bool) -> None:
    ids = (world.other_member_id, world.member_id)
    asker, other = ids if is_asker else ids[::-1]
    path = f"/members/{asker}/matches/{other}/explanation"
    with told(world, world.other_member_id, visibility="hidden"):
        refused = world.get("operator", path)
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
        assert refused.json()["detail"] == world.get("operator", f"/members/{world.other_member_id}").json()["detail"]
        shown = world.get("admin", path)
        assert "visibility" in {item["code"] for item in shown.json()["exclusions"]}


@pytest.mark.parametrize("is_asker", [True, False])
def test_a_pair_without_consent_to_ai_is_explained_without_their_words(world: World, is_asker: bool) -> None:
    ids = (world.other_member_id, world.member_id)
    asker, other = ids if is_asker else ids[::-1]
    with told(world, world.other_member_id, consent_ai=False):
        shown = world.get("operator", f"/members/{asker}/matches/{other}/explanation").json()
    assert {"code": "consent_ai"}.items() <= shown["exclusions"][-1].items()
    assert shown["exclusions"][-1]["text"]
    assert (shown["pairs"], shown["reasons"], shown["components"]) == ([], [], {})
    assert (shown["score"], shown["mutuality"]) == (None, None)


def test_who_owns_a_resource_is_told_unless_the_owner_is_hidden(world: World) -> None:
    listed = {row["id"]: row for row in world.get("operator", "/resources", limit=200).json()["items"]}
    resource_id, owner_id = next((key, row["owner_id"]) for key, row in listed.items() if row["owner_id"])
    with told(world, owner_id, visibility="hidden"):
        for role, expected in (("operator", None), ("moderator", None), ("admin", owner_id)):
            found = world.get(role, "/resources", limit=200).json()["items"]
            assert {row["id"]: row["owner_id"] for row in found}[resource_id] == expected
            assert world.get(role, f"/resources/{resource_id}").json()["owner_id"] == expected
        with world.services.store.read(world.community_id) as unit:
            assert unit.get(Resource, resource_id).owner_id == owner_id
    assert world.get("operator", f"/resources/{resource_id}").json()["owner_id"] == owner_id
