"""Measures of probabilities, flags, costs and families of tests beside scikit-learn, SciPy and plain counting, on random inputs."""

from __future__ import annotations

from itertools import combinations
from statistics import quantiles

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import bootstrap, mannwhitneyu, multinomial
from sklearn.calibration import calibration_curve
from sklearn.metrics import average_precision_score, confusion_matrix, precision_score, recall_score

from eval.metrics.agreement import krippendorff_alpha
from eval.metrics.classification import area_under_curve, confusion, macro_f1_of, majority
from eval.metrics.drafts import novelty
from eval.metrics.intervals import bootstrap_confusion, bootstrap_difference, jackknife
from eval.metrics.paired import holm
from eval.metrics.probabilities import average_precision, expected_calibration_error, expected_cost
from eval.metrics.ranking import hit
from eval.metrics.timing import percentile_ms
from eval.scores import precision_recall

# Sevenths are few, so that scores tie; 97ths never lie on the edge of a tenth.
labelled = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 7)), min_size=2, max_size=60)
probable = st.lists(st.tuples(st.integers(0, 1), st.integers(1, 96)), min_size=1, max_size=80)
flagged = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60)


@settings(max_examples=40, deadline=None)
@given(labelled)
def test_average_precision_and_the_area_equal_scikit_learn_and_the_test_of_mann_and_whitney(
    rows: list[tuple[int, int]],
) -> None:
    truth, scores = [row[0] for row in rows], [row[1] / 7 for row in rows]
    assume(len(set(truth)) == 2)
    ones, zeros = ([score for label, score in zip(truth, scores, strict=True) if label == one] for one in (1, 0))

    assert average_precision(truth, scores) == pytest.approx(average_precision_score(truth, scores))
    wins = mannwhitneyu(ones, zeros, method="asymptotic").statistic
    assert area_under_curve(truth, scores) == pytest.approx(wins / (len(ones) * len(zeros)))


@settings(max_examples=40, deadline=None)
@given(probable)
def test_calibration_equals_the_curve_of_scikit_learn_weighed_by_cases(rows: list[tuple[int, int]]) -> None:
    truth, said = np.array([row[0] for row in rows]), np.array([row[1] / 97 for row in rows])
    true, mean = calibration_curve(truth, said, n_bins=10, strategy="uniform")
    sizes = np.histogram(said, bins=np.linspace(0, 1, 11))[0]

    theirs = float((np.abs(true - mean) * sizes[sizes > 0]).sum() / len(said))
    assert expected_calibration_error(truth.tolist(), said.tolist()) == pytest.approx(theirs)


@settings(max_examples=40, deadline=None)
@given(flagged)
def test_precision_recall_and_cost_equal_scikit_learn(rows: list[tuple[bool, bool]]) -> None:
    truth, said = (np.array(side) for side in zip(*rows, strict=True))
    precision, recall = precision_recall("x", truth, said)

    assert (precision.value is None) == (not said.any())
    assert (recall.value is None) == (not truth.any())
    if precision.value is not None:
        assert precision.value == pytest.approx(precision_score(truth, said), abs=1e-6)
    if recall.value is not None:
        assert recall.value == pytest.approx(recall_score(truth, said), abs=1e-6)
    (_, vain), (missed, _) = confusion_matrix(truth, said, labels=[False, True])
    theirs = (5.0 * missed + 0.5 * vain) / len(rows)
    assert expected_cost(truth.astype(int).tolist(), said.tolist(), 5.0, 0.5) == pytest.approx(theirs)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40))
def test_a_confusion_is_counted_pair_by_pair_and_the_commonest_class_is_one_of_the_commonest(
    rows: list[tuple[int, int]],
) -> None:
    truth, said = [row[0] for row in rows], [row[1] for row in rows]
    assert confusion(truth, said, range(4)).tolist() == [[rows.count((a, b)) for b in range(4)] for a in range(4)]
    [named] = set(majority(truth))
    assert truth.count(named) == max(map(truth.count, truth))


@given(st.lists(st.floats(0, 1), max_size=12))
def test_holm_equals_its_definition(p_values: list[float]) -> None:
    order = sorted(p_values)
    m = len(order)
    for p, adjusted in zip(p_values, holm(p_values), strict=True):
        at = max(place for place, one in enumerate(order) if one == p)
        # A tie takes the largest factor any of its equals has behind it.
        theirs = max(min(1.0, (m - place) * order[place]) for place in range(at + 1))
        assert adjusted == pytest.approx(theirs)


@given(st.lists(st.floats(0.001, 60), min_size=2, max_size=30), st.integers(1, 99))
def test_percentiles_equal_those_of_the_standard_library(seconds: list[float], percent: int) -> None:
    theirs = quantiles(seconds, n=100, method="inclusive")[percent - 1]
    assert percentile_ms(seconds, percent) == pytest.approx(theirs * 1000)


def test_the_interval_of_a_difference_lies_beside_that_of_scipy() -> None:
    draw = np.random.default_rng(3)
    first, second = draw.normal(0.6, 0.2, 80), draw.normal(0.4, 0.3, 60)
    theirs = bootstrap(
        (first, second), lambda a, b, axis: a.mean(axis) - b.mean(axis), method="percentile", n_resamples=4000, rng=4
    ).confidence_interval  # fmt: skip
    ours = bootstrap_difference(first.tolist(), second.tolist())

    assert ours.low == pytest.approx(theirs.low, abs=0.01)
    assert ours.high == pytest.approx(theirs.high, abs=0.01)


def test_the_interval_of_a_macro_f1_lies_beside_resampled_cases() -> None:
    counts = np.array([[40, 8, 2], [6, 30, 9], [1, 7, 20]])
    tables = multinomial(int(counts.sum()), counts.ravel() / counts.sum(), seed=5).rvs(4000).reshape(-1, 3, 3)
    theirs = np.percentile(macro_f1_of(tables.astype(np.float64)), [2.5, 97.5])
    ours = bootstrap_confusion(counts, macro_f1_of)

    assert [ours.low, ours.high] == pytest.approx(theirs.tolist(), abs=0.01)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sets(st.integers(0, 9), max_size=5), min_size=3, max_size=8))
def test_the_jackknife_of_coverage_equals_leaving_out_one_by_hand(lists: list[set[int]]) -> None:
    rows = np.array([[float(target in shown) for target in range(10)] for shown in lists])

    def covered(some: list[set[int]]) -> float:
        return len(set[int]().union(*some)) / 10

    without = [covered(lists[:at] + lists[at + 1 :]) for at in range(len(lists))]
    error = np.sqrt((len(lists) - 1) * np.var(without))
    found = jackknife(lambda some: float((some.sum(axis=0) > 0).mean()), rows)
    assert (found.high - found.low) / 2 == pytest.approx(1.959964 * error, abs=1e-5)
    assert (found.high + found.low) / 2 == pytest.approx(covered(lists))


@given(st.lists(st.lists(st.integers(0, 2), min_size=2, max_size=2), min_size=2, max_size=30))
def test_nominal_alpha_of_two_raters_is_scotts_pi_corrected_for_few(units: list[list[int]]) -> None:
    """Krippendorff (2011): with two raters and nothing missing, alpha of n values is 1 - (1 - pi) (n - 1) / n."""
    values = [value for unit in units for value in unit]
    n = len(values)
    by_chance = sum((values.count(value) / n) ** 2 for value in set(values))
    assume(by_chance < 1)
    pi = (sum(a == b for a, b in units) / len(units) - by_chance) / (1 - by_chance)
    assert krippendorff_alpha([list(unit) for unit in units]) == pytest.approx(1 - (1 - pi) * (n - 1) / n)


@given(st.lists(st.sampled_from("甲乙丙"), min_size=4, max_size=20), st.lists(st.sampled_from("甲乙丙"), max_size=20))
def test_novelty_counts_runs_of_four(own: list[str], known: list[str]) -> None:
    text, before = "".join(own), "".join(known)
    runs = {text[a:b] for a, b in combinations(range(len(text) + 1), 2) if b - a == 4}
    assert novelty(text, [before]) == pytest.approx(sum(run not in before for run in runs) / len(runs))


@given(st.one_of(st.none(), st.integers(1, 20)), st.integers(1, 20))
def test_a_hit_is_a_rank_among_the_first(rank: int | None, k: int) -> None:
    assert hit(rank, k) == float(rank is not None and rank in range(1, k + 1))
