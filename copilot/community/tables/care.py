"""What is done for members who seem to need help, and which messages are therefore shown and counted nowhere else."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from copilot.community.tables.base import Scoped


class PrivateMessage(Scoped):
    """A message that no feature quotes, counts or embeds. It outlives what was done about it."""

    __tablename__ = "private_message"

    message_id: Mapped[str] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), primary_key=True)
    noted_at: Mapped[datetime]
    # Its member deleted the entry, or it was kept long enough: reading the message again makes no new one.
    is_settled: Mapped[bool] = mapped_column(default=False, server_default=false())

    def stale_marks(self) -> list[tuple[str, str, str]]:
        """A question that became private loses its vector."""
        return [("vector", "question", self.message_id)]


class CareItem(Scoped):
    """Somebody who may need help, for the people whom the operator named. No score is kept: nobody is ranked."""

    __tablename__ = "care_item"
    __table_args__ = (
        UniqueConstraint("community_id", "message_id"),
        Index("ix_care_item_created", "community_id", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    message_id: Mapped[str] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"))
    # asks_help, burnout or self_harm
    kind: Mapped[str]
    # new, looked_at, contacted or closed
    status: Mapped[str] = mapped_column(default="new")
    # The key of whoever looks after it; empty while nobody does.
    held_by: Mapped[str] = mapped_column(default="")
    # From which probability on a message comes here, then in force.
    threshold: Mapped[float]
    detector_version: Mapped[str]
    created_at: Mapped[datetime]
    contacted_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class CareNote(Scoped):
    """What one of the named people wrote down; nobody else reads it."""

    __tablename__ = "care_note"
    __table_args__ = (Index("ix_care_note_care", "community_id", "care_id", "created_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    care_id: Mapped[str] = mapped_column(ForeignKey("care_item.id", ondelete="CASCADE"))
    text: Mapped[str]
    written_by: Mapped[str]
    created_at: Mapped[datetime]
