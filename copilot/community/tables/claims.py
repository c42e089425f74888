"""What moderators put right: sentences that messages are held against."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from copilot.community.tables.base import Scoped


class Correction(Scoped):
    """A sentence that a moderator vouches for, with where it comes from. It counts until it expires or is withdrawn."""

    __tablename__ = "correction"
    __table_args__ = (Index("ix_correction_created", "community_id", "created_at", "id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    # Where it comes from: an address, a notice, a person's word.
    source: Mapped[str]
    expires_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
