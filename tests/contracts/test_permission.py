"""What members allow, on every database: rows and SQL agree, and what they own follows them."""

from __future__ import annotations

from itertools import product

import pytest
from sqlalchemy import select

from copilot.community.access import ROLE_SCOPES, Actor
from copilot.community.models import Role, Visibility
from copilot.community.permission import (
    allowing_ai,
    allows_ai,
    get_seen,
    is_open_to_match,
    is_seen_by,
    open_to_match,
    owned_by,
    seen_by,
)
from copilot.community.staleness import StaleTexts
from copilot.community.store import Store
from copilot.community.tables import Member, Resource
from copilot.errors import NotFound
from copilot.vectors.exact import ExactIndex
from copilot.vectors.sync import VectorSync
from tests.contracts.conftest import member as values
from tests.vectors.records import LetterEmbedder, member, question, resource

ALL = list(product([None, False, True], [False, True], ["community", "operators", "hidden"]))


def test_a_row_and_the_condition_say_the_same_of_members_and_of_what_they_own(any_store: Store) -> None:
    with any_store.write("a") as unit:
        for number, (match, ai, visibility) in enumerate(ALL):
            unit.add(Member(**values(f"m{number}", consent_match=match, consent_ai=ai, visibility=visibility)))
        unit.session.flush()
        for number in range(len(ALL)):
            resource(unit, f"r{number}", owner_id=f"m{number}")
        resource(unit, "r-community")
    with any_store.read("a") as unit:
        members = list(unit.session.scalars(select(Member)))
        for allows, rule in ((allows_ai, allowing_ai()), (is_open_to_match, open_to_match())):
            expected = {row.id for row in members if allows(row)}
            assert 0 < len(expected) < len(ALL)
            assert set(unit.session.scalars(select(Member.id).where(*rule))) == expected
            owned = set(unit.session.scalars(select(Resource.id).where(owned_by(rule))))
            assert owned == {f"r{member_id[1:]}" for member_id in expected} | {"r-community"}
    with any_store.read("b") as unit:
        assert list(unit.session.scalars(select(Resource.id).where(owned_by(open_to_match())))) == []


def test_hidden_members_are_seen_by_themselves_and_admins(any_store: Store) -> None:
    with any_store.write("a") as unit:
        for visibility in Visibility:
            unit.add(Member(**values(visibility.value, visibility=visibility.value)))
    with any_store.read("a") as unit:
        members = list(unit.session.scalars(select(Member)))
        for role, member_id, unseen in (
            (Role.ADMIN, None, set()),
            (Role.OPERATOR, None, {"hidden"}),
            (Role.MEMBER, "community", {"hidden"}),
            (Role.MEMBER, "hidden", set()),
        ):
            actor = Actor("a", "key", role, ROLE_SCOPES[role], member_id=member_id)
            assert {row.id for row in members if not is_seen_by(actor, row)} == unseen
            assert set(unit.session.scalars(select(Member.id).where(~seen_by(actor)))) == unseen
            for hidden in unseen:
                with pytest.raises(NotFound):
                    get_seen(unit, actor, hidden)
            assert get_seen(unit, actor, "operators").id == "operators"


@pytest.mark.parametrize(
    ("change", "left"),
    [({"consent_ai": False}, {"r-community"}), ({"visibility": "hidden"}, {"r-community", "q1"})],
)
def test_vectors_of_what_a_member_owns_go_with_consent_and_come_back(
    any_store: Store, change: dict[str, object], left: set[str]
) -> None:
    index = ExactIndex()
    sync = VectorSync(StaleTexts(any_store), index, LetterEmbedder())
    with any_store.write("a") as unit:
        member(unit, "m1")
        resource(unit, "r1", owner_id="m1")
        resource(unit, "r-community")
        question(unit, "q1", "有人懂财税吗？", "m1")

    def held() -> set[str]:
        return {*index.scan("a", "resource"), *index.scan("a", "question")}

    sync.run("a")
    assert held() == {"r1", "r-community", "q1"}
    with any_store.write("a") as unit:
        before = {name: getattr(unit.get(Member, "m1"), name) for name in change}
        for name, value in change.items():
            setattr(unit.get(Member, "m1"), name, value)
    sync.run("a")
    assert held() == left
    assert sync.check("a").is_sound
    with any_store.write("a") as unit:
        for name, value in before.items():
            setattr(unit.get(Member, "m1"), name, value)
    sync.run("a")
    assert held() == {"r1", "r-community", "q1"}


def test_what_is_forgotten_of_a_member_holds_what_they_own(any_store: Store) -> None:
    index = ExactIndex()
    sync = VectorSync(StaleTexts(any_store), index, LetterEmbedder())
    with any_store.write("a") as unit:
        member(unit, "m1", {"has": ["有三个工位"]})
        member(unit, "m2")
        resource(unit, "r1", owner_id="m1")
        resource(unit, "r2", owner_id="m2")
    sync.run("a")
    sync.forget("a", "member", "m1")
    assert set(index.scan("a", "resource")) == {"r2"}


def test_a_resource_that_changes_hands_is_on_record_for_its_new_owner(any_store: Store) -> None:
    texts = StaleTexts(any_store)
    sync = VectorSync(texts, ExactIndex(), LetterEmbedder())
    with any_store.write("a") as unit:
        member(unit, "m1")
        member(unit, "m2")
        resource(unit, "r1", owner_id="m1")
    for owner_id in ("m1", "m2", None):
        with any_store.write("a") as unit:
            unit.get(Resource, "r1").owner_id = owner_id
        sync.run("a")
        assert [(row.record_id, row.member_id) for row in texts.recorded_of("a", "resource", "r1")] == [
            ("r1", owner_id)
        ]
        for member_id in ("m1", "m2"):
            assert bool(texts.recorded_of("a", "member", member_id)) == (member_id == owner_id)


def test_what_a_deleted_member_asked_and_owned_has_no_vector_in_their_name(any_store: Store) -> None:
    texts = StaleTexts(any_store)
    sync = VectorSync(texts, ExactIndex(), LetterEmbedder())
    with any_store.write("a") as unit:
        member(unit, "m1")
        resource(unit, "r1", owner_id="m1")
        question(unit, "q1", "有人懂财税吗？", "m1")
    sync.run("a")
    assert len(texts.recorded_of("a", "member", "m1")) == 2
    with any_store.write("a") as unit:
        unit.session.delete(unit.get(Member, "m1"))
    sync.run("a")
    assert texts.recorded_of("a", "member", "m1") == []
    assert sync.check("a").is_sound
