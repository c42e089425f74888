"""Figures of probabilities and agreement: beside scikit-learn, with intervals, unscored where there is nothing to say."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, brier_score_loss

from eval.cases import EvalCase
from eval.probability_figures import agreement_figure, drawn, probability_figures


def test_they_equal_scikit_learn_and_hold_their_value() -> None:
    draw = np.random.default_rng(3)
    found = draw.random(80)
    truth = draw.random(80) < found
    cases = [EvalCase(str(at), f"scene{at // 4}") for at in range(80)]
    area, brier, cost = probability_figures("s.x", truth, found, 0.5, cases)

    assert area.value == pytest.approx(average_precision_score(truth, found))
    assert brier.value == pytest.approx(brier_score_loss(truth, found))
    missed, in_vain = (truth & (found < 0.5)).sum(), (~truth & (found >= 0.5)).sum()
    assert cost.value == pytest.approx((5 * missed + in_vain) / 80)
    for figure in (area, brier, cost):
        assert figure.low is not None
        assert figure.high is not None
        assert figure.low < (figure.value or 0) < figure.high
    assert [figure.per_case is None for figure in (area, brier, cost)] == [True, False, False]


def test_one_class_alone_is_unscored_with_the_reason() -> None:
    area, *_ = probability_figures("s.x", np.array([True]), np.array([0.5]), 0.5, [EvalCase("a")])

    assert (area.value, area.unscored) == (None, "precision over recall needs cases of both classes")
    assert drawn("s.x", len, []).unscored == "no cases"


def test_agreement_is_unscored_where_it_is_not_defined() -> None:
    assert agreement_figure("s.alpha", [[1, 1], [2, 2]], "nominal").value == 1.0
    assert "not defined" in agreement_figure("s.alpha", [[1, 1]], "nominal").unscored
