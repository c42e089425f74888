"""What members say when they are asked how they feel in the community, and the weekly reports for its operators."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from copilot.community.tables.base import JsonObject, Scoped


class PulseAnswer(Scoped):
    """One member's answer of one week, 1 (bad) to 5 (good); a later answer in the week takes its place.

    Shown only as a mean of several members, never one by one.
    """

    __tablename__ = "pulse_answer"
    __table_args__ = (UniqueConstraint("community_id", "member_id", "week"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    week: Mapped[str]
    score: Mapped[int]
    answered_at: Mapped[datetime]


class WeeklyRecord(Scoped):
    """What a weekly report is composed from, one for each local week; composing it again gives the same report."""

    __tablename__ = "weekly_record"
    __table_args__ = (UniqueConstraint("community_id", "week"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    week: Mapped[str]
    snapshot: Mapped[JsonObject] = mapped_column(default=dict)
    # The paragraph a model worded, as far as it passed the checks, and what was asked.
    summary: Mapped[JsonObject] = mapped_column(default=dict)
    made_by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    made_at: Mapped[datetime]
