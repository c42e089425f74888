"""Pairs that find each other, by hand."""

from __future__ import annotations

from eval.suites.matching import Direction, both_found

WANTED = [
    Direction("P1", "test", "A", "B"), Direction("P1", "test", "B", "A"),
    Direction("P2", "test", "C", "D"), Direction("P2", "test", "D", "C"),
    Direction("P3", "test", "E", "F"),
]  # fmt: skip


def test_a_pair_counts_when_each_is_near_the_top_of_the_other() -> None:
    # P1: ranks 1 and 5; P2: 1 and 6; P3 is expected in one direction alone.
    found = both_found("m.both", WANTED, [1, 5, 1, 6, 1])

    assert (found.value, found.n) == (0.5, 2)


def test_without_mutual_pairs_there_is_nothing_to_measure() -> None:
    assert both_found("m.both", WANTED[4:], [1]).value is None
