"""Seasons, boards, teams, awards and rewards as they are shown. Data only."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

BoardKind = Literal["individual", "newcomer", "team"]
Category = Literal["best_contributor", "best_helper", "best_write_up"]
AwardStatus = Literal["proposed", "granted", "declined"]
RewardKind = Literal["prize", "exposure"]
RewardStatus = Literal["offered", "closed"]
RedemptionStatus = Literal["waiting", "handed_over", "cancelled"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class SeasonView(_Part):
    """A time for which boards are kept, [starts_at, ends_at)."""

    id: str
    name: str
    starts_at: datetime
    ends_at: datetime
    state: Literal["coming", "running", "over"]


class BoardRow(_Part):
    """One place. Equal points share a rank, and the next one is as many further on (1, 2, 2, 4)."""

    rank: int
    id: str = Field(description="of the member, or of the team")
    name: str
    points: float


class Board(_Part):
    """A board of a season as it stands now: who opts out, hides or leaves is on none of them."""

    season: SeasonView
    kind: BoardKind
    rows: list[BoardRow]
    ranked: int = Field(description="how many have points; `rows` holds the first of them")
    note: str = ""
    made_at: datetime


class Milestone(_Part):
    """A step of a team's project."""

    title: str
    done_at: datetime | None


class TeamSeat(_Part):
    """Somebody in a team, who may be shown."""

    member_id: str
    name: str


class TeamView(_Part):
    """A team, its one project and how far it is."""

    id: str
    season_id: str
    name: str
    project: str
    members: list[TeamSeat]
    not_shown: int = Field(description="members who want not to be shown; their points are not in the team's")
    milestones: list[Milestone]
    progress: float | None = Field(description="share of milestones done, 0-1; null without milestones")
    points: float


class TeamList(_Part):
    """The teams of a season."""

    items: list[TeamView]


class AwardView(_Part):
    """An honour proposed with its evidence; a person decides."""

    id: str
    season_id: str | None
    category: Category
    title: str
    member_id: str
    name: str
    evidence: list[str] = Field(description="ids of entries of the ledger, those worth most first")
    status: AwardStatus
    decided_by: str | None
    decided_at: datetime | None
    created_at: datetime


class AwardProposals(_Part):
    """What was proposed for a season."""

    items: list[AwardView]


class RewardView(_Part):
    """What points can be exchanged for."""

    id: str
    kind: RewardKind
    title: str
    description: str
    cost: float
    stock: int | None = Field(description="what is left; null: without end")
    status: RewardStatus
    created_at: datetime


class RedemptionView(_Part):
    """Points exchanged for a reward; cancelling gives points and stock back."""

    id: str
    reward_id: str
    member_id: str
    cost: float
    status: RedemptionStatus
    created_at: datetime
    decided_by: str | None
    decided_at: datetime | None


class ExposureView(_Part):
    """A day on which a member's card is shown."""

    id: str
    day: date
    place: int
    member_id: str
    name: str
    redemption_id: str | None = Field(description="set when the member exchanged points for it; else it was their turn")


class ExposurePlan(_Part):
    """Whose card is shown on which day."""

    items: list[ExposureView]


class Gift(_Part):
    """A red packet somebody might send: a text. Nothing is paid, nothing is sent."""

    member_id: str
    name: str
    points: float
    minor_units: int = Field(description="of the community's currency")
    text: str


class Gifts(_Part):
    """Suggestions that add up to the budget."""

    season_id: str
    budget_minor_units: int
    currency: str
    items: list[Gift]
    note: str = ""
