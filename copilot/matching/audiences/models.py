"""What operators are told of who should hear of something, and of newcomers. Plain data."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from copilot.matching.models import Direction, Evidence, Exclusion, Note, Reason, Unit
from copilot.matching.scores.scoring import Strength

AudienceKind = Literal["resource", "event", "thread"]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Listener(_Answer):
    """A member who should hear of it, or can answer it."""

    rank: int = Field(ge=1)
    member_id: str
    member_name: str
    score: Unit
    strength: Strength
    components: dict[str, Unit]
    reasons: list[Reason]


class Audience(_Answer):
    """Who should hear of a resource or an event, or who can answer a question; best first. Nobody is told."""

    kind: AudienceKind
    target_id: str
    target_name: str
    items: list[Listener]
    considered: int = Field(ge=0, description="members looked at")
    excluded: dict[Exclusion, int] = Field(description="how many of them were left out, by the first reason")
    note: str = Field("", description="why there are fewer than asked for, or none")


class Newcomer(_Answer):
    """Somebody who joined lately."""

    member_id: str
    name: str
    city: str
    industry: str
    joined_at: datetime
    may_be_matched: bool = Field(description="whether the member agreed to be matched and is open to the community")
    sentences: int = Field(ge=0, description="how many sentences the profile has")


class Introduced(_Answer):
    """Somebody to mention beside a newcomer."""

    member_id: str
    member_name: str
    score: Unit = Field(description="how good a first contact: what they can do for each other, then what they share")
    components: dict[str, Unit]
    strengths: dict[Direction, Strength]
    label: str
    reasons: list[Reason] = Field(min_length=1)


class AwakeHours(_Answer):
    """When a channel is awake, by the messages of the last 28 days in the community's own time."""

    channel_id: str | None = Field(description="absent for all channels together")
    hours: list[int] = Field(
        max_length=3,
        description="the hour each of the busiest begins (0-23), the busiest first; empty without a reading",
    )
    share: Unit | None = Field(description="share of the messages that fall into these hours")
    messages: int = Field(ge=0)
    days: int = Field(ge=0, description="days on which somebody wrote")
    text: str = Field(description="the same as a sentence, or why there is no reading")


class Welcome(_Answer):
    """A draft for whoever welcomes a newcomer. Nothing is posted."""

    member_id: str
    name: str
    joined_at: datetime | None
    is_newcomer: bool
    people: list[Introduced] = Field(max_length=3, description="whom to mention, each with reasons")
    introduction: str = Field(
        description="made of the member's own sentences and names of people who agreed to be named"
    )
    evidence: list[Evidence] = Field(description="the sentences it quotes")
    awake: AwakeHours
    notes: list[Note]
