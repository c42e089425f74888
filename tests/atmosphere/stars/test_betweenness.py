"""Betweenness against networkx and by hand."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.atmosphere.stars.betweenness import betweenness


def test_the_middle_of_a_path_lies_on_every_way_between_its_ends() -> None:
    # a - b - c: the one pair of others (a, c) goes through b.
    assert betweenness(nx.path_graph(["a", "b", "c"]), 10, 2) == ({"a": 0.0, "b": 1.0, "c": 0.0}, False)


def test_two_ways_of_one_length_share_a_path() -> None:
    # A square: each node lies on one of the two ways between its neighbours, which are one of three pairs of others.
    found, _ = betweenness(nx.cycle_graph(["a", "b", "c", "d"]), 10, 2)
    assert found == pytest.approx(dict.fromkeys("abcd", 1 / 6))


@pytest.mark.parametrize("graph", [nx.Graph(), nx.path_graph(["a", "b"]), nx.empty_graph(["a", "b", "c"])])
def test_without_ways_through_anybody_all_are_zero(graph: nx.Graph) -> None:
    assert betweenness(graph, 10, 2) == (dict.fromkeys(graph, 0.0), False)


@given(st.integers(3, 25), st.floats(0.05, 0.6), st.integers(0, 1000))
def test_it_equals_networkx(nodes: int, density: float, seed: int) -> None:
    graph = nx.gnp_random_graph(nodes, density, seed=seed)
    found, is_estimate = betweenness(graph, 100, 2)
    assert not is_estimate
    assert found == pytest.approx(nx.betweenness_centrality(graph), abs=1e-12)


def test_an_estimate_from_half_of_the_nodes_is_near_and_the_same_every_time() -> None:
    graph = nx.barabasi_albert_graph(300, 2, seed=1)
    exact, _ = betweenness(graph, 300, 2)
    estimated, is_estimate = betweenness(graph, 299, 150)
    assert is_estimate
    assert betweenness(graph, 299, 150)[0] == estimated
    top = max(exact, key=lambda name: exact[name])
    assert estimated[top] == pytest.approx(exact[top], rel=0.15)
