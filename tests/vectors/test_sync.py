from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import func, select

from copilot.clock import FixedClock
from copilot.community.staleness import StaleTexts
from copilot.community.store import Store
from copilot.community.tables import (
    Channel,
    Community,
    Member,
    Message,
    ProfileText,
    Reading,
    Resource,
    StaleMark,
    VectorRow,
)  # fmt: skip
from copilot.embeddings.base import Embedder
from copilot.errors import EmbeddingFailed, IndexUnavailable, NotFound
from copilot.vectors.chroma import ChromaIndex
from copilot.vectors.exact import ExactIndex
from copilot.vectors.index import ASPECTS, VectorItem
from copilot.vectors.sync import VectorSync
from tests.vectors.records import AT, LetterEmbedder, member, question, resource

TEXTS = {"is": ["我是独立开发者"], "has": ["会做小程序", "有服务器资源"], "wants": ["想找投资人"]}


@pytest.fixture
def letters() -> LetterEmbedder:
    return LetterEmbedder()


@pytest.fixture
def exact() -> ExactIndex:
    return ExactIndex()


@pytest.fixture
def sync(store: Store, exact: ExactIndex, letters: LetterEmbedder) -> VectorSync:
    return VectorSync(StaleTexts(store), exact, letters, batch_size=2)


def held(index: ExactIndex | ChromaIndex, community_id: str = "c") -> dict[str, set[str]]:
    """Record ids by aspect, without the empty ones."""
    found = {aspect: set(index.scan(community_id, aspect)) for aspect in ASPECTS}
    return {aspect: ids for aspect, ids in found.items() if ids}


def marks(store: Store, community_id: str = "c") -> int:
    with store.read(community_id) as unit:
        return (
            unit.session.scalar(select(func.count()).select_from(StaleMark).where(StaleMark.purpose == "vector")) or 0
        )


def on_record(store: Store, community_id: str = "c") -> set[tuple[str, str]]:
    with store.read(community_id) as unit:
        return {(row.aspect, row.record_id) for row in unit.session.scalars(select(VectorRow))}


def change(store: Store, table: type[Any], record_id: str, **values: object) -> None:
    with store.write("c") as unit:
        row = unit.get(table, record_id)
        for name, value in values.items():
            setattr(row, name, value)


@pytest.fixture
def filled(store: Store, community: str) -> Store:
    """One member with four texts, a profile of them and a question, one resource."""
    with store.write(community) as unit:
        member(unit, "m1", TEXTS)
        resource(unit, "r1", "浦东工位", description="四个座位", tags=["办公", "上海"])
        question(unit, "q1", "有人懂财税吗？", "m1")
    return store


ALL = {
    "is": {"m1-is-0"},
    "has": {"m1-has-0", "m1-has-1"},
    "wants": {"m1-wants-0"},
    "profile": {"m1"},
    "resource": {"r1"},
    "question": {"q1"},
}


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


def test_progress_reaches_the_total(store: Store, community: str, sync: VectorSync) -> None:
    with store.write(community) as unit:
        for number in range(230):
            member(unit, f"m{number:03}", {"is": [f"成员{number}"]})
    steps: list[tuple[int, int]] = []
    sync.run(community, lambda done, total: steps.append((done, total)))
    assert steps == [(100, 230), (200, 230), (230, 230)]


def test_a_progress_callback_that_raises_loses_nothing(
    store: Store, community: str, sync: VectorSync, letters: LetterEmbedder
) -> None:
    with store.write(community) as unit:
        for number in range(150):
            member(unit, f"m{number:03}", {"is": [f"成员{number}"]})

    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sync.run(community, stop)
    assert sync.run(community).embedded == 100
    assert len(letters.embedded) == 300


class Interfering(LetterEmbedder):
    """Runs something in the middle of a sync: after texts were read, before anything is written."""

    def __init__(self, act: Callable[[], None]) -> None:
        super().__init__()
        self._act: Callable[[], None] | None = act

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        act, self._act = self._act, None
        if act is not None:
            act()
        return super().embed_documents(texts)


def test_a_mark_set_while_syncing_survives(filled: Store, exact: ExactIndex) -> None:
    embedder = Interfering(lambda: change(filled, ProfileText, "m1-is-0", text="我现在是投资人"))
    report = VectorSync(StaleTexts(filled), exact, embedder).run("c")
    assert embedder.embedded.count("我现在是投资人") == 1
    assert report.embedded == 7  # what was read of the member before the change was not written
    assert VectorSync(StaleTexts(filled), exact, embedder).check("c").is_sound


def test_consent_withdrawn_while_syncing_wins(filled: Store, exact: ExactIndex) -> None:
    embedder = Interfering(lambda: change(filled, Member, "m1", consent_ai=False))
    VectorSync(StaleTexts(filled), exact, embedder).run("c")
    assert held(exact) == {"resource": {"r1"}}


def test_two_syncs_at_once_end_in_the_latest_text(filled: Store, exact: ExactIndex, letters: LetterEmbedder) -> None:
    def overtake() -> None:
        change(filled, ProfileText, "m1-is-0", text="最新的自我介绍")
        VectorSync(StaleTexts(filled), exact, letters).run("c")

    VectorSync(StaleTexts(filled), exact, Interfering(overtake)).run("c")
    sync = VectorSync(StaleTexts(filled), exact, letters)
    assert sync.check("c").is_sound
    assert marks(filled) == 0


class Late(ExactIndex):
    """Lets another writer finish between the claim and the write of this one."""

    def __init__(self, act: Callable[[], None]) -> None:
        super().__init__()
        self.act: Callable[[], None] | None = act

    def upsert(self, community_id: str, aspect: str, items: Sequence[VectorItem]) -> None:
        act, self.act = self.act, None
        if act is not None:
            act()
        super().upsert(community_id, aspect, items)


def test_a_writer_that_was_overtaken_after_its_claim_does_not_confirm(filled: Store, letters: LetterEmbedder) -> None:
    def overtake() -> None:
        for aspect, record in (("is", "m1-is-0"), ("has", "m1-has-0"), ("wants", "m1-wants-0")):
            assert (aspect, record) in on_record(filled)
            change(filled, ProfileText, record, text=f"新的{record}")
        VectorSync(StaleTexts(filled), index, letters).run("c")

    index = Late(overtake)
    sync = VectorSync(StaleTexts(filled), index, letters)
    sync.run("c")
    assert sync.check("c").is_sound
    assert "新的m1-is-0" in letters.embedded


class Breaking(ExactIndex):
    """Fails at the chosen call, once."""

    def __init__(self, method: str, after: bool) -> None:
        super().__init__()
        self.method, self.after = method, after

    def _break(self, method: str, work: Callable[[], None]) -> None:
        if method != self.method:
            work()
            return
        self.method = ""
        if self.after:
            work()
        raise IndexUnavailable("broken on purpose")

    def upsert(self, community_id: str, aspect: str, items: Sequence[VectorItem]) -> None:
        self._break("upsert", lambda: super(Breaking, self).upsert(community_id, aspect, items))

    def delete(self, community_id: str, aspect: str, record_ids: Sequence[str]) -> None:
        self._break("delete", lambda: super(Breaking, self).delete(community_id, aspect, record_ids))


@pytest.mark.parametrize("after", [False, True], ids=["before writing", "after writing"])
def test_a_text_deleted_after_a_broken_write_leaves_no_vector_behind(
    filled: Store, letters: LetterEmbedder, after: bool
) -> None:
    index = Breaking("upsert", after)
    sync = VectorSync(StaleTexts(filled), index, letters)
    with pytest.raises(IndexUnavailable):
        sync.run("c")
    change(filled, Member, "m1", consent_ai=False)
    sync.run("c")
    assert held(index) == {"resource": {"r1"}}
    assert sync.check("c").is_sound


@pytest.mark.parametrize("after", [False, True], ids=["before writing", "after writing"])
def test_a_text_changed_back_after_a_broken_write_has_its_own_vector(
    filled: Store, letters: LetterEmbedder, after: bool
) -> None:
    index = Breaking("", after)
    sync = VectorSync(StaleTexts(filled), index, letters)
    sync.run("c")
    change(filled, ProfileText, "m1-is-0", text="另一句话")
    index.method = "upsert"
    with pytest.raises(IndexUnavailable):
        sync.run("c")
    change(filled, ProfileText, "m1-is-0", text=TEXTS["is"][0])
    sync.run("c")
    assert sync.check("c").is_sound


@pytest.mark.parametrize("after", [False, True], ids=["before deleting", "after deleting"])
def test_a_broken_deletion_is_made_good(filled: Store, letters: LetterEmbedder, after: bool) -> None:
    index = Breaking("", after)
    sync = VectorSync(StaleTexts(filled), index, letters)
    sync.run("c")
    change(filled, Member, "m1", consent_ai=False)
    index.method = "delete"
    with pytest.raises(IndexUnavailable):
        sync.run("c")
    change(filled, Member, "m1", consent_ai=True)
    sync.run("c")
    assert held(index) == ALL
    assert sync.check("c").is_sound


class Choosy(LetterEmbedder):
    """An endpoint that answers 400 to some texts."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        if any("坏" in text for text in texts):
            raise EmbeddingFailed("HTTP 400", rejected=True)
        return super().embed_documents(texts)


def test_a_text_the_embedder_rejects_does_not_stop_the_others(store: Store, community: str, exact: ExactIndex) -> None:
    with store.write(community) as unit:
        member(unit, "m1", {"is": ["好的一", "坏的", "好的二"]})
    report = VectorSync(StaleTexts(store), exact, Choosy()).run(community)
    assert (report.embedded, report.rejected) == (2, 2)  # the sentence, and the profile that holds it
    assert held(exact) == {"is": {"m1-is-0", "m1-is-2"}}


def test_a_text_that_comes_to_be_rejected_loses_its_old_vector(filled: Store, exact: ExactIndex) -> None:
    sync = VectorSync(StaleTexts(filled), exact, Choosy())
    sync.run("c")
    change(filled, ProfileText, "m1-is-0", text="坏的")
    sync.run("c")
    assert "is" not in held(exact)


def test_an_embedder_that_fails_leaves_the_marks(filled: Store, exact: ExactIndex) -> None:
    class Down(LetterEmbedder):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            raise EmbeddingFailed("nobody there", rejected=False)

    with pytest.raises(EmbeddingFailed):
        VectorSync(StaleTexts(filled), exact, Down()).run("c")
    assert marks(filled) == 3
    assert held(exact) == {}


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


def test_an_index_that_does_not_let_go_is_reported(filled: Store, letters: LetterEmbedder) -> None:
    class Clinging(ExactIndex):
        def delete(self, community_id: str, aspect: str, record_ids: Sequence[str]) -> None:
            """Pretend."""

    sync = VectorSync(StaleTexts(filled), Clinging(), letters)
    sync.run("c")
    with pytest.raises(IndexUnavailable, match="still holds"):
        sync.forget("c", "member", "m1")
    assert len(on_record(filled)) == 7


def test_reindex_makes_everything_again_from_sql(filled: Store, sync: VectorSync, exact: ExactIndex) -> None:
    sync.run("c")
    exact.upsert("c", "is", [VectorItem("not ours", "x", "h", [1.0] * 64)])
    assert sync.reindex("c").embedded == 7
    assert held(exact) == ALL


def test_a_reindex_that_dies_is_finished_by_the_next_run(filled: Store, letters: LetterEmbedder) -> None:
    index = Breaking("", after=False)
    sync = VectorSync(StaleTexts(filled), index, letters)
    sync.run("c")
    index.method = "upsert"
    with pytest.raises(IndexUnavailable):
        sync.reindex("c")
    sync.run("c")
    assert held(index) == ALL
    assert sync.check("c").is_sound


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
