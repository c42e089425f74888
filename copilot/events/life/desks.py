"""All that is done with an event once its plan is good, in one place to ask for."""

from __future__ import annotations

from copilot.community.store import Store
from copilot.events.life.checkins import CheckInDesk
from copilot.events.life.feedback import FeedbackBox
from copilot.events.life.lifecycle import EventLife
from copilot.events.life.reminders import ReminderList
from copilot.events.life.signups import SignupDesk
from copilot.events.reviews.effects import EffectService
from copilot.events.reviews.review import ReviewService
from copilot.events.reviews.spending import SpendingDesk


class EventDesks:
    """The life of events, from publishing to review. Safe to share between threads."""

    def __init__(self, store: Store) -> None:
        self.life = EventLife(store)
        self.signups = SignupDesk(store)
        self.door = CheckInDesk(store)
        self.reminders = ReminderList(store)
        self.feedback = FeedbackBox(store)
        self.reviews = ReviewService(store)
        self.spending = SpendingDesk(store)
        self.effects = EffectService(store)
