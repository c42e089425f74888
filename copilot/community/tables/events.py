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
    # Paths that a person has settled: later drafts leave them alone.
    locks: Mapped[JsonList] = mapped_column(default=list, server_default="[]")
    # How this version came from the one before it; empty for the first.
    change: Mapped[JsonObject] = mapped_column(default=dict, server_default="{}")
    created_by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class CalendarFeed(Scoped):
    """A web address under which calendars read the community's events; the token in it is kept as a hash alone."""

    __tablename__ = "calendar_feed"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        Index("ix_calendar_feed_created", "community_id", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    token_hash: Mapped[str]
    hint: Mapped[str]
    created_by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    last_read_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Event(Scoped):
    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("community_id", "code"),
        # One plan, in whatever version, is one event.
        Index("ix_event_series", "community_id", "series_id", unique=True),
        Index("ix_event_starts", "community_id", "starts_at", "id"),
    )

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
    # The plan's series; None for events that were imported.
    series_id: Mapped[str | None]
    # Counts the changes people with the event in their calendar must be told of (RFC 5545, SEQUENCE).
    sequence: Mapped[int] = mapped_column(default=0, server_default="0")
    # None: not known, as of events that were imported.
    online: Mapped[bool | None]
    place: Mapped[str] = mapped_column(default="", server_default="")
    # How many are to come; `capacity` is how many may sign up.
    headcount: Mapped[int | None]
    feedback_questions: Mapped[JsonList] = mapped_column(default=list, server_default="[]")
    cancel_reason: Mapped[str] = mapped_column(default="", server_default="")
    changed_at: Mapped[datetime | None]
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
    # When the waiting list gave this one a place.
    moved_up_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    # Codes that were not the door's, since the first of them: who guesses is stopped.
    wrong_codes: Mapped[int] = mapped_column(default=0, server_default="0")
    wrong_codes_since: Mapped[datetime | None]


class EventDoor(Scoped):
    """What the codes at the door are made from. Apart from the event, which is exported: this never leaves."""

    __tablename__ = "event_door"

    event_id: Mapped[str] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    secret: Mapped[str]


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
    # [{"question": as it was asked, "answer": ...}]
    answers: Mapped[JsonList] = mapped_column(default=list, server_default="[]")
    created_at: Mapped[datetime]


class EventReview(Scoped):
    __tablename__ = "event_review"

    event_id: Mapped[str] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    summary: Mapped[str] = mapped_column(default="")
    # What the next plan reads: those people wrote, then those that follow from the figures.
    lessons: Mapped[JsonList] = mapped_column(default=list)
    # The figures; empty for a review that was imported. Comments are named by id and span, never copied.
    content: Mapped[JsonObject] = mapped_column(default=dict, server_default="{}")
    created_at: Mapped[datetime]


class TopicSuggestion(Scoped):
    __tablename__ = "topic_suggestion"
    __table_args__ = (
        Index("ix_topic_suggestion_member", "community_id", "member_id", "created_at"),
        Index("ix_topic_suggestion_created", "community_id", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    # What it is about: the question it answers, or the member's own record that fills a gap.
    subject_id: Mapped[str] = mapped_column(default="", server_default="")
    # The question it answers, if somebody asked: the suggestion quotes it, so it goes when the question or its asker goes.
    question_id: Mapped[str | None] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), index=True)
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
    """Somebody who is to be asked for a topic in one week, and what became of it. The draft goes with its topic."""

    __tablename__ = "outreach"
    __table_args__ = (
        Index("ix_outreach_week", "community_id", "week", "created_at", "id"),
        Index("ix_outreach_topic", "community_id", "topic_id"),
        Index("ix_outreach_created", "community_id", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    topic_id: Mapped[str | None] = mapped_column(ForeignKey("topic_suggestion.id", ondelete="CASCADE"))
    draft: Mapped[str]
    status: Mapped[str] = mapped_column(default="draft")
    # ISO week in the community's zone, such as 2026-W47.
    week: Mapped[str] = mapped_column(default="", server_default="")
    reason: Mapped[str] = mapped_column(default="", server_default="")
    framework: Mapped[str] = mapped_column(default="", server_default="")
    # Hour of the day 0-23 in the community's zone; None where the member's messages do not show one.
    best_hour: Mapped[int | None]
    # Hour at which the operator said the message went out, in the same zone: what is learnt from.
    sent_hour: Mapped[int | None]
    sent_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(default="", server_default="")
    created_by: Mapped[str] = mapped_column(default="", server_default="")
    created_at: Mapped[datetime]


class OutreachPause(Scoped):
    """A member does not want to be asked for topics."""

    __tablename__ = "outreach_pause"

    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    created_by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class TopicPost(Scoped):
    """A member's notes, arranged into the framework of a topic; it goes with the topic."""

    __tablename__ = "topic_post"
    __table_args__ = (Index("ix_topic_post_topic", "community_id", "topic_id", "created_at", "id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    topic_id: Mapped[str] = mapped_column(ForeignKey("topic_suggestion.id", ondelete="CASCADE"))
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    notes: Mapped[str]
    content: Mapped[JsonObject] = mapped_column(default=dict)
    drafted_by: Mapped[str]
    degraded: Mapped[JsonObject | None]
    llm_call_ids: Mapped[JsonList] = mapped_column(default=list)
    created_by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
