"""Figures of probabilities and of labels: how well they rank, how true they are, what mistakes cost, whether people agree."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from eval.cases import EvalCase
from eval.metrics.agreement import Level, krippendorff_alpha
from eval.metrics.intervals import SEED
from eval.metrics.probabilities import average_precision, expected_cost
from eval.scores import Figure, mean, unscored

# Each draw sorts all cases again.
_DRAWS = 400
# A moderator would rather read five messages in vain than leave one standing.
MISSED, IN_VAIN = 5.0, 1.0


def probability_figures(
    name: str, truth: NDArray[np.bool_], found: NDArray[np.float64], threshold: float, cases: Sequence[EvalCase]
) -> list[Figure]:
    """Return PR-AUC, Brier score and the cost of mistakes at a threshold.

    Args:
        name: what the figures' names begin with.
        truth: (n,) whether each case is what is looked for.
        found: (n,) probabilities 0-1.
        threshold: from here up a case is flagged.
        cases: n of them; clusters are drawn together.
    """
    whole = truth.astype(np.int64)
    labels = whole.tolist()
    losses = ((found - truth) ** 2).tolist()
    costs = [expected_cost([a], [bool(b)], MISSED, IN_VAIN) for a, b in zip(labels, found >= threshold, strict=True)]
    return [
        drawn(
            f"{name}.pr_auc",
            lambda rows: average_precision(whole[rows], found[rows]),
            [case.cluster or case.id for case in cases],
        ),
        mean(f"{name}.brier", losses, better="lower", cases=cases),
        mean(f"{name}.cost_per_message", costs, better="lower", cases=cases),
    ]


def agreement_figure(name: str, ratings: Sequence[Sequence[int | None]], level: Level) -> Figure:
    """Return Krippendorff's alpha of labels, one row a unit; unscored with the reason where it is not defined."""
    return drawn(
        name, lambda rows: krippendorff_alpha([ratings[at] for at in rows], level), list(map(str, range(len(ratings))))
    )


def drawn(name: str, statistic: Callable[[NDArray[np.int64]], float], clusters: Sequence[str]) -> Figure:
    """Return a statistic of cases with its bootstrap interval, whole clusters drawn.

    Args:
        name: of the figure.
        statistic: from positions of cases to the value; a ValueError where it is not defined.
        clusters: of each case.
    """
    if not clusters:
        return unscored(name, "no cases")
    try:
        value = statistic(np.arange(len(clusters)))
    except ValueError as reason:
        return unscored(name, str(reason))
    members: dict[str, list[int]] = {}
    for at, cluster in enumerate(clusters):
        members.setdefault(cluster, []).append(at)
    groups = [np.array(positions) for positions in members.values()]
    draw = np.random.default_rng(SEED)
    values = []
    for _ in range(_DRAWS):
        rows = np.concatenate([groups[pick] for pick in draw.integers(0, len(groups), len(groups))])
        try:
            values.append(statistic(rows))
        except ValueError:
            continue  # a draw of one class alone says nothing
    low, high = np.percentile(values or [value], [2.5, 97.5])
    return Figure(
        name=name, value=value, n=len(clusters), low=min(float(low), value), high=max(float(high), value), interval="bootstrap"
    )  # fmt: skip
