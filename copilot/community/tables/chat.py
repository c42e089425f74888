"""Channels, messages, what was read in them, and the cases, decisions and readings of the room that follow."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from copilot.community.tables.base import JsonList, JsonObject, Scoped


class Channel(Scoped):
    __tablename__ = "channel"
    __table_args__ = (UniqueConstraint("community_id", "platform", "external_id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    platform: Mapped[str]
    external_id: Mapped[str]
    name: Mapped[str]
    purpose: Mapped[str] = mapped_column(default="")
    promo_allowed: Mapped[bool] = mapped_column(default=False)
    attributes: Mapped[JsonObject] = mapped_column(default=dict)
    created_at: Mapped[datetime]


class Message(Scoped):
    """One message. A recalled one keeps its row (so that an import does not bring it back) and loses its text."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("community_id", "channel_id", "external_id"),
        Index("ix_message_channel_sent", "community_id", "channel_id", "sent_at", "id"),
        Index("ix_message_sent", "community_id", "sent_at", "id"),  # windows over all channels
        Index("ix_message_sender", "community_id", "sender_id", "sent_at"),
        Index("ix_message_reply", "community_id", "reply_to_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    channel_id: Mapped[str] = mapped_column(ForeignKey("channel.id", ondelete="CASCADE"))
    external_id: Mapped[str]
    sender_id: Mapped[str | None] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    sent_at: Mapped[datetime]
    type: Mapped[int] = mapped_column(default=0)
    text: Mapped[str] = mapped_column(default="")
    # Not a foreign key: exports cut threads, and a reply may arrive before what it answers.
    reply_to_id: Mapped[str | None]
    mentions: Mapped[JsonList] = mapped_column(default=list)
    recalled_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]

    def stale_marks(self) -> list[tuple[str, str, str]]:
        """A new, changed, hidden or recalled message is read again, and its vector renewed or dropped."""
        return [("reading", "message", self.id), ("vector", "question", self.id)]


class Reading(Scoped):
    """What the local models say of one message. Derived: can be dropped and made again."""

    __tablename__ = "reading"
    __table_args__ = (Index("ix_reading_read", "community_id", "read_at", "message_id"),)

    message_id: Mapped[str] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), primary_key=True)
    model_version: Mapped[str]
    # Probabilities 0-1; the three sentiments sum to 1.
    negative: Mapped[float]
    neutral: Mapped[float]
    positive: Mapped[float]
    # Category -> score 0-1, only those that any stage raised.
    categories: Mapped[JsonObject] = mapped_column(default=dict)
    is_question: Mapped[bool] = mapped_column(default=False, index=True)
    language: Mapped[str] = mapped_column(default="")
    stage: Mapped[str] = mapped_column(default="local")
    read_at: Mapped[datetime]

    def stale_marks(self) -> list[tuple[str, str, str]]:
        """Questions are embedded; whether a message is one is known only now."""
        return [("vector", "question", self.message_id)]


class Case(Scoped):
    """A suspected breach that waits for a person. What it rests on is in `CaseItem`; the gravest of them stands here."""

    __tablename__ = "case"
    __table_args__ = (
        UniqueConstraint("community_id", "message_id", "category"),
        Index("ix_case_queue", "community_id", "status", "created_at", "id"),
        Index("ix_case_priority", "community_id", "status", "priority", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"))
    member_id: Mapped[str | None] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    category: Mapped[str]
    severity: Mapped[str]
    score: Mapped[float]
    clause_id: Mapped[str] = mapped_column(default="")
    # Half-open span of code points in the stored text; `quote` is exactly text[start:end].
    evidence_start: Mapped[int]
    evidence_end: Mapped[int]
    quote: Mapped[str]
    context_ids: Mapped[JsonList] = mapped_column(default=list)
    detector: Mapped[str]
    detector_version: Mapped[str]
    # 0-1 each; priority = harm x certainty x reach, see `copilot/moderation/priority.py`.
    harm: Mapped[float] = mapped_column(default=0.0, server_default="0")
    certainty: Mapped[float] = mapped_column(default=0.0, server_default="0")
    reach: Mapped[float] = mapped_column(default=0.0, server_default="0")
    priority: Mapped[float] = mapped_column(default=0.0, server_default="0")
    status: Mapped[str] = mapped_column(default="open")
    claimed_by: Mapped[str | None]
    first_seen_at: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]
    lease_expires_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Decision(Scoped):
    """Verdict apart from action. `effects` lists every side effect, so that an undo can reverse each."""

    __tablename__ = "decision"
    __table_args__ = (Index("ix_decision_decided", "community_id", "decided_at", "id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"), index=True)
    verdict: Mapped[str]
    action: Mapped[str] = mapped_column(default="none")
    reason: Mapped[str] = mapped_column(default="")
    # The clause it cites and the severity a person found; empty for what was decided before these were kept.
    clause_id: Mapped[str] = mapped_column(default="", server_default="")
    severity: Mapped[str] = mapped_column(default="", server_default="")
    # When a mute ends.
    until: Mapped[datetime | None]
    effects: Mapped[JsonList] = mapped_column(default=list)
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
    # The second pair of eyes.
    confirmed_by: Mapped[str | None]
    undone_by: Mapped[str | None]
    undone_at: Mapped[datetime | None]


class Appeal(Scoped):
    """What a member says against a decision about them; once for each decision. Without an outcome it waits."""

    __tablename__ = "appeal"
    __table_args__ = (
        Index("uq_appeal_decision", "community_id", "decision_id", unique=True),
        Index("ix_appeal_queue", "community_id", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    decision_id: Mapped[str] = mapped_column(ForeignKey("decision.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    text: Mapped[str]
    # upheld, overturned, or settled: the decision was taken back before anybody answered
    outcome: Mapped[str | None]
    answer: Mapped[str] = mapped_column(default="", server_default="")
    decided_by: Mapped[str | None]
    # moderator, or operator where no second moderator is there
    decided_as: Mapped[str] = mapped_column(default="", server_default="")
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]


class Strike(Scoped):
    __tablename__ = "strike"

    id: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    decision_id: Mapped[str] = mapped_column(ForeignKey("decision.id", ondelete="CASCADE"))
    severity: Mapped[str] = mapped_column(default="", server_default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    voided_at: Mapped[datetime | None]


class Report(Scoped):
    """A member's word about a message; one for each member and message."""

    __tablename__ = "report"
    __table_args__ = (
        Index("ix_report_case", "community_id", "case_id"),
        Index("ix_report_reporter", "community_id", "reporter_id", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), index=True)
    reporter_id: Mapped[str | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"))
    category: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    # Not a foreign key: when a case goes because its message was taken back, that somebody reported it stays.
    case_id: Mapped[str | None]
    created_at: Mapped[datetime]


class AtmosphereSnapshot(Scoped):
    __tablename__ = "atmosphere_snapshot"
    __table_args__ = (UniqueConstraint("community_id", "channel_id", "window_start", "window_end"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    channel_id: Mapped[str | None] = mapped_column(ForeignKey("channel.id", ondelete="CASCADE"))
    # The channels whose attribute `group` has this value; empty for one channel and for all.
    group: Mapped[str] = mapped_column(default="", server_default="")
    window_start: Mapped[datetime]
    window_end: Mapped[datetime]
    content: Mapped[JsonObject] = mapped_column(default=dict)
    # Watched figures on the scale they are compared on: name -> [value, standard error, observations].
    points: Mapped[JsonObject] = mapped_column(default=dict, server_default="{}")
    created_at: Mapped[datetime]


class Alert(Scoped):
    """A change beyond noise, or a thread to look at, with one suggested step. It acts on nothing and names nobody."""

    __tablename__ = "alert"
    __table_args__ = (Index("ix_alert_community_opened", "community_id", "opened_at", "id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    channel_id: Mapped[str | None] = mapped_column(ForeignKey("channel.id", ondelete="CASCADE"))
    group: Mapped[str] = mapped_column(default="", server_default="")
    # `change` of a figure over days, or `thread`: a quarrel that may be beginning.
    kind: Mapped[str] = mapped_column(default="change", server_default="change")
    dimension: Mapped[str]
    measure: Mapped[str] = mapped_column(default="", server_default="")
    content: Mapped[JsonObject] = mapped_column(default=dict)
    status: Mapped[str] = mapped_column(default="open")
    # The week's budget went to more serious ones.
    held_back: Mapped[bool] = mapped_column(default=False, server_default=false())
    seriousness: Mapped[float] = mapped_column(default=0.0, server_default="0")
    week: Mapped[str] = mapped_column(default="", server_default="")
    # The end of the day (or the time of the message) at which it opened and closed; `created_at` is when we saw it.
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    # What became of the suggested step: waiting, taken or dismissed.
    step: Mapped[str] = mapped_column(default="waiting", server_default="waiting")
    step_by: Mapped[str] = mapped_column(default="", server_default="")
    step_note: Mapped[str] = mapped_column(default="", server_default="")
    step_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
