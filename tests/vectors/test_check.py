from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import select

from copilot.community.staleness import StaleTexts
from copilot.community.store import Store
from copilot.community.tables import Member, ProfileText, VectorRow
from copilot.vectors.check import AspectCheck, CheckReport
from copilot.vectors.chroma import ChromaIndex
from copilot.vectors.exact import ExactIndex
from copilot.vectors.index import VectorHit, VectorItem
from copilot.vectors.sync import VectorSync
from tests.vectors.records import LetterEmbedder, member


@pytest.fixture
def synced(store: Store, community: str, exact: ExactIndex, letters: LetterEmbedder) -> VectorSync:
    """Ten members with one text each, in step with the index."""
    with store.write(community) as unit:
        for number in range(10):
            member(unit, f"m{number}", {"is": [f"第{number}位成员，做{number}号项目"]})
    sync = VectorSync(StaleTexts(store), exact, letters)
    sync.run(community)
    letters.embedded.clear()
    return sync


def of(report: CheckReport, aspect: str = "is") -> AspectCheck:
    return next(check for check in report.aspects if check.aspect == aspect)


def test_an_index_in_step_is_sound(synced: VectorSync, letters: LetterEmbedder) -> None:
    report = synced.check("c", repair=True)
    assert report.is_sound
    assert not report.was_repaired
    assert (of(report).recorded, of(report).indexed) == (10, 10)
    assert letters.embedded == []


def test_an_empty_community_is_sound(community: str, store: Store, exact: ExactIndex, letters: LetterEmbedder) -> None:
    assert VectorSync(StaleTexts(store), exact, letters).check(community, repair=True).is_sound


def test_vectors_lost_from_the_index_come_back(synced: VectorSync, exact: ExactIndex, letters: LetterEmbedder) -> None:
    exact.delete("c", "is", ["m1-is-0", "m4-is-0"])
    found = synced.check("c")
    assert not found.is_sound
    assert of(found).different == 2
    report = synced.check("c", repair=True)
    assert report.was_repaired
    assert report.found_before == [of(found)]
    assert len(letters.embedded) == 2
    assert len(exact.scan("c", "is")) == 10


def test_vectors_of_an_older_text_are_made_again(synced: VectorSync, exact: ExactIndex) -> None:
    exact.upsert("c", "is", [VectorItem("m1-is-0", "m1", "older", [1.0] * 64)])
    assert of(synced.check("c")).different == 1
    assert synced.check("c", repair=True).was_repaired
    assert exact.scan("c", "is")["m1-is-0"] != "older"


def test_vectors_that_nobody_knows_of_are_removed(
    synced: VectorSync, exact: ExactIndex, letters: LetterEmbedder
) -> None:
    exact.upsert("c", "is", [VectorItem("ghost", "m1", "h", [1.0] * 64)])
    exact.upsert("c", "question", [VectorItem("ghost", "m1", "h", [1.0] * 64)])
    found = synced.check("c")
    assert (of(found).surplus, of(found, "question").surplus) == (1, 1)
    assert synced.check("c", repair=True).was_repaired
    assert "ghost" not in exact.scan("c", "is")
    assert exact.scan("c", "question") == {}
    assert letters.embedded == []


def test_texts_that_never_reached_the_record_are_embedded(store: Store, synced: VectorSync, exact: ExactIndex) -> None:
    with store.write("c") as unit:
        for row in unit.session.scalars(select(VectorRow).where(VectorRow.record_id == "m3-is-0")):
            unit.session.delete(row)
    exact.delete("c", "is", ["m3-is-0"])
    assert of(synced.check("c")).missing == 1
    assert synced.check("c", repair=True).was_repaired
    assert "m3-is-0" in exact.scan("c", "is")


def test_records_of_texts_that_are_gone_are_removed(store: Store, synced: VectorSync, exact: ExactIndex) -> None:
    with store.write("c") as unit:
        unit.add(
            VectorRow(
                aspect="is", record_id="gone", owner_kind="member", owner_id="nobody", member_id="nobody",
                text_hash="h", embedder="letters/1", embedded_at=unit.now,
            )
        )  # fmt: skip
    exact.upsert("c", "is", [VectorItem("gone", "nobody", "h", [1.0] * 64)])
    assert of(synced.check("c")).stale == 1
    assert synced.check("c", repair=True).was_repaired
    assert "gone" not in exact.scan("c", "is")


def test_what_waits_for_the_sync_is_not_called_wrong(store: Store, synced: VectorSync) -> None:
    with store.write("c") as unit:
        unit.get(ProfileText, "m1-is-0").text = "新的介绍"
        unit.get(Member, "m2").consent_ai = False
        member(unit, "m99", {"is": ["刚来"]})
    report = synced.check("c")
    assert report.is_sound
    assert report.waiting == 3
    assert synced.check("c", repair=True).waiting == 0


class Blind(ExactIndex):
    """Holds everything and finds nothing but the first record, until it is dropped."""

    blind = True

    def query(self, community_id: str, aspect: str, vectors: NDArray[np.float32], n: int) -> list[list[VectorHit]]:
        if not self.blind:
            return super().query(community_id, aspect, vectors, n)
        return [[VectorHit("m0-is-0", "m0", 0.5)] for _ in vectors]

    def drop(self, community_id: str, aspect: str | None = None) -> None:
        self.blind = False
        super().drop(community_id, aspect)


def test_an_index_that_finds_nothing_is_rebuilt(store: Store, community: str, letters: LetterEmbedder) -> None:
    with store.write(community) as unit:
        for number in range(10):
            member(unit, f"m{number}", {"is": [f"第{number}位成员，做{number}号项目"]})
    sync = VectorSync(StaleTexts(store), Blind(), letters)
    sync.run(community)
    assert not of(sync.check(community)).is_searchable
    letters.embedded.clear()
    report = sync.check(community, repair=True)
    assert report.was_repaired
    assert not report.found_before[0].is_searchable
    assert len(letters.embedded) == 10


def test_members_with_equal_texts_do_not_look_like_a_broken_search(
    store: Store, community: str, exact: ExactIndex, letters: LetterEmbedder
) -> None:
    with store.write(community) as unit:
        for number in range(20):
            member(unit, f"m{number}", {"is": ["创业者"]})
    sync = VectorSync(StaleTexts(store), exact, letters)
    sync.run(community)
    assert sync.check(community).is_sound


def fill(store: Store, folder: Path, members: int) -> None:
    with store.write("c") as unit:
        for number in range(members):
            member(unit, f"m{number:04}", {"is": [f"第{number}位成员，做{number * 7919}号项目"]})
    index = ChromaIndex.embedded(folder, "letters/1")
    VectorSync(StaleTexts(store), index, LetterEmbedder()).run("c")
    index.close()


@pytest.mark.slow
def test_chroma_without_its_search_files_is_noticed_and_rebuilt(store: Store, community: str, tmp_path: Path) -> None:
    # Chroma writes search files from 1,000 rows on; before, it reads its log.
    fill(store, tmp_path / "chroma", 1200)
    for segment in (tmp_path / "chroma").glob("*-*-*-*-*"):
        shutil.rmtree(segment)
    index = ChromaIndex.embedded(tmp_path / "chroma", "letters/1")
    assert len(index.scan("c", "is")) == 1200  # the count is right all the same
    sync = VectorSync(StaleTexts(store), index, LetterEmbedder())
    assert not of(sync.check("c")).is_searchable
    report = sync.check("c", repair=True)
    assert report.was_repaired
    assert len(index.scan("c", "is")) == 1200
    index.close()


def test_one_repair_mends_every_side_of_a_member(store: Store, community: str, letters: LetterEmbedder) -> None:
    with store.write(community) as unit:
        member(unit, "m1", {"is": ["独立开发者"], "has": ["会做小程序"], "wants": ["想找投资人"]})
    index = ExactIndex()
    sync = VectorSync(StaleTexts(store), index, letters)
    sync.run(community)
    for aspect in ("is", "has", "profile"):
        index.drop(community, aspect)
    assert sync.check(community, repair=True).was_repaired
    assert set(index.scan(community, "has")) == {"m1-has-0"} and set(index.scan(community, "profile")) == {"m1"}


@pytest.mark.slow
def test_a_folder_that_was_deleted_is_filled_again(store: Store, community: str, tmp_path: Path) -> None:
    fill(store, tmp_path / "chroma", 5)
    shutil.rmtree(tmp_path / "chroma")
    index = ChromaIndex.embedded(tmp_path / "chroma", "letters/1")
    sync = VectorSync(StaleTexts(store), index, LetterEmbedder())
    assert of(sync.check("c")).different == 5
    assert sync.check("c", repair=True).was_repaired
    assert len(index.scan("c", "is")) == 5
    index.close()


@pytest.mark.slow
def test_a_store_put_back_from_an_old_copy_is_brought_up_to_date(store: Store, community: str, tmp_path: Path) -> None:
    fill(store, tmp_path / "chroma", 5)
    shutil.copytree(tmp_path / "chroma", tmp_path / "copy")
    with store.write("c") as unit:
        unit.get(ProfileText, "m0001-is-0").text = "换了方向"
        unit.get(Member, "m0002").consent_ai = False
    index = ChromaIndex.embedded(tmp_path / "chroma", "letters/1")
    VectorSync(StaleTexts(store), index, LetterEmbedder()).run("c")
    index.close()
    restored = ChromaIndex.embedded(tmp_path / "copy", "letters/1")
    sync = VectorSync(StaleTexts(store), restored, LetterEmbedder())
    found = of(sync.check("c"))
    assert (found.different, found.surplus) == (1, 1)
    assert sync.check("c", repair=True).was_repaired
    assert "m0002-is-0" not in restored.scan("c", "is")
    restored.close()


def test_no_text_stays_readable_in_the_store(store: Store, community: str, tmp_path: Path) -> None:
    fill(store, tmp_path / "chroma", 3)
    with sqlite3.connect(tmp_path / "chroma" / "chroma.sqlite3") as database:
        dump = "\n".join(database.iterdump())
    database.close()
    assert "m0001" in dump
    assert "位成员" not in dump
