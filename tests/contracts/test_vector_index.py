"""What every vector index must do, asked of each: exact in memory, Chroma embedded, Chroma server."""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from copilot.errors import IndexUnavailable, InvalidInput
from copilot.vectors.chroma import ChromaIndex
from copilot.vectors.exact import ExactIndex
from copilot.vectors.index import VectorIndex, VectorItem
from copilot.vectors.remembered import RememberedIndex
from tests.vectors.chroma_server import running_server

C, OTHER = "c", "社区/二"  # ids may be anything; collection names may not


@pytest.fixture(scope="module")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_server(tmp_path_factory.mktemp("chroma-server")) as server:
        yield server.url


@pytest.fixture(
    params=["exact", "embedded", "remembered", "remembered by and by", pytest.param("server", marks=pytest.mark.slow)]
)
def any_index(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[VectorIndex]:
    made: VectorIndex
    if request.param == "exact":
        made = ExactIndex()
    elif request.param == "embedded":
        made = ChromaIndex.embedded(tmp_path / "chroma", "test/1")
    elif request.param.startswith("remembered"):
        small = 0 if request.param.endswith("by") else 1_000
        made = RememberedIndex(ChromaIndex.embedded(tmp_path / "chroma", "test/1"), 100, small, small)
    else:
        # The server is shared; an embedder of its own gives each test collections of its own.
        made = ChromaIndex.server(request.getfixturevalue("server_url"), f"test/{request.node.name}")
    yield made
    made.close()


def item(
    record_id: str, vector: list[float] | NDArray[np.float32], owner: str = "m", text_hash: str = "h"
) -> VectorItem:
    return VectorItem(record_id, owner, text_hash, vector)


def row(*numbers: float) -> NDArray[np.float32]:
    return np.array([numbers], dtype=np.float32)


def test_hits_come_best_first_with_their_cosine(any_index: VectorIndex) -> None:
    any_index.upsert(C, "has", [item("far", [-1, 0], "a"), item("near", [3, 4], "b"), item("same", [2, 0], "c")])
    (hits,) = any_index.query(C, "has", row(1, 0), 3)
    # cos((1,0),(2,0)) = 1; cos((1,0),(3,4)) = 3/5; cos((1,0),(-1,0)) = -1.
    assert [(hit.record_id, hit.owner_id) for hit in hits] == [("same", "c"), ("near", "b"), ("far", "a")]
    np.testing.assert_allclose([hit.similarity for hit in hits], [1.0, 0.6, -1.0], atol=1e-6)


def test_every_row_of_a_query_gets_its_own_hits(any_index: VectorIndex) -> None:
    any_index.upsert(C, "is", [item("x", [1, 0]), item("y", [0, 1])])
    found = any_index.query(C, "is", np.array([[0, 1], [1, 0]], dtype=np.float32), 1)
    assert [[hit.record_id for hit in hits] for hits in found] == [["y"], ["x"]]


def test_more_query_rows_than_fit_a_call(any_index: VectorIndex) -> None:
    any_index.upsert(C, "is", [item(f"r{i}", [math.cos(i), math.sin(i)]) for i in range(5)])
    queries = np.array([[math.cos(i % 5), math.sin(i % 5)] for i in range(230)], dtype=np.float32)
    assert [hits[0].record_id for hits in any_index.query(C, "is", queries, 1)] == [f"r{i % 5}" for i in range(230)]


def test_equal_vectors_come_in_the_order_of_their_ids(any_index: VectorIndex) -> None:
    any_index.upsert(C, "is", [item(name, [1, 1]) for name in ("b", "c", "a")])
    (hits,) = any_index.query(C, "is", row(1, 1), 3)
    assert [hit.record_id for hit in hits] == ["a", "b", "c"]


def test_an_empty_index_answers_with_nothing(any_index: VectorIndex) -> None:
    assert any_index.query(C, "wants", np.ones((2, 3), dtype=np.float32), 4) == [[], []]
    assert any_index.fetch(C, "wants", ["a"]) == {}
    assert any_index.scan(C, "wants") == {}
    any_index.delete(C, "wants", ["a"])
    any_index.upsert(C, "wants", [])
    any_index.drop(C)


def test_no_ids_are_no_work(any_index: VectorIndex) -> None:
    any_index.upsert(C, "is", [item("a", [1, 0])])
    any_index.delete(C, "is", [])
    assert any_index.fetch(C, "is", []) == {}
    assert any_index.query(C, "is", np.empty((0, 2), dtype=np.float32), 1) == []
    assert any_index.scan(C, "is") == {"a": "h"}


def test_a_record_written_again_is_replaced_with_owner_and_hash(any_index: VectorIndex) -> None:
    any_index.upsert(C, "is", [item("a", [1, 0], "old", "h1")])
    any_index.upsert(C, "is", [item("a", [0, 1], "new", "h2")])
    (hits,) = any_index.query(C, "is", row(0, 1), 5)
    assert [(hit.record_id, hit.owner_id, round(hit.similarity, 5)) for hit in hits] == [("a", "new", 1.0)]
    assert any_index.scan(C, "is") == {"a": "h2"}


def test_of_one_id_twice_in_a_call_the_last_wins(any_index: VectorIndex) -> None:
    any_index.upsert(C, "is", [item("a", [1, 0], text_hash="h1"), item("a", [0, 1], text_hash="h2")])
    assert any_index.scan(C, "is") == {"a": "h2"}
    np.testing.assert_allclose(any_index.fetch(C, "is", ["a"])["a"], [0, 1])


def test_fetched_vectors_have_unit_length_whatever_was_written(any_index: VectorIndex) -> None:
    any_index.upsert(C, "is", [item("a", [3, 4]), item("b", [0, 1e-3])])
    found = any_index.fetch(C, "is", ["b", "missing", "a"])
    assert set(found) == {"a", "b"}
    np.testing.assert_allclose(found["a"], [0.6, 0.8], atol=1e-6)
    np.testing.assert_allclose(found["b"], [0.0, 1.0], atol=1e-6)
    assert found["a"].dtype == np.float32


def test_deleted_records_are_gone_from_every_answer(any_index: VectorIndex) -> None:
    any_index.upsert(C, "is", [item("a", [1, 0]), item("b", [0, 1])])
    any_index.delete(C, "is", ["a", "never there"])
    assert any_index.scan(C, "is") == {"b": "h"}
    assert any_index.fetch(C, "is", ["a"]) == {}
    assert [hit.record_id for hit in any_index.query(C, "is", row(1, 0), 5)[0]] == ["b"]


def test_a_purge_changes_nothing_that_is_left(any_index: VectorIndex) -> None:
    any_index.purge(C)
    any_index.upsert(C, "has", [item("a", [1, 0]), item("b", [0, 1], "o", "x"), item("c", [1, 1])])
    any_index.upsert(OTHER, "is", [item("d", [1, 0])])
    any_index.delete(C, "has", ["a"])
    any_index.purge(C)
    assert any_index.scan(C, "has") == {"b": "x", "c": "h"}
    assert any_index.scan(OTHER, "is") == {"d": "h"}
    (hits,) = any_index.query(C, "has", row(0, 1), 5)
    assert [(hit.record_id, hit.owner_id) for hit in hits] == [("b", "o"), ("c", "m")]
    any_index.upsert(C, "has", [item("e", [1, 0])])
    assert set(any_index.scan(C, "has")) == {"b", "c", "e"}


def test_communities_and_aspects_do_not_see_one_another(any_index: VectorIndex) -> None:
    any_index.upsert(C, "is", [item("a", [1, 0])])
    any_index.upsert(C, "has", [item("b", [1, 0])])
    any_index.upsert(OTHER, "is", [item("c", [1, 0])])
    assert [hit.record_id for hit in any_index.query(C, "is", row(1, 0), 9)[0]] == ["a"]
    assert [hit.record_id for hit in any_index.query(OTHER, "is", row(1, 0), 9)[0]] == ["c"]
    assert any_index.fetch(OTHER, "is", ["a"]) == {}
    any_index.delete(OTHER, "is", ["a"])
    assert any_index.scan(C, "is") == {"a": "h"}


def test_dropping_an_aspect_leaves_the_others(any_index: VectorIndex) -> None:
    any_index.upsert(C, "is", [item("a", [1, 0])])
    any_index.upsert(C, "has", [item("b", [1, 0])])
    any_index.drop(C, "is")
    assert any_index.scan(C, "is") == {}
    assert any_index.scan(C, "has") == {"b": "h"}


def test_dropping_a_community_leaves_the_others(any_index: VectorIndex) -> None:
    any_index.upsert(C, "is", [item("a", [1, 0])])
    any_index.upsert(OTHER, "is", [item("b", [1, 0])])
    any_index.drop(C)
    assert any_index.scan(C, "is") == {}
    assert any_index.scan(OTHER, "is") == {"b": "h"}


def test_after_a_drop_the_width_may_change(any_index: VectorIndex) -> None:
    any_index.upsert(C, "is", [item("a", [1, 0])])
    any_index.drop(C, "is")
    any_index.upsert(C, "is", [item("a", [1, 0, 0])])
    assert any_index.fetch(C, "is", ["a"])["a"].shape == (3,)


@pytest.mark.parametrize(
    "vectors",
    [[[math.nan, 1.0]], [[math.inf, 1.0]], [[0.0, 0.0]], [[]], [[1.0, 2.0], [1.0]], [[1.0, 2.0, 3.0]]],
    ids=["nan", "infinity", "zero", "empty", "two widths", "wrong width"],
)
def test_unsound_vectors_are_refused_and_nothing_is_written(any_index: VectorIndex, vectors: list[list[float]]) -> None:
    any_index.upsert(C, "is", [item("a", [1, 0])])
    with pytest.raises(InvalidInput):
        any_index.upsert(C, "is", [item(f"new{i}", vector) for i, vector in enumerate(vectors)])
    assert any_index.scan(C, "is") == {"a": "h"}


@pytest.mark.parametrize("query", [row(math.nan, 1), row(0, 0), row(1, 2, 3), np.ones(2, dtype=np.float32)])
def test_unsound_queries_are_refused(any_index: VectorIndex, query: NDArray[np.float32]) -> None:
    any_index.upsert(C, "is", [item("a", [1, 0])])
    with pytest.raises(InvalidInput):
        any_index.query(C, "is", query, 1)


@pytest.mark.parametrize("n", [0, -1, 5001])
def test_a_number_of_hits_out_of_bounds_is_refused(any_index: VectorIndex, n: int) -> None:
    with pytest.raises(InvalidInput):
        any_index.query(C, "is", row(1, 0), n)


def test_an_unknown_aspect_is_refused_everywhere(any_index: VectorIndex) -> None:
    for call in (
        lambda: any_index.upsert(C, "likes", [item("a", [1, 0])]),
        lambda: any_index.delete(C, "likes", ["a"]),
        lambda: any_index.query(C, "likes", row(1, 0), 1),
        lambda: any_index.fetch(C, "likes", ["a"]),
        lambda: any_index.scan(C, "likes"),
        lambda: any_index.drop(C, "likes"),
    ):
        with pytest.raises(InvalidInput, match="likes"):
            call()


@pytest.mark.slow
def test_more_rows_than_one_call_takes(any_index: VectorIndex) -> None:
    angles = np.linspace(0, math.pi, 5600)
    items = [item(f"r{i:04}", [math.cos(a), math.sin(a)], text_hash=str(i)) for i, a in enumerate(angles)]
    any_index.upsert(C, "is", items)
    assert any_index.scan(C, "is") == {f"r{i:04}": str(i) for i in range(5600)}
    assert len(any_index.fetch(C, "is", [entry.record_id for entry in items])) == 5600
    any_index.delete(C, "is", [entry.record_id for entry in items[1:]])
    assert any_index.scan(C, "is") == {"r0000": "0"}


def test_threads_write_and_read_together(any_index: VectorIndex) -> None:
    def work(thread: int) -> None:
        for step in range(5):
            name = f"{thread}-{step}"
            any_index.upsert(C, "is", [item(name, [math.cos(thread), math.sin(thread)])])
            assert name in any_index.fetch(C, "is", [name])
            assert any_index.query(C, "is", row(1, 0), 3)[0]

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert len(any_index.scan(C, "is")) == 20


@pytest.mark.slow
def test_nearly_all_true_neighbours_are_found(any_index: VectorIndex) -> None:
    rng = np.random.default_rng(7)
    # Crowded like e5's: one strong common direction (cosines 0.7-0.9), 40 clusters, some noise.
    centres = rng.normal(size=(40, 48))
    data = rng.normal(size=(1, 48)) * 2 + centres[rng.integers(0, 40, 1500)] + rng.normal(size=(1500, 48)) * 0.5
    vectors = data.astype(np.float32)
    items = [item(f"r{i}", vector) for i, vector in enumerate(vectors)]
    oracle = ExactIndex()
    for index in (oracle, any_index):
        index.upsert(OTHER, "question", items)
    queries = vectors[:60] + rng.normal(size=(60, 48)).astype(np.float32) * 0.1
    found = any_index.query(OTHER, "question", queries, 10)
    true = oracle.query(OTHER, "question", queries, 10)
    shared = [
        len({hit.record_id for hit in a} & {hit.record_id for hit in b}) / 10 for a, b in zip(found, true, strict=True)
    ]
    assert np.mean(shared) >= 0.99


def test_closing_twice_is_fine(any_index: VectorIndex) -> None:
    any_index.upsert(C, "is", [item("a", [1, 0])])
    any_index.close()
    any_index.close()
    with suppress(IndexUnavailable):  # an index in memory has nothing to open again, and nothing in it
        assert any_index.scan(C, "is") == {}
