"""The dataset of introductions holds what its card says, the keyword reader is beaten, and lines are counted by hand."""

from __future__ import annotations

from collections import Counter

import pytest

from copilot.profiles.rules import read_introduction
from eval.scorers.aspects import FIELDS, SIDES
from eval.suites.profiles import INTRODUCTIONS, aspect_figures, line_figures, read_all, read_by_keywords
from eval.world import read_jsonl

CASES = read_jsonl(INTRODUCTIONS)


def test_there_are_thirty_of_each_split_with_unique_ids() -> None:
    assert Counter(case["split"] for case in CASES) == {"dev": 30, "test": 30}
    assert len({case["id"] for case in CASES}) == len({case["text"] for case in CASES}) == 60
    assert {case["language"] for case in CASES} == {"zh", "en", "mixed"}


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_every_label_is_an_exact_slice_of_a_known_kind(case: dict) -> None:  # type: ignore[type-arg]  # a row of JSON
    for row in (*case["aspects"], *case["fields"], *case["not_own"]):
        assert row["quote"] and case["text"][row["start"] : row["start"] + len(row["quote"])] == row["quote"]
    assert {row["aspect"] for row in case["aspects"]} <= set(SIDES)
    assert {row["field"] for row in case["fields"]} <= set(FIELDS)
    assert all(row["values"] for row in case["fields"])


def test_rules_read_dev_better_than_keywords_and_propose_nobody_elses_wish() -> None:
    dev = [case for case in CASES if case["split"] == "dev"]
    rules = {f.name: f for f in aspect_figures("p", read_all(dev, lambda text: read_introduction(text, "zh-CN"))[0])}
    words = {f.name: f for f in aspect_figures("p", read_all(dev, read_by_keywords)[0], sides_only=True)}
    for side in SIDES:
        for measure in ("precision", "recall"):
            assert (rules[f"p.{side}.{measure}"].value or 0) > (words[f"p.{side}.{measure}"].value or 0)
    assert rules["p.not_own_proposed"].value == rules["p.wrong_side"].value == 0.0


def test_nothing_found_is_unscored_in_precision() -> None:
    figures = {f.name: f for f in aspect_figures("p", read_all(CASES[:1], lambda _text: [])[0])}
    assert figures["p.has.precision"].value is None and figures["p.has.precision"].unscored
    assert figures["p.has.recall"].value == 0.0


def test_lines_count_where_they_were_written_and_even_members_not_at_all() -> None:
    member = {
        "external_id": "V001",
        "is": ["我是做外贸的"],
        "has": ["想找卖家"],
        "wants": ["想找货代", "能提供海外仓。", "x" * 400],
    }
    figures = {f.name: f for f in line_figures([member, member | {"external_id": "V002"}])}
    assert (figures["profiles.lines.is.right"].value, figures["profiles.lines.is.right"].n) == (1.0, 1)
    assert figures["profiles.lines.has.opposite"].value == 1.0
    # of two lines of wishes one is read as an offer; the wall of 400 letters is left out
    assert (figures["profiles.lines.wants.right"].value, figures["profiles.lines.wants.opposite"].value) == (0.5, 0.5)
