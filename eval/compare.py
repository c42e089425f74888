"""Two runs case by case: which figures differ beyond what chance gives, and which cannot be compared, with the reason.

Only cases that both runs have are compared. A difference is called when its 95 % interval leaves 0 out and its p-value,
adjusted for all figures of its family (Holm), is below .05; gated figures are one family, all others another.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from eval.cases import Basis, CaseRow, chosen, cluster_of, statistic, sums
from eval.metrics.paired import PairedTest, holm, paired_test
from eval.scores import Figure, RunFile, SuiteRun

LEVEL = 0.05
_LISTED = 20
_MOST_FIGURES = 1_000
Outcome = Literal["better", "worse", "changed", "inside", "same", "untested"]
Family = Literal["gated", "other"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Compared(_Part):
    """One figure in two runs. Values and difference (second less first) are of the cases both runs have."""

    name: str
    family: Family
    outcome: Outcome
    first: float | None = None
    second: float | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    adjusted: float | None = Field(None, description="p-value after Holm over the figures of its family")
    cases: int = 0
    clusters: int = 0
    reason: str = Field("", description="why it was not tested")


class OnlyOne(_Part):
    """Cases of a suite that only one of the runs has."""

    suite: str
    first: int
    second: int
    named: list[str] = Field(max_length=_LISTED, description="the first of them")


class OnlyFigures(_Part):
    """Figures of a suite that only one of the runs has, by name."""

    suite: str
    first: list[str] = Field(max_length=_MOST_FIGURES)
    second: list[str] = Field(max_length=_MOST_FIGURES)


class Comparison(_Part):
    """What two runs have in common and where they differ."""

    figures: list[Compared]
    refused: dict[str, str] = Field(description="suites that are not compared, and why")
    only_one: list[OnlyOne]
    only_figures: list[OnlyFigures] = []
    tests: dict[Family, int] = Field(description="how many figures were tested together")

    def named(self, *outcomes: Outcome) -> list[Compared]:
        """Return the figures with these outcomes, in the order of the second run."""
        return [figure for figure in self.figures if figure.outcome in outcomes]


def compare(first: RunFile, second: RunFile, gated: Collection[str] = ()) -> Comparison:
    """Compare two runs, the earlier one first.

    Args:
        first: what to compare with.
        second: what to judge.
        gated: names of figures that have a gate; they are adjusted for each other alone.
    """
    before = {suite.name: suite for suite in first.suites}
    after = {suite.name: suite for suite in second.suites}
    found: list[tuple[Figure, Compared]] = []
    refused: dict[str, str] = {}
    only_one, only_figures = [], []
    for name in dict.fromkeys([*after, *before]):
        reason = _unlike(name, before.get(name), after.get(name), first.manifest, second.manifest)
        if reason:
            refused[name] = reason
            continue
        found += _suite(before[name], after[name], gated)
        only_one += _missing(before[name], after[name])
        only_figures += _missing_figures(before[name], after[name])
    return Comparison(
        figures=_judged(found), refused=refused, only_one=only_one, only_figures=only_figures,
        tests={family: sum(c.p_value is not None and c.family == family for _, c in found) for family in _FAMILIES},
    )  # fmt: skip


_FAMILIES: tuple[Family, ...] = ("gated", "other")


def _unlike(
    name: str, before: SuiteRun | None, after: SuiteRun | None, *manifests: Mapping[str, object]
) -> str:  # fmt: skip
    """Return why a suite cannot be compared; empty when it can."""
    if before is None or after is None:
        return f"only the {'second' if before is None else 'first'} run has it"
    if before.error or after.error:
        return f"it could not run: {before.error or after.error}"
    if before.version != after.version:
        return f"its version went from {before.version} to {after.version}: older figures stopped being comparable"
    hashes = [data_hash(manifest, name) for manifest in manifests]
    if None in hashes:
        return "a manifest does not say which data it was measured on"
    return "" if hashes[0] == hashes[1] else f"its data changed from {hashes[0]} to {hashes[1]}"


def data_hash(manifest: Mapping[str, object], suite: str) -> str | None:
    """Return what identifies the data of a suite, None where a manifest does not say."""
    known = manifest.get("suite_data")
    found = known.get(suite) if isinstance(known, Mapping) else None
    return found if isinstance(found, str) else None


def _suite(before: SuiteRun, after: SuiteRun, gated: Collection[str]) -> list[tuple[Figure, Compared]]:
    old = {figure.name: figure for figure in before.figures}
    return [
        (figure, _figure(old[figure.name], figure, before, after, "gated" if figure.name in gated else "other"))
        for figure in after.figures
        if figure.name in old
    ]


def _figure(old: Figure, new: Figure, before: SuiteRun, after: SuiteRun, family: Family) -> Compared:
    plain = Compared(name=new.name, family=family, outcome="untested", first=old.value, second=new.value)
    if old.value is None or new.value is None:
        return plain.model_copy(update={"reason": old.unscored or new.unscored})
    if new.basis is None or new.basis != old.basis:
        if old.value == new.value:
            return plain.model_copy(update={"outcome": "same", "difference": 0.0})
        why = "no cases are kept for it" if new.basis is None else "it is made from cases in another way"
        return plain.model_copy(update={"difference": new.value - old.value, "reason": why})
    mine, theirs = chosen(before.cases, old.basis or new.basis), chosen(after.cases, new.basis)
    ids = [name for name in theirs if name in mine and cluster_of(mine[name]) == cluster_of(theirs[name])]
    if not ids:
        return plain.model_copy(update={"reason": "the runs have no case in common"})
    return _tested(plain, new.basis, [mine[name] for name in ids], [theirs[name] for name in ids])


def _tested(plain: Compared, basis: Basis, mine: Sequence[CaseRow], theirs: Sequence[CaseRow]) -> Compared:
    clusters = list(dict.fromkeys(map(cluster_of, theirs)))
    tables = [sums(rows, basis, clusters) for rows in (mine, theirs)]
    of = statistic(basis)
    values = of(np.stack([table.sum(axis=0) for table in tables])).tolist()
    try:
        test: PairedTest = paired_test(tables[0], tables[1], of)
    except ValueError as error:
        return plain.model_copy(update={"reason": str(error)})
    return plain.model_copy(
        update={
            "first": values[0], "second": values[1], "difference": test.difference,
            "low": test.interval.low, "high": test.interval.high, "p_value": test.p_value,
            "cases": len(theirs), "clusters": len(clusters),
        }
    )  # fmt: skip


def _judged(found: Sequence[tuple[Figure, Compared]]) -> list[Compared]:
    """Adjust p-values within each family, and call what is left."""
    adjusted: dict[str, float] = {}
    for family in _FAMILIES:
        tested = [one for _, one in found if one.family == family and one.p_value is not None]
        adjusted |= dict(zip((one.name for one in tested), holm([one.p_value or 0.0 for one in tested]), strict=True))
    return [
        one if one.p_value is None else one.model_copy(
            update={"adjusted": adjusted[one.name], "outcome": _outcome(figure, one, adjusted[one.name])}
        )
        for figure, one in found
    ]  # fmt: skip


def _outcome(figure: Figure, one: Compared, p_value: float) -> Outcome:
    if one.difference == 0.0 and one.low == one.high == 0.0:
        return "same"
    difference, low, high = one.difference or 0.0, one.low or 0.0, one.high or 0.0
    if p_value >= LEVEL or low <= 0.0 <= high:
        return "inside"
    if figure.better == "none":
        return "changed"
    return "better" if (difference > 0) == (figure.better == "higher") else "worse"


def _missing(before: SuiteRun, after: SuiteRun) -> list[OnlyOne]:
    old, new = {row.id for row in before.cases}, {row.id for row in after.cases}
    if old == new:
        return []
    named = [*sorted(old - new), *sorted(new - old)][:_LISTED]
    return [OnlyOne(suite=after.name, first=len(old - new), second=len(new - old), named=named)]


def _missing_figures(before: SuiteRun, after: SuiteRun) -> list[OnlyFigures]:
    old, new = ({figure.name: None for figure in suite.figures} for suite in (before, after))
    first, second = [name for name in old if name not in new], [name for name in new if name not in old]
    if not first and not second:
        return []
    return [OnlyFigures(suite=after.name, first=first[:_MOST_FIGURES], second=second[:_MOST_FIGURES])]
