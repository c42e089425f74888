"""What a card says beyond the data: thresholds for wanted precision, bands of doubt, figures, known failures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from copilot.moderation.room import COLUMNS, DISTRESS, KINDS, SOLICITATION
from eval.metrics.intervals import wilson
from eval.train.fit import calibration_error, macro_f1, rounded

# Precision wanted among our own lines, 4-fold. They are far harder than a quiet group: nearly half is trouble or looks like it.
WANTED = {"case": 0.80, "flag": 0.60}
WANTED_OFFER = {"case": 0.92, "flag": 0.70}  # rules find plain adverts already; the model adds only what it is sure of
WANTED_CARE = {"case": 0.80, "flag": 0.40}  # private and read by people: rather look in vain than not hear
# Of ordinary comments, those that may be called offensive, with the upper end of the interval: see `comment_threshold`.
ORDINARY_FLAGGED = 0.10
# Share of calm lines that a stage may pass on for each of three questions: an embedding costs five times the rest of the
# cascade, a language model a thousand times.
PASSED_ON = {
    "words": {"offensive": 0.10, "distress": 0.05, "solicitation": 0.08},
    "meaning": {"offensive": 0.02, "distress": 0.02, "solicitation": 0.02},
}
SURE = {"words": 0.95, "meaning": 0.90}  # precision from which on a stage needs nobody else
NONE_REACHED = 0.99
FEWEST = 8  # texts behind a threshold
CALM = frozenset({"ordinary", "praise", "thanks", "question", "complaint", "deescalation", "record"})
ROOM_FAILURES = [
    "irony and attacks that only their history makes one are mostly missed; harassment is a pattern over days, see the counters",
    "rude banter between friends and insults share words: about one banter line in ten scores above one half",
    "self-harm and hate rest on a few dozen lines: treat their probabilities as a reason to look, never as a finding",
    "COLD's labels are semi-automatic: figures on its train and dev parts flatter any model trained on it",
    "Davidson calls vulgar tweets offensive; outside of it and of our chat (TweetEval) English is read much less well",
    "a word hidden by its initials or by characters that only look alike is often lost: on CNTP (even ids) disguised texts are found 6 to 8 points less often than plain ones",
    "kinds under flag_only have too few lines for a threshold of their own: their probability is a reason to look",
    "languages other than Chinese and English are not read",
]


def unconditional(truth: NDArray[np.float64], name: str) -> NDArray[np.float64]:
    """Return (n,) labels 1, 0 or NaN of `name`; a line that attacks nobody is no insult, and so on."""
    if name in {"distress", "solicitation"}:
        return 1.0 - truth[:, COLUMNS.index(f"{name}.none")]
    column = truth[:, COLUMNS.index(name)].copy()
    if name in KINDS:
        column[truth[:, 0] == 0] = 0.0
    return column


def scores_of(table: NDArray[np.float64], name: str) -> NDArray[np.float64]:
    """Return (n,) probabilities of `name`, as `RoomReading.calibrated` does."""
    if name in {"distress", "solicitation"}:
        return 1.0 - table[:, COLUMNS.index(f"{name}.none")]
    return table[:, COLUMNS.index(name)]


JUDGED = (
    "offensive", *KINDS, "distress", *(f"distress.{name}" for name in DISTRESS[1:]), "solicitation",
    *(f"solicitation.{name}" for name in SOLICITATION[1:]), "question",
)  # fmt: skip


def lowest_for(labels: NDArray[np.float64], scores: NDArray[np.float64], wanted: float) -> float:
    """Return the lowest score from which on `wanted` of the texts are right; 0.99 if there is none."""
    order = np.argsort(-scores, kind="stable")
    precision = np.cumsum(labels[order]) / np.arange(1, len(labels) + 1)
    enough = np.flatnonzero((precision >= wanted) & (np.arange(len(labels)) >= FEWEST - 1))
    return float(scores[order][enough[-1]]) if len(enough) else NONE_REACHED


def _wanted(name: str) -> Mapping[str, float]:
    return WANTED_OFFER if name.startswith("solicitation") else WANTED_CARE if name.startswith("distress") else WANTED


def comment_threshold(labels: NDArray[np.float64], scores: NDArray[np.float64]) -> dict[str, float]:
    """Return the lowest score from which on even the upper end of the share of ordinary comments flagged is in bounds.

    `labels` and `scores` are those of public comments held back from the model of public comments, out of fold.
    """
    ordinary = np.sort(scores[labels == 0])
    for at in np.unique(np.round(ordinary, 3)):
        flagged = int((ordinary >= at).sum())
        if wilson(flagged, len(ordinary)).high <= ORDINARY_FLAGGED:
            return rounded(
                {
                    "at": float(at),
                    "ordinary": len(ordinary),
                    "ordinary_flagged": flagged / len(ordinary),
                    "offensive": int((labels == 1).sum()),
                    "recall": float((scores[labels == 1] >= at).mean()),
                }
            )
    return {"at": NONE_REACHED, "ordinary": len(ordinary)}


def thresholds_of(
    truth: NDArray[np.float64], tables: Mapping[str, NDArray[np.float64]], slices: Sequence[str]
) -> dict[str, Any]:
    """Return thresholds of the meaning stage by category, and bands of doubt by stage."""
    chosen: dict[str, dict[str, float]] = {}
    bands: dict[str, dict[str, list[float]]] = {stage: {} for stage in tables}
    lost: dict[str, float] = {}
    calm = np.array([name in CALM for name in slices])
    for name in JUDGED:
        labels = unconditional(truth, name)
        known = np.isfinite(labels)
        found = scores_of(tables["meaning"], name)[known]
        wanted = _wanted(name)
        chosen[name] = {use: round(lowest_for(labels[known], found, share), 4) for use, share in wanted.items()}
        chosen[name]["best_f1"] = round(_best_f1(labels[known], found), 4)
        if name in {"offensive", "distress", "solicitation"}:
            for stage, table in tables.items():
                scores = scores_of(table, name)
                low = float(np.quantile(scores[known & calm & (labels == 0)], 1 - PASSED_ON[stage][name]))
                high = max(lowest_for(labels[known], scores[known], SURE[stage]), low)
                bands[stage][name] = [round(low, 4), round(high, 4)]
                lost[f"{name}, {stage}"] = round(float((scores[labels == 1] < low).mean()), 4)
    return {
        "thresholds": chosen,
        "wanted_precision": {"default": WANTED, "solicitation": WANTED_OFFER, "distress": WANTED_CARE},
        # Too few lines to be that sure of these: on their own they are flags; the group they belong to opens the case.
        "flag_only": sorted(name for name, found in chosen.items() if found["case"] >= NONE_REACHED),
        "bands": bands,
        "calm_lines_passed_on": PASSED_ON,
        "bad_lines_below_the_band": lost,
    }


def _best_f1(labels: NDArray[np.float64], scores: NDArray[np.float64]) -> float:
    grid = np.linspace(0.05, 0.9, 35)
    return float(max(grid, key=lambda at: macro_f1(labels.astype(np.int64), (scores >= at).astype(np.int64))))


def figures_of(
    truth: NDArray[np.float64],
    tables: Mapping[str, NDArray[np.float64]],
    chosen: Mapping[str, Any],
    slices: Sequence[str],
) -> dict[str, Any]:
    """Return out-of-fold figures of each category and stage, and false flags by slice."""
    figures: dict[str, Any] = {}
    for name in JUDGED:
        labels = unconditional(truth, name)
        known = np.isfinite(labels)
        right = labels[known] == 1
        for stage, table in tables.items():
            scores = scores_of(table, name)[known]
            case = scores >= chosen["thresholds"][name]["case"]
            flag = scores >= chosen["thresholds"][name]["flag"]
            at = chosen["thresholds"][name]["best_f1"]
            figures[f"{name}, {stage}, 4-fold"] = rounded(
                {
                    "n": int(known.sum()),
                    "true": int(right.sum()),
                    "macro_f1_at_best": macro_f1(right.astype(np.int64), (scores >= at).astype(np.int64)),
                    "macro_f1_at_half": macro_f1(right.astype(np.int64), (scores >= 0.5).astype(np.int64)),
                    "calibration_error": calibration_error(right.astype(np.int64), scores),
                    "precision_at_case": float(right[case].mean()) if case.any() else None,
                    "recall_at_case": float(case[right].mean()),
                    "precision_at_flag": _with_interval(int(right[flag].sum()), int(flag.sum())),
                    "recall_at_flag": _with_interval(int(flag[right].sum()), int(right.sum())),
                }
            )
    figures["offensive, false flags by slice"] = _by_slice(truth, tables["meaning"], chosen, slices)
    return figures


def _with_interval(hits: int, count: int) -> list[float] | None:
    """Return a share and its 95 % interval, or None of nothing."""
    if not count:
        return None
    found = wilson(hits, count)
    return [round(value, 4) for value in (hits / count, found.low, found.high)]


def _by_slice(
    truth: NDArray[np.float64], table: NDArray[np.float64], chosen: Mapping[str, Any], slices: Sequence[str]
) -> dict[str, Any]:
    found = {}
    calm = truth[:, 0] == 0
    for name in sorted(set(slices)):
        rows = calm & np.array([one == name for one in slices])
        if rows.sum() >= 10:
            scores = table[rows, 0]
            case = chosen["thresholds"]["offensive"]["case"]
            found[name] = rounded(
                {
                    "n": int(rows.sum()),
                    "at_half": float((scores >= 0.5).mean()),
                    "at_case": float((scores >= case).mean()),
                }
            )
    return found
