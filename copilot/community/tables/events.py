"""Event plans in versions, events and what people did and said there, topics and outreach."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from copilot.community.tables.base import JsonList, JsonObject, Scoped


class EventPlan(Scoped):
    """One version of one plan, with the snapshot it was drafted from and the checks it passed."""

    __tablename__ = "event_plan"
    __table_args__ = (
        UniqueConstraint("community_id", "series_id", "version"),
        Index("ix_event_plan_created", "community_id", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    series_id: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    status: Mapped[str] = mapped_column(default="draft")
    brief: Mapped[JsonObject] = mapped_column(default=dict)
    snapshot: Mapped[JsonObject] = mapped_column(default=dict)
    content: Mapped[JsonObject] = mapped_column(default=dict)
    checks: Mapped[JsonList] = mapped_column(default=list)
    drafted_by: Mapped[str]
    degraded: Mapped[JsonObject | None]
    llm_call_ids: Mapped[JsonList] = mapped_column(default=list)
    created_by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class Event(Scoped):
    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("community_id", "code"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str]
    title: Mapped[str]
    format: Mapped[str]
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    city: Mapped[str] = mapped_column(default="")
    venue_id: Mapped[str | None] = mapped_column(ForeignKey("resource.id", ondelete="SET NULL"))
    host_id: Mapped[str | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"))
    speaker_ids: Mapped[JsonList] = mapped_column(default=list)
    capacity: Mapped[int | None]
    goal: Mapped[str] = mapped_column(default="")
    budget_cents: Mapped[int | None]
    spent_cents: Mapped[int | None]
    plan_id: Mapped[str | None] = mapped_column(ForeignKey("event_plan.id", ondelete="SET NULL"))
    status: Mapped[str] = mapped_column(default="published")
    created_at: Mapped[datetime]

    def stale_marks(self) -> list[tuple[str, str, str]]:
        """A changed event is embedded again, or its vector dropped when it is cancelled."""
        return [("vector", "event", self.id)]


class Signup(Scoped):
    __tablename__ = "signup"
    __table_args__ = (UniqueConstraint("community_id", "event_id", "member_id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    status: Mapped[str] = mapped_column(default="going")
    signed_up_at: Mapped[datetime]


class CheckIn(Scoped):
    __tablename__ = "check_in"
    __table_args__ = (UniqueConstraint("community_id", "event_id", "member_id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    checked_in_at: Mapped[datetime]


class EventFeedback(Scoped):
    __tablename__ = "event_feedback"
    __table_args__ = (UniqueConstraint("community_id", "event_id", "member_id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    rating: Mapped[int]
    comment: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class EventReview(Scoped):
    __tablename__ = "event_review"

    event_id: Mapped[str] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    summary: Mapped[str] = mapped_column(default="")
    lessons: Mapped[JsonList] = mapped_column(default=list)
    created_at: Mapped[datetime]


class TopicSuggestion(Scoped):
    __tablename__ = "topic_suggestion"
    __table_args__ = (
        Index("ix_topic_suggestion_member", "community_id", "member_id", "created_at"),
        Index("ix_topic_suggestion_created", "community_id", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    # The question it answers: the suggestion quotes it, so it goes when the question or its asker goes.
    question_id: Mapped[str] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), index=True)
    snapshot: Mapped[JsonObject] = mapped_column(default=dict)
    content: Mapped[JsonObject] = mapped_column(default=dict)
    checks: Mapped[JsonList] = mapped_column(default=list)
    drafted_by: Mapped[str]
    degraded: Mapped[JsonObject | None]
    llm_call_ids: Mapped[JsonList] = mapped_column(default=list)
    status: Mapped[str] = mapped_column(default="suggested")
    created_by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class Outreach(Scoped):
    __tablename__ = "outreach"

    id: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    topic_id: Mapped[str | None] = mapped_column(ForeignKey("topic_suggestion.id", ondelete="CASCADE"))
    draft: Mapped[str]
    status: Mapped[str] = mapped_column(default="draft")
    created_at: Mapped[datetime]
