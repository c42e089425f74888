"""Figures say what they are: a value with n and interval, or the reason why there is none."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from eval.scores import Figure, RunFile, SuiteRun, difference, macro_f1_figure, mean, precision_recall, share, unscored


def test_no_cases_are_unscored_and_never_zero() -> None:
    for figure in (share("s.a", 0, 0), mean("s.b", []), macro_f1_figure("s.c", [], [], (0, 1)), difference("s.d", [])):
        assert figure.value is None
        assert figure.unscored == "no cases"


def test_a_value_with_a_reason_for_its_absence_is_refused() -> None:
    with pytest.raises(ValidationError, match="never both"):
        Figure(name="s.a", value=1.0, n=3, unscored="absent")
    with pytest.raises(ValidationError, match="never both"):
        Figure(name="s.a")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_figure_is_finite(value: float) -> None:
    with pytest.raises(ValidationError, match="finite"):
        Figure(name="s.a", value=value, n=1)


def test_a_perfect_score_on_few_cases_is_no_certainty() -> None:
    # 4 clusters, all right: Wilson's lower end is n / (n + z^2) = 4 / 7.84146 = .5101
    figure = mean("s.a", [1.0] * 8, ["a", "a", "b", "b", "c", "c", "d", "d"])

    assert figure.value == 1.0
    assert figure.low == pytest.approx(0.5101, abs=1e-4)


def test_precision_is_over_the_flagged_and_recall_over_the_true() -> None:
    # true: 1 1 1 0; flagged: 1 0 0 1. precision 1/2, recall 1/3
    truth, flagged = np.array([True, True, True, False]), np.array([True, False, False, True])
    precision, recall = precision_recall("s.x", truth, flagged)

    assert (precision.value, precision.n) == (0.5, 2)
    assert (recall.value, recall.n) == (pytest.approx(1 / 3), 3)


def test_precision_without_flags_is_unscored() -> None:
    precision, recall = precision_recall("s.x", np.array([True]), np.array([False]))

    assert (precision.value, precision.unscored) == (None, "nothing was flagged")
    assert recall.value == 0.0


def test_a_run_file_reads_back_as_it_was_written() -> None:
    suite = SuiteRun(
        name="s", version=1, seconds=1.5, cpu_seconds=1.0, figures=[share("s.a", 1, 2), unscored("s.b", "x")]
    )
    run = RunFile(manifest={"commit": "abc"}, suites=[suite])

    assert RunFile.model_validate_json(run.model_dump_json()) == run
    assert set(run.figures()) == {"s.a", "s.b"}
