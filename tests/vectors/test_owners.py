"""Owners are remembered as they were written, forgotten with their records, and never beyond a bound."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from copilot.vectors.chroma import ChromaIndex
from copilot.vectors.index import VectorItem
from copilot.vectors.owners import Owners

NEAR = np.array([[1.0, 0.0]], dtype=np.float32)


def test_what_was_written_outlives_what_was_read_before() -> None:
    owners = Owners(10)
    owners.set("a", [("r", "new")])
    owners.learn("a", [("r", "old"), ("s", "mine")])
    assert owners.known("a", ["r", "s", "t"]) == {"r": "new", "s": "mine"}
    assert owners.known("b", ["r"]) == {}


def test_dropped_records_and_collections_are_forgotten() -> None:
    owners = Owners(10)
    owners.set("a", [("r", "x"), ("s", "x")])
    owners.set("b", [("r", "y")])
    owners.drop("a", ["r", "unknown"])
    owners.forget("b")
    assert (owners.known("a", ["r", "s"]), owners.known("b", ["r"])) == ({"s": "x"}, {})


@pytest.mark.parametrize("most", [0, 3])
def test_there_are_never_more_than_the_bound(most: int) -> None:
    owners = Owners(most)
    for number in range(20):
        owners.learn(f"c{number % 2}", [(f"r{number}", "x")])
        assert sum(len(owners.known(name, [f"r{n}" for n in range(20)])) for name in ("c0", "c1")) <= most


def test_an_index_names_the_owners_of_what_it_did_not_write_itself(tmp_path: Path) -> None:
    with_owner = [VectorItem("r", "mem_1", "h", [1.0, 0.0]), VectorItem("s", "mem_2", "h", [0.0, 1.0])]
    first = ChromaIndex.embedded(tmp_path, "test/1")
    first.upsert("c", "has", with_owner)
    first.close()
    again = ChromaIndex.embedded(tmp_path, "test/1")
    for _ in range(2):  # read from the index, and then remembered
        assert [hit.owner_id for hit in again.query("c", "has", NEAR, 2)[0]] == ["mem_1", "mem_2"]
    again.close()


def test_a_record_deleted_and_written_again_has_its_new_owner(tmp_path: Path) -> None:
    index = ChromaIndex.embedded(tmp_path, "test/1")
    index.upsert("c", "has", [VectorItem("r", "mem_1", "h", [1.0, 0.0])])
    index.query("c", "has", NEAR, 1)
    index.delete("c", "has", ["r"])
    index.upsert("c", "has", [VectorItem("r", "mem_2", "h", [1.0, 0.0])])
    assert index.query("c", "has", NEAR, 1)[0][0].owner_id == "mem_2"
    index.purge("c")
    assert index.query("c", "has", NEAR, 1)[0][0].owner_id == "mem_2"
    index.close()
