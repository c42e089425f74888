"""What happened beside the chat in a stretch of time: ratings of events, pulse answers, who came to events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from copilot.community.store import Unit
from copilot.community.tables import Event, EventFeedback, PulseAnswer, Signup

_JOINED = ("going", "attended")


@dataclass(frozen=True, slots=True)
class Told:
    """What one member said when asked, 1 (bad) to 5 (good)."""

    at: datetime
    member_id: str
    score: int


@dataclass(frozen=True, slots=True)
class Joined:
    """A member who signed up for an event that began at `at`."""

    at: datetime
    member_id: str


@dataclass(frozen=True)
class Outside:
    """Answers and attendance of a stretch of time."""

    ratings: Sequence[Told] = ()
    pulses: Sequence[Told] = ()
    events: Sequence[datetime] = ()
    joined: Sequence[Joined] = ()

    def between(self, start: datetime, end: datetime) -> Outside:
        """Return the part in [start, end)."""
        return Outside(
            ratings=[item for item in self.ratings if start <= item.at < end],
            pulses=[item for item in self.pulses if start <= item.at < end],
            events=[at for at in self.events if start <= at < end],
            joined=[item for item in self.joined if start <= item.at < end],
        )


NO_OUTSIDE = Outside()


def load_outside(unit: Unit, start: datetime, end: datetime) -> Outside:
    """Return what was answered and joined in [start, end)."""
    rated = select(EventFeedback.created_at, EventFeedback.member_id, EventFeedback.rating)
    asked = select(PulseAnswer.answered_at, PulseAnswer.member_id, PulseAnswer.score)
    held = (Event.starts_at >= start, Event.starts_at < end, Event.status != "cancelled")
    came = select(Event.starts_at, Signup.member_id).join(Signup, Signup.event_id == Event.id)
    run = unit.session.execute
    return Outside(
        ratings=[
            Told(*row) for row in run(rated.where(EventFeedback.created_at >= start, EventFeedback.created_at < end))
        ],
        pulses=[
            Told(*row) for row in run(asked.where(PulseAnswer.answered_at >= start, PulseAnswer.answered_at < end))
        ],
        events=list(unit.session.scalars(select(Event.starts_at).where(*held))),
        joined=[Joined(*row) for row in run(came.where(*held, Signup.status.in_(_JOINED)))],
    )
