"""Vectors in memory say what the index says: while they are read, while others write, and when there is no room."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from copilot.errors import IndexUnavailable
from copilot.vectors.chroma import ChromaIndex
from copilot.vectors.held import Held
from copilot.vectors.index import VectorItem, unit_matrix
from copilot.vectors.remembered import RememberedIndex

C = "c"
WIDTH = 16


@pytest.fixture
def chroma(tmp_path: Path) -> Iterator[ChromaIndex]:
    index = ChromaIndex.embedded(tmp_path / "chroma", "test/1")
    yield index
    index.close()


class Slow(ChromaIndex):
    """An index whose records are read only when the test allows, a page at a time."""

    gate: threading.Semaphore

    def items(self, community_id: str, aspect: str, record_ids: Sequence[str]) -> list[VectorItem]:
        assert self.gate.acquire(timeout=10)
        return super().items(community_id, aspect, record_ids)


def vectors(count: int, seed: int = 3) -> NDArray[np.float32]:
    return unit_matrix(np.random.default_rng(seed).normal(size=(count, WIDTH)).astype(np.float32))


def records(count: int, seed: int = 3) -> list[VectorItem]:
    """Two records to an owner."""
    return [VectorItem(f"r{n:05}", f"m{n // 2}", "h", vector) for n, vector in enumerate(vectors(count, seed))]


def settle(index: RememberedIndex, aspect: str = "has") -> None:
    """Wait until the collection is in memory."""
    end = time.monotonic() + 20
    while index.of_owners(C, aspect, ["m0"]) is None:
        assert time.monotonic() < end
        time.sleep(0.01)


def test_what_is_remembered_is_what_chroma_says(chroma: ChromaIndex) -> None:
    chroma.upsert(C, "has", records(600))
    for small, middle in (
        (1_000, 0),
        (0, 1_000),
        (0, 0),
    ):  # in memory, by sketch, and by Chroma with owners from memory
        index = RememberedIndex(chroma, 10, small, middle)
        settle(index)
        asked = vectors(5, seed=4)
        for mine, theirs in zip(index.query(C, "has", asked, 40), chroma.query(C, "has", asked, 40), strict=True):
            assert [(hit.record_id, hit.owner_id) for hit in mine] == [(hit.record_id, hit.owner_id) for hit in theirs]
            np.testing.assert_allclose([hit.similarity for hit in mine], [hit.similarity for hit in theirs], atol=1e-6)
        names = ["r00003", "nobody", "r00500"]
        mine_too, theirs_too = index.fetch(C, "has", names), chroma.fetch(C, "has", names)
        assert list(mine_too) == ["r00003", "r00500"]
        for name, vector in theirs_too.items():
            np.testing.assert_array_equal(mine_too[name], vector)


def _of_few_kinds(count: int, seed: int) -> NDArray[np.float32]:
    """Vectors wider than a sketch that differ in fewer directions than they have numbers, as those of texts do."""
    rng = np.random.default_rng(seed)
    spread = np.random.default_rng(5).normal(size=(160, 300)) * np.linspace(1.0, 0.05, 160)[:, None]
    return unit_matrix(rng.normal(size=(count, 160)) @ spread)


def test_a_sketch_finds_the_nearest_while_records_come_and_go() -> None:
    known = {f"r{n:05}": vector for n, vector in enumerate(_of_few_kinds(3_000, 1))}
    held, plain = Held(), Held()
    items = [VectorItem(name, name, "h", vector) for name, vector in known.items()]
    for either in (held, plain):
        either.put(items)
    asked = _of_few_kinds(20, 2)
    held.search_sketched(asked, 1)  # drawn now; what follows is drawn as it comes
    changed = [VectorItem(f"r{n:05}", "x", "h", vector) for n, vector in enumerate(_of_few_kinds(500, 3), start=2_800)]
    for either in (held, plain):
        either.put(changed[:300])
        either.remove([f"r{n:05}" for n in range(0, 900, 3)])
        either.put(changed[300:])
    for mine, all_of_them in zip(held.search_sketched(asked, 20), plain.search(asked, 20), strict=True):
        assert [hit[:2] for hit in mine] == [hit[:2] for hit in all_of_them]
        np.testing.assert_allclose([hit.similarity for hit in mine], [hit.similarity for hit in all_of_them], atol=1e-6)


def test_a_sketch_of_several_blocks_of_rows_leaves_none_of_them_out() -> None:
    held = Held()
    held.put(VectorItem(f"r{n:05}", "m", "h", vector) for n, vector in enumerate(_of_few_kinds(9_000, 1)))
    asked = _of_few_kinds(5, 2)
    found, everything = held.search_sketched(asked, 50), held.search(asked, 50)
    assert [[hit.record_id for hit in row] for row in found] == [[hit.record_id for hit in row] for row in everything]
    places = [int(hit.record_id[1:]) for row in found for hit in row]
    assert min(places) < 4_096 < max(places) and any(place >= 8_192 for place in places)


def test_a_sketch_keeps_nothing_of_what_was_removed() -> None:
    held = Held()
    held.put(VectorItem(f"r{n}", "m", "h", vector) for n, vector in enumerate(_of_few_kinds(1_000, 1)))
    sketch = held.sketch()
    assert sketch is not None
    held.remove([f"r{n}" for n in range(400)])
    assert held.sketch() is sketch
    assert not sketch._drawn[600:].any()
    assert sketch._drawn[:600].any(axis=1).all()


def test_the_vectors_of_owners_come_with_their_places(chroma: ChromaIndex) -> None:
    chroma.upsert(C, "has", records(10))
    index = RememberedIndex(chroma, 10)
    found = index.of_owners(C, "has", ["m3", "nobody", "m0"])
    assert found is not None
    assert sorted(found.owners.tolist()) == [0, 0, 2, 2]
    held = chroma.fetch(C, "has", ["r00006", "r00007", "r00000", "r00001"])
    np.testing.assert_allclose(
        sorted(found.vectors[:, 0].tolist()), sorted(float(vector[0]) for vector in held.values()), atol=1e-7
    )


def test_writes_go_through_and_the_place_of_what_went_is_taken_by_the_last(chroma: ChromaIndex) -> None:
    index = RememberedIndex(chroma, 10)
    index.upsert(C, "has", records(5))
    assert len(index.fetch(C, "has", ["r00000"])) == 1
    index.upsert(C, "has", [VectorItem("r00001", "another", "h2", vectors(1, seed=9)[0])])
    index.delete(C, "has", ["r00000", "r00004", "unknown"])
    left = ["r00001", "r00002", "r00003"]
    assert set(index.fetch(C, "has", [f"r{n:05}" for n in range(5)])) == set(left)
    hits = index.query(C, "has", vectors(1, seed=9), 5)[0]
    assert (hits[0].record_id, hits[0].owner_id) == ("r00001", "another")
    assert {hit.record_id for hit in hits} == set(left)
    moved = index.of_owners(C, "has", ["m0", "m1", "m2", "another"])
    assert moved is not None
    assert sorted(moved.owners.tolist()) == [1, 1, 3]
    assert index.scan(C, "has") == {"r00001": "h2", "r00002": "h", "r00003": "h"}


@pytest.mark.slow
def test_a_large_collection_is_read_aside_while_others_write(tmp_path: Path) -> None:
    slow = Slow.embedded(tmp_path / "slow", "test/1")
    assert isinstance(slow, Slow)
    slow.gate = threading.Semaphore(0)
    slow.upsert(C, "has", records(2_500))
    index = RememberedIndex(slow, 100, small=100)
    assert index.of_owners(C, "has", ["m0"]) is None  # reading begins
    assert len(index.query(C, "has", vectors(1), 3)[0]) == 3  # and nobody waits for it
    slow.gate.release()
    new = vectors(3, seed=8)
    index.upsert(C, "has", [VectorItem("r00000", "other", "h", new[0]), VectorItem("new", "m9999", "h", new[1])])
    index.delete(C, "has", ["r02400"])
    slow.gate.release(100)
    settle(index)
    fetched = index.fetch(C, "has", ["r00000", "new", "r02400", "r02499"])
    assert set(fetched) == {"r00000", "new", "r02499"}
    np.testing.assert_allclose(fetched["r00000"], new[0], atol=1e-7)
    assert index.query(C, "has", new[:1], 1)[0][0].owner_id == "other"
    index.close()


@pytest.mark.slow
def test_what_does_not_fit_is_read_from_the_index(chroma: ChromaIndex, caplog: pytest.LogCaptureFixture) -> None:
    chroma.upsert(C, "has", records(3_000))
    index = RememberedIndex(chroma, 1)  # a megabyte: 2,155 of these
    with caplog.at_level(logging.WARNING):
        assert index.of_owners(C, "has", ["m0"]) is None
    assert "COPILOT_VECTORS__MEMORY_MB" in caplog.text
    assert len(index.query(C, "has", vectors(1), 3)[0]) == 3
    assert set(index.fetch(C, "has", ["r00000"])) == {"r00000"}


@pytest.mark.slow
def test_a_collection_that_grows_too_large_is_let_go(chroma: ChromaIndex) -> None:
    index = RememberedIndex(chroma, 1)
    index.upsert(C, "has", records(1_000))
    assert index.of_owners(C, "has", ["m0"]) is not None
    index.upsert(C, "has", records(3_000))
    assert index.of_owners(C, "has", ["m0"]) is None
    assert len(index.fetch(C, "has", ["r02999"])) == 1


def test_without_memory_everything_is_asked_of_the_index(chroma: ChromaIndex) -> None:
    chroma.upsert(C, "has", records(10))
    index = RememberedIndex(chroma, 0)
    assert index.of_owners(C, "has", ["m0"]) is None
    assert index.query(C, "has", vectors(1), 1)[0][0].owner_id == "m0"


def test_a_dropped_collection_is_gone_and_can_be_filled_again(chroma: ChromaIndex) -> None:
    index = RememberedIndex(chroma, 10)
    index.upsert(C, "has", records(4))
    index.upsert(C, "wants", records(4))
    assert index.fetch(C, "has", ["r00000"])
    index.drop(C, "has")
    assert index.fetch(C, "has", ["r00000"]) == {}
    assert index.fetch(C, "wants", ["r00000"])
    index.upsert(C, "has", records(1))
    assert set(index.fetch(C, "has", ["r00000", "r00001"])) == {"r00000"}
    index.drop(C)
    assert index.fetch(C, "wants", ["r00000"]) == {}


def test_nothing_of_a_deleted_vector_stays_in_memory(chroma: ChromaIndex) -> None:
    index = RememberedIndex(chroma, 10)
    index.upsert(C, "has", records(300))
    gone = index.fetch(C, "has", ["r00100"])["r00100"]
    index.delete(C, "has", ["r00100", "r00299"])
    matrix = index._held[C, "has"]._matrix  # what is left of them could only be here
    assert matrix is not None
    assert not (np.abs(matrix - gone).max(axis=1) < 1e-6).any()
    assert not matrix[298:].any()


def test_a_closed_index_says_so(tmp_path: Path) -> None:
    index = RememberedIndex(ChromaIndex.embedded(tmp_path / "chroma", "test/1"), 10)
    index.upsert(C, "has", records(4))
    assert index.fetch(C, "has", ["r00000"])
    index.close()
    with pytest.raises(IndexUnavailable):
        index.fetch(C, "has", ["r00000"])
    index.close()
