"""WeightService: what a community's outcomes say of its weights, and which version is in force."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from copilot.community.store import Page, Store, Unit
from copilot.community.tables import ScoreWeights
from copilot.errors import Conflict
from copilot.matching.learning.fitting import LearningRules, Lesson, learn_from
from copilot.matching.learning.outcomes import outcomes
from copilot.matching.learning.versions import (
    CODE_VERSION,
    VersionStatus,
    activate,
    active_weights,
    add_version,
    lock_versions,
    roll_back,
    usable_weights,
)
from copilot.matching.records import Locale, read_setting
from copilot.matching.scores.scoring import Weights

_SENTENCES: dict[Locale, dict[str, str]] = {
    "zh-CN": {
        "activated": "版本 {version} 在 {held} 条较新的结果上胜过原来的权重，已经启用；随时可以回退。",
        "rejected": "版本 {version} 在 {held} 条较新的结果上没有明显胜过现在的权重，只作记录，没有启用。",
        "not_enough": (
            "结果还不够，没有学习：用于学习的有 {learnt} 条（至少 {least_learnt}），留作检验的有 {held} 条（至少 {least_held}），"
            "两部分里“愿意”和“不愿意”各至少 {of_each} 条、各来自至少 {members} 位成员。"
        ),
    },
    "en": {
        "activated": "Version {version} did better on {held} newer outcomes and is in force; it can be rolled back.",
        "rejected": "Version {version} was not clearly better on {held} newer outcomes; it is kept as a record only.",
        "not_enough": (
            "Not enough outcomes, nothing was learnt: {learnt} to learn from (at least {least_learnt}) and {held} to "
            "judge by (at least {least_held}); both need {of_each} of each, yes and no, by {members} members."
        ),
    },
}


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WeightVersion(_Answer):
    """A version of the weights that this community learnt."""

    version: int = Field(ge=1)
    status: VersionStatus
    is_usable: bool = Field(description="false: it is of a score with other components")
    shares: dict[str, float] = Field(description="what each component counts; they sum to 1")
    figures: dict[str, Any] = Field(
        description="outcomes learnt from and held back, and how both versions did on these"
    )
    created_by: str
    created_at: datetime
    activated_at: datetime | None


class WeightsInForce(_Answer):
    """The weights that scores are made with now."""

    version: int = Field(ge=0, description="0: those of the code")
    shares: dict[str, float]


class LearningResult(_Answer):
    """What learning came to."""

    result: Literal["activated", "rejected", "not_enough"]
    sentence: str
    version: WeightVersion | None
    figures: dict[str, Any]
    in_force: WeightsInForce


class WeightService:
    """Learns, lists, activates and rolls back. Safe to share between threads."""

    def __init__(self, store: Store, prior: Weights | None = None, rules: LearningRules | None = None) -> None:
        self._store = store
        self._prior = prior or Weights()
        self._rules = rules or LearningRules()

    def learn(self, community_id: str, *, actor: str) -> LearningResult:
        """Learn a version from the outcomes so far, judge it by newer ones, and put it in force if it is better.

        The same outcomes give the same version. Too few are an answer with their numbers, not an error.

        Raises:
            NotFound: there is no such community.
            Conflict: another version was put in force meanwhile.
        """
        found = list(outcomes(self._store, community_id, most=self._rules.most, newest_first=True))
        with self._store.read(community_id) as unit:
            base, current = active_weights(unit, self._prior)
        lesson = learn_from(found, current, self._prior, self._rules)
        if lesson.weights is None:
            with self._store.read(community_id) as unit:
                return self._result(unit, "not_enough", lesson, None)
        with self._store.write(community_id) as unit:
            lock_versions(unit)
            if active_weights(unit, self._prior)[0] != base:
                raise Conflict("another version was put in force meanwhile; learn again", reason="changed_meanwhile")
            figures = lesson.figures | {"compared_with": base}
            row = add_version(unit, lesson.weights, figures, is_better=lesson.is_better, actor=actor)
            return self._result(unit, "activated" if lesson.is_better else "rejected", lesson, row)

    def versions(self, community_id: str, *, limit: int = 50, cursor: str | None = None) -> Page[WeightVersion]:
        """Return the stored versions, newest first.

        Raises:
            InvalidInput: limit or cursor is wrong.
        """
        with self._store.read(community_id) as unit:
            sort = (ScoreWeights.created_at, ScoreWeights.id)
            page = unit.page(select(ScoreWeights), sort, limit=limit, cursor=cursor)
            return Page([self._version(row) for row in page.items], page.next_cursor)

    def in_force(self, community_id: str) -> WeightsInForce:
        """Return the weights that scores are made with now."""
        with self._store.read(community_id) as unit:
            return self._in_force(unit)

    def activate(self, community_id: str, version: int, *, actor: str) -> WeightsInForce:
        """Bring back a version that was in force before, or those of the code (0); see `weight_versions.activate`."""
        with self._store.write(community_id) as unit:
            lock_versions(unit)
            activate(unit, version, self._prior, actor)
            return self._in_force(unit)

    def roll_back(self, community_id: str, *, actor: str) -> WeightsInForce:
        """Return to what was in force before the active version; see `weight_versions.roll_back`."""
        with self._store.write(community_id) as unit:
            lock_versions(unit)
            roll_back(unit, self._prior, actor)
            return self._in_force(unit)

    def _result(
        self, unit: Unit, result: Literal["activated", "rejected", "not_enough"], lesson: Lesson,
        row: ScoreWeights | None,
    ) -> LearningResult:  # fmt: skip
        rules = self._rules
        sentence = _SENTENCES[read_setting(unit).locale][result].format(
            version=row.version if row else CODE_VERSION,
            learnt=lesson.figures["learnt_from"]["outcomes"], held=lesson.figures["held_back"]["outcomes"],
            least_learnt=rules.least_learnt, least_held=rules.least_held_back, of_each=rules.least_of_each,
            members=rules.least_members,
        )  # fmt: skip
        return LearningResult(
            result=result, sentence=sentence, version=self._version(row) if row else None, figures=lesson.figures,
            in_force=self._in_force(unit),
        )  # fmt: skip

    def _in_force(self, unit: Unit) -> WeightsInForce:
        version, weights = active_weights(unit, self._prior)
        return WeightsInForce(version=version, shares=weights.shares())

    def _version(self, row: ScoreWeights) -> WeightVersion:
        return WeightVersion(
            version=row.version, status=VersionStatus(row.status), shares=row.weights, figures=row.figures,
            is_usable=usable_weights(row, self._prior) is not None, created_by=row.created_by,
            created_at=row.created_at, activated_at=row.activated_at,
        )  # fmt: skip
