"""What a community made of scores: cuts and curves in versions, back-tests, and messages that were looked at unflagged."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from copilot.community.tables.base import JsonObject, Scoped


class ScoreTuning(Scoped):
    """From which score on a category asks a person here, and what a score is worth; the highest version is in force."""

    __tablename__ = "score_tuning"
    __table_args__ = (UniqueConstraint("community_id", "category", "version"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    category: Mapped[str]
    version: Mapped[int]
    # On the detectors' own scores; None is each detector's own.
    cut: Mapped[float | None]
    # {} leaves scores as they are; otherwise a, b, c of the curve, with n and upheld.
    curve: Mapped[JsonObject] = mapped_column(default=dict)
    # What it was decided on, such as the precision wanted and the decisions counted.
    basis: Mapped[JsonObject] = mapped_column(default=dict)
    reason: Mapped[str]
    set_by: Mapped[str]
    set_at: Mapped[datetime]


class Backtest(Scoped):
    """A rule tried on past decisions before anybody switches it on. The result holds ids and numbers, no words."""

    __tablename__ = "backtest"
    __table_args__ = (Index("ix_backtest_created", "community_id", "created_at", "id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    spec: Mapped[JsonObject] = mapped_column(default=dict)
    job_id: Mapped[str | None]
    result: Mapped[JsonObject] = mapped_column(default=dict)
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class AuditSample(Scoped):
    """A message that nothing flagged, drawn by chance for a person to look at: what detectors miss shows only so."""

    __tablename__ = "audit_sample"
    __table_args__ = (
        UniqueConstraint("community_id", "message_id"),
        Index("ix_audit_sample_drawn", "community_id", "drawn_at", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"))
    # The Monday of the week it was written in, and how many messages it was drawn from.
    week: Mapped[str]
    eligible: Mapped[int]
    drawn_at: Mapped[datetime]
    # None until somebody looked; then clean or violation.
    verdict: Mapped[str | None]
    category: Mapped[str] = mapped_column(default="")
    looked_by: Mapped[str | None]
    looked_at: Mapped[datetime | None]
