"""The first sight ranks as the comparison does, and asks for no text."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from copilot.matching.proposing.preview import Preview
from copilot.matching.records import Party, Statement
from copilot.matching.scores.background import Background
from copilot.matching.scores.scoring import Weights
from copilot.matching.sources import read_asker
from copilot.vectors.chroma import ChromaIndex
from copilot.vectors.exact import ExactIndex
from copilot.vectors.index import VectorItem
from tests.matching.conftest import World


def look(world: World, member_id: str, others: list[str]) -> list[float]:
    sources = world.service.sources
    with world.store.read("c") as unit:
        basis, asker = sources.basis(unit), read_asker(unit, member_id, "member")
    preview = Preview(world.index, sources.census.background("c"), basis.weights, asker, sources.vectors("c", [asker]))
    found = preview.relevances("c", others)
    assert found is not None
    return [float(value) for value in found]


def test_who_fits_at_first_sight_fits_when_compared(pair: World) -> None:
    others = ["mem_trucker", "mem_painter", "mem_lawyer", "mem_coach"]
    seen = look(pair, "mem_hotpot", others)
    sources = pair.service.sources
    with pair.store.read("c") as unit:
        basis, asker = sources.basis(unit), read_asker(unit, "mem_hotpot", "member")
        targets = [read_asker(unit, other, "member") for other in others]
    comparer = sources.comparer(basis, [asker, *targets], sources.vectors("c", [asker, *targets]))
    compared = [comparer.compare(asker, target).relevance for target in targets]
    assert np.argmax(seen) == np.argmax(compared) == 0
    np.testing.assert_allclose(seen, compared, atol=0.12)


def test_members_without_vectors_are_not_promising(pair: World) -> None:
    pair.member("late", ["找西南方向的货主"], ["冷藏车二十台"], indexed=False)
    pair.member("silent")
    assert look(pair, "mem_hotpot", ["mem_late", "mem_silent", "nobody"]) == [0.0, 0.0, 0.0]


def test_nobody_to_look_at_is_no_error(pair: World) -> None:
    assert look(pair, "mem_hotpot", []) == []


def test_an_index_that_cannot_say_at_once_gives_no_first_sight(tmp_path_factory: pytest.TempPathFactory) -> None:
    index = ChromaIndex.embedded(tmp_path_factory.mktemp("chroma"), "test/1")
    preview = Preview(index, Background({}), Weights(), party(), {})
    assert preview.relevances("c", ["m"]) is None
    index.close()


def party() -> Party:
    return Party(
        id="me", kind="member", name="", person_id="me", consent_match=True, consent_ai=True, visibility="community"
    )


def test_the_best_pairs_of_a_member_count_by_their_ranks() -> None:
    # Without background a margin is 2 cos - .34: crowding is the reference, .17, on both sides. With midpoint 0, slope 1
    # and no weight on profiles the three pairs of this member have relevance s(1.66), s(.86), s(-.34).
    index = ExactIndex()
    made = {"a": [1.0, 0.0], "b": [0.6, 0.8], "d": [0.0, 1.0]}
    index.upsert("c", "has", [VectorItem(name, "m", "h", vector) for name, vector in made.items()])
    weights = Weights(midpoint=0.0, slope=1.0, profile=0.0, one_sided=1.0)
    asker = replace(party(), wants=(Statement("w", "wants", "找人"),))
    preview = Preview(index, Background({}), weights, asker, {"w": np.array([1.0, 0.0], dtype=np.float32)})
    found = preview.relevances("c", ["other", "m"])
    assert found is not None
    s = [1 / (1 + np.exp(-margin)) for margin in (1.66, 0.86, -0.34)]
    np.testing.assert_allclose(found, [0.0, 0.7 * s[0] + 0.2 * s[1] + 0.1 * s[2]], atol=1e-6)
