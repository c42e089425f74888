"""Cases behind figures: gathered without loss, and every figure can be made from them again."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.cases import Basis, CaseRow, EvalCase, PerCase, chosen, gather, slug, statistic, sums, value_of
from eval.scores import (
    Figure,
    accuracy_figure,
    difference,
    gathered,
    macro_f1_figure,
    mean,
    precision_recall,
    ratio,
    share_of,
)  # fmt: skip

ABC = [EvalCase(name, slices={"language": "zh" if name == "a" else "en"}) for name in "abc"]


def again(figure: Figure) -> float:
    (plain,), rows = gathered([figure])
    assert plain.basis is not None
    return value_of(list(chosen(rows, plain.basis).values()), plain.basis)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=1, max_size=20))
def test_every_kind_of_figure_can_be_made_again_from_its_cases(rows: list[tuple[int, int]]) -> None:
    cases = [EvalCase(str(at)) for at in range(len(rows))]
    truth, got = [row[0] for row in rows], [row[1] for row in rows]
    figures = [
        share_of("s.share", [a == b for a, b in rows], cases),
        mean("s.mean", [a / 3 + b for a, b in rows], cases=cases),
        difference("s.change", [float(b - a) for a, b in rows], cases=cases),
        ratio("s.ratio", [(a, a + b) for a, b in rows], cases),
        accuracy_figure("s.accuracy", truth, got, cases),
        macro_f1_figure("s.f1", truth, got, (0, 1), cases),
        *precision_recall("s.x", np.array(truth) == 1, np.array(got) == 1, cases),
    ]
    for figure in figures:
        if figure.value is not None:
            assert again(figure) == pytest.approx(figure.value, abs=1e-5), figure.name


def test_scores_of_one_case_come_together_from_all_figures() -> None:
    figures, rows = gathered([
        share_of("s.hit", [True, False, True], ABC), mean("s.rank", [1.0, 0.25, 0.5], cases=ABC),
    ])  # fmt: skip

    assert rows[1] == CaseRow(id="b", slices={"language": "en"}, scores={"hit": 0.0, "rank": 0.25})
    assert [figure.per_case for figure in figures] == [None, None]
    assert figures[0].basis == Basis(statistic="mean", column="hit")


def test_one_id_for_two_cases_is_refused() -> None:
    twice = [EvalCase("a"), EvalCase("a")]

    with pytest.raises(ValueError, match="two cases"):
        gathered([share_of("s.hit", [True, False], twice)])


def test_a_figure_with_a_score_missing_is_refused() -> None:
    with pytest.raises(ValueError, match="one score for each case"):
        PerCase(Basis(statistic="mean", column="a"), ABC, [1.0])


def test_columns_that_lost_cases_are_named() -> None:
    parts = [share_of("s.hit", [True, False, True], ABC).per_case, share_of("s.few", [True], ABC[:1]).per_case]
    rows, cut = gather([part for part in parts if part is not None], most=2)

    assert [row.id for row in rows] == ["a", "b"]
    assert cut == {"hit"}


def test_precision_is_undefined_where_nothing_was_flagged() -> None:
    basis = Basis(statistic="precision", column="a", classes=2)
    row = CaseRow(id="x", scores={"a": (1, 0)})

    assert math.isnan(value_of([row], basis))
    assert math.isnan(value_of([], basis))


@pytest.mark.parametrize(
    ("kind", "score"), [("mean", (1, 0)), ("accuracy", 0.5), ("recall", (0, 2)), ("macro_f1", (-1, 0))]
)
def test_a_score_of_another_kind_is_refused(kind: Any, score: Any) -> None:
    basis = Basis(statistic=kind, column="a", classes=0 if kind == "mean" else 2)

    with pytest.raises(ValueError, match="pairs"):
        sums([CaseRow(id="x", scores={"a": score})], basis, ["x"])


def test_macro_f1_of_sums_equals_the_hand_worked_value() -> None:
    # truth 0 0 0 1 1, read 0 0 1 1 0: 7/12, as in the tests of the measure
    basis = Basis(statistic="macro_f1", column="a", classes=2)
    pairs = [(0, 0), (0, 0), (0, 1), (1, 1), (1, 0)]
    rows = [CaseRow(id=str(at), cluster="all", scores={"a": pair}) for at, pair in enumerate(pairs)]

    assert statistic(basis)(sums(rows, basis, ["all"])).tolist() == pytest.approx([7 / 12])


def test_labels_become_names() -> None:
    assert [slug(label) for label in ("Self-Mockery", "两天", "a  b")] == ["self_mockery", "none", "a_b"]
