"""All that is done with an event once its plan is good, in one place to ask for."""

from __future__ import annotations

from copilot.community.store import Store
from copilot.events.checkins import CheckInDesk
from copilot.events.effects import EffectService
from copilot.events.feedback import FeedbackBox
from copilot.events.lifecycle import EventLife
from copilot.events.reminders import ReminderList
from copilot.events.review import ReviewService
from copilot.events.signups import SignupDesk


class EventDesks:
    """The life of events, from publishing to review. Safe to share between threads."""

    def __init__(self, store: Store) -> None:
        self.life = EventLife(store)
        self.signups = SignupDesk(store)
        self.door = CheckInDesk(store)
        self.reminders = ReminderList(store)
        self.feedback = FeedbackBox(store)
        self.reviews = ReviewService(store)
        self.effects = EffectService(store)
