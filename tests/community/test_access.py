from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from copilot.clock import FixedClock
from copilot.community.access import ROLE_SCOPES, Actor, authenticate, create_key, enter, revoke_key
from copilot.community.models import Role
from copilot.community.store import Store
from copilot.community.tables import ApiKey, Community, Member
from copilot.errors import Denied, InvalidInput, NotFound, Unauthenticated
from tests.conftest import NOW


@pytest.fixture
def member_id(store: Store, community: str) -> str:
    with store.write(community) as unit:
        unit.add(Member(id="m1", platform="p", external_id="1", name="n", created_at=NOW))
    return "m1"


def test_a_key_is_stored_as_a_hash_and_opens_its_own_community(store: Store, community: str) -> None:
    with store.write(community) as unit:
        key = create_key(unit, "ops", Role.OPERATOR)
    with store.read(community) as unit:
        row = unit.session.scalars(select(ApiKey)).one()
        assert key.secret not in {row.key_hash, row.hint}
    actor = authenticate(store, key.secret)
    assert (actor.community_id, actor.role, actor.scopes) == (community, Role.OPERATOR, ROLE_SCOPES[Role.OPERATOR])
    assert enter(store, actor, "sample") == community


def test_another_communitys_key_cannot_tell_whether_a_community_exists(store: Store, community: str) -> None:
    with store.system(write=True) as session:
        session.add(Community(id="d", slug="other", name="o", created_at=NOW))
    with store.write("d") as unit:
        key = create_key(unit, "ops", Role.ADMIN)
    actor = authenticate(store, key.secret)
    for slug in ("sample", "missing"):
        with pytest.raises(NotFound):
            enter(store, actor, slug)


def test_revoked_expired_and_unknown_keys_fail_alike(store: Store, community: str, clock: FixedClock) -> None:
    with store.write(community) as unit:
        soon = create_key(unit, "a", Role.OPERATOR, expires_at=NOW + timedelta(hours=1))
        revoked = create_key(unit, "b", Role.OPERATOR)
        revoke_key(unit, revoked.key_id)
    assert authenticate(store, soon.secret).name == "a"
    clock.advance(timedelta(hours=1))
    messages = set()
    for secret in (soon.secret, revoked.secret, "cpk_nonsense", "", "x" * 5000):
        with pytest.raises(Unauthenticated) as caught:
            authenticate(store, secret)
        messages.add(caught.value.message)
    assert len(messages) == 1


def test_scopes_cannot_exceed_the_role(store: Store, community: str, member_id: str) -> None:
    with store.write(community) as unit:
        with pytest.raises(InvalidInput, match="moderation:decide"):
            create_key(unit, "x", Role.OPERATOR, scopes=frozenset({"moderation:decide"}))
        with pytest.raises(InvalidInput, match="names its member"):
            create_key(unit, "x", Role.MEMBER)
        with pytest.raises(InvalidInput, match="names its member"):
            create_key(unit, "x", Role.OPERATOR, member_id=member_id)
        with pytest.raises(NotFound):
            create_key(unit, "x", Role.MEMBER, member_id="nobody")
        with pytest.raises(InvalidInput, match="past"):
            create_key(unit, "x", Role.ADMIN, expires_at=NOW)
        narrow = create_key(unit, "x", Role.OPERATOR, scopes=frozenset({"events:read"}))
    actor = authenticate(store, narrow.secret)
    with pytest.raises(Denied):
        actor.require("events:write")
    actor.require("events:read")


def test_a_member_reaches_only_themselves() -> None:
    actor = Actor("c", "n", Role.MEMBER, ROLE_SCOPES[Role.MEMBER], "key_1", "m1")
    actor.require_member("m1", "matching:read")
    with pytest.raises(Denied):
        actor.require_member("m2", "matching:read")
    Actor("c", "n", Role.OPERATOR, ROLE_SCOPES[Role.OPERATOR]).require_member("m2", "matching:read")
