"""What past events may have done for staying active. Data only."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from copilot.events.reviews.models import Figure


class LongTermEffect(BaseModel):
    """Retention of attendees beside alike members who did not attend: an association, never a proof."""

    model_config = ConfigDict(extra="forbid")

    events: int = Field(description="past events that could be read")
    pairs: int = Field(description="attendances with an alike member beside them")
    people: int = Field(description="different attendees among them")
    unmatched: int = Field(description="attendances nobody was alike enough to")
    days: int = Field(description="length of the windows before and after each event")
    attendees: Figure = Field(description="share that wrote again in the days after, 0-1")
    others: Figure = Field(description="the same of those beside them")
    difference: Figure = Field(description="attendees less others; people are drawn for its interval")
    sentence: str = Field(description="what this says and what it does not; in the community's language")
