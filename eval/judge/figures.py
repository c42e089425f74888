"""What judgements say of the drafts, and of the judge: agreement with labels and with itself, and its love of place A.

All figures inform: none is gated, and none counts as better or worse.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence

import numpy as np

from eval.cases import EvalCase
from eval.judge.asking import Choice, Judgement, Marks
from eval.judge.pairs import JudgePair
from eval.judge.verdicts import CRITERIA
from eval.metrics.agreement import Level, krippendorff_alpha
from eval.metrics.intervals import SEED
from eval.scores import Figure, mean, share, share_of, unscored

_CODES: dict[Choice, int] = {"first": 0, "second": 1, "tie": 2}
_RESAMPLES = 500  # alpha of each draw costs a millisecond
_FAILURES = ("invalid", "refused", "failed")
_SLICES: dict[str, Callable[[JudgePair], str]] = {
    "language": lambda pair: pair.language,
    "kind": lambda pair: pair.kind,
    "fault": lambda pair: pair.fault,
}
Rating = list[int | None]


def pair_figures(found: Sequence[Judgement]) -> list[Figure]:
    """Return figures of pairwise judgements."""
    name = "judge.pairs"
    read = [one for one in found if one.chose is not None]
    decided = [one.chose_first_place for one in read if one.chose_first_place is not None]
    return [
        *_came_back(name, [(one.failure, one.is_repaired) for one in found]),
        *_agreement(f"{name}.label_agreement", read),
        _majority(f"{name}.majority_agreement", read),
        share(f"{name}.ties", sum(one.chose == "tie" for one in read), len(read), "none"),
        share(f"{name}.chose_first_place", sum(decided), len(decided), "none"),
        _same_in_both_orders(f"{name}.same_in_both_orders", read),
        _alpha(f"{name}.self_alpha", _ratings(read, lambda one: one.pair.id), "nominal"),
        _alpha(
            f"{name}.repeat_alpha", _ratings(read, lambda one: (one.pair.id, one.shown_first)), "nominal"
        ),
        _alpha(f"{name}.label_alpha", _beside_labels(read), "nominal"),
    ]  # fmt: skip


def mark_figures(pairs: Sequence[JudgePair], found: Sequence[Marks]) -> list[Figure]:
    """Return figures of marks: whether the better draft gets more, by how much, and whether marks repeat."""
    name = "judge.rubric"
    by_draft: dict[tuple[str, str], list[float]] = defaultdict(list)
    for one in found:
        if one.mean is not None:
            by_draft[one.pair.base, getattr(one.pair, one.side)].append(one.mean)
    gaps, cases = [], []
    for pair in pairs:
        if pair.better is None:
            continue
        worse = "second" if pair.better == "first" else "first"
        both = [by_draft.get((pair.base, getattr(pair, side)), []) for side in (pair.better, worse)]
        if all(both):
            gaps.append(float(np.mean(both[0]) - np.mean(both[1])))
            cases.append(_case(pair))
    units: dict[Hashable, Rating] = defaultdict(list)
    for one in found:
        for criterion in CRITERIA:
            if one.marks is not None:
                units[one.pair.base, one.side, one.pair.id, criterion].append(one.marks[criterion])
    return [
        *_came_back(name, [(one.failure, one.is_repaired) for one in found]),
        mean(f"{name}.gap", gaps, better="none", cases=cases),
        share_of(f"{name}.better_draft_above", [gap > 0 for gap in gaps], cases, "none"),
        share_of(f"{name}.level", [gap == 0 for gap in gaps], cases, "none"),
        _alpha(f"{name}.self_alpha", units, "ordinal"),
    ]


def _came_back(name: str, outcomes: Sequence[tuple[str, bool]]) -> list[Figure]:
    n = len(outcomes)
    counts = {failure: sum(one == failure for one, _ in outcomes) for failure in _FAILURES}
    repaired = sum(is_repaired for _, is_repaired in outcomes)
    return [
        *(share(f"{name}.{failure}", count, n, "none") for failure, count in counts.items()),
        share(f"{name}.repaired", repaired, n, "none"),
    ]


def _case(pair: JudgePair) -> EvalCase:
    return EvalCase(pair.id, cluster=pair.base, slices={key: label(pair) for key, label in _SLICES.items()})


def _agreement(name: str, read: Sequence[Judgement]) -> list[Figure]:
    """Return the share of verdicts that name the labelled draft, whole bases drawn together; then by slice."""
    labelled = [one for one in read if one.pair.better is not None]
    figures = [_right(name, labelled)]
    for key, label in _SLICES.items():
        figures += [
            _right(f"{name}.{key}_{value}", [one for one in labelled if label(one.pair) == value])
            for value in sorted({label(one.pair) for one in labelled})
        ]
    return figures


def _right(name: str, labelled: Sequence[Judgement]) -> Figure:
    hits = [float(one.chose == one.pair.better) for one in labelled]
    return mean(name, hits, [one.pair.base for one in labelled], "none")


def _majority(name: str, read: Sequence[Judgement]) -> Figure:
    """Return the share of pairs whose labelled draft got more than half of all verdicts on the pair."""
    by_pair = _by(read, lambda one: one.pair.id)
    judged = [group for group in by_pair.values() if group[0].pair.better is not None]
    hits = [2 * sum(one.chose == one.pair.better for one in group) > len(group) for group in judged]
    return share_of(name, hits, [_case(group[0].pair) for group in judged], "none")


def _same_in_both_orders(name: str, read: Sequence[Judgement]) -> Figure:
    groups = [group for group in _by(read, lambda one: (one.pair.id, one.repeat)).values() if len(group) == 2]
    same = [float(group[0].chose == group[1].chose) for group in groups]
    return mean(name, same, [group[0].pair.base for group in groups], "none")


def _by(read: Sequence[Judgement], key: Callable[[Judgement], Hashable]) -> Mapping[Hashable, list[Judgement]]:
    groups: dict[Hashable, list[Judgement]] = defaultdict(list)
    for one in read:
        groups[key(one)].append(one)
    return groups


def _ratings(read: Sequence[Judgement], key: Callable[[Judgement], Hashable]) -> dict[Hashable, Rating]:
    """Return, by unit, which draft of the pair was named each time.

    Drafts are named by the file's order, which is that of neither quality nor place: a judge that is always right varies
    from pair to pair, as alpha needs.
    """
    return {
        unit: [_CODES[one.chose] for one in group if one.chose is not None] for unit, group in _by(read, key).items()
    }


def _beside_labels(read: Sequence[Judgement]) -> dict[Hashable, Rating]:
    """Return, by pair, the label and what most verdicts say; a tie between drafts is a tie."""
    found: dict[Hashable, Rating] = {}
    for unit, group in _by(read, lambda one: one.pair.id).items():
        label = group[0].pair.better
        if label is None:
            continue
        counts = {side: sum(one.chose == side for one in group) for side in ("first", "second")}
        most: Choice = (
            "tie" if counts["first"] == counts["second"] else max(("first", "second"), key=counts.__getitem__)
        )
        found[unit] = [_CODES[label], _CODES[most]]
    return found


def _alpha(name: str, units: Mapping[Hashable, Rating], level: Level) -> Figure:
    """Return Krippendorff's alpha with the percentile interval from drawing whole units; unscored where it is undefined."""
    rows = [row for row in units.values() if len(row) > 1]
    try:
        value = krippendorff_alpha(rows, level)
    except ValueError as error:
        return unscored(name, str(error), "none")
    dice, drawn = np.random.default_rng(SEED), []
    for _ in range(_RESAMPLES):
        try:
            drawn.append(krippendorff_alpha([rows[at] for at in dice.integers(0, len(rows), len(rows))], level))
        except ValueError:
            continue  # a draw in which everybody says the same
    low, high = np.quantile(drawn, [0.025, 0.975]) if drawn else (value, value)
    return Figure(
        name=name, value=value, n=len(rows), low=min(float(low), value), high=max(float(high), value),
        interval="bootstrap", better="none",
    )  # fmt: skip
