"""What may be embedded is, once; what may not be any more is gone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from copilot.clock import FixedClock
from copilot.community.staleness import StaleTexts
from copilot.community.store import Store
from copilot.community.tables import Channel, Community, Member, Message, ProfileText, Reading, Resource
from copilot.embeddings.base import Embedder
from copilot.errors import NotFound
from copilot.vectors.chroma import ChromaIndex
from copilot.vectors.exact import ExactIndex
from copilot.vectors.index import VectorItem
from copilot.vectors.sync import VectorSync
from tests.vectors.held import ALL, change, held, marks, on_record
from tests.vectors.records import AT, LetterEmbedder, member, question, resource


def test_everything_that_may_be_embedded_is_and_no_mark_is_left(
    filled: Store, sync: VectorSync, exact: ExactIndex
) -> None:
    report = sync.run("c")
    assert held(exact) == ALL
    assert (report.owners, report.embedded, report.removed, report.rejected) == (3, 7, 0, 0)
    assert marks(filled) == 0
    assert on_record(filled) == {(aspect, record) for aspect, records in ALL.items() for record in records}


def test_a_second_run_does_nothing(filled: Store, sync: VectorSync, letters: LetterEmbedder) -> None:
    sync.run("c")
    before = len(letters.embedded)
    report = sync.run("c")
    assert (report.owners, len(letters.embedded)) == (0, before)


def test_an_empty_community_is_no_work(community: str, sync: VectorSync) -> None:
    assert sync.run(community).owners == 0


def test_an_unknown_community_is_refused(community: str, sync: VectorSync) -> None:
    for call in (sync.run, sync.reindex, sync.check):
        with pytest.raises(NotFound):
            call("nobody")


def test_the_owner_comes_with_every_hit(filled: Store, sync: VectorSync, exact: ExactIndex) -> None:
    sync.run("c")
    for aspect, owner in (("has", "m1"), ("resource", "r1"), ("question", "q1")):
        ids = list(exact.scan("c", aspect))
        vector = exact.fetch("c", aspect, ids[:1])[ids[0]]
        assert exact.query("c", aspect, vector[None, :], 1)[0][0].owner_id == owner


@pytest.mark.slow
def test_only_a_changed_text_is_embedded_again(filled: Store, sync: VectorSync, letters: LetterEmbedder) -> None:
    sync.run("c")
    letters.embedded.clear()
    change(filled, ProfileText, "m1-has-1", text="有服务器和域名")
    report = sync.run("c")
    whole = "会做小程序\n有服务器和域名\n我是独立开发者\n想找投资人"
    assert sorted(letters.embedded) == sorted(["有服务器和域名", whole])
    assert (report.embedded, report.unchanged) == (2, 3)


def test_a_change_that_touches_no_text_embeds_nothing(filled: Store, sync: VectorSync, letters: LetterEmbedder) -> None:
    sync.run("c")
    letters.embedded.clear()
    change(filled, Member, "m1", role="operator")
    sync.run("c")
    assert letters.embedded == []
    assert marks(filled) == 0


def test_a_profile_follows_the_facts_it_names(filled: Store, sync: VectorSync, letters: LetterEmbedder) -> None:
    sync.run("c")
    letters.embedded.clear()
    change(filled, Member, "m1", headline="一个人做产品", city="上海", skills=["小程序", "运维"])
    sync.run("c")
    assert letters.embedded == [
        "一个人做产品\n上海\n小程序\n运维\n会做小程序\n有服务器资源\n我是独立开发者\n想找投资人"
    ]


def test_a_wall_of_text_is_known_by_its_beginning(
    store: Store, community: str, sync: VectorSync, letters: LetterEmbedder
) -> None:
    with store.write(community) as unit:
        member(unit, "m1", {"has": ["墙" * 3000]}, headline="砌墙的")
    sync.run(community)
    assert "砌墙的\n" + "墙" * 796 in letters.embedded
    assert sync.check(community).is_sound


def test_a_text_that_moves_to_another_aspect_leaves_the_old_one(
    filled: Store, sync: VectorSync, exact: ExactIndex
) -> None:
    sync.run("c")
    change(filled, ProfileText, "m1-has-1", aspect="wants")
    sync.run("c")
    assert held(exact)["has"] == {"m1-has-0"}
    assert held(exact)["wants"] == {"m1-wants-0", "m1-has-1"}


def test_a_deleted_text_is_gone(filled: Store, sync: VectorSync, exact: ExactIndex) -> None:
    sync.run("c")
    with filled.write("c") as unit:
        unit.session.delete(unit.get(ProfileText, "m1-is-0"))
    assert sync.run("c").removed == 1
    assert "is" not in held(exact)


def test_consent_switched_off_removes_texts_and_questions_and_on_brings_them_back(
    filled: Store, sync: VectorSync, exact: ExactIndex
) -> None:
    sync.run("c")
    change(filled, Member, "m1", consent_ai=False)
    sync.run("c")
    assert held(exact) == {"resource": {"r1"}}
    assert on_record(filled) == {("resource", "r1")}
    change(filled, Member, "m1", consent_ai=True)
    sync.run("c")
    assert held(exact) == ALL


def test_a_hidden_member_has_no_vectors_of_their_own(filled: Store, sync: VectorSync, exact: ExactIndex) -> None:
    sync.run("c")
    change(filled, Member, "m1", visibility="hidden")
    sync.run("c")
    assert set(held(exact)) == {"resource", "question"}
    change(filled, Member, "m1", visibility="operators")
    sync.run("c")
    assert held(exact) == ALL


@pytest.mark.parametrize("column", ["recalled_at", "hidden_at"])
def test_a_recalled_or_hidden_question_is_gone(filled: Store, sync: VectorSync, exact: ExactIndex, column: str) -> None:
    sync.run("c")
    change(filled, Message, "q1", **{column: AT})
    sync.run("c")
    assert "question" not in held(exact)


def test_a_message_that_is_read_as_no_question_is_gone(filled: Store, sync: VectorSync, exact: ExactIndex) -> None:
    sync.run("c")
    change(filled, Reading, "q1", is_question=False)
    sync.run("c")
    assert "question" not in held(exact)


def test_a_question_of_an_unknown_sender_is_not_embedded(store: Store, community: str, sync: VectorSync) -> None:
    with store.write(community) as unit:
        question(unit, "q9", "谁知道？", None)
    assert sync.run(community).embedded == 0


def test_a_blank_text_is_not_embedded(store: Store, community: str, sync: VectorSync) -> None:
    with store.write(community) as unit:
        member(unit, "m1", {"is": ["", " \u3000"], "has": ["会弹琴"]})
        resource(unit, "r1", " ")
    assert sync.run(community).embedded == 2  # the one sentence, and the profile that consists of it
    assert sync.check(community).is_sound


def test_a_withdrawn_resource_is_gone(filled: Store, sync: VectorSync, exact: ExactIndex) -> None:
    sync.run("c")
    change(filled, Resource, "r1", status="withdrawn")
    sync.run("c")
    assert "resource" not in held(exact)


def test_a_resource_expires_at_midnight_of_the_community(
    filled: Store, sync: VectorSync, exact: ExactIndex, clock: FixedClock
) -> None:
    # The clock says 2026-11-16 02:00 UTC, 10:00 in Shanghai.
    change(filled, Resource, "r1", expires_on=date(2026, 11, 16))
    sync.run("c")
    assert held(exact)["resource"] == {"r1"}
    clock.advance(timedelta(hours=13, minutes=59))
    sync.run("c")
    assert held(exact)["resource"] == {"r1"}
    clock.advance(timedelta(minutes=1))
    sync.run("c")
    assert "resource" not in held(exact)
    change(filled, Resource, "r1", expires_on=date(2026, 12, 1))
    sync.run("c")
    assert held(exact)["resource"] == {"r1"}


def test_a_deleted_member_takes_their_questions_along(filled: Store, sync: VectorSync, exact: ExactIndex) -> None:
    sync.run("c")
    with filled.write("c") as unit:
        unit.session.delete(unit.get(Member, "m1"))  # the database deletes texts and messages with them
    sync.run("c")
    assert held(exact) == {"resource": {"r1"}}
    assert on_record(filled) == {("resource", "r1")}


def test_another_embedder_embeds_everything_again(filled: Store, exact: ExactIndex, sync: VectorSync) -> None:
    sync.run("c")
    other = LetterEmbedder("letters/2")
    report = VectorSync(StaleTexts(filled), exact, other).run("c")
    assert report.embedded == len(other.embedded) == 7
    assert VectorSync(StaleTexts(filled), exact, other).run("c").owners == 0


@pytest.mark.slow
def test_the_vectors_of_the_old_embedder_are_dropped(filled: Store, tmp_path: Any) -> None:
    texts = StaleTexts(filled)
    old = ChromaIndex.embedded(tmp_path / "chroma", "letters/1")
    VectorSync(texts, old, LetterEmbedder()).run("c")
    old.close()
    new = ChromaIndex.embedded(tmp_path / "chroma", "letters/2")
    VectorSync(texts, new, LetterEmbedder("letters/2")).run("c")
    assert held(new) == ALL
    assert new.drop_other_embedders("c") == 0
    new.close()


def test_communities_are_synced_apart(filled: Store, sync: VectorSync, exact: ExactIndex) -> None:
    with filled.system(write=True) as session:
        session.add(Community(id="d", slug="other", name="另一个", created_at=AT))
    with filled.write("d") as unit:
        member(unit, "m2", {"is": ["我是设计师"]})
    sync.run("c")
    assert held(exact, "d") == {}
    assert marks(filled, "d") == 1
    sync.run("d")
    assert held(exact, "d") == {"is": {"m2-is-0"}, "profile": {"m2"}}
    assert held(exact) == ALL


@pytest.mark.slow
def test_progress_reaches_the_total(store: Store, community: str, sync: VectorSync) -> None:
    with store.write(community) as unit:
        for number in range(230):
            member(unit, f"m{number:03}", {"is": [f"成员{number}"]})
    steps: list[tuple[int, int]] = []
    sync.run(community, lambda done, total: steps.append((done, total)))
    assert steps == [(100, 230), (200, 230), (230, 230)]


def test_forgetting_a_member_removes_texts_and_questions_at_once(
    filled: Store, sync: VectorSync, exact: ExactIndex
) -> None:
    sync.run("c")
    with filled.write("c") as unit:
        unit.session.delete(unit.get(Member, "m1"))
    assert sync.forget("c", "member", "m1") == 6
    assert held(exact) == {"resource": {"r1"}}
    assert sync.forget("c", "member", "m1") == 0
    sync.run("c")
    assert sync.check("c").is_sound


def test_forgetting_a_resource_leaves_members_alone(filled: Store, sync: VectorSync, exact: ExactIndex) -> None:
    sync.run("c")
    assert sync.forget("c", "resource", "r1") == 1
    assert set(held(exact)) == set(ALL) - {"resource"}


def test_reindex_makes_everything_again_from_sql(filled: Store, sync: VectorSync, exact: ExactIndex) -> None:
    sync.run("c")
    exact.upsert("c", "is", [VectorItem("not ours", "x", "h", [1.0] * 64)])
    assert sync.reindex("c").embedded == 7
    assert held(exact) == ALL


def test_real_texts_in_real_chroma_are_found_by_meaning(
    store: Store, community: str, index: ChromaIndex, embedder: Embedder
) -> None:
    with store.write(community) as unit:
        member(unit, "tax", {"has": ["做了十年财务和税务，帮过很多初创公司报税"]})
        member(unit, "music", {"has": ["会弹钢琴，周末教小朋友"]})
        unit.add(Channel(id="x", platform="wechat", external_id="x", name="闲聊", created_at=AT))
    sync = VectorSync(StaleTexts(store), index, embedder)
    sync.run(community)
    vector = np.array([embedder.embed_query("公司报税不懂，想找人问问")], dtype=np.float32)
    assert [hit.owner_id for hit in index.query(community, "has", vector, 2)[0]] == ["tax", "music"]
    assert sync.check(community).is_sound
