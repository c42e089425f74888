"""Nothing of a deleted record stays in a Chroma store: no row, no byte, in whatever state it was found."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from copilot.vectors.chroma import ChromaIndex
from copilot.vectors.chroma_purge import tidy
from copilot.vectors.index import VectorItem, unit_matrix
from tests.vectors.chroma_server import running_server

C, GONE, OWNER = "c", "txt_gone_for_good", "mem_gone_for_good"
WIDTH = 64


@pytest.fixture
def index(tmp_path: Path) -> Iterator[ChromaIndex]:
    opened = ChromaIndex.embedded(tmp_path / "chroma", "e")
    yield opened
    opened.close()


def vectors(count: int) -> NDArray[np.float32]:
    return unit_matrix(np.random.default_rng(7).normal(size=(count, WIDTH)).astype(np.float32))


def fill(index: ChromaIndex, count: int, aspect: str = "has") -> NDArray[np.float32]:
    """Write `count` records, the one at a third of them being the one that goes; return their vectors."""
    made = vectors(count)
    named = [(GONE, OWNER) if n == count // 3 else (f"txt_{n}", f"mem_{n}") for n in range(count)]
    index.upsert(C, aspect, [VectorItem(*name, "h", made[n]) for n, name in enumerate(named)])
    return made


def holding(folder: Path, vector: NDArray[np.float32]) -> set[str]:
    """Return the files in which the record's id, its owner's or its vector can still be read."""
    needles = (GONE.encode(), OWNER.encode(), vector.tobytes()[:32])
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.name for path in files if any(needle in path.read_bytes() for needle in needles)}


@pytest.mark.slow
@pytest.mark.parametrize("count", [3, 150, 1_200], ids=["tiny", "never compacted", "compacted"])
def test_a_deleted_record_leaves_no_byte_and_the_others_are_found_as_before(
    index: ChromaIndex, tmp_path: Path, count: int
) -> None:
    made = fill(index, count)
    fill(index, count, "wants")
    before = index.query(C, "has", made[:2], 3)
    index.delete(C, "has", [GONE])
    index.delete(C, "wants", [GONE])
    gone = made[count // 3]
    assert holding(tmp_path / "chroma", gone), "Chroma itself keeps it"
    index.purge(C)
    assert holding(tmp_path / "chroma", gone) == set()
    assert index.scan(C, "has") == {f"txt_{n}": "h" for n in range(count) if n != count // 3}
    after = index.query(C, "has", made[:2], 3)
    left = [[hit.record_id for hit in row if hit.record_id != GONE] for row in before]
    assert [[hit.record_id for hit in row][: len(names)] for row, names in zip(after, left, strict=True)] == left
    index.upsert(C, "has", [VectorItem("new", "m", "h", made[0])])
    assert set(index.fetch(C, "has", ["new", "txt_0"])) == {"new", "txt_0"}


@pytest.mark.slow
def test_what_a_dropped_collection_left_goes_too(index: ChromaIndex, tmp_path: Path) -> None:
    made = fill(index, 1_200)
    index.drop(C, "has")
    index.purge(C)
    assert holding(tmp_path / "chroma", made[400]) == set()
    assert [path for path in (tmp_path / "chroma").iterdir() if path.is_dir()] == []


def test_other_communities_keep_their_vectors(index: ChromaIndex) -> None:
    fill(index, 20)
    index.upsert("other", "has", [VectorItem("theirs", "m", "h", vectors(1)[0])])
    index.purge(C)
    index.purge("nobody's")
    assert index.scan("other", "has") == {"theirs": "h"}
    assert len(index.scan(C, "has")) == 20


def test_a_purge_that_died_half_way_is_done_again_without_what_it_left(index: ChromaIndex, tmp_path: Path) -> None:
    made = fill(index, 30)
    client = index._client
    (name,) = [collection.name for collection in client.list_collections()]
    left = client.create_collection(name + "-next", embedding_function=None)
    left.upsert(ids=[GONE], embeddings=[made[10]])
    index.delete(C, "has", [GONE])
    index.purge(C)
    assert [collection.name for collection in client.list_collections()] == [name]
    assert holding(tmp_path / "chroma", made[10]) == set()
    assert len(index.scan(C, "has")) == 29


@pytest.mark.slow
def test_reading_and_writing_go_on_around_a_purge_and_nothing_is_lost(index: ChromaIndex) -> None:
    made = fill(index, 300)
    stop = threading.Event()
    failed: list[BaseException] = []

    def work(number: int) -> None:
        done = 0
        try:
            while not stop.is_set():
                index.upsert(C, "has", [VectorItem(f"w{number}-{done}", "m", "h", made[done % 300])])
                assert len(index.query(C, "has", made[:1], 2)[0]) == 2
                done += 1
        except BaseException as error:
            failed.append(error)
            raise
        counts[number] = done

    counts: dict[int, int] = {}
    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(3):
        index.purge(C)
    stop.set()
    for thread in threads:
        thread.join()
    assert failed == []
    wanted = {f"w{number}-{n}" for number, done in counts.items() for n in range(done)}
    assert wanted <= index.scan(C, "has").keys()


def test_the_store_is_whole_afterwards(index: ChromaIndex, tmp_path: Path) -> None:
    made = fill(index, 200)
    index.delete(C, "has", [GONE])
    index.purge(C)
    index.close()
    with closing(sqlite3.connect(tmp_path / "chroma" / "chroma.sqlite3")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with closing(ChromaIndex.embedded(tmp_path / "chroma", "e")) as again:
        assert len(again.scan(C, "has")) == 199
        assert again.query(C, "has", made[:1], 1)[0][0].record_id == "txt_0"


@pytest.mark.slow
def test_a_server_keeps_no_row_of_a_deleted_record(tmp_path: Path) -> None:
    with running_server(tmp_path) as server, closing(ChromaIndex.server(server.url, "e")) as index:
        made = fill(index, 150)
        index.delete(C, "has", [GONE])
        index.purge(C)
        assert len(index.scan(C, "has")) == 149
        assert index.query(C, "has", made[:1], 1)[0][0].record_id == "txt_0"
        (database,) = tmp_path.rglob("chroma.sqlite3")
        assert rows_holding(database) == set()


def rows_holding(file: Path) -> set[str]:
    """Return the tables in which the record's id or its owner's stands."""
    found = set()
    with closing(sqlite3.connect(file)) as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in names:
            for column in [row[1] for row in database.execute(f'PRAGMA table_info("{table}")')]:
                asked = f'SELECT 1 FROM "{table}" WHERE instr(CAST("{column}" AS TEXT), ?) LIMIT 1'
                if any(database.execute(asked, (word,)).fetchone() for word in (GONE, OWNER)):
                    found.add(table)
    return found


@pytest.mark.slow
def test_room_for_records_to_come_is_zeroed_and_the_graph_still_works(tmp_path: Path) -> None:
    """Chroma writes that room as its memory happens to be; one run in twenty held a vector that was gone."""
    folder = tmp_path / "chroma"
    index = ChromaIndex.embedded(folder, "e")
    made = fill(index, 1_200)
    found = index.query(C, "has", made[:2], 3)
    index.close()
    graph = next(folder.glob("*/data_level0.bin"))
    room, records, width = np.frombuffer(graph.with_name("header.bin").read_bytes()[12:36], dtype="<i8").tolist()
    assert 1_000 <= records < room
    left_over = vectors(2_000)[-1]
    with graph.open("r+b") as file:
        file.seek(records * width + 40)
        file.write(left_over.tobytes())
    assert holding(folder, left_over) >= {"data_level0.bin"}
    tidy(folder)
    assert left_over.tobytes()[:32] not in graph.read_bytes()
    with closing(ChromaIndex.embedded(folder, "e")) as index:
        assert index.query(C, "has", made[:2], 3) == found
