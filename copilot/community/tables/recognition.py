"""Recognition: the ledger of points, seasons with teams and awards, and what points can be exchanged for.

The ledger knows people by random names alone; `PointPerson` says whose they are and goes with the member. So an entry
never has to change: what others were given still adds up, and nobody can tell any more by whom.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from copilot.community.tables.base import JsonList, JsonObject, Scoped


class PointPerson(Scoped):
    """Under which name the ledger knows a member."""

    __tablename__ = "point_person"
    __table_args__ = (UniqueConstraint("community_id", "member_id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]


class PointRules(Scoped):
    """A version of the rules; entries name theirs, so every version stays."""

    __tablename__ = "point_rules"
    __table_args__ = (UniqueConstraint("community_id", "version"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    content: Mapped[JsonObject] = mapped_column(default=dict)
    created_by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class PointEntry(Scoped):
    """One scored act, or the reversal of one. Append-only: the database refuses to change or remove an entry.

    Shares are in ten-thousandths, points in hundredths: whole numbers, so that a recount is equal on every machine.
    """

    __tablename__ = "point_entry"
    __table_args__ = (
        UniqueConstraint("community_id", "number"),
        # One act is scored once, one entry reversed once.
        UniqueConstraint("community_id", "act_key"),
        Index("ix_point_entry_person", "community_id", "person_id", "number"),
        Index("ix_point_entry_created", "community_id", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]
    act_key: Mapped[str]
    # Names of `PointPerson`, not foreign keys: the entry outlives them. An empty giver is the community's staff.
    person_id: Mapped[str]
    giver_id: Mapped[str] = mapped_column(default="")
    rule: Mapped[str]
    rules_version: Mapped[int]
    evidence_kind: Mapped[str]
    evidence_id: Mapped[str]
    act_at: Mapped[datetime]
    # The day of the act in the community's zone, as it was when the entry was written.
    act_on: Mapped[date]
    base: Mapped[int]
    day_share: Mapped[int]
    pair_share: Mapped[int]
    breadth_share: Mapped[int]
    ring_share: Mapped[int]
    hundredths: Mapped[int]
    reverses_id: Mapped[str | None]
    # Of a reversal: a code, never a person's words.
    reason: Mapped[str] = mapped_column(default="", server_default="")
    created_by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class Thanks(Scoped):
    """A member says that another's answer, write-up or welcome helped."""

    __tablename__ = "thanks"
    __table_args__ = (
        UniqueConstraint("community_id", "kind", "from_id", "evidence_id"),
        Index("ix_thanks_created", "community_id", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    from_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    evidence_kind: Mapped[str]
    evidence_id: Mapped[str]
    created_by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class RecognitionPause(Scoped):
    """A member who wants to be on no board, in no award and in no slot; points are still counted, for them alone."""

    __tablename__ = "recognition_pause"

    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    created_by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class SeasonTeam(Scoped):
    """A team of a season and the one project it shares; milestones are [{"title", "done_at"}]."""

    __tablename__ = "season_team"
    __table_args__ = (UniqueConstraint("community_id", "season_id", "name"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    season_id: Mapped[str] = mapped_column(ForeignKey("season.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    project: Mapped[str] = mapped_column(default="")
    milestones: Mapped[JsonList] = mapped_column(default=list)
    created_by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class SeasonTeamMember(Scoped):
    """Who is in a team; a member is in one team of a season."""

    __tablename__ = "season_team_member"

    community_id: Mapped[str] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"), primary_key=True)
    season_id: Mapped[str] = mapped_column(ForeignKey("season.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, index=True)
    team_id: Mapped[str] = mapped_column(ForeignKey("season_team.id", ondelete="CASCADE"), index=True)


class Reward(Scoped):
    """What points can be exchanged for; without a stock there is no end of it."""

    __tablename__ = "reward"
    __table_args__ = (Index("ix_reward_created", "community_id", "created_at", "id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    # prize or exposure
    kind: Mapped[str]
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    cost_hundredths: Mapped[int]
    stock: Mapped[int | None]
    status: Mapped[str] = mapped_column(default="offered")
    created_by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class Redemption(Scoped):
    """Points exchanged for a reward. Points on the boards stay: only what can still be spent is less."""

    __tablename__ = "redemption"
    __table_args__ = (Index("ix_redemption_created", "community_id", "created_at", "id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    reward_id: Mapped[str] = mapped_column(ForeignKey("reward.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    cost_hundredths: Mapped[int]
    # waiting, handed_over or cancelled
    status: Mapped[str] = mapped_column(default="waiting")
    created_by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]


class Exposure(Scoped):
    """A day on which a member's card is shown; each place of a day is given once."""

    __tablename__ = "exposure"
    __table_args__ = (UniqueConstraint("community_id", "day", "place"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date]
    place: Mapped[int]
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    redemption_id: Mapped[str | None] = mapped_column(ForeignKey("redemption.id", ondelete="SET NULL"))
    created_by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class CardLink(Scoped):
    """A web address under which a card is seen without a key; the token in it is kept as a hash alone."""

    __tablename__ = "card_link"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        Index("ix_card_link_created", "community_id", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    # member, ranking or event
    kind: Mapped[str]
    target_id: Mapped[str]
    # The member of a member's card, with whom the link goes.
    member_id: Mapped[str | None] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    board: Mapped[str] = mapped_column(default="individual")
    theme: Mapped[str] = mapped_column(default="light")
    language: Mapped[str | None]
    token_hash: Mapped[str]
    hint: Mapped[str]
    created_by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Season(Scoped):
    """A time for which boards are kept; half-open, [starts_at, ends_at)."""

    __tablename__ = "season"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(default="", server_default="")


class Award(Scoped):
    """An honour proposed with the entries that speak for it, for a person to decide."""

    __tablename__ = "award"

    id: Mapped[str] = mapped_column(primary_key=True)
    season_id: Mapped[str | None] = mapped_column(ForeignKey("season.id", ondelete="SET NULL"))
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    title: Mapped[str]
    # best_contributor, best_helper or best_write_up
    category: Mapped[str] = mapped_column(default="", server_default="")
    # Ids of entries of the ledger.
    evidence: Mapped[JsonList] = mapped_column(default=list)
    status: Mapped[str] = mapped_column(default="proposed")
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    # Which proposal this is: one member is proposed once for a category of a season.
    key: Mapped[str] = mapped_column(default="", server_default="")
    created_at: Mapped[datetime]
