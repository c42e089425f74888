"""What the life of an event looks like from outside: the event, its sign-ups, its door, its feedback. Data only."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

MAX_ANSWERS = 20
MAX_ANSWER_CHARS = 1000
MAX_COMMENT_CHARS = 2000
MAX_REASON_CHARS = 300

EventStatus = Literal["published", "cancelled", "finished"]


class SignupStatus(StrEnum):
    """Where a sign-up stands. `going` and `attended` hold a place."""

    GOING = "going"
    WAITLISTED = "waitlisted"
    CANCELLED = "cancelled"
    ATTENDED = "attended"
    NO_SHOW = "no_show"


SEATED = (SignupStatus.GOING.value, SignupStatus.ATTENDED.value, SignupStatus.NO_SHOW.value)


class _View(BaseModel):
    model_config = ConfigDict(extra="forbid")


class EventView(_View):
    """An event as members and operators see it; money is in its plan and its review."""

    id: str
    code: str
    title: str
    format: str
    status: EventStatus
    starts_at: datetime
    ends_at: datetime
    timezone: str
    city: str
    place: str
    online: bool | None = Field(description="null: not known, as of imported events")
    goal: str
    host_id: str | None
    speaker_ids: list[str]
    venue_id: str | None
    headcount: int | None = Field(description="how many are to come")
    capacity: int | None = Field(description="how many may sign up; null is no limit")
    going: int
    waiting: int
    places_left: int | None = Field(description="null is no limit")
    plan_id: str | None
    sequence: int = Field(description="changes so far that people should be told of")
    cancel_reason: str
    created_at: datetime
    changed_at: datetime | None


class Published(_View):
    """What publishing did."""

    event: EventView
    change: Literal["created", "updated", "unchanged"]
    changed: list[str] = Field(description="names of the fields of the event that differ from before")
    moved_up: list[str] = Field(description="members whom more places gave one, in the order of the waiting list")
    to_confirm: list[str] = Field(description="what the plan leaves open")


class SignupView(_View):
    """One sign-up. A member who is hidden has no name here and no id, except for themselves and for admins."""

    id: str
    event_id: str
    member_id: str | None
    name: str
    status: SignupStatus
    position: int | None = Field(description="place in the waiting list, from 1; null when not waiting")
    signed_up_at: datetime
    moved_up_at: datetime | None = Field(description="when the waiting list gave it a place")
    cancelled_at: datetime | None


class CancelledSignup(_View):
    """A sign-up that was taken back, and how many moved up for it."""

    signup: SignupView
    moved_up: int


class CancelledEvent(_View):
    """A cancelled event and how many people must be told."""

    event: EventView
    to_tell: int = Field(description="sign-ups that held a place or waited for one; nothing was sent to them")


class DoorCode(_View):
    """The code to show at the door. It changes; the one before stays good as long again."""

    event_id: str
    code: str
    valid_until: datetime = Field(description="when the next one comes")
    opens_at: datetime
    closes_at: datetime


class CheckedIn(_View):
    """A member who came."""

    event_id: str
    member_id: str
    checked_in_at: datetime
    was_there: bool = Field(description="checked in before; nothing changed")
    came: int = Field(description="how many have checked in by now")


ReminderKind = Literal["attend", "waiting", "moved_up", "changed", "cancelled", "feedback", "missed"]


class Reminder(_View):
    """Whom to write to, and a draft. The service sends nothing."""

    member_id: str
    name: str
    kind: ReminderKind
    text: str


class FeedbackForm(_View):
    """What attendees are asked."""

    event_id: str
    title: str
    opens_at: datetime
    closes_at: datetime
    rating_question: str
    questions: list[str]
    comment_question: str


class Answer(_View):
    """An answer to one question of the form."""

    question: str = Field(max_length=300)
    answer: str = Field(max_length=MAX_ANSWER_CHARS)


class Feedback(_View):
    """What an attendee says of an event."""

    rating: int = Field(description="1 (poor) to 5 (great)", ge=1, le=5)
    comment: str = Field("", max_length=MAX_COMMENT_CHARS)
    answers: list[Answer] = Field([], max_length=MAX_ANSWERS)


class FeedbackView(_View):
    """What one attendee said. Operators read it without a name."""

    id: str
    event_id: str
    member_id: str | None = Field(description="only for the member themselves")
    rating: int
    comment: str
    answers: list[Answer]
    created_at: datetime
