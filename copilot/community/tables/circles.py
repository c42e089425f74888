"""Circles: which tier a member is in, and what a season's boards said when it ended."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from copilot.community.tables.base import Scoped


class CircleSeat(Scoped):
    """A member in a tier or city circle that a person gave them; without one, members are ordinary."""

    __tablename__ = "circle_seat"
    __table_args__ = (UniqueConstraint("community_id", "circle", "member_id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    # Name of a circle of `knowledge/recognition/circles.yaml`.
    circle: Mapped[str]
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    # Of city circles: in which city.
    city: Mapped[str] = mapped_column(default="")
    given_by: Mapped[str]
    given_at: Mapped[datetime]


class SeasonStanding(Scoped):
    """A place on a board when the season ended. Names and whether somebody wants to be shown are asked anew."""

    __tablename__ = "season_standing"
    __table_args__ = (UniqueConstraint("community_id", "season_id", "kind", "member_id", "team_id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    season_id: Mapped[str] = mapped_column(ForeignKey("season.id", ondelete="CASCADE"), index=True)
    # individual, newcomer or team
    kind: Mapped[str]
    rank: Mapped[int]
    member_id: Mapped[str | None] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    team_id: Mapped[str | None] = mapped_column(ForeignKey("season_team.id", ondelete="CASCADE"), index=True)
    hundredths: Mapped[int]
    taken_at: Mapped[datetime]
