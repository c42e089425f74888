"""All pairs at once score as they do one by one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from copilot.matching.records import Party, read_members, with_activity, with_statements
from copilot.matching.scores.comparison import Comparer
from copilot.matching.scores.pair_matrix import score_pairs
from copilot.matching.scores.pair_scorer import Circle
from copilot.matching.scores.scoring import Weights
from tests.matching.conftest import World
from tests.matching.seating_world import SeatingWorld


@pytest.fixture
def circle(world: World) -> tuple[SeatingWorld, Circle]:
    seats = SeatingWorld(world)
    seats.fill()
    world.member("mute", city="成都")
    world.member("wisher", ["想找冷链"], indexed=False)
    world.member(
        "bilingual", ["Looking for cold chain", "想要小程序", "A lawyer"], ["Twenty refrigerated trucks"], language="en"
    )
    with world.store.read("c") as unit:
        ids = sorted(f"mem_{name}" for name in ("hotpot", "trucker", "lawyer", "coder", "mute", "wisher", "bilingual"))
        parties = with_activity(unit, with_statements(unit, list(read_members(unit, ids).values())))
    return seats, seats.pairs.circle("c", Weights(), parties)


def test_every_pair_scores_as_the_comparison_of_the_two(circle: tuple[SeatingWorld, Circle]) -> None:
    seats, ring = circle
    found, comparer = seats.pairs.scores(ring), seats.pairs.comparer(ring)
    for row, one in enumerate(ring.parties):
        for column, other in enumerate(ring.parties):
            if one.id == other.id:
                assert found.scores[row, column] == 0.0
                continue
            there, back = comparer.compare(one, other), comparer.compare(other, one)
            assert found.scores[row, column] == pytest.approx((there.score + back.score) / 2.0, abs=1e-6)
            assert found.forward[row, column] == pytest.approx(there.components["forward"], abs=1e-6)


def test_scores_are_symmetric_shares(circle: tuple[SeatingWorld, Circle]) -> None:
    seats, ring = circle
    scores = seats.pairs.scores(ring).scores
    assert np.array_equal(scores, scores.T) and scores.min() >= 0.0 and scores.max() <= 1.0


def test_members_without_texts_and_nobody_at_all_score_by_context_alone(circle: tuple[SeatingWorld, Circle]) -> None:
    seats, ring = circle
    ground = seats.pairs.ground("c")
    silent = [replace(party, wants=(), offers=()) for party in ring.parties]
    assert not score_pairs(*ground, Weights(), silent, {}).forward.any()
    nobody: list[Party] = []
    assert score_pairs(*ground, Weights(), nobody, {}).scores.shape == (0, 0)
    assert isinstance(seats.pairs.comparer(ring), Comparer)
