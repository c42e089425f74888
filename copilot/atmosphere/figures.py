"""How a measure is made from counts: value, n, interval, evidence, or the reason why there is none. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import TypeVar

from copilot.atmosphere.intervals import Estimate, clustered_share
from copilot.atmosphere.models import Counted, Measure, MeasureReason, Unit
from copilot.atmosphere.windows import Question, Said, SpokenWindow

Sample = tuple[int, Counted]  # how many observations, and of what
_T = TypeVar("_T")
_EVIDENCE = 3
_PLACES: dict[Unit, int] = {"share": 4, "net": 4, "count": 0, "seconds": 1, "mean": 2}


def measure(name: str, unit: Unit, found: Estimate, sample: Sample, evidence: Sequence[str] = ()) -> Measure:
    """Return a figure, rounded as its unit is shown."""
    places = _PLACES[unit]
    low, high = (None if end is None else round(end, places) for end in (found.low, found.high))
    return Measure(
        name=name, unit=unit, value=round(found.value, places), low=low, high=high, n=sample[0], n_of=sample[1],
        evidence=list(evidence),
    )  # fmt: skip


def nothing(name: str, unit: Unit, sample: Sample, reason: MeasureReason) -> Measure:
    """Return a measure without a value."""
    return Measure(name=name, unit=unit, value=None, n=sample[0], n_of=sample[1], reason=reason)


def unreadable(window: SpokenWindow) -> MeasureReason | None:
    """Return why figures about words cannot be given, or None when they can."""
    if len(window.read) < window.thresholds.least_coverage * len(window.said):
        return "not_read"
    return "too_few" if len(window.read) < window.thresholds.least_read else None


def too_few_questions(window: SpokenWindow, count: int) -> MeasureReason | None:
    """Return why a figure about answers cannot be given; only a message that was read is known for a question."""
    if unreadable(window) == "not_read":
        return "not_read"
    return "too_few" if count < window.thresholds.least_questions else None


def share_by_speaker(said: Sequence[Said], is_hit: Callable[[Said], bool]) -> Estimate:
    """Return the share of messages with the interval that allows for people's own ways."""
    return clustered_share((sum(map(is_hit, group)), len(group)) for group in groups(said, sender))


def share_by_asker(asked: Sequence[Question], is_hit: Callable[[Question], bool]) -> Estimate:
    """Return the share of questions, likewise."""
    found = groups(asked, lambda question: question.asked.sender_id)
    return clustered_share((sum(map(is_hit, group)), len(group)) for group in found)


def groups(items: Iterable[_T], key: Callable[[_T], str]) -> list[list[_T]]:
    """Return the items by key, in order of first appearance."""
    found: dict[str, list[_T]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return list(found.values())


def sender(item: Said) -> str:
    """Return who said it."""
    return item.sender_id


def fullest(said: Iterable[Said]) -> list[str]:
    """Return the messages with most words."""
    return first(item.id for item in sorted(said, key=lambda item: (-item.words, item.id)))


def first(ids: Iterable[str]) -> list[str]:
    """Return the first three different ids."""
    return list(islice(dict.fromkeys(ids), _EVIDENCE))


def is_useful(item: Said) -> bool:
    """Return whether a message gives something: substance, a link or a file."""
    return item.is_substantive or item.is_resource
