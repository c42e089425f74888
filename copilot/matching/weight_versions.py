"""Which weights a community's scores are made with: those of the code, or the version it learnt and activated."""

from __future__ import annotations

from sqlalchemy import select

from copilot.community.store import Unit
from copilot.community.tables import ScoreWeights
from copilot.matching.scoring import Weights

CODE_VERSION = 0


def active_weights(unit: Unit, prior: Weights) -> tuple[int, Weights]:
    """Return (version, weights) in force; version 0 and `prior` where nothing learnt is active.

    Raises:
        ValueError: the stored version does not fit the score of this software.
    """
    active = select(ScoreWeights).where(ScoreWeights.status == "active").order_by(ScoreWeights.version.desc())
    row = unit.session.scalars(active.limit(1)).first()
    return (CODE_VERSION, prior) if row is None else (row.version, prior.with_shares(row.weights))
