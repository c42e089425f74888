"""Cases are shown side by side, and matrices count what was kept."""

from __future__ import annotations

from eval.cases import Basis, CaseRow
from eval.page_cases import Matrix, Opened, class_names, matrices, opened
from eval.scores import Figure, SuiteRun


def test_each_value_of_a_case_finds_its_column() -> None:
    case = {"text": "words", "gold": ["insult"], "cases": [], "slice": "joke"}
    assert opened([case]) == [Opened("slice joke", ["insult"], ["cases: nothing"], ["words"])]


def test_a_name_that_says_what_it_is_is_not_said_twice() -> None:
    assert opened([{"pair": "pair-03", "asker": "M007"}])[0].title == "pair-03 · asker M007"


def test_what_was_got_is_not_called_so_twice() -> None:
    assert opened([{"gold": "burnout", "got": "none"}])[0].got == ["none"]


def test_parts_that_were_read_wrongly_are_told_apart() -> None:
    case = {"brief": "zh-1", "text": "60 people", "wrong": [["headcount", 60, 6], ["city"]]}
    (found,) = opened([case])

    assert found.expected == ["headcount: 60", "city: nothing"]
    assert found.got == ["headcount: 6", "city: nothing"]


def test_no_more_than_ten_cases_are_shown_and_none_without_end() -> None:
    cases: list[dict[str, object]] = [{"text": "a" * 10_000, "shown": list(range(100))}] * 30
    found = opened(cases)

    assert len(found) == 10
    assert len(found[0].text[0]) == 600
    assert found[0].got[0].endswith("… 88 more")


def test_a_missing_value_is_none_and_not_nothing() -> None:
    assert opened([{"target": "M1", "rank": None}])[0].got == ["rank: none"]
    assert opened([]) == []


def suite(*figures: Figure, rows: list[CaseRow]) -> SuiteRun:
    return SuiteRun(name="a", version=1, seconds=0, cpu_seconds=0, figures=list(figures), cases=rows)


def figure(name: str, column: str, **more: object) -> Figure:
    basis = Basis.model_validate({"statistic": "macro_f1", "column": column, "classes": 2} | more)
    return Figure(name=name, value=0.5, n=3, basis=basis)


ROWS = [
    CaseRow(id="1", scores={"x": (0, 0), "y": (0, 0)}),
    CaseRow(id="2", scores={"x": (0, 1), "y": (0, 1)}),
    CaseRow(id="3", scores={"x": (1, 1), "y": (1, 1), "z": (1, 0)}),
]


def test_rows_are_the_truth_and_columns_what_was_said() -> None:
    (found,) = matrices(suite(figure("a.x", "x"), rows=ROWS), [])

    assert found == Matrix("a.x", ["no", "yes"], [[1, 1], [0, 1]])
    assert found.shares == [[0.5, 0.5], [0.0, 1.0]]


def test_two_figures_of_the_same_counts_give_one_matrix_and_gated_ones_come_first() -> None:
    found = matrices(suite(figure("a.z", "z"), figure("a.x", "x"), figure("a.y", "y"), rows=ROWS), ["a.y"])
    assert [one.name for one in found] == ["a.y", "a.z"]


def test_slices_plain_numbers_and_empty_columns_give_none() -> None:
    sliced = figure("a.x", "x", slice={"language": "zh"})
    plain = figure("a.w", "w", classes=0, statistic="mean")
    assert matrices(suite(sliced, plain, figure("a.v", "v"), rows=ROWS), []) == []


def test_classes_have_names_where_they_are_known() -> None:
    assert class_names("sentiment.sample.macro_f1", 3) == ["negative", "neutral", "positive"]
    assert class_names("topics.x", 4) == ["class 0", "class 1", "class 2", "class 3"]
