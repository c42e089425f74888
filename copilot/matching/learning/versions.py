"""Which weights a community's scores are made with: those of the code, or the version it learnt and activated.

Version 0 are the code's own. At most one stored version is active; older ones stay and can come back, those that were
not better than what was in force stay as a record and cannot.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select

from copilot.community.ids import new_id
from copilot.community.store import Unit
from copilot.community.tables import Community, ScoreWeights
from copilot.errors import Conflict, NotFound
from copilot.matching.scores.scoring import Weights

CODE_VERSION = 0
_log = logging.getLogger(__name__)


class VersionStatus(StrEnum):
    """What a stored version is: in force, was in force, was taken back, or was never better."""

    ACTIVE = "active"
    RETIRED = "retired"
    ROLLED_BACK = "rolled_back"
    REJECTED = "rejected"


def active_weights(unit: Unit, prior: Weights) -> tuple[int, Weights]:
    """Return (version, weights) in force; version 0 and `prior` where nothing learnt is active.

    A version of a score that had other components is not used: what it learnt does not say what the new ones count.
    """
    row = _active(unit)
    if row is None:
        return CODE_VERSION, prior
    weights = usable_weights(row, prior)
    if weights is None:
        _log.warning("weights %s of community %s are of another score and not used", row.version, unit.community_id)
        return CODE_VERSION, prior
    return row.version, weights


def usable_weights(row: ScoreWeights, prior: Weights) -> Weights | None:
    """Return the stored version's weights; None when they are of a score with other components."""
    try:
        return prior.with_shares(row.weights)
    except ValueError:
        return None


def lock_versions(unit: Unit) -> None:
    """Let nobody else change this community's versions until the unit ends; SQLite has one writer."""
    unit.session.execute(select(Community.id).with_for_update(key_share=True))


def add_version(
    unit: Unit, weights: Weights, figures: Mapping[str, Any], *, is_better: bool, actor: str
) -> ScoreWeights:
    """Store a version that was learnt: in force from now on when it was better, else as a record. Lock first."""
    newest = unit.session.scalar(select(func.max(ScoreWeights.version))) or CODE_VERSION
    row = ScoreWeights(
        id=new_id("weights"), version=newest + 1, status=VersionStatus.REJECTED.value, weights=weights.shares(),
        figures=dict(figures), created_by=actor, created_at=unit.now, activated_at=None,
    )  # fmt: skip
    unit.add(row)
    unit.audit(actor, "weights.learnt", ("score_weights", row.id), version=row.version, is_better=is_better)
    if is_better:
        _put_in_force(unit, row, VersionStatus.RETIRED, actor)
    unit.session.flush()
    return row


def activate(unit: Unit, version: int, prior: Weights, actor: str) -> None:
    """Bring back a version that was in force before, or the code's own (0). Lock first.

    Raises:
        NotFound: there is no such version.
        Conflict: it never was better than what was in force, or is of a score with other components.
    """
    if version == CODE_VERSION:
        _put_in_force(unit, None, VersionStatus.RETIRED, actor)
        return
    row = _version(unit, version)
    if row.status == VersionStatus.ACTIVE:
        return
    if row.status == VersionStatus.REJECTED:
        raise Conflict(
            f"version {version} was not better than the weights in force when it was learnt", reason="not_better",
            version=version,
            sentence={
                "zh-CN": f"版本 {version} 在留出的结果上没有胜过当时的权重，不能启用。",
                "en": f"Version {version} was not better than the weights in force on outcomes that were held back.",
            },
        )  # fmt: skip
    if usable_weights(row, prior) is None:
        raise Conflict(
            f"version {version} is of a score with other components", reason="other_score", version=version,
            sentence={
                "zh-CN": f"版本 {version} 属于另一种评分，成分不同，不能启用。",
                "en": f"Version {version} belongs to a score with other components.",
            },
        )  # fmt: skip
    _put_in_force(unit, row, VersionStatus.RETIRED, actor)


def roll_back(unit: Unit, prior: Weights, actor: str) -> None:
    """Take the active version back and return to the one that was in force before it. Lock first.

    Doing so again goes back further, in the end to the code's own weights.

    Raises:
        Conflict: the code's own weights are in force.
    """
    current = _active(unit)
    if current is None:
        raise Conflict(
            "the weights of the code are in force; there is nothing to take back", reason="nothing_active",
            sentence={
                "zh-CN": "现在用的就是自带的权重，没有可以回退的版本。",
                "en": "The weights of the code are in force; there is nothing to take back.",
            },
        )  # fmt: skip
    earlier = (
        select(ScoreWeights)
        .where(ScoreWeights.status == VersionStatus.RETIRED.value, ScoreWeights.activated_at < current.activated_at)
        .order_by(ScoreWeights.activated_at.desc(), ScoreWeights.version.desc())
    )
    before = next((row for row in unit.session.scalars(earlier) if usable_weights(row, prior) is not None), None)
    since = None if before is None else before.activated_at
    _put_in_force(unit, before, VersionStatus.ROLLED_BACK, actor)
    if before is not None:
        before.activated_at = since  # so that the next one goes back further


def _put_in_force(unit: Unit, row: ScoreWeights | None, status_before: VersionStatus, actor: str) -> None:
    current = _active(unit)
    if current is not None:
        current.status = status_before.value
        # Written first: at no moment two versions are active.
        unit.session.flush()
    if row is not None:
        row.status = VersionStatus.ACTIVE.value
        row.activated_at = unit.now
    unit.audit(
        actor, "weights.activated", ("score_weights", row.id if row else "code"),
        version=row.version if row else CODE_VERSION, before=current.version if current else CODE_VERSION,
        is_rollback=status_before is VersionStatus.ROLLED_BACK,
    )  # fmt: skip


def _active(unit: Unit) -> ScoreWeights | None:
    active = select(ScoreWeights).where(ScoreWeights.status == VersionStatus.ACTIVE.value)
    return unit.session.scalars(active.order_by(ScoreWeights.version.desc()).limit(1)).first()


def _version(unit: Unit, version: int) -> ScoreWeights:
    row = unit.session.scalars(select(ScoreWeights).where(ScoreWeights.version == version)).first()
    if row is None:
        raise NotFound(f"there are no weights of version {version}", kind="score_weights", id=version)
    return row
