"""Measures of what people said when asked and of the events they joined. Pure functions; whole communities only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from copilot.atmosphere.beside import Told
from copilot.atmosphere.figures import Sample, measure, nothing
from copilot.atmosphere.intervals import bootstrap, ratio, share
from copilot.atmosphere.models import Counted, Measure
from copilot.atmosphere.windows import SpokenWindow


def event_rating(window: SpokenWindow) -> Measure:
    """Mean rating, 1 to 5, of events by those who gave one in the window."""
    return _asked("event_rating", window.outside.ratings, "ratings", window.thresholds.least_answers)


def pulse(window: SpokenWindow) -> Measure:
    """Mean answer, 1 to 5, to "how do you feel here?"."""
    return _asked("pulse", window.outside.pulses, "answers", window.thresholds.least_answers)


def events_joined(window: SpokenWindow) -> Measure:
    """Share of known members who signed up for an event that began in the window."""
    sample: Sample = (window.known_members, "members")
    if not window.outside.events:
        return nothing("events_joined", "share", sample, "no_events")
    people = {item.member_id for item in window.outside.joined}
    known = max(window.known_members, len(people))
    return measure("events_joined", "share", share(len(people), known), (known, "members"))


def _asked(name: str, told: Sequence[Told], counted: Counted, least: int) -> Measure:
    """Return the mean over people, each by the mean of their own answers; too few people might give one away."""
    of_person: dict[str, list[int]] = {}
    for item in told:
        of_person.setdefault(item.member_id, []).append(item.score)
    if len(of_person) < least:
        return nothing(name, "mean", (len(told), counted), "too_few")
    rows = np.array([(sum(scores) / len(scores), 1.0) for scores in of_person.values()], dtype=np.float64)
    return measure(name, "mean", bootstrap(rows, ratio), (len(told), counted))
