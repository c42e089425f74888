"""The five dimensions of a window, each as measures with n, interval and the messages that moved them. Pure functions.

A figure about words needs messages that were read; a figure about answers needs questions. Where there is too little,
the measure has no value and says why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import TypeVar

import numpy as np

from copilot.atmosphere.intervals import Estimate, bootstrap, clustered_share, gini, half_by, median, ratio, share
from copilot.atmosphere.models import Counted, Dimension, DimensionName, Measure, MeasureReason, Sentiment, Unit
from copilot.atmosphere.windows import Question, Said, SpokenWindow

Sample = tuple[int, Counted]  # how many observations, and of what
_T = TypeVar("_T")
NEGATIVE, NEUTRAL, POSITIVE = range(3)
_EVIDENCE = 3
_PLACES: dict[Unit, int] = {"share": 4, "net": 4, "count": 0, "seconds": 1}


def dimensions(window: SpokenWindow) -> dict[DimensionName, Dimension]:
    """Return all five; the window holds at least one message."""
    return {
        "activity": activity(window),
        "satisfaction": satisfaction(window),
        "interaction_quality": interaction_quality(window),
        "content_quality": content_quality(window),
        "participation": participation(window),
    }


def sentiment(window: SpokenWindow) -> Sentiment:
    """Return the shares of read messages by their most probable sentiment; intervals allow for people's own tone."""
    sample: Sample = (len(window.read), "messages_read")
    reason = _unreadable(window)

    def measure(name: str, side: int) -> Measure:
        if reason:
            return _none(name, "share", sample, reason)
        found = _share_by_speaker(window.read, lambda item: label(item) == side)
        return _measure(name, "share", found, sample, _strongest(window.read, side))

    return Sentiment(
        negative=measure("negative", NEGATIVE),
        neutral=measure("neutral", NEUTRAL),
        positive=measure("positive", POSITIVE),
        model_versions=sorted({item.model_version for item in window.read}),
    )


def activity(window: SpokenWindow) -> Dimension:
    """Who is there: people who wrote, messages, and the share of known members who wrote nothing."""
    known, active, messages = window.known_members, len(window.by_speaker), len(window.said)
    sparks = [item for item, _ in Counter(to.id for _, to in window.links).most_common(_EVIDENCE)]
    return Dimension(
        measures=[
            _measure("active_members", "count", Estimate(active), (known, "members"), sparks),
            _measure("messages", "count", Estimate(messages), (messages, "messages"), sparks),
            _measure("silent_share", "share", share(known - active, known), (known, "members")),
        ]
    )


def satisfaction(window: SpokenWindow) -> Dimension:
    """How people sound: positive minus negative messages over all that were read, -1 to 1."""
    sample: Sample = (len(window.read), "messages_read")
    if reason := _unreadable(window):
        return Dimension(measures=[_none("net_sentiment", "net", sample, reason)])
    tone = [(Counter(map(label, group)), len(group)) for group in _groups(window.read, _sender)]
    rows = np.array([(seen[POSITIVE] - seen[NEGATIVE], count) for seen, count in tone], dtype=np.float64)
    net = bootstrap(rows, ratio)
    side = NEGATIVE if net.value < 0 else POSITIVE
    return Dimension(measures=[_measure("net_sentiment", "net", net, sample, _strongest(window.read, side))])


def interaction_quality(window: SpokenWindow) -> Dimension:
    """Whether people are answered, how long they wait, and how many pairs answer each other.

    Few platforms mark every answer. `reply_rate` counts those marked by a reply or mention: the least. `followed_share`
    counts as well what a neighbour wrote soon after: the most. The truth lies between.
    """
    unfollowed = _first(question.asked.id for question in reversed(window.questions) if not question.is_followed)
    return Dimension(
        measures=[
            _of_questions("reply_rate", window, lambda question: bool(question.answers), unfollowed),
            _of_questions("followed_share", window, lambda question: question.is_followed, unfollowed),
            _first_response(window),
            _reciprocity(window),
        ]
    )


def content_quality(window: SpokenWindow) -> Dimension:
    """What is said: messages of substance, messages with a link or file, answers that say something."""
    shared = _share_by_speaker(window.said, lambda item: item.is_resource)
    newest_first = (item.id for item in reversed(window.said) if item.is_resource)
    resources = _measure("resource_share", "share", shared, (len(window.said), "messages"), _first(newest_first))
    return Dimension(measures=[_substance(window), resources, _useful_answers(window)])


def participation(window: SpokenWindow) -> Dimension:
    """Who carries it: share of known members who contributed, concentration among speakers, how few wrote half.

    To contribute is to say something of substance, share a link or file, or answer a question. Concentration is the
    Gini coefficient of messages per speaker.
    """
    people = [len(group) for group in window.by_speaker.values()]
    speakers: Sample = (len(people), "speakers")
    return Dimension(
        measures=[
            _contributing(window),
            _measure("concentration", "share", bootstrap(np.array([people], dtype=np.float64).T, gini), speakers),
            _measure("half_written_by", "count", Estimate(half_by(people)), speakers),
        ]
    )


def label(item: Said) -> int:
    """Return the most probable sentiment of a message; a tie, or no reading, is neutral."""
    negative, neutral, positive = item.sentiment or (0.0, 1.0, 0.0)
    if max(negative, positive) <= neutral or negative == positive:
        return NEUTRAL
    return NEGATIVE if negative > positive else POSITIVE


def _of_questions(
    name: str, window: SpokenWindow, is_hit: Callable[[Question], bool], evidence: Sequence[str]
) -> Measure:
    sample: Sample = (len(window.questions), "questions")
    if reason := _too_few_questions(window, len(window.questions)):
        return _none(name, "share", sample, reason)
    return _measure(name, "share", _share_by_asker(window.questions, is_hit), sample, evidence)


def _first_response(window: SpokenWindow) -> Measure:
    waits = {q.asked.id: wait for q in window.questions if (wait := q.wait_seconds) is not None}
    sample: Sample = (len(waits), "answered_questions")
    if reason := _too_few_questions(window, len(waits)):
        return _none("first_response_seconds", "seconds", sample, reason)
    slowest = sorted(waits, key=lambda asked: (-waits[asked], asked))
    return _measure("first_response_seconds", "seconds", median(list(waits.values())), sample, _first(slowest))


def _reciprocity(window: SpokenWindow) -> Measure:
    """Of the pairs linked by replies, the share in which both replied."""
    edges = {(item.sender_id, to.sender_id) for item, to in window.links}
    pairs = {frozenset(edge) for edge in edges}
    sample: Sample = (len(pairs), "pairs")
    if len(pairs) < window.thresholds.least_pairs:
        return _none("reciprocity", "share", sample, "too_few")
    mutual = len(edges) - len(pairs)  # a mutual pair has two edges, any other one
    return _measure("reciprocity", "share", share(mutual, len(pairs)), sample)


def _substance(window: SpokenWindow) -> Measure:
    sample: Sample = (len(window.read), "messages_read")
    if reason := _unreadable(window):
        return _none("substantive_share", "share", sample, reason)
    found = _share_by_speaker(window.read, lambda item: item.is_substantive)
    fullest = _fullest(item for item in window.read if item.is_substantive)
    return _measure("substantive_share", "share", found, sample, fullest)


def _useful_answers(window: SpokenWindow) -> Measure:
    answered = [question for question in window.questions if question.answers]
    sample: Sample = (len(answered), "answered_questions")
    if reason := _too_few_questions(window, len(answered)):
        return _none("useful_answer_share", "share", sample, reason)
    useful = _fullest(answer for question in answered for answer in question.answers if _is_useful(answer))
    found = _share_by_asker(answered, lambda question: any(map(_is_useful, question.answers)))
    return _measure("useful_answer_share", "share", found, sample, useful)


def _contributing(window: SpokenWindow) -> Measure:
    sample: Sample = (window.known_members, "members")
    if reason := _unreadable(window):
        return _none("contributing_share", "share", sample, reason)
    gave = {item.sender_id for item in window.said if _is_useful(item)}
    gave |= {answer.sender_id for question in window.questions for answer in question.answers}
    gave &= set(window.by_speaker)  # an answer may come after the window's end
    return _measure("contributing_share", "share", share(len(gave), window.known_members), sample)


def _is_useful(item: Said) -> bool:
    return item.is_substantive or item.is_resource


def _unreadable(window: SpokenWindow) -> MeasureReason | None:
    """Return why figures about words cannot be given, or None when they can."""
    if len(window.read) < window.thresholds.least_coverage * len(window.said):
        return "not_read"
    return "too_few" if len(window.read) < window.thresholds.least_read else None


def _too_few_questions(window: SpokenWindow, count: int) -> MeasureReason | None:
    """Return why a figure about answers cannot be given; only a message that was read is known for a question."""
    if _unreadable(window) == "not_read":
        return "not_read"
    return "too_few" if count < window.thresholds.least_questions else None


def _share_by_speaker(said: Sequence[Said], is_hit: Callable[[Said], bool]) -> Estimate:
    return clustered_share((sum(map(is_hit, group)), len(group)) for group in _groups(said, _sender))


def _share_by_asker(asked: Sequence[Question], is_hit: Callable[[Question], bool]) -> Estimate:
    groups = _groups(asked, lambda question: question.asked.sender_id)
    return clustered_share((sum(map(is_hit, group)), len(group)) for group in groups)


def _groups(items: Iterable[_T], key: Callable[[_T], str]) -> list[list[_T]]:
    found: dict[str, list[_T]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return list(found.values())


def _sender(item: Said) -> str:
    return item.sender_id


def _strongest(said: Sequence[Said], side: int) -> list[str]:
    """Return the messages that speak most clearly for one side."""
    on_side = [(item.sentiment[side], item.id) for item in said if item.sentiment is not None and label(item) == side]
    return _first(name for _, name in sorted(on_side, key=lambda pair: (-pair[0], pair[1])))


def _fullest(said: Iterable[Said]) -> list[str]:
    return _first(item.id for item in sorted(said, key=lambda item: (-item.words, item.id)))


def _first(ids: Iterable[str]) -> list[str]:
    return list(islice(dict.fromkeys(ids), _EVIDENCE))


def _measure(name: str, unit: Unit, found: Estimate, sample: Sample, evidence: Sequence[str] = ()) -> Measure:
    places = _PLACES[unit]
    low, high = (None if end is None else round(end, places) for end in (found.low, found.high))
    return Measure(
        name=name, unit=unit, value=round(found.value, places), low=low, high=high, n=sample[0], n_of=sample[1],
        evidence=list(evidence),
    )  # fmt: skip


def _none(name: str, unit: Unit, sample: Sample, reason: MeasureReason) -> Measure:
    return Measure(name=name, unit=unit, value=None, n=sample[0], n_of=sample[1], reason=reason)
