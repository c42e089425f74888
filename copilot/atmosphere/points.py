"""The one figure per dimension that alerts watch, day by day, on the scale it is compared on. Pure functions.

A day too thin for a reading still counts here, with its sampling error: the test adds many days up and gives a thin one
little weight.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from copilot.atmosphere.figures import groups, sender
from copilot.atmosphere.intervals import gini
from copilot.atmosphere.models import DimensionName
from copilot.atmosphere.windows import SpokenWindow

Found = tuple[float, float, int]  # value, standard error (0: unknown), observations
_LEAST_READ, _LEAST_SPEAKERS, _LEAST_QUESTIONS, _LEAST_MESSAGES = 8, 4, 4, 20


@dataclass(frozen=True)
class Watched:
    """What is watched of a dimension: `bad` is -1 where a fall is bad, 1 where a rise is."""

    dimension: DimensionName
    measure: str
    bad: int
    find: Callable[[SpokenWindow], Found | None]


def active_members(window: SpokenWindow) -> Found:
    """Return log(1 + people who wrote), with the error of a count; a day without anybody is a figure, too."""
    count = len(window.by_speaker)
    return math.log1p(count), math.sqrt(1 / (count + 1)), count


def tone(window: SpokenWindow) -> Found | None:
    """Return the mean of P(positive) - P(negative) over read messages, -1 to 1, with its error between speakers."""
    people = [
        (sum(item.sentiment[2] - item.sentiment[0] for item in said if item.sentiment), len(said))
        for said in groups(window.read, sender)
    ]
    count = len(window.read)
    if count < _LEAST_READ or len(people) < _LEAST_SPEAKERS:
        return None
    mean = sum(total for total, _ in people) / count
    between = len(people) / (len(people) - 1) * sum((total - mean * n) ** 2 for total, n in people)
    return mean, math.sqrt(between) / count, count


def followed(window: SpokenWindow) -> Found | None:
    """Return the share of questions that somebody took up; its error as if one more each way had been asked."""
    asked = window.questions
    if len(asked) < _LEAST_QUESTIONS:
        return None
    hits = sum(question.is_followed for question in asked)
    soft = (hits + 1) / (len(asked) + 2)
    return hits / len(asked), math.sqrt(soft * (1 - soft) / len(asked)), len(asked)


def substance(window: SpokenWindow) -> Found | None:
    """Return the share of read messages that say something."""
    people = [(sum(item.is_substantive for item in said), len(said)) for said in groups(window.read, sender)]
    count = len(window.read)
    if count < _LEAST_READ or len(people) < _LEAST_SPEAKERS:
        return None
    share = sum(hits for hits, _ in people) / count
    between = len(people) / (len(people) - 1) * sum((hits - share * n) ** 2 for hits, n in people)
    return share, max(math.sqrt(between) / count, 0.5 / count), count


def concentration(window: SpokenWindow) -> Found | None:
    """Return the Gini coefficient of messages per speaker."""
    counts = [len(said) for said in window.by_speaker.values()]
    if sum(counts) < _LEAST_MESSAGES or len(counts) < _LEAST_SPEAKERS + 1:
        return None
    return float(gini(np.array([counts], dtype=np.float64).T)), 0.0, len(counts)


WATCHED = (
    Watched("satisfaction", "net_sentiment", -1, tone),
    Watched("interaction_quality", "followed_share", -1, followed),
    Watched("activity", "active_members", -1, active_members),
    Watched("content_quality", "substantive_share", -1, substance),
    Watched("participation", "concentration", 1, concentration),
)


def points(window: SpokenWindow) -> dict[str, list[float]]:
    """Return [value, error, observations] by measure, only those that the window can give; stored as JSON."""
    found = ((watched.measure, watched.find(window)) for watched in WATCHED)
    return {name: [round(part, 6) for part in one] for name, one in found if one is not None}
