"""Stars, bridges and load as they are shown. Data only; for operators, never for a public ranking."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from copilot.atmosphere.models import Measure, Window

Role = Literal["answers", "connects", "calms"]
LoadSign = Literal["share", "days", "nights"]
NoOwner = Literal["nobody_named", "not_readable"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Star(_Part):
    """A member in one role; the measures say how it is known, each with n, interval and messages to look at."""

    member_id: str
    name: str
    measures: list[Measure] = Field(min_length=1, description="the first one decided the order")
    sentence: str


class RoleReading(_Part):
    """Who fills a role, or why nobody is named."""

    stars: list[Star]
    definition: str
    nobody: str | None = Field(None, description="why the list is empty: too little data, or nobody beyond chance")


class Loaded(_Part):
    """A member who carries so much that somebody should take some of it off them."""

    member_id: str
    name: str
    signs: list[LoadSign] = Field(min_length=1)
    measures: list[Measure]
    sentence: str


class LoadReading(_Part):
    """On how many shoulders the answers rest."""

    measures: list[Measure]
    loaded: list[Loaded]
    sentence: str


class OwnerWeek(_Part):
    """One local week."""

    week: str = Field(examples=["2026-W45"])
    share: Measure


class OwnerReading(_Part):
    """How much of the exchange runs through the owner, and where it is going."""

    member_id: str | None
    reason: NoOwner | None = None
    share: Measure | None = Field(None, description="of all replies, those by or to the owner")
    weeks: list[OwnerWeek] = []
    trend: Measure | None = Field(None, description="change of that share per week; 95 % interval by Student's t")
    sentence: str


class StarsReading(_Part):
    """Who answers, connects and calms; who carries too much; how central the owner is."""

    community_id: str
    locale: str
    window: Window
    messages: int
    replies: int = Field(description="by the platform's links, and answers that mention who asked")
    people: int = Field(description="who replied or were replied to, as far as they may be named")
    left_out: int = Field(description="people who wrote and are hidden or let no AI read them: counted, never named")
    is_sampled: bool = Field(description="betweenness was estimated from a part of the members, or the graph was cut")
    roles: dict[Role, RoleReading]
    load: LoadReading
    owner: OwnerReading
    made_at: AwareDatetime
