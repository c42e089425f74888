"""Alerts as they are shown, and what is stored of one. Data only."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from copilot.atmosphere.models import DimensionName

AlertKind = Literal["change", "thread"]
AlertStatus = Literal["open", "closed"]
StepStatus = Literal["waiting", "taken", "dismissed"]
HeldBack = Literal["budget", "same_change"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class AlertContent(_Part):
    """What was found, as stored: figures and ids of messages, no words and nobody's name or id.

    For a change the figures are on the scale they are compared on (people: the logarithm); for a thread they are shares.
    """

    days: list[str] = Field([], max_length=400, description="local days that added up to it")
    value: float | None = None
    middle: float | None = None
    spread: float | None = None
    windows: int = Field(0, description="earlier days that say what is usual")
    peak: float = Field(description="largest sum of the test, or the number of noughts of the chance for a thread")
    level: float = Field(description="where the test opens")
    messages: int = Field(0, description="of a thread: how many were judged together")
    heated: int = 0
    people: int = 0
    evidence: list[str] = Field([], max_length=12)
    held_back: HeldBack | None = None


class AlertRoom(_Part):
    """Where it was seen; all null: the whole community."""

    channel_id: str | None
    channel_name: str | None
    group: str | None


class Effect(_Part):
    """The watched figure before and after the step was taken: an association, no proof."""

    before: float | None = Field(description="mean of the days before, null with fewer than three of them")
    after: float | None
    days_before: int
    days_after: int
    difference: float | None = None
    low: float | None = Field(None, description="95 % interval of the difference (Welch, cautious degrees of freedom)")
    high: float | None = None
    sentence: str


class SuggestedStep(_Part):
    """One step, from the knowledge base; nobody is told to take it but who opens the alert."""

    status: StepStatus
    who: str = Field(description="who takes it: the person or role the operators named for this dimension")
    passage_id: str | None = Field(description="null when the operators' own articles have no such section")
    heading: str
    passage: str
    draft: str = Field(description="what might be said, to be edited; nothing is sent")
    draft_id: str | None
    by: str | None = Field(None, description="key that took or dismissed it")
    at: AwareDatetime | None = None
    note: str = ""


class AlertView(_Part):
    """A change beyond noise, or a thread to look at."""

    id: str
    kind: AlertKind
    dimension: DimensionName
    measure: str
    room: AlertRoom
    status: AlertStatus
    held_back: HeldBack | None = Field(
        description="listed but not announced: the week's budget, or the same change elsewhere"
    )
    seriousness: float = Field(description="1: just beyond noise; the week's budget goes to the most serious")
    week: str = Field(examples=["2026-W45"])
    opened_at: AwareDatetime
    closed_at: AwareDatetime | None
    sentence: str
    false_alarms: str = Field(description="how often such an alert opens although nothing changed")
    found: AlertContent
    step: SuggestedStep
    effect: Effect | None = Field(None, description="once the step was taken")


class AlertSettings(_Part):
    """Who takes steps, and how many alerts a week are announced."""

    budget: int = Field(
        3, ge=1, le=20, description="alerts a local week that are announced; the others are listed as held back"
    )
    takers: dict[DimensionName, str] = Field({}, description="person or role who takes the step, by dimension")
    default_taker: str = Field("", max_length=100, description="for dimensions nobody is named for")


class AlertReport(_Part):
    """What one look found."""

    opened: int = 0
    updated: int = 0
    closed: int = 0
    held_back: int = 0
