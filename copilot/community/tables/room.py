"""What members say when they are asked how they feel in the community."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from copilot.community.tables.base import Scoped


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
