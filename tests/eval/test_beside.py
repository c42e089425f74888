"""Baselines find the figure they belong to by their names alone."""

from __future__ import annotations

from eval.beside import beside, is_baseline
from eval.gates import read_gates


def test_a_baseline_stands_beside_the_figure_that_differs_in_who_was_measured() -> None:
    found = beside(
        [
            "graded.test.ours.mrr", "graded.dev.ours.mrr", "graded.test.bm25.mrr", "graded.test.random.mrr",
            "graded.test.gain_over_bm25.mrr",
        ]
    )  # fmt: skip
    assert found == {"graded.test.ours.mrr": [("graded.test.bm25.mrr", "BM25"), ("graded.test.random.mrr", "chance")]}


def test_the_end_of_a_measure_names_its_baseline_too() -> None:
    found = beside(["sentiment.smp2020.macro_f1", "sentiment.smp2020.macro_f1_snownlp"])
    assert found == {"sentiment.smp2020.macro_f1": [("sentiment.smp2020.macro_f1_snownlp", "snownlp")]}


def test_the_test_split_is_meant_where_a_baseline_names_none() -> None:
    found = beside(["matching.test.mrr", "matching.dev.mrr", "matching.one_text.mrr"])
    assert found == {"matching.test.mrr": [("matching.one_text.mrr", "one vector a member")]}


def test_suites_with_names_of_their_own_find_theirs() -> None:
    found = beside(
        [
            "teams.test.slots_well_filled", "teams.test.search_alone", "reading.chat.offensive.macro_f1",
            "reading.chat.word_list.macro_f1",
        ]
    )  # fmt: skip
    assert found == {
        "teams.test.slots_well_filled": [("teams.test.search_alone", "first search hit")],
        "reading.chat.offensive.macro_f1": [("reading.chat.word_list.macro_f1", "word list")],
    }


def test_a_baseline_without_a_figure_is_nobodys() -> None:
    assert beside(["matching.random.mrr"]) == {}
    assert beside([]) == {}


def test_only_controls_and_the_word_stage_have_gates_among_baselines() -> None:
    gated = {name for name in read_gates() if is_baseline(name)}
    assert all("control" in name or "words_only" in name for name in gated)
