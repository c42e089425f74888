"""Our measures of ranking, confusion and intervals beside independent implementations, on random inputs."""

from __future__ import annotations

import ir_measures
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ir_measures import RR, R, ScoredDoc, nDCG
from scipy.stats import binomtest, bootstrap
from sklearn.metrics import f1_score, roc_auc_score

from eval.metrics.classification import area_under_curve, confusion, macro_f1, macro_f1_of
from eval.metrics.intervals import bootstrap_mean, bootstrap_ratio, wilson
from eval.metrics.ranking import first_relevant_rank, gain, gini, ndcg, recall, reciprocal

DOCUMENTS = [f"d{number}" for number in range(12)]
GAINS = {grade: int(gain(grade)) for grade in range(4)}


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 3), min_size=12, max_size=12).filter(lambda grades: max(grades) >= 2),
    st.permutations(DOCUMENTS),
    st.integers(1, 12),
    st.sampled_from([1, 3, 5, 10]),
)
def test_ranking_equals_trec_eval(grades: list[int], order: list[str], shown: int, k: int) -> None:
    judged = dict(zip(DOCUMENTS, grades, strict=True))
    ranked = order[:shown]
    useful = {name for name, grade in judged.items() if grade >= 2}
    measures = [nDCG(gains=GAINS) @ k, R(rel=2) @ k, RR(rel=2)]
    found = ir_measures.calc_aggregate(
        measures,
        [ir_measures.Qrel("q", name, grade) for name, grade in judged.items()],
        [ScoredDoc("q", name, float(-rank)) for rank, name in enumerate(ranked)],
    )

    assert ndcg(ranked, judged, k) == pytest.approx(found[measures[0]])
    assert recall(ranked, useful, k) == pytest.approx(found[measures[1]])
    assert reciprocal(first_relevant_rank(ranked, useful)) == pytest.approx(found[measures[2]])


@given(st.lists(st.integers(0, 20), min_size=1, max_size=20).filter(any))
def test_gini_equals_the_mean_difference_of_all_pairs(counts: list[int]) -> None:
    pairs = sum(abs(a - b) for a in counts for b in counts)

    assert gini(counts) == pytest.approx(pairs / (2 * len(counts) ** 2 * (sum(counts) / len(counts))))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=50))
def test_macro_f1_of_counts_equals_scikit_learn_on_cases(rows: list[tuple[int, int]]) -> None:
    truth, read = [row[0] for row in rows], [row[1] for row in rows]
    counts = confusion(truth, read, range(3)).astype(np.float64)[None]
    theirs = f1_score(truth, read, labels=[0, 1, 2], average="macro", zero_division=0.0)

    assert float(macro_f1_of(counts)[0]) == pytest.approx(theirs)
    assert macro_f1(truth, read, range(3)) == pytest.approx(theirs)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 4)), min_size=1, max_size=40))
def test_the_area_under_the_curve_is_the_share_of_pairs_in_order(rows: list[tuple[int, int]]) -> None:
    truth, scores = [row[0] for row in rows], [float(row[1]) for row in rows]
    if set(truth) != {0, 1}:
        with pytest.raises(ValueError, match="both classes"):
            area_under_curve(truth, scores)
        return
    pairs = [(a, b) for label, a in rows if label for other, b in rows if not other]

    assert area_under_curve(truth, scores) == pytest.approx(sum((a > b) + (a == b) / 2 for a, b in pairs) / len(pairs))
    assert area_under_curve(truth, scores) == pytest.approx(roc_auc_score(truth, scores))


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_equals_scipy(case: tuple[int, int]) -> None:
    ours, theirs = wilson(*case), binomtest(*case).proportion_ci(method="wilson")

    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


def test_the_bootstrap_of_a_mean_lies_beside_that_of_scipy() -> None:
    values = np.random.default_rng(5).gamma(2.0, size=120)
    ours = bootstrap_mean(values.tolist())
    theirs = bootstrap((values,), np.mean, n_resamples=4_000, method="percentile", rng=7).confidence_interval

    # Two draws of thousands: the ends agree to a few hundredths of the width.
    width = theirs.high - theirs.low
    assert abs(ours.low - theirs.low) < 0.06 * width
    assert abs(ours.high - theirs.high) < 0.06 * width


def test_a_ratio_of_ones_is_the_mean() -> None:
    values = [0.0, 1.0, 1.0, 0.0, 1.0]
    names = list("abcde")

    assert bootstrap_ratio([(value, 1.0) for value in values], names) == bootstrap_mean(values, names)


@pytest.mark.parametrize(("parts", "names"), [([], []), ([(1, 2)], []), ([(0, 0)], ["a"])])
def test_a_ratio_of_nothing_is_refused(parts: list[tuple[float, float]], names: list[str]) -> None:
    with pytest.raises(ValueError, match="ratio"):
        bootstrap_ratio(parts, names)
