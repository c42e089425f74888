"""Proposals and what becomes of them, the rules of who meets whom, rounds and rotations, weights that were learnt."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from copilot.community.tables.base import JsonList, JsonObject, Scoped


class Match(Scoped):
    __tablename__ = "match"
    __table_args__ = (
        Index("ix_match_member", "community_id", "member_id", "kind", "created_at"),
        # Who was proposed how often is asked for hundreds of targets at once.
        Index("ix_match_target", "community_id", "kind", "target_id", "status"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    kind: Mapped[str]
    target_id: Mapped[str]
    score: Mapped[float]
    components: Mapped[JsonObject] = mapped_column(default=dict)
    reasons: Mapped[JsonList] = mapped_column(default=list)
    status: Mapped[str] = mapped_column(default="proposed")
    # The weights that made the score; 0 are those of the code.
    weights_version: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime]
    # When it was proposed, the last time after a rest; rows of the first schema have none: it is when they were made.
    proposed_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]


class MatchFeedback(Scoped):
    __tablename__ = "match_feedback"

    id: Mapped[str] = mapped_column(primary_key=True)
    match_id: Mapped[str] = mapped_column(ForeignKey("match.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    verdict: Mapped[str]
    comment: Mapped[str] = mapped_column(default="")
    # What was known when this was said: a proposal that is made again has other figures, and the learning needs these.
    score: Mapped[float | None]
    components: Mapped[JsonObject] = mapped_column(default=dict, server_default="{}")
    weights_version: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime]


class Introduction(Scoped):
    """Two members on their way to each other. The asker said yes first; contacts are shown when both did."""

    __tablename__ = "introduction"
    __table_args__ = (
        Index("ix_introduction_asker", "community_id", "asker_id", "created_at"),
        Index("ix_introduction_target", "community_id", "target_id", "created_at"),
        Index("ix_introduction_status", "community_id", "status", "expires_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    match_id: Mapped[str] = mapped_column(ForeignKey("match.id", ondelete="CASCADE"), index=True)
    asker_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    target_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    status: Mapped[str] = mapped_column(default="waiting")
    # Who ended it and why: a code, and words that only operators and moderators read.
    ended_by: Mapped[str | None]
    end_code: Mapped[str] = mapped_column(default="")
    end_comment: Mapped[str] = mapped_column(default="")
    # What was known of the pair when the asker said yes: the learning reads it.
    components: Mapped[JsonObject] = mapped_column(default=dict)
    drafts: Mapped[JsonObject] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revealed_at: Mapped[datetime | None]


class PairRule(Scoped):
    """A rule about two members: `blocked` by the first, or `cannot_match` and `must_match` set by an operator."""

    __tablename__ = "pair_rule"
    __table_args__ = (
        UniqueConstraint("community_id", "kind", "first_id", "second_id"),
        Index("ix_pair_rule_first", "community_id", "first_id", "second_id"),
        Index("ix_pair_rule_second", "community_id", "second_id", "first_id"),
        Index("ix_pair_rule_created", "community_id", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    first_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    second_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    note: Mapped[str] = mapped_column(default="")
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]


class Endorsement(Scoped):
    """One member vouches for another; both see it, and only what stands counts."""

    __tablename__ = "endorsement"
    __table_args__ = (UniqueConstraint("community_id", "by_id", "member_id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    by_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class Seating(Scoped):
    """One planned round (coffee, tables) or one rotation of parallel groups. Who sits where stands in `Seat`."""

    __tablename__ = "seating"
    __table_args__ = (
        UniqueConstraint("community_id", "kind", "series", "number"),
        Index("ix_seating_created", "community_id", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    series: Mapped[str]
    number: Mapped[int]
    status: Mapped[str] = mapped_column(default="planned")
    params: Mapped[JsonObject] = mapped_column(default=dict)
    # Figures only (totals, bounds, balance): people stand in the seats.
    result: Mapped[JsonObject] = mapped_column(default=dict)
    created_by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Seat(Scoped):
    """One member in one group of a seating; `from_group` is where a rotation found them."""

    __tablename__ = "seat"
    __table_args__ = (Index("ix_seat_member", "community_id", "member_id"),)

    community_id: Mapped[str] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"), primary_key=True)
    seating_id: Mapped[str] = mapped_column(ForeignKey("seating.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    group: Mapped[str]
    from_group: Mapped[str] = mapped_column(default="")


class ScoreWeights(Scoped):
    """A version of the score's weights that a community learnt; at most one is active, older ones can come back."""

    __tablename__ = "score_weights"
    __table_args__ = (UniqueConstraint("community_id", "version"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    status: Mapped[str] = mapped_column(default="candidate")
    weights: Mapped[JsonObject] = mapped_column(default=dict)
    # Outcomes learnt from and held back, and how both versions did on those.
    figures: Mapped[JsonObject] = mapped_column(default=dict)
    created_by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    activated_at: Mapped[datetime | None]


class AspectProposal(Scoped):
    """A sentence somebody or something thinks belongs in a profile; it counts only once the member confirms it."""

    __tablename__ = "aspect_proposal"
    __table_args__ = (
        Index("ix_aspect_proposal_member", "community_id", "member_id", "status", "created_at"),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    aspect: Mapped[str]
    # Besides texts, single fields can be proposed: city, industry, role, stage, skill. Empty for a text.
    field: Mapped[str] = mapped_column(default="")
    text: Mapped[str]
    source: Mapped[str]
    # The message it stands in, which takes it along when it goes; none for an introduction handed in by itself.
    message_id: Mapped[str | None] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), index=True)
    quote: Mapped[str] = mapped_column(default="")
    extracted_by: Mapped[str] = mapped_column(default="rules")
    status: Mapped[str] = mapped_column(default="proposed")
    profile_text_id: Mapped[str | None]
    created_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class Webhook(Scoped):
    """Where a community wants to be told of something, and the secret that signs it."""

    __tablename__ = "webhook"

    id: Mapped[str] = mapped_column(primary_key=True)
    url: Mapped[str]
    events: Mapped[JsonList] = mapped_column(default=list)
    secret: Mapped[str]
    status: Mapped[str] = mapped_column(default="active")
    created_by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class WebhookDelivery(Scoped):
    """One message to one webhook: written with the change it tells of, delivered after, tried again until it is."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        Index("ix_webhook_delivery_waiting", "community_id", "status", "next_try_at"),
        Index("ix_webhook_delivery_created", "community_id", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    webhook_id: Mapped[str] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"), index=True)
    event: Mapped[str]
    payload: Mapped[JsonObject] = mapped_column(default=dict)
    status: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]
    last_answer: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
