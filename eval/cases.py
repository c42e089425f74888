"""Cases behind the figures: who they are, what each scored, and how a figure is made from them again.

Two runs are compared case by case, so a run file keeps every case of a suite with its scores, bounded in number and
without texts. A score is a number whose mean is the figure, a pair of class numbers (truth, found), or for a ratio a pair
of counts (hits, of how many): a brief with three of five fields right has (3, 5).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from eval.metrics.classification import macro_f1_of

# More than any suite has; figures of what lies beyond are compared by value alone.
MOST_CASES = 12_000
_MOST_CLASSES = 20
_DIGITS = 6  # enough for any statistic, and a run file stays small
Statistic = Literal["mean", "ratio", "accuracy", "precision", "recall", "macro_f1"]
Score = float | tuple[int, int]


@dataclass(frozen=True)
class EvalCase:
    """One case of a suite.

    Attributes:
        id: the same in every run, as long as the case set is.
        cluster: cases of one cluster hang together and are drawn together; empty: it stands alone.
        slices: labels by dimension, such as `{"language": "zh"}`; both in figure names, so lower case and digits.
    """

    id: str
    cluster: str = ""
    slices: Mapping[str, str] = field(default_factory=dict)


class Basis(BaseModel):
    """How a figure is made from cases: the statistic of one column of scores, over all cases or over one slice."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    statistic: Statistic
    column: str = Field(max_length=200)
    classes: int = Field(0, ge=0, le=_MOST_CLASSES, description="number of classes of a pair; 0 for plain numbers")
    slice: dict[str, str] = Field({}, description="only cases with these labels")


class CaseRow(BaseModel):
    """One case in a run file."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    id: str = Field(min_length=1, max_length=120)
    cluster: str = Field("", max_length=120, description="empty: the case stands alone")
    slices: dict[str, str] = {}
    scores: dict[str, Score] = Field(description="by column: a number, (truth, found) as class numbers, or (hits, of)")


@dataclass(frozen=True)
class PerCase:
    """The scores behind one figure, until they are gathered."""

    basis: Basis
    cases: Sequence[EvalCase]
    scores: Sequence[Score]

    def __post_init__(self) -> None:
        if len(self.cases) != len(self.scores):
            raise ValueError("a figure needs one score for each case")


def slug(label: str) -> str:
    """Return a label as it may stand in the name of a figure: lower case letters, digits and underscores."""
    return re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_") or "none"


def gather(parts: Iterable[PerCase], most: int = MOST_CASES) -> tuple[list[CaseRow], set[str]]:
    """Return the cases of a suite by id, each with all its scores, and the columns that lost cases beyond `most`.

    Raises:
        ValueError: one case has two scores in one column, or two clusters: then its id is not its own.
    """
    rows: dict[str, CaseRow] = {}
    cut: set[str] = set()
    for part in parts:
        column = part.basis.column
        for case, exact in zip(part.cases, part.scores, strict=True):
            score = exact if isinstance(exact, tuple) else round(exact, _DIGITS)
            row = rows.get(case.id)
            if row is None:
                if len(rows) >= most:
                    cut.add(column)
                    continue
                row = rows[case.id] = CaseRow(id=case.id, cluster=case.cluster, slices=dict(case.slices), scores={})
            if row.cluster != case.cluster or row.scores.setdefault(column, score) != score:
                raise ValueError(f"{case.id} stands for two cases in {column}")
            row.slices.update(case.slices)
    return list(rows.values()), cut


def chosen(rows: Iterable[CaseRow], basis: Basis) -> dict[str, CaseRow]:
    """Return by id the cases a figure is made from."""
    return {
        row.id: row
        for row in rows
        if basis.column in row.scores and all(row.slices.get(name) == label for name, label in basis.slice.items())
    }


def cluster_of(row: CaseRow) -> str:
    """Return what a case hangs together with, itself at least."""
    return row.cluster or row.id


def sums(rows: Sequence[CaseRow], basis: Basis, clusters: Sequence[str]) -> NDArray[np.float64]:
    """Return (c, m) sufficient sums of each of `clusters`: whatever is added up before the statistic is taken.

    Raises:
        ValueError: a score is no pair of known classes where the statistic needs one, or no number where it needs that.
    """
    places = {name: at for at, name in enumerate(clusters)}
    where = [places[cluster_of(row)] for row in rows]
    found = np.zeros((len(clusters), _width(basis)))
    for at, row in zip(where, rows, strict=True):
        found[at] += _addend(row.scores[basis.column], basis)
    return found


def statistic(basis: Basis) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """Return the function from sums (b, m) to values (b,); NaN where there is nothing to divide by."""
    if basis.statistic == "macro_f1":
        return lambda found: macro_f1_of(found.reshape(len(found), basis.classes, basis.classes))
    return _ratio


def value_of(rows: Sequence[CaseRow], basis: Basis) -> float:
    """Return the figure made from these cases; NaN where it is unscored."""
    if not rows:
        return float("nan")
    names = list(dict.fromkeys(map(cluster_of, rows)))
    return float(statistic(basis)(sums(rows, basis, names).sum(axis=0, keepdims=True))[0])


def _ratio(found: NDArray[np.float64]) -> NDArray[np.float64]:
    values: NDArray[np.float64] = np.divide(
        found[:, 0], found[:, 1], out=np.full(len(found), np.nan), where=found[:, 1] > 0
    )
    return values


def _width(basis: Basis) -> int:
    return basis.classes**2 if basis.statistic == "macro_f1" else 2


def _addend(score: Score, basis: Basis) -> NDArray[np.float64]:
    if basis.statistic == "mean":
        if isinstance(score, tuple):
            raise ValueError(f"{basis.column} holds pairs, which have no mean")
        return np.array([score, 1.0])
    if basis.statistic == "ratio" and isinstance(score, tuple):
        return np.array(score, dtype=np.float64)
    if not isinstance(score, tuple) or not all(0 <= one < basis.classes for one in score):
        raise ValueError(f"{basis.column} must hold pairs of classes below {basis.classes}")
    truth, got = score
    if basis.statistic == "accuracy":
        return np.array([float(truth == got), 1.0])
    if basis.statistic == "macro_f1":
        cells = np.zeros(basis.classes**2)
        cells[truth * basis.classes + got] = 1.0
        return cells
    # Precision is a share of what was found, recall of what is true; class 1 is the one looked for.
    counted = got if basis.statistic == "precision" else truth
    return np.array([float(truth == got == 1), float(counted == 1)])
