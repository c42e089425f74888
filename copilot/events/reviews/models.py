"""What a review says: figures with n and an interval, or why there is none; themes with quotes; lessons. Data only."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from copilot.events.reviews.spending import Spending

MAX_LESSONS = 5
MAX_LESSON_CHARS = 300


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Figure(_Part):
    """A number read from records, or None with the reason why there is no reading."""

    value: float | None
    low: float | None = Field(None, description="lower end of the 95 % interval")
    high: float | None = Field(None, description="upper end")
    n: int = Field(description="what it rests on: sign-ups, ratings, attendees")
    why_none: str = Field("", description="why there is no reading; in the community's language")


class Attendance(_Part):
    """Who came, against who was to come."""

    goal: int | None
    signed_up: int = Field(description="sign-ups with a place")
    came: int
    waited: int = Field(description="never got a place")
    cancelled: int
    of_goal: Figure = Field(description="came / goal; above 1 when more came")
    no_show: Figure = Field(description="share of sign-ups with a place that did not come, 0-1")


class Interaction(_Part):
    """What attendees wrote in the chat in equally long windows before and after."""

    days: int
    messages_before: int
    messages_after: int
    replies_before: int = Field(description="replies from one attendee to another")
    replies_after: int
    pairs_before: int = Field(description="pairs of attendees in which one answered the other")
    pairs_after: int
    change: Figure = Field(description="messages an attendee and day, after less before; an association")


class Relations(_Part):
    """What was born between attendees from the start of the event until thirty days after it."""

    introductions: int = Field(description="asked for between two attendees")
    connected: int = Field(description="of these, both said yes")
    cooperations: int = Field(description="resources of one attendee that another one used")
    shared: int = Field(description="links that attendees posted in the chat after the event")


class Quote(_Part):
    """Words of a comment, found there when the review is read."""

    feedback_id: str
    text: str


class Theme(_Part):
    """What several comments speak of."""

    label: str
    comments: int
    mood: Literal["good", "mixed", "bad"] = Field(description="by the ratings of these comments, not by their words")
    quotes: list[Quote]


class Lesson(_Part):
    """One sentence for the next plan, and what it rests on."""

    key: str
    text: str
    rests_on: str = Field(description="`operator`, `figures`, or the theme's label")


class ReviewView(_Part):
    """The review of one event."""

    event_id: str
    summary: str
    lessons: list[Lesson]
    attendance: Attendance | None = Field(description="null for a review that was imported")
    satisfaction: Figure | None
    feedback_share: Figure | None = Field(None, description="share of attendees who gave feedback")
    interaction: Interaction | None
    relations: Relations | None
    themes: list[Theme]
    spending: Spending | None = Field(None, description="planned against spent; null while nothing is known of either")
    notes: list[str] = Field([], description="what could not be read, and why")
    created_at: datetime


class Written(_Part):
    """What a person adds to a review. Lessons of people come before those that follow from figures."""

    summary: str | None = Field(None, max_length=2000)
    lessons: list[str] | None = Field(None, max_length=MAX_LESSONS)

    @model_validator(mode="after")
    def _bounded(self) -> Written:
        if any(not 1 <= len(lesson.strip()) <= MAX_LESSON_CHARS for lesson in self.lessons or []):
            raise ValueError(f"a lesson has 1 to {MAX_LESSON_CHARS} characters")
        return self
