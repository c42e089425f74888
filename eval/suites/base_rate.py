"""What reaches moderators of a quiet community, where one message in a hundred is bad, and whether proposed cuts keep their word.

The messages are test scenes of our own chat, which no model was trained on. The cut for a recall of .8 is chosen on one
half of the scenes and measured on the other, both ways round; intervals draw whole scenes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from copilot.moderation.calibrating.proposals import lowest_cut
from eval.metrics.intervals import RESAMPLES, SEED, wilson
from eval.readers import read_room, room_model
from eval.scores import Better, Figure, mean, share, unscored
from eval.suite import Findings, Suite
from eval.train.cards import CALM
from eval.train.corpora import Line, room_lines
from eval.world import Worlds

BAD_OF_1000 = 10
RECALL = 0.8
_RUNS = 400
_MEASURES: tuple[tuple[str, Better], ...] = (
    ("recall", "higher"), ("cases_per_1000", "lower"), ("precision", "higher"),
)  # fmt: skip
_PRECISION = 0.8


def measure(_worlds: Worlds) -> Findings:
    """Measure attacks and offers at the recall wanted and at the shipped thresholds, then proposals by simulation."""
    lines = room_lines(frozenset({"test"}))
    found = read_room([line.text for line in lines], [line.before for line in lines])
    attacks = np.array([bool(line.labels["offence"]) for line in lines])
    offers = np.array([line.labels["solicitation"] != "none" for line in lines])
    figures: list[Figure] = []
    for name, head, bad in (("attacks", "offensive", attacks), ("offers", "solicitation", offers)):
        figures += _of_head(f"base_rate.{name}", lines, bad, found.calibrated(head), head)
    return Findings([*figures, *_proposals()], [])


def _of_head(name: str, lines: Sequence[Line], bad: NDArray[np.bool_], scores: NDArray[np.float64], head: str) -> list[Figure]:  # fmt: skip
    """Return load and precision with everyday lines as the rest, and with every other line, hard negatives among them."""
    calm = ~bad & np.array([line.slice in CALM for line in lines])
    wanted = _at_recall(lines, bad, scores)
    shipped = scores >= room_model().threshold(head, "case")
    figures: list[Figure] = []
    for mix, rest in (("everyday", calm), ("hard", ~bad)):
        figures += quiet(f"{name}.{mix}.recall_80", lines, bad, rest, wanted)
        figures += quiet(f"{name}.{mix}.as_shipped", lines, bad, rest, shipped)
    return figures


def _at_recall(lines: Sequence[Line], bad: NDArray[np.bool_], scores: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which lines are flagged by the cut that has the recall wanted on the other half of the scenes."""
    half = np.array([hashlib.sha256(line.scene.encode()).digest()[1] % 2 for line in lines])
    flagged = np.zeros(len(lines), dtype=bool)
    for part in (0, 1):
        cut = float(np.quantile(scores[bad & (half != part)], 1 - RECALL))
        flagged[half == part] = scores[half == part] >= cut
    return flagged


def quiet(
    name: str, lines: Sequence[Line], bad: NDArray[np.bool_], rest: NDArray[np.bool_], flagged: NDArray[np.bool_]
) -> list[Figure]:
    """Return recall, cases per 1,000 messages and precision where `BAD_OF_1000` are bad and the others are like `rest`."""
    if not bad.any() or not rest.any():
        return [unscored(f"{name}.{what}", "no cases", better) for what, better in _MEASURES]
    scenes = np.unique([line.scene for line in lines], return_inverse=True)[1]
    columns = (bad, bad & flagged, rest, rest & flagged)
    sums = np.stack([np.bincount(scenes, weights=column.astype(float)) for column in columns], axis=1)
    draw = np.random.default_rng(SEED)
    drawn = np.stack([sums[draw.integers(0, len(sums), len(sums))].sum(axis=0) for _ in range(RESAMPLES)])
    drawn = drawn[(drawn[:, 0] > 0) & (drawn[:, 2] > 0)]
    total = sums.sum(axis=0)
    values, spread = _load(total[None])[0], _load(drawn)
    if total[3] == 0:
        # No false alarm seen is no proof that there are none: every draw would say so, too.
        most = wilson(0, int((sums[:, 2] > 0).sum())).high
        spread = np.concatenate(
            [spread, np.repeat(_load(np.array([[*total[:3], most * total[2]]])), len(spread), axis=0)]
        )
    n = int(bad.sum() + rest.sum())
    made = []
    for column, (what, better) in enumerate(
        (("recall", "higher"), ("cases_per_1000", "lower"), ("precision", "higher"))
    ):
        low, high = np.quantile(spread[:, column], [0.025, 0.975])
        made.append(
            Figure(
                name=f"{name}.{what}", value=float(values[column]), n=int(bad.sum()) if what == "recall" else n,
                low=min(float(low), float(values[column])), high=max(float(high), float(values[column])),
                interval="bootstrap", better=better,
            )
        )  # fmt: skip
    return made


def _load(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (n, 3) recall, cases per 1,000 and precision of (n, 4) bad, bad flagged, rest, rest flagged."""
    recall, false = sums[:, 1] / sums[:, 0], sums[:, 3] / sums[:, 2]
    right = BAD_OF_1000 * recall
    cases = right + (1_000 - BAD_OF_1000) * false
    return np.stack([recall, cases, np.divide(right, cases, out=np.ones_like(cases), where=cases > 0)], axis=1)


def _proposals() -> list[Figure]:
    """Return how often a proposed cut has the precision it was proposed for, when scores promise more than they keep.

    Each run is a community with 40 to 400 decisions; a score s is upheld with chance s**1.5. The truth is known here.
    """
    chance = np.random.default_rng(SEED)
    grid = np.linspace(0.4, 0.99, 2_000)
    kept, proposed, short = 0, 0, []
    for _ in range(_RUNS):
        scores = chance.uniform(0.4, 0.99, int(chance.integers(40, 400)))
        upheld = chance.random(len(scores)) < scores**1.5
        cut = lowest_cut(list(zip(scores.tolist(), upheld.tolist(), strict=True)), _PRECISION)
        if cut is None:
            continue
        proposed += 1
        truth = float((grid[grid >= cut] ** 1.5).mean())
        kept += truth >= _PRECISION
        short.append(max(0.0, _PRECISION - truth))
    return [
        share("base_rate.proposals.made", proposed, _RUNS, "none"),
        share("base_rate.proposals.kept", kept, proposed),
        mean("base_rate.proposals.shortfall", short, better="lower"),
    ]


SUITE = Suite(
    "base_rate",
    1,
    "what reaches moderators where one message in a hundred is bad; proposed cuts",
    measure,
    "test scenes",
)
