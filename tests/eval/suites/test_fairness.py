"""Exposure and newcomers, on lists made by hand."""

from __future__ import annotations

from eval.graded import Records
from eval.suites.fairness import exposure_figures, newcomer_figures, newcomers

SHOWN = {"A": ["B", "C"], "B": ["C"], "C": ["B"], "D": []}


def test_who_is_shown_more_often_than_the_cap_is_counted() -> None:
    found = {figure.name: figure.value for figure in exposure_figures("f.x", SHOWN, ["A", "B", "C", "D"], 1)}

    # B and C are shown twice each, A and D never.
    assert (found["f.x.over_cap"], found["f.x.most_exposed"], found["f.x.gini"]) == (0.5, 2, 0.5)
    assert found["f.x.served"] == 0.75


def test_newcomers_receive_and_appear() -> None:
    found = {figure.name: figure.value for figure in newcomer_figures("f.x", SHOWN, ["B", "D"])}

    assert (found["f.x.newcomers_receive"], found["f.x.newcomers_appear"]) == (0.5, 0.5)


def test_the_dataset_has_newcomers_who_may_be_matched() -> None:
    records = Records()

    assert 5 <= len(newcomers(records)) <= 10
    assert set(newcomers(records)) <= set(records.proposable)
