"""From which score on a category asks a person here, and what its scores are worth: versions in force, judged by nobody else.

A cut stands on the detectors' own scores, so that a new curve never changes what opens a case; the curve says what
probability is shown and stored with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field
from sqlalchemy import func, select

from copilot.community.models import Category
from copilot.community.store import Unit
from copilot.community.tables import ScoreTuning
from copilot.moderation.calibrating.curves import Curve, read_curve
from copilot.moderation.models import MessageReading, Signal

LOWEST_CUT = 0.2


@dataclass(frozen=True)
class Rule:
    """What is in force for one category; `cut` None leaves each detector its own."""

    version: int = 0
    cut: float | None = None
    curve: Curve | None = None

    def worth(self, score: float) -> float:
        """Return the probability of a detector's score."""
        return score if self.curve is None else self.curve.at(score)


@dataclass(frozen=True)
class Judged:
    """A signal under the rule in force.

    Attributes:
        score: what is shown, by the community's curve; `signal.score` is the detector's own.
        threshold: on the same scale as `score`.
    """

    signal: Signal
    score: float
    threshold: float
    opens_case: bool
    version: int | None

    @property
    def raw_score(self) -> float | None:
        """The detector's own score where a rule of the community was in force."""
        return None if self.version is None else round(self.signal.score, 4)


@dataclass(frozen=True)
class Tuning:
    """The rules in force, by category; a category without one is as it was shipped."""

    rules: Mapping[str, Rule] = field(default_factory=dict)

    def with_rule(self, category: str, rule: Rule) -> Tuning:
        """Return a tuning in which `rule` is in force."""
        return Tuning({**self.rules, category: rule})

    def judge(self, reading: MessageReading) -> dict[Category, Judged]:
        """Return, for each category, the signal a case would rest on."""
        found: dict[Category, Judged] = {}
        for signal in reading.signals:
            judged = self._judged(signal)
            held = found.get(signal.category)
            if held is None or (judged.opens_case, signal.score) > (held.opens_case, held.signal.score):
                found[signal.category] = judged
        return found

    def _judged(self, signal: Signal) -> Judged:
        rule = self.rules.get(signal.category.value)
        if rule is None or rule.version == 0:
            return Judged(signal, signal.score, signal.threshold, signal.opens_case, None)
        cut = signal.threshold if rule.cut is None else rule.cut
        opens = signal.opens_case if rule.cut is None else signal.score >= rule.cut
        return Judged(signal, rule.worth(signal.score), rule.worth(cut), opens, rule.version)


class TuningView(BaseModel):
    """One version of what a category's scores mean here."""

    category: Category
    version: int = Field(description="0: as shipped, nobody set anything")
    cut: float | None = Field(description="detector score from which on a person is asked; null: each detector's own")
    curve: Curve | None = Field(description="what scores are worth here; null: as the models' cards say")
    basis: dict[str, Any] = Field(description="what it was decided on")
    reason: str
    set_by: str
    set_at: datetime | None


def tuning_of(unit: Unit) -> Tuning:
    """Return what is in force, in one query."""
    return Tuning({row.category: _rule(row) for row in _latest(unit)})


def views_in_force(unit: Unit) -> list[TuningView]:
    """Return what is in force for every category."""
    stored = {row.category: row for row in _latest(unit)}
    return [tuning_view(category, stored.get(category.value)) for category in Category]


def latest_of(unit: Unit, category: Category) -> ScoreTuning | None:
    """Return the row in force, or None where nobody set anything."""
    found: ScoreTuning | None = unit.session.scalar(
        select(ScoreTuning).where(ScoreTuning.category == category.value).order_by(ScoreTuning.version.desc()).limit(1)
    )
    return found


def tuning_view(category: Category, row: ScoreTuning | None) -> TuningView:
    """Return a row as people see it."""
    if row is None:
        return TuningView(
            category=category, version=0, cut=None, curve=None, basis={}, reason="", set_by="", set_at=None
        )
    return TuningView(
        category=category, version=row.version, cut=row.cut, curve=read_curve(row.curve), basis=row.basis,
        reason=row.reason, set_by=row.set_by, set_at=row.set_at,
    )  # fmt: skip


def _latest(unit: Unit) -> list[ScoreTuning]:
    newest = select(ScoreTuning.category, func.max(ScoreTuning.version).label("version")).group_by(ScoreTuning.category)
    versions = {row.category: row.version for row in unit.session.execute(newest)}
    if not versions:
        return []
    rows = unit.session.scalars(select(ScoreTuning).where(ScoreTuning.category.in_(versions)))
    return [row for row in rows if row.version == versions[row.category]]


def _rule(row: ScoreTuning) -> Rule:
    return Rule(row.version, row.cut, read_curve(row.curve))
