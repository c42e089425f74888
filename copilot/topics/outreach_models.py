"""Whom to ask for a topic this week, and what became of it. Data only."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Status = Literal["draft", "sent", "accepted", "published", "declined"]
Click = Literal["sent", "accepted", "published", "declined"]
# What an operator's click may make of each status.
NEXT: dict[str, frozenset[str]] = {
    "draft": frozenset({"sent", "declined"}),
    "sent": frozenset({"accepted", "published", "declined"}),
    "accepted": frozenset({"published", "declined"}),
    "published": frozenset(),
    "declined": frozenset(),
}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class OutreachItem(_Part):
    """One member to ask: why now, with what words, when. The service never sends it."""

    id: str
    week: str = Field(description="ISO week in the community's zone, such as 2026-W47")
    member_id: str
    member_name: str
    topic_id: str
    title: str
    framework: str
    why_now: str = Field(description="the question and the member's own words, cited")
    message: str
    best_hour: int | None = Field(description="0-23 in the community's zone; null when their messages are too few")
    timing: str
    status: Status
    sent_at: datetime | None
    decided_at: datetime | None
    created_at: datetime


class OutreachWeek(_Part):
    """The list of one week and, when it is shorter than the quota, why."""

    week: str
    quota: int
    items: list[OutreachItem]
    considered: int = Field(description="quiet members with something to say that were looked at")
    resting: int = Field(description="left out because they were asked lately, or said no")
    paused: int = Field(description="left out because they do not want to be asked")
    without_topic: int = Field(description="left out because nothing that is asked meets what they know")
    note: str = ""


class OutreachSetting(_Part):
    """Whether a member may be asked for topics."""

    member_id: str
    paused: bool
    since: datetime | None
