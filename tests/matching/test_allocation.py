"""Sharing out proposals, worked by hand and by property."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from copilot.matching.proposing.allocation import Edge, allocate


def _edge(member: str, target: str, score: float, **more: bool) -> Edge:
    given = {"is_optional": True, "is_limited": True, "is_shown": False} | more
    return Edge(distance=1.0 - score, member_id=member, target_id=target, **given)


def test_a_star_goes_to_those_it_suits_best_and_the_others_get_their_next() -> None:
    edges = [
        _edge("a", "star", 0.9), _edge("b", "star", 0.8), _edge("c", "star", 0.7),
        _edge("a", "x", 0.5), _edge("b", "y", 0.5), _edge("c", "z", 0.5),
    ]  # fmt: skip
    assert allocate(edges, 1, lambda _target: 2) == {"a": ["star"], "b": ["star"], "c": ["z"]}


def test_whoever_is_shown_somebody_keeps_them_and_what_costs_no_attention_has_no_cap() -> None:
    full = [_edge("a", "star", 0.9), _edge("b", "star", 0.8, is_shown=True)]
    assert allocate(full, 1, lambda _target: 0) == {"b": ["star"]}
    free = [_edge(name, "fund", 0.9, is_limited=False) for name in "abc"]
    assert allocate(free, 1, lambda _target: 1) == {name: ["fund"] for name in "abc"}


def test_pairs_that_operators_asked_for_come_first_and_use_up_the_room() -> None:
    edges = [_edge("a", "star", 0.9), _edge("b", "star", 0.1, is_optional=False)]
    assert allocate(edges, 1, lambda _target: 1) == {"b": ["star"]}


def test_nothing_gives_nothing() -> None:
    assert allocate([], 3, lambda _target: 1) == {}


NAME = st.sampled_from("abcdef")
EDGES = st.lists(st.builds(_edge, NAME, NAME, st.floats(0.0, 1.0), is_shown=st.booleans()), max_size=60)


@given(EDGES, st.integers(1, 4), st.integers(0, 3))
def test_nobody_gets_too_many_and_no_target_is_given_to_more_than_it_has_room_for(
    edges: list[Edge], n: int, room: int
) -> None:
    edges = list({(edge.member_id, edge.target_id): edge for edge in edges}.values())
    shown = {(edge.member_id, edge.target_id) for edge in edges if edge.is_shown}
    given_out = allocate(edges, n, lambda _target: room)
    assert all(0 < len(targets) <= n for targets in given_out.values())
    new = Counter(
        target for member, targets in given_out.items() for target in targets if (member, target) not in shown
    )
    assert all(count <= room for count in new.values())
    assert given_out == allocate(reversed(edges), n, lambda _target: room)
