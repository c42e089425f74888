"""A member's whole profile has a vector on every database, under the member's own id, and only while machines may read it."""

from __future__ import annotations

import pytest
from sqlalchemy import delete

from copilot.community.store import Store
from copilot.community.tables import Member, ProfileText, Resource, StaleMark, VectorRow
from copilot.vectors.exact import ExactIndex
from copilot.vectors.sync import VectorSync
from tests.vectors.records import LetterEmbedder, member, resource

TEXTS = {"wants": ["想找投资人"], "has": ["会做小程序", "有服务器"], "is": ["独立开发者"]}
FACTS = {"headline": "一个人做产品", "city": "上海", "industry": "企业软件", "skills": ["小程序", "运维"]}
WHOLE = "一个人做产品\n上海\n企业软件\n小程序\n运维\n会做小程序\n有服务器\n独立开发者\n想找投资人"


def test_facts_come_first_then_sentences_by_aspect_and_position(
    any_store: Store, sync: VectorSync, exact: ExactIndex, letters: LetterEmbedder
) -> None:
    with any_store.write("a") as unit:
        member(unit, "m1", TEXTS, **FACTS)
    sync.run("a")
    assert WHOLE in letters.embedded
    assert set(exact.scan("a", "profile")) == {"m1"} and exact.scan("b", "profile") == {}
    assert sync.check("a").is_sound and sync.run("a").owners == 0


@pytest.mark.slow
def test_a_member_who_says_nothing_has_none(any_store: Store, sync: VectorSync, exact: ExactIndex) -> None:
    with any_store.write("a") as unit:
        member(unit, "silent")
        member(unit, "blank", {"is": [" "]}, headline=" ", skills=[""])
        member(unit, "placed", city="成都")
    sync.run("a")
    assert set(exact.scan("a", "profile")) == {"placed"}


def test_one_changed_sentence_renews_it_and_leaves_the_other_sentences(
    any_store: Store, sync: VectorSync, letters: LetterEmbedder
) -> None:
    with any_store.write("a") as unit:
        member(unit, "m1", TEXTS, **FACTS)
    sync.run("a")
    letters.embedded.clear()
    with any_store.write("a") as unit:
        unit.get(ProfileText, "m1-is-0").text = "两个人的团队"
    sync.run("a")
    assert sorted(letters.embedded) == sorted(["两个人的团队", WHOLE.replace("独立开发者", "两个人的团队")])


@pytest.mark.parametrize("change", [{"consent_ai": False}, {"visibility": "hidden"}])
def test_it_goes_with_the_consent_and_comes_back_with_it(
    any_store: Store, sync: VectorSync, exact: ExactIndex, change: dict[str, object]
) -> None:
    with any_store.write("a") as unit:
        member(unit, "m1", TEXTS)
    sync.run("a")
    with any_store.write("a") as unit:
        row = unit.get(Member, "m1")
        before = {name: getattr(row, name) for name in change}
        for name, value in change.items():
            setattr(row, name, value)
    sync.run("a")
    assert exact.scan("a", "profile") == {}
    with any_store.write("a") as unit:
        for name, value in before.items():
            setattr(unit.get(Member, "m1"), name, value)
    sync.run("a")
    assert set(exact.scan("a", "profile")) == {"m1"}


def test_forgetting_a_member_leaves_no_profile(any_store: Store, sync: VectorSync, exact: ExactIndex) -> None:
    with any_store.write("a") as unit:
        member(unit, "m1", TEXTS)
    sync.run("a")
    with any_store.write("a") as unit:
        unit.session.delete(unit.get(Member, "m1"))
    sync.forget("a", "member", "m1")
    assert exact.scan("a", "profile") == {}
    with any_store.read("a") as unit:
        assert unit.session.query(VectorRow).filter_by(owner_id="m1").count() == 0


@pytest.mark.slow
def test_reindex_and_repair_make_those_of_more_members_than_a_page_holds(
    any_store: Store, sync: VectorSync, exact: ExactIndex
) -> None:
    with any_store.write("a") as unit:
        for number in range(450):
            member(unit, f"m{number:03}", headline=f"第{number}位")
        unit.session.flush()
    with any_store.write("a") as unit:
        unit.session.execute(delete(StaleMark))
    assert sync.check("a", repair=True).was_repaired
    assert len(exact.scan("a", "profile")) == 450
    assert sync.reindex("a").embedded == 450


def test_the_city_of_a_resource_is_part_of_its_text(
    any_store: Store, sync: VectorSync, letters: LetterEmbedder
) -> None:
    with any_store.write("a") as unit:
        resource(unit, "r1", "浦东工位", description="四个座位", city="上海", tags=["办公"])
    sync.run("a")
    assert letters.embedded == ["浦东工位\n四个座位\n上海\n办公"]
    with any_store.write("a") as unit:
        unit.get(Resource, "r1").city = "杭州"
    assert sync.run("a").embedded == 1
