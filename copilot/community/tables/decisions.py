"""What follows decisions and who must agree to them: sanctions, proposals, the community's terms, and moderators' limits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from copilot.community.tables.base import JsonObject, Scoped


class Sanction(Scoped):
    """A warning, mute or removal that a decision asks for. It is carried out by those who were told by webhook."""

    __tablename__ = "sanction"

    id: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    decision_id: Mapped[str] = mapped_column(ForeignKey("decision.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    created_at: Mapped[datetime]
    # When a mute ends.
    until: Mapped[datetime | None]
    # The decision was taken back.
    lifted_at: Mapped[datetime | None]


class DecisionProposal(Scoped):
    """A ruling that waits for a second person."""

    __tablename__ = "decision_proposal"
    __table_args__ = (Index("ix_decision_proposal_queue", "community_id", "status", "proposed_at", "id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"), index=True)
    ruling: Mapped[JsonObject] = mapped_column(default=dict)
    # waiting, confirmed, declined or withdrawn; one that waits lapses by itself at `expires_at`
    status: Mapped[str] = mapped_column(default="waiting")
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(default="")
    decision_id: Mapped[str | None]


class ModerationTerms(Scoped):
    """How long strikes last, what the ladder suggests, what needs two people; one row for a community."""

    __tablename__ = "moderation_terms"

    id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    content: Mapped[JsonObject] = mapped_column(default=dict)
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]


class ModeratorCare(Scoped):
    """How much a moderator wants to see; what is not set is the community's."""

    __tablename__ = "moderator_care"
    __table_args__ = (UniqueConstraint("community_id", "actor"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    actor: Mapped[str]
    blur: Mapped[str]
    severe_per_day: Mapped[int | None]
    break_after_minutes: Mapped[int | None]
    changed_at: Mapped[datetime]
