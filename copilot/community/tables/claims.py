"""What moderators put right, and which messages the community's own records contradict."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
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


class ClaimFinding(Scoped):
    """A claim of a message that a record of the community contradicts, with the record's exact words."""

    __tablename__ = "claim_finding"

    # One message, one finding: the first contradicted claim in it.
    message_id: Mapped[str] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), primary_key=True)
    case_id: Mapped[str]
    # Half-open span of code points in the stored text.
    start: Mapped[int]
    end: Mapped[int]
    aspect: Mapped[str]
    source_kind: Mapped[str]
    source_id: Mapped[str]
    source_quote: Mapped[str]
    created_at: Mapped[datetime]
