"""What an evaluation says: figures with n and interval, or the reason why there is none. Plain data, stored as JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from eval.metrics.classification import confusion, macro_f1, macro_f1_of
from eval.metrics.intervals import Interval, bootstrap_confusion, bootstrap_mean, jackknife, wilson

Better = Literal["higher", "lower", "none"]


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
    error: str = Field("", description="code and message when the suite could not run")


class RunFile(_Part):
    """Everything one run found, with the manifest that says of what."""

    schema_version: int = 1
    manifest: dict[str, object]
    suites: list[SuiteRun]

    def figures(self) -> dict[str, Figure]:
        """Return every figure by name."""
        return {figure.name: figure for suite in self.suites for figure in suite.figures}


def _scored(name: str, value: float, n: int, interval: Interval, better: Better) -> Figure:
    return Figure(
        name=name, value=value, n=n, low=interval.low, high=interval.high, interval=interval.method, better=better
    )


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


def mean(
    name: str, values: Sequence[float], clusters: Sequence[str] | None = None, better: Better = "higher"
) -> Figure:
    """Return a mean with a bootstrap interval over whole clusters; unscored without values.

    Where all values are 0 or all are 1 every draw is the same, which is no certainty: Wilson on the clusters instead.
    """
    if not values:
        return unscored(name, "no cases", better)
    average = float(np.mean(values))
    if set(values) in ({0.0}, {1.0}):
        groups = len(set(clusters)) if clusters is not None else len(values)
        return _scored(name, average, len(values), wilson(groups if values[0] else 0, groups), better)
    return _scored(name, average, len(values), bootstrap_mean(values, clusters), better)


def of_rows(
    name: str, statistic: Callable[[NDArray[np.float64]], float], rows: NDArray[np.float64], better: Better
) -> Figure:
    """Return a statistic 0-1 of rows (n, m), one an asker, with its jackknife interval; unscored with fewer than two."""
    if len(rows) < 2:
        return unscored(name, "no cases", better)
    found = jackknife(statistic, rows)
    within = Interval(max(0.0, found.low), min(1.0, found.high), found.method)
    return _scored(name, statistic(rows), len(rows), within, better)


def difference(name: str, changes: Sequence[float], clusters: Sequence[str] | None = None) -> Figure:
    """Return the mean of paired changes with its bootstrap interval; unscored without cases."""
    if not changes:
        return unscored(name, "no cases")
    return _scored(name, float(np.mean(changes)), len(changes), bootstrap_mean(changes, clusters), "higher")


def macro_f1_figure(name: str, truth: Sequence[int], predicted: Sequence[int], classes: Sequence[int]) -> Figure:
    """Return macro-F1 with a bootstrap interval; unscored without cases."""
    if not truth:
        return unscored(name, "no cases")
    value = macro_f1(truth, predicted, classes)
    return _scored(
        name, value, len(truth), bootstrap_confusion(confusion(truth, predicted, classes), macro_f1_of), "higher"
    )


def accuracy_figure(name: str, truth: Sequence[int], predicted: Sequence[int]) -> Figure:
    """Return the share of cases named right."""
    return share(name, sum(a == b for a, b in zip(truth, predicted, strict=True)), len(truth))


def precision_recall(name: str, truth: NDArray[np.bool_], flagged: NDArray[np.bool_]) -> list[Figure]:
    """Return `<name>.precision` (over the flagged) and `<name>.recall` (over the true)."""
    both = int((truth & flagged).sum())
    found = []
    for measure, total, why in (
        ("precision", flagged.sum(), "nothing was flagged"),
        ("recall", truth.sum(), "no cases"),
    ):
        figure = share(f"{name}.{measure}", both, int(total)) if total else unscored(f"{name}.{measure}", why)
        found.append(figure)
    return found
