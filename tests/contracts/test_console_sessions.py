"""Sessions and links of the console, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from copilot.clock import FixedClock
from copilot.community.access import NewKey, create_key, revoke_key
from copilot.community.console_sessions import (
    SESSION_LASTS,
    console_key,
    link_actor,
    make_link,
    redeem,
    session_actor,
    sign_in,
    sign_out,
)
from copilot.community.erasure import erase_member
from copilot.community.member_export import export_member
from copilot.community.models import Role
from copilot.community.store import Store
from copilot.community.tables import ApiKey, ConsoleSession, Member
from copilot.errors import InvalidInput, NotFound, Unauthenticated
from copilot.stored_documents import STORED_DOCUMENTS
from tests.contracts.conftest import member


@pytest.fixture
def key(any_store: Store) -> NewKey:
    with any_store.write("a") as unit:
        return create_key(unit, "ops", Role.OPERATOR)


def _count(store: Store) -> int:
    with store.system() as session:
        return session.scalar(select(func.count(ConsoleSession.id))) or 0


def test_a_session_acts_as_its_key_and_ends_with_time_sign_out_or_key(
    any_store: Store, key: NewKey, clock: FixedClock
) -> None:
    first, second, third = (sign_in(any_store, key.secret) for _ in range(3))
    actor = session_actor(any_store, first.token)
    assert (actor.key_id, actor.community_id, actor.role) == (key.key_id, "a", Role.OPERATOR)
    with any_store.read("a") as unit:
        assert first.token not in {row.token_hash for row in unit.session.scalars(select(ConsoleSession))}
    sign_out(any_store, second.token)
    sign_out(any_store, second.token)
    with pytest.raises(Unauthenticated):
        session_actor(any_store, second.token)
    with any_store.write("a") as unit:
        revoke_key(unit, key.key_id)
    with pytest.raises(Unauthenticated):
        session_actor(any_store, third.token)
    with any_store.write("a") as unit:
        unit.get(ApiKey, key.key_id).revoked_at = None
    clock.advance(SESSION_LASTS)
    with pytest.raises(Unauthenticated):
        session_actor(any_store, first.token)


def test_a_link_works_once_and_is_no_session(any_store: Store, key: NewKey, clock: FixedClock) -> None:
    with any_store.write("a") as unit:
        link, late = (make_link(unit, key.key_id, actor="t") for _ in range(2))
    assert link_actor(any_store, link.token).key_id == key.key_id
    with pytest.raises(Unauthenticated):
        session_actor(any_store, link.token)
    made = redeem(any_store, link.token)
    assert session_actor(any_store, made.token).key_id == key.key_id
    for token in (link.token, made.token, "", "x" * 43, "\ud800"):
        with pytest.raises(Unauthenticated):
            redeem(any_store, token)
    clock.advance(timedelta(minutes=15))
    with pytest.raises(Unauthenticated):
        redeem(any_store, late.token)


def test_links_are_for_keys_of_the_community_that_are_valid(any_store: Store, key: NewKey) -> None:
    with pytest.raises(NotFound), any_store.write("b") as unit:
        make_link(unit, key.key_id, actor="t")
    for minutes in (0, 1441):
        with pytest.raises(InvalidInput), any_store.write("a") as unit:
            make_link(unit, key.key_id, actor="t", lasts=timedelta(minutes=minutes))
    with any_store.write("a") as unit:
        revoke_key(unit, key.key_id)
    with pytest.raises(Unauthenticated), any_store.write("a") as unit:
        make_link(unit, key.key_id, actor="t")


def test_the_key_of_a_role_is_made_once_and_again_after_it_was_revoked(any_store: Store) -> None:
    with any_store.write("a") as unit:
        first = console_key(unit, Role.ADMIN, actor="t")
        assert console_key(unit, Role.ADMIN, actor="t") == first
        revoke_key(unit, first)
        assert console_key(unit, Role.ADMIN, actor="t") != first
    with pytest.raises(InvalidInput), any_store.write("a") as unit:
        console_key(unit, Role.MEMBER, actor="t")


def test_old_sessions_are_forgotten(any_store: Store, key: NewKey, clock: FixedClock) -> None:
    sign_in(any_store, key.secret)
    clock.advance(timedelta(days=30))
    sign_in(any_store, key.secret)
    assert _count(any_store) == 1


def test_erasing_a_member_ends_and_forgets_their_sessions_and_their_export_names_no_token(any_store: Store) -> None:
    with any_store.write("a") as unit:
        unit.add(Member(**member("m1")))
        unit.session.flush()
        key_id = console_key(unit, Role.MEMBER, member_id="m1", actor="t")
        link = make_link(unit, key_id, actor="t")
    ticket = redeem(any_store, link.token)
    with any_store.read("a") as unit:
        hashes = set(unit.session.scalars(select(ConsoleSession.token_hash)))
        told = str(export_member(unit, "m1"))
    assert not any(value in told for value in hashes)
    erase_member(any_store, "a", "m1", requested_by="t", readers=STORED_DOCUMENTS)
    assert _count(any_store) == 0
    with pytest.raises(Unauthenticated):
        session_actor(any_store, ticket.token)
