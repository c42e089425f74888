"""The graph of replies, by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from copilot.atmosphere.stars.graph import build
from copilot.atmosphere.stars.thresholds import StarRules
from tests.atmosphere.stars.exchange import MONDAY, asked_and_answered, line

ALL = frozenset("abcdef")
RULES = StarRules()


def test_links_and_mentions_that_answer_are_replies_and_neighbours_are_not() -> None:
    said = [
        line("1", "a", 0, is_question=True),
        line("2", "b", 1),
        line("3", "c", 2, mentions=("a",)),
        line("4", "d", 3, reply_to_id="2"),
        line("5", "b", 4, reply_to_id="2"),
        line("6", "e", 5, reply_to_id="gone"),
    ]
    graph = build(said, MONDAY, ALL, RULES)
    assert [(r.message_id, r.from_id, r.to_id) for r in graph.replies] == [("3", "c", "a"), ("4", "d", "b")]
    assert [(a.message_id, a.question_id) for a in graph.answers] == [("3", "1")]
    assert graph.partners == {"a": {"c"}, "b": {"d"}, "c": {"a"}, "d": {"b"}}


def test_an_answer_that_links_and_mentions_counts_once() -> None:
    said = [line("1", "a", 0, is_question=True), line("2", "b", 1, reply_to_id="1", mentions=("a",))]
    graph = build(said, MONDAY, ALL, RULES)
    assert (len(graph.replies), len(graph.answers)) == (1, 1)


def test_whoever_may_not_be_looked_at_is_in_no_link() -> None:
    said = [*asked_and_answered("a", "b", 0), *asked_and_answered("b", "c", 10), *asked_and_answered("a", "c", 20)]
    graph = build(said, MONDAY, {"a", "c"}, RULES)
    assert graph.people == ["a", "c"]
    assert {a.from_id for a in graph.answers} == {"c"}


def test_a_reply_before_the_window_only_explains_what_is_replied_to() -> None:
    said = [
        line("1", "a", -60, is_question=True),
        line("2", "b", -30, reply_to_id="1"),
        line("3", "c", 5, reply_to_id="1"),
    ]
    graph = build(said, MONDAY, ALL, RULES)
    assert [r.message_id for r in graph.replies] == ["3"]
    assert [a.message_id for a in graph.answers] == ["3"]


def test_nothing_said_gives_an_empty_graph() -> None:
    graph = build([], MONDAY, ALL, RULES)
    assert (graph.people, graph.pairs, graph.is_cut) == ([], {}, False)


def test_beyond_the_bounds_the_busiest_people_and_the_strongest_pairs_are_kept() -> None:
    said = [
        *asked_and_answered("a", "b", 0), *asked_and_answered("a", "b", 10), *asked_and_answered("b", "c", 20),
        *asked_and_answered("c", "d", 30),
    ]  # fmt: skip
    assert build(said, MONDAY, ALL, replace(RULES, most_pairs=1)).people == ["a", "b"]
    cut = build(said, MONDAY, ALL, replace(RULES, most_members=3))
    assert (cut.people, cut.is_cut) == (["a", "b", "c"], True)


def test_the_window_begins_at_its_start_exactly() -> None:
    said = asked_and_answered("a", "b", 0)
    assert build(said, MONDAY + timedelta(minutes=1), ALL, RULES).replies
    assert not build(said, MONDAY + timedelta(minutes=2), ALL, RULES).replies
