"""How much each component should count in one community, learnt from outcomes. Arrays in, no storage.

A logistic regression of yes and no on the components, whose coefficients are pulled towards those of the code's own
weights (L2 penalty on the distance, not on the size) and are never negative; divided by their sum they are shares. The
strength of the pull is chosen by cross-validation between members, and of those that do about as well the strongest
is taken. Older outcomes are learnt from; newer ones, which nothing was fitted to, judge.

Outcomes exist only of what was proposed, so the shares order proposals among themselves; what is relevant enough to be
proposed at all is not learnt.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from copilot.matching.learning.outcomes import Outcome
from copilot.matching.scores.scoring import SHARES, Weights, relevance

Vector = NDArray[np.float64]
_DIGITS = 4
_LEAST_SLOPE = 1.0
# However little it explains of the past: a match is about what the two want and have, and not only where they live.
LEAST_RELEVANCE = 0.25


@dataclass(frozen=True)
class LearningRules:
    """The numbers of learning.

    Attributes:
        held_back: share of the outcomes, the newest, that only judge.
        least_learnt, least_held_back: fewest outcomes to learn from and to judge by.
        least_of_each: fewest yes and fewest no in both parts.
        least_members: fewest members who said them, in both parts.
        strengths: pulls towards the code's weights that are tried; one stands for so much of the sum of log losses
            per squared distance.
        folds: parts of cross-validation; a member's outcomes stay together.
        resamples: draws of the bootstrap, member by member.
        seed: of those draws.
        most: newest outcomes that are read.
    """

    held_back: float = 0.3
    least_learnt: int = 60
    least_held_back: int = 30
    least_of_each: int = 10
    least_members: int = 10
    strengths: tuple[float, ...] = (0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
    folds: int = 5
    resamples: int = 2000
    seed: int = 20261116
    most: int = 20_000


@dataclass(frozen=True)
class Part:
    """Outcomes as arrays: shares' values (n, k) with NaN where one does not apply, yes or no (n,), whose (n,)."""

    values: Vector
    said: Vector
    members: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.said)

    def at(self, chosen: NDArray[Any]) -> Part:
        """Return some of the outcomes."""
        return Part(self.values[chosen], self.said[chosen], self.members[chosen])

    def counts(self) -> dict[str, int]:
        """Return how many outcomes, yes, no and members there are."""
        yes = int(self.said.sum())
        return {"outcomes": len(self), "yes": yes, "no": len(self) - yes, "members": len(set(self.members.tolist()))}


@dataclass(frozen=True)
class Calibration:
    """The chance of a yes at a score: the logistic of `intercept + slope * score`."""

    intercept: float
    slope: float


@dataclass(frozen=True)
class Lesson:
    """What was learnt, and how it did on what it had not seen.

    Attributes:
        weights: absent where there were not enough outcomes.
        is_better: the 95 % interval of the difference in log loss to the current weights lies below 0.
        figures: JSON: counts of both parts, and where there were enough the strength, the log losses, their difference
            with its interval, and the chance that a yes has the higher score than a no (AUC).
    """

    weights: Weights | None
    is_better: bool
    figures: dict[str, Any]


def learn_from(
    found: Sequence[Outcome], current: Weights, prior: Weights, rules: LearningRules | None = None
) -> Lesson:
    """Learn shares from outcomes and compare them with the current weights.

    Args:
        found: in any order; those without a direction's component are left out.
        current: what scores are made with now.
        prior: what the shares are pulled towards: the code's own.
        rules: the numbers.
    """
    rules = rules or LearningRules()
    usable = [item for item in found if "forward" in item.components or "backward" in item.components]
    usable.sort(key=lambda item: (item.decided_at, item.match_id))
    cut = len(usable) - round(len(usable) * rules.held_back)
    learnt, held_back = _part(usable[:cut], prior), _part(usable[cut:], prior)
    figures: dict[str, Any] = {"learnt_from": learnt.counts(), "held_back": held_back.counts()}
    if not (_suffices(learnt, rules.least_learnt, rules) and _suffices(held_back, rules.least_held_back, rules)):
        least = {"learnt_from": rules.least_learnt, "held_back": rules.least_held_back}
        figures["least"] = least | {"of_each": rules.least_of_each, "members": rules.least_members}
        return Lesson(None, False, figures)
    strength = _choose_strength(learnt, prior, rules)
    weights = prior.with_shares(fit_shares(learnt, prior, strength))
    old, new = _losses(learnt, held_back, current), _losses(learnt, held_back, weights)
    low, high = _interval(new - old, held_back.members, rules)
    figures |= {
        "held_back_from": usable[cut].decided_at.isoformat(),
        "strength": strength,
        "log_loss": {"current": _round(old.mean()), "learnt": _round(new.mean())},
        "difference": {"mean": _round((new - old).mean()), "low": _round(low), "high": _round(high)},
        "auc": {"current": _auc(held_back, current), "learnt": _auc(held_back, weights)},
    }
    return Lesson(weights, high < 0.0, figures)


def fit_shares(part: Part, prior: Weights, strength: float) -> dict[str, float]:
    """Return the shares that explain the outcomes best at this pull towards the prior's; none negative, sum 1."""
    start = np.asarray([prior.shares()[name] for name in SHARES])
    # Components that do not apply leave their share to the others, as in the score; here by the prior's shares, which
    # keeps the problem convex.
    present = ~np.isnan(part.values)
    design = np.where(present, part.values, 0.0) / (present @ start)[:, None]
    calibration = calibrate_scores(design @ start, part.said)
    centre = max(calibration.slope, _LEAST_SLOPE) * start

    def objective(point: Vector) -> tuple[float, Vector]:
        margin = point[0] + design @ point[1:]
        away = point[1:] - centre
        error = _chance(margin) - part.said
        slope = np.concatenate([[error.sum()], design.T @ error + strength * away])
        return float(_log_loss(margin, part.said).sum() + strength * away @ away / 2.0), slope

    bounds: list[tuple[float | None, float | None]] = [(None, None), *((0.0, None) for _ in SHARES)]
    point = _minimise(objective, np.concatenate([[calibration.intercept], centre]), bounds)[1:]
    total = float(point.sum())
    if total <= 1e-9:  # no component goes with a yes
        return prior.shares()
    shares = {name: float(value) / total for name, value in zip(SHARES, point, strict=True)}
    if shares["relevance"] < LEAST_RELEVANCE:
        others = 1.0 - shares["relevance"]
        shares = {name: value * (1.0 - LEAST_RELEVANCE) / others for name, value in shares.items()}
    # What rounding leaves over is relevance's, so that the sum is 1.
    shares = {name: round(value, _DIGITS) for name, value in shares.items() if name != "relevance"}
    shares["relevance"] = round(1.0 - sum(shares.values()), _DIGITS)
    return shares


def calibrate_scores(scores: Vector, said: Vector) -> Calibration:
    """Return the logistic that turns scores into chances of a yes; a higher score never lowers them (Platt 1999)."""

    def objective(point: Vector) -> tuple[float, Vector]:
        margin = point[0] + point[1] * scores
        error = _chance(margin) - said
        # A touch of ridge keeps the slope finite where yes and no part at one score.
        return (
            float(_log_loss(margin, said).sum() + 1e-3 * point[1] ** 2),
            np.asarray([error.sum(), error @ scores + 2e-3 * point[1]]),
        )

    intercept, slope = _minimise(objective, np.asarray([0.0, 1.0]), [(None, None), (0.0, None)])
    return Calibration(float(intercept), float(slope))


def _part(found: Sequence[Outcome], prior: Weights) -> Part:
    names = {name: number for number, name in enumerate(dict.fromkeys(item.member_id for item in found))}
    return Part(
        np.asarray([_values(item, prior) for item in found], dtype=np.float64).reshape(len(found), len(SHARES)),
        np.asarray([item.is_yes for item in found], dtype=np.float64),
        np.asarray([names[item.member_id] for item in found], dtype=np.int64),
    )


def _values(item: Outcome, prior: Weights) -> list[float]:
    given = item.components
    ways = [given[name] for name in ("forward", "backward") if name in given]
    worth = relevance(ways[0], ways[1], prior)[0] if len(ways) == 2 else ways[0]
    return [worth if name == "relevance" else given.get(name, np.nan) for name in SHARES]


def _suffices(part: Part, least: int, rules: LearningRules) -> bool:
    counts = part.counts()
    classes = min(counts["yes"], counts["no"])
    return (
        counts["outcomes"] >= least
        and classes >= rules.least_of_each
        and counts["members"] >= rules.least_members
    )  # fmt: skip


def _choose_strength(part: Part, prior: Weights, rules: LearningRules) -> float:
    """Return the strongest pull that does as well as the best one, within one standard error of the folds."""
    by_strength: dict[float, Vector] = {}
    folds = part.members % rules.folds
    for strength in rules.strengths:
        losses: list[float] = []
        for fold in range(rules.folds):
            inside, outside = part.at(folds != fold), part.at(folds == fold)
            if len(outside) and 0.0 < inside.said.mean() < 1.0:
                weights = prior.with_shares(fit_shares(inside, prior, strength))
                losses.append(float(_losses(inside, outside, weights).mean()))
        by_strength[strength] = np.asarray(losses)
    best = min(by_strength.values(), key=lambda losses: float(losses.mean()))
    bar = best.mean() + best.std(ddof=1) / np.sqrt(len(best))
    return max(strength for strength, losses in by_strength.items() if losses.mean() <= bar)


def _losses(learnt: Part, judged: Part, weights: Weights) -> Vector:
    """Return the log loss of each judged outcome; what turns scores into chances is fitted to the learnt ones alone."""
    calibration = calibrate_scores(score_all(learnt, weights), learnt.said)
    return _log_loss(calibration.intercept + calibration.slope * score_all(judged, weights), judged.said)


def score_all(part: Part, weights: Weights) -> Vector:
    """Return the scores as `total_score` makes them, all at once, (n,)."""
    shares = np.asarray([weights.shares()[name] for name in SHARES])
    present = ~np.isnan(part.values)
    scores: Vector = np.where(present, part.values, 0.0) @ shares / (present @ shares)
    return np.clip(scores, 0.0, 1.0)


def _interval(differences: Vector, members: NDArray[np.int64], rules: LearningRules) -> tuple[float, float]:
    """Return the 95 % interval of the mean, by drawing whole members: what one of them says is not independent."""
    count = int(members.max()) + 1
    sums = np.bincount(members, weights=differences, minlength=count)
    sizes = np.bincount(members, minlength=count)
    draws = np.random.default_rng(rules.seed).integers(0, count, size=(rules.resamples, count))
    means = sums[draws].sum(axis=1) / sizes[draws].sum(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def _auc(part: Part, weights: Weights) -> float:
    from scipy.stats import rankdata  # half a second, which only learning should pay

    ranks = rankdata(score_all(part, weights))
    yes = part.said > 0.5
    count = int(yes.sum())
    return _round((ranks[yes].sum() - count * (count + 1) / 2) / (count * (len(part) - count)))


def _minimise(
    objective: Callable[[Vector], tuple[float, Vector]],
    start: Vector,
    bounds: Sequence[tuple[float | None, float | None]],
) -> Vector:
    from scipy.optimize import minimize  # a third of a second, which only learning should pay

    found = minimize(objective, start, jac=True, method="L-BFGS-B", bounds=list(bounds), options={"maxiter": 500})
    return np.asarray(found.x, dtype=np.float64)


def _chance(margin: Vector) -> Vector:
    chance: Vector = 1.0 / (1.0 + np.exp(-np.clip(margin, -60.0, 60.0)))
    return chance


def _log_loss(margin: Vector, said: Vector) -> Vector:
    loss: Vector = np.logaddexp(0.0, margin) - said * margin
    return loss


def _round(value: float | np.floating[Any]) -> float:
    return round(float(value), 6)
