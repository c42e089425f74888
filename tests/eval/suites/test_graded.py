"""What the figures of graded queries say, on lists made by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eval.graded import Query
from eval.scores import Figure
from eval.suites.graded import BASELINES, OURS, exposure_figures, judge_lists, split_figures

FIRST = Query("Q1", "member_member", "test", "A", "A", "member", {"B": 3})
SECOND = Query("Q2", "member_member", "test", "B", "B", "member", {"A": 2, "C": 1})
GOOD, BAD = [["B", "C"], ["A", "C"]], [["C", "D"], ["D", "C"]]


def named(figures: list[Figure]) -> dict[str, Figure]:
    return {figure.name: figure for figure in figures}


def test_every_measure_is_taken_of_every_list() -> None:
    judged = judge_lists([FIRST, SECOND], GOOD)

    assert {name: list(values) for name, values in judged.values.items()} == {
        "ndcg_at_5": [1.0, 1.0], "ndcg_at_10": [1.0, 1.0], "recall_at_10": [1.0, 1.0], "mrr": [1.0, 1.0],
    }  # fmt: skip


def test_ours_is_compared_query_by_query_with_each_baseline() -> None:
    queries = [FIRST, SECOND, replace(FIRST, id="Q3", source="E", person="E")]
    judged = {OURS: judge_lists(queries, [*GOOD, ["B"]])}
    judged |= {name: judge_lists(queries, [*BAD, ["C"]]) for name in BASELINES}
    judged["bm25"] = judged[OURS]
    found = named(split_figures("test", judged))

    assert found["graded.test.ours.mrr"].value == 1.0
    assert found["graded.test.gain_over_one_vector.mrr"].value == 1.0
    assert found["graded.test.gain_over_bm25.mrr"].value == 0.0
    # The baseline that comes nearest decides what is sure.
    assert found["graded.test.least_sure_gain.mrr"].value == 0.0
    assert found["graded.test.member_event.ours.ndcg_at_10"].value is None


def test_queries_of_the_other_split_do_not_count() -> None:
    queries = [FIRST, replace(SECOND, split="dev")]
    judged = {name: judge_lists(queries, [GOOD[0], BAD[1]]) for name in (OURS, *BASELINES)}
    found = named(split_figures("test", judged))

    assert (found["graded.test.ours.ndcg_at_10"].value, found["graded.test.ours.ndcg_at_10"].n) == (1.0, 1)


def test_exposure_counts_the_first_five_of_everybody() -> None:
    people = ["A", "B", "C", "D"]
    askers = [FIRST, SECOND, Query("all-C", "member_member", "", "C", "C", "member")]
    found = named(exposure_figures("ours", askers, [["B", "C"], ["A"], ["A", "B", "D", "A1", "A2", "A3"][:3]], people))

    # seen: A twice, B twice, C and D once each: all four; Gini ((2*3-5)*2 + (2*4-5)*2 + (2*1-5) + (2*2-5)) / (4*6)
    assert found["graded.ours.coverage_at_5"].value == 1.0
    assert found["graded.ours.exposure_gini_at_5"].value == pytest.approx(4 / 24)
    # A and B choose each other first and both grades are 2 or more; C has no grades and is left out.
    assert (found["graded.ours.reciprocal_hit"].value, found["graded.ours.reciprocal_hit"].n) == (1.0, 2)
