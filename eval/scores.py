"""What an evaluation says: figures with n and interval, or the reason why there is none. Plain data, stored as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, model_validator

from eval.case_tables import rows_of
from eval.cases import MOST_CASES, Basis, CaseRow, EvalCase, PerCase, Score, Statistic, gather
from eval.metrics.classification import confusion, macro_f1, macro_f1_of
from eval.metrics.intervals import Interval, bootstrap_confusion, bootstrap_mean, bootstrap_ratio, jackknife, wilson

Better = Literal["higher", "lower", "none"]
SCHEMA_VERSION = 3
CASE_TABLE = "case_table"  # in a file, instead of `cases`


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Figure(_Part):
    """One number. Without data `value` is None and `unscored` says why: no data is never 0."""

    name: str = Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)+$", description="suite.measure[.slice]")
    value: float | None = None
    n: int = Field(0, ge=0, description="cases behind the value")
    low: float | None = Field(None, description="lower end of the 95 % interval")
    high: float | None = Field(None, description="upper end of the 95 % interval")
    interval: str = Field("", description="wilson, bootstrap, jackknife, or why there is no interval")
    better: Better = "higher"
    unscored: str = ""
    basis: Basis | None = Field(None, description="how it is made from the suite's cases; None: it cannot be")
    # The scores themselves, until the suite is over; then they stand in its cases.
    _per_case: PerCase | None = PrivateAttr(None)

    @property
    def per_case(self) -> PerCase | None:
        """The scores behind the figure, where they were not yet gathered."""
        return self._per_case

    def resting_on(self, per_case: PerCase) -> Figure:
        """Return the figure with the scores it was made from."""
        made = self.model_copy(update={"basis": per_case.basis})
        made._per_case = per_case  # noqa: SLF001  # one of its own kind
        return made

    @model_validator(mode="after")
    def _scored_or_explained(self) -> Figure:
        if (self.value is None) != bool(self.unscored):
            raise ValueError("a figure has a value or says why it has none, never both")
        if self.value is not None and self.n == 0:
            raise ValueError("a value needs cases")
        if (self.low is None) != (self.high is None):
            raise ValueError("an interval has two ends")
        return self


class SuiteRun(_Part):
    """What one suite found."""

    name: str
    version: int = Field(ge=1, description="raised when older figures stop being comparable")
    seconds: float
    cpu_seconds: float
    figures: list[Figure]
    worst: list[dict[str, object]] = Field([], max_length=20, description="cases to look at first")
    cases: list[CaseRow] = Field([], max_length=MOST_CASES, description="every case with its scores, without texts")
    error: str = Field("", description="code and message when the suite could not run")
    about: str = Field("", max_length=300, description="what it measures: a page needs none of the suites for it")

    @model_validator(mode="before")
    @classmethod
    def _cases_of_a_table(cls, content: object) -> object:
        """Return the content with the cases of its table, where it has one: baselines are written so."""
        if not isinstance(content, dict) or CASE_TABLE not in content:
            return content
        if "cases" in content:
            raise ValueError("cases stand in a list or in a table, never in both")
        return {name: part for name, part in content.items() if name != CASE_TABLE} | {
            "cases": rows_of(content[CASE_TABLE])
        }


class RunFile(_Part):
    """Everything one run found, with the manifest that says of what."""

    schema_version: int = Field(
        SCHEMA_VERSION, ge=1, le=SCHEMA_VERSION, description="1 had no cases, 2 no table of them"
    )
    manifest: dict[str, object]
    suites: list[SuiteRun]

    @model_validator(mode="after")
    def _each_once(self) -> RunFile:
        names = [suite.name for suite in self.suites]
        names += [figure.name for suite in self.suites for figure in suite.figures]
        if twice := sorted(name for name, times in Counter(names).items() if times > 1):
            raise ValueError(f"{twice[0]} stands in it twice")
        return self

    def figures(self) -> dict[str, Figure]:
        """Return every figure by name."""
        return {figure.name: figure for suite in self.suites for figure in suite.figures}


def gathered(figures: Sequence[Figure]) -> tuple[list[Figure], list[CaseRow]]:
    """Return the figures without their scores, and the cases that hold them; both for a run file.

    Raises:
        ValueError: two cases of the suite have one id.
    """
    rows, cut = gather(figure.per_case for figure in figures if figure.per_case is not None)
    plain = []
    for figure in figures:
        fields = figure.model_dump()
        if figure.basis is not None and figure.basis.column in cut:
            fields["basis"] = None
        plain.append(Figure.model_validate(fields))
    return plain, rows


def _scored(name: str, value: float, n: int, interval: Interval, better: Better) -> Figure:
    return Figure(
        name=name, value=value, n=n, low=interval.low, high=interval.high, interval=interval.method, better=better
    )


def _column(name: str) -> str:
    return name.partition(".")[2]


def _resting(
    figure: Figure, kind: Statistic, scores: Sequence[Score], cases: Sequence[EvalCase] | None, column: str, classes: int = 0
) -> Figure:  # fmt: skip
    if cases is None:
        return figure
    return figure.resting_on(PerCase(Basis(statistic=kind, column=column, classes=classes), cases, scores))


def unscored(name: str, reason: str, better: Better = "higher") -> Figure:
    """Return a figure that could not be measured, with the reason."""
    return Figure(name=name, unscored=reason, better=better)


def count(name: str, value: float, n: int, better: Better = "none") -> Figure:
    """Return a plain number of `n` cases that is counted, not estimated."""
    if n == 0:
        return unscored(name, "no cases", better)
    return Figure(name=name, value=value, n=n, interval="counted", better=better)


def share(name: str, successes: int, n: int, better: Better = "higher") -> Figure:
    """Return a share of independent cases with its Wilson interval; unscored without cases."""
    if n == 0:
        return unscored(name, "no cases", better)
    return _scored(name, successes / n, n, wilson(successes, n), better)


def share_of(name: str, hits: Sequence[bool], cases: Sequence[EvalCase], better: Better = "higher") -> Figure:
    """Return the share of cases that hit, kept case by case; Wilson where they are independent, else the bootstrap."""
    values = [float(hit) for hit in hits]
    if any(case.cluster for case in cases):
        return mean(name, values, better=better, cases=cases)
    return _resting(share(name, sum(map(bool, hits)), len(hits), better), "mean", values, cases, _column(name))


def ratio(name: str, parts: Sequence[tuple[int, int]], cases: Sequence[EvalCase], better: Better = "higher") -> Figure:
    """Return all hits by all that could hit, when each case has several: fields of a brief, sentences of a profile.

    Args:
        name: of the figure.
        parts: (hits, of how many) of each case; what hangs together in one case is drawn together.
        cases: one for each part.
        better: which way is better.
    """
    counted = [(part, case) for part, case in zip(parts, cases, strict=True) if part[1]]
    hits, total = sum(part[0] for part, _ in counted), sum(part[1] for part, _ in counted)
    if not total:
        return unscored(name, "no cases", better)
    names = [case.cluster or case.id for _, case in counted]
    if hits in {0, total}:
        groups = len(set(names))
        interval = wilson(groups if hits else 0, groups)
    else:
        interval = bootstrap_ratio([part for part, _ in counted], names)
    found = _scored(name, hits / total, total, interval, better)
    return _resting(found, "ratio", [part for part, _ in counted], [case for _, case in counted], _column(name))


def mean(
    name: str,
    values: Sequence[float],
    clusters: Sequence[str] | None = None,
    better: Better = "higher",
    cases: Sequence[EvalCase] | None = None,
) -> Figure:
    """Return a mean with a bootstrap interval over whole clusters; unscored without values.

    Where all values are 0 or all are 1 every draw is the same, which is no certainty: Wilson on the clusters instead.
    With `cases` the values are kept case by case, and clusters are those of the cases.
    """
    if cases is not None:
        clusters = [case.cluster or case.id for case in cases]
    if not values:
        return unscored(name, "no cases", better)
    average = float(np.mean(values))
    if set(values) in ({0.0}, {1.0}):
        groups = len(set(clusters)) if clusters is not None else len(values)
        found = _scored(name, average, len(values), wilson(groups if values[0] else 0, groups), better)
    else:
        found = _scored(name, average, len(values), bootstrap_mean(values, clusters), better)
    return _resting(found, "mean", [float(value) for value in values], cases, _column(name))


def of_rows(
    name: str, statistic: Callable[[NDArray[np.float64]], float], rows: NDArray[np.float64], better: Better
) -> Figure:
    """Return a statistic 0-1 of rows (n, m), one an asker, with its jackknife interval; unscored with fewer than two."""
    if len(rows) < 2:
        return unscored(name, "no cases", better)
    found = jackknife(statistic, rows)
    within = Interval(max(0.0, found.low), min(1.0, found.high), found.method)
    return _scored(name, statistic(rows), len(rows), within, better)


def difference(
    name: str,
    changes: Sequence[float],
    clusters: Sequence[str] | None = None,
    cases: Sequence[EvalCase] | None = None,
) -> Figure:
    """Return the mean of paired changes with its bootstrap interval; unscored without cases."""
    if cases is not None:
        clusters = [case.cluster or case.id for case in cases]
    if not changes:
        return unscored(name, "no cases")
    found = _scored(name, float(np.mean(changes)), len(changes), bootstrap_mean(changes, clusters), "higher")
    return _resting(found, "mean", [float(change) for change in changes], cases, _column(name))


def macro_f1_figure(
    name: str,
    truth: Sequence[int],
    predicted: Sequence[int],
    classes: Sequence[int],
    cases: Sequence[EvalCase] | None = None,
) -> Figure:
    """Return macro-F1 with a bootstrap interval; unscored without cases. Kept case by case, classes count from 0."""
    if not truth:
        return unscored(name, "no cases")
    value = macro_f1(truth, predicted, classes)
    interval = bootstrap_confusion(confusion(truth, predicted, classes), macro_f1_of)
    found = _scored(name, value, len(truth), interval, "higher")
    return _resting(found, "macro_f1", _pairs(truth, predicted), cases, _column(name), len(classes))


def accuracy_figure(
    name: str, truth: Sequence[int], predicted: Sequence[int], cases: Sequence[EvalCase] | None = None
) -> Figure:
    """Return the share of cases named right."""
    found = share(name, sum(a == b for a, b in zip(truth, predicted, strict=True)), len(truth))
    if cases is None or not truth:
        return found
    return _resting(found, "accuracy", _pairs(truth, predicted), cases, _column(name), max(*truth, *predicted) + 1)


def precision_recall(
    name: str, truth: NDArray[np.bool_], flagged: NDArray[np.bool_], cases: Sequence[EvalCase] | None = None
) -> list[Figure]:
    """Return `<name>.precision` (over the flagged) and `<name>.recall` (over the true)."""
    both = int((truth & flagged).sum())
    pairs = _pairs(truth.astype(int).tolist(), flagged.astype(int).tolist())
    kinds: tuple[tuple[Literal["precision", "recall"], int, str], ...] = (
        ("precision", int(flagged.sum()), "nothing was flagged"),
        ("recall", int(truth.sum()), "no cases"),
    )
    found = []
    for measure, total, why in kinds:
        figure = share(f"{name}.{measure}", both, total) if total else unscored(f"{name}.{measure}", why)
        found.append(_resting(figure, measure, pairs, cases, _column(name), 2))
    return found


def _pairs(truth: Sequence[int], predicted: Sequence[int]) -> list[Score]:
    return [(int(a), int(b)) for a, b in zip(truth, predicted, strict=True)]
