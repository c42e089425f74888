"""What the community asks for, as operators see it. Data only."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Asked(_Part):
    """A question with an exact slice of its message."""

    question_id: str
    channel_id: str
    asker_id: str
    asker_name: str = Field(description="empty when the asker is not shown to the community")
    asked_at: datetime
    quote: str
    novelty: float = Field(ge=0.0, le=1.0, description="0: published already, 1: nothing published comes near")
    nearest: str = Field("", description="the article that comes nearest, when novelty is below one half")
    given_to: str = Field("", description="id of the member it was suggested to within the month")


class Cluster(_Part):
    """One question that several people asked in their own words, newest first."""

    askers: int
    questions: list[Asked]


class Theme(_Part):
    """A word that questions hold more often lately than before; rates are per 100 questions."""

    word: str
    lately: int
    before: int
    rate_lately: float
    rate_before: float
    rise: float = Field(description="(lately + 1) / (expected + 1); expected by the rate before")
    examples: list[str] = Field(description="ids of questions, newest first")


class DemandReport(_Part):
    """Demand of a window that ends with the newest message; a list that is empty says so by being empty."""

    days: int
    questions: int = Field(description="harmless questions that stand alone")
    unanswered: list[Asked]
    repeated: list[Cluster]
    rising: list[Theme]
    gaps: list[Asked] = Field(description="open or repeated questions that nothing published comes near, newest first")
