"""Cases by column: smaller than one object a case, the same when read back, refused when a column is not whole."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from eval.case_tables import rows_of, table_of
from eval.cases import CaseRow, Score
from eval.runs import run_text
from eval.scores import RunFile, SuiteRun

names = st.text(min_size=1, max_size=6)
scores: st.SearchStrategy[Score] = st.one_of(
    st.floats(-1e6, 1e6, allow_nan=False), st.tuples(st.integers(0, 9), st.integers(0, 9))
)
rows = st.builds(
    CaseRow,
    id=names,
    cluster=st.one_of(st.just(""), names),
    slices=st.dictionaries(st.sampled_from(["language", "trick"]), names, max_size=2),
    scores=st.dictionaries(st.sampled_from(["a", "b", "c.d"]), scores, max_size=3),
)


@settings(max_examples=60)
@given(st.lists(rows, max_size=12))
def test_what_was_put_in_a_table_comes_out_of_it(cases: list[CaseRow]) -> None:
    assert rows_of(json.loads(json.dumps(table_of(cases)))) == cases


def test_more_values_than_letters_are_numbered() -> None:
    cases = [CaseRow(id=f"c{at}", scores={"a": at / 7} if at % 3 else {}) for at in range(200)]
    table = table_of(cases)

    assert table["scores"]["a"]["places"][:4] == [-1, 0, 1, -1]
    assert rows_of(table) == cases


def test_few_values_take_one_letter_a_case() -> None:
    cases = [
        CaseRow(id=f"c{at}", scores={"hit": (1, at % 2), "late": 0.5} if at else {"hit": (1, 0)}) for at in range(4)
    ]

    assert table_of(cases) == {
        "ids": ["c0", "c1", "c2", "c3"],
        "scores": {
            "hit": {"values": [[1, 0], [1, 1]], "places": "0101"},
            "late": {"values": [0.5], "places": ".000"},
        },
    }


TABLE: dict[str, Any] = {"ids": ["x", "y"], "scores": {"a": {"values": [1.0], "places": "0."}}}


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"scores": {"a": {"values": [1.0], "places": "0"}}}, "1 places for 2 cases"),
        ({"scores": {"a": {"values": [1.0], "places": "01"}}}, "place '1' among 1 values"),
        ({"scores": {"a": {"values": [1.0], "places": "0?"}}}, "place '\\?' among 1 values"),
        ({"scores": {"a": {"values": [1.0], "places": [0, -2]}}}, "place -2 among 1 values"),
        ({"scores": {"a": {"values": [float("nan")], "places": "0."}}}, "finite number"),
        ({"scores": {"a": {"values": ["word"], "places": "0."}}}, "valid"),
        ({"clusters": {"values": ["k"], "places": "00."}}, "3 places for 2 cases"),
        ({"rows": []}, "Extra inputs"),
        ({"ids": "xy"}, "valid list"),
    ],
)
def test_a_table_that_is_not_whole_is_refused(wrong: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        rows_of(TABLE | wrong)


def test_a_suite_has_its_cases_once() -> None:
    suite = {"name": "s", "version": 1, "seconds": 0, "cpu_seconds": 0, "figures": [], "case_table": TABLE}

    assert [row.scores for row in SuiteRun.model_validate(suite).cases] == [{"a": 1.0}, {}]
    with pytest.raises(ValidationError, match="in a list or in a table"):
        SuiteRun.model_validate(suite | {"cases": []})


def test_a_run_by_column_is_the_same_run_and_a_fraction_of_the_size() -> None:
    cases = [
        CaseRow(id=f"w1-{at:04}", cluster=f"scene-{at // 5}", scores={"chat.offensive.macro_f1": (at % 2, 0)})
        for at in range(1_000)
    ]
    run = RunFile(
        manifest={}, suites=[SuiteRun(name="s", version=1, seconds=0, cpu_seconds=0, figures=[], cases=cases)]
    )
    by_column, by_case = run_text(run, by_column=True), run_text(run)

    assert RunFile.model_validate_json(by_column) == RunFile.model_validate_json(by_case) == run
    assert len(by_column) < len(by_case) / 3
