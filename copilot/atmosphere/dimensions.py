"""The five dimensions of a window, each as measures with n, interval and the messages that moved them. Pure functions.

A figure about words needs messages that were read; a figure about answers needs questions. Where there is too little,
the measure has no value and says why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from copilot.atmosphere.exchange import decentralisation, newcomers_answered, thread_depth
from copilot.atmosphere.figures import (
    Sample,
    first,
    fullest,
    groups,
    is_useful,
    measure,
    nothing,
    sender,
    share_by_asker,
    share_by_speaker,
    too_few_questions,
    unreadable,
)  # fmt: skip
from copilot.atmosphere.intervals import Estimate, bootstrap, gini, half_by, median, ratio, share
from copilot.atmosphere.models import Dimension, DimensionName, Measure, Sentiment
from copilot.atmosphere.outside import event_rating, events_joined, pulse
from copilot.atmosphere.windows import Question, Said, SpokenWindow

NEGATIVE, NEUTRAL, POSITIVE = range(3)


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
    reason = unreadable(window)

    def of(name: str, side: int) -> Measure:
        if reason:
            return nothing(name, "share", sample, reason)
        found = share_by_speaker(window.read, lambda item: label(item) == side)
        return measure(name, "share", found, sample, _strongest(window.read, side))

    return Sentiment(
        negative=of("negative", NEGATIVE),
        neutral=of("neutral", NEUTRAL),
        positive=of("positive", POSITIVE),
        model_versions=sorted({item.model_version for item in window.read}),
    )


def activity(window: SpokenWindow) -> Dimension:
    """Who is there: people who wrote, messages, and the share of known members who wrote nothing."""
    known, active, messages = window.known_members, len(window.by_speaker), len(window.said)
    sparks = [item for item, _ in Counter(to.id for _, to in window.links).most_common(3)]
    return Dimension(
        measures=[
            measure("active_members", "count", Estimate(active), (known, "members"), sparks),
            measure("messages", "count", Estimate(messages), (messages, "messages"), sparks),
            measure("silent_share", "share", share(known - active, known), (known, "members")),
            _active_hours(window),
        ]
    )


def satisfaction(window: SpokenWindow) -> Dimension:
    """How people sound: positive minus negative messages over all that were read, -1 to 1.

    For the whole community also what people said when asked: ratings of events, and the pulse.
    """
    sample: Sample = (len(window.read), "messages_read")
    asked = [event_rating(window), pulse(window)] if window.is_whole else []
    if reason := unreadable(window):
        return Dimension(measures=[nothing("net_sentiment", "net", sample, reason), *asked])
    tone = [(Counter(map(label, group)), len(group)) for group in groups(window.read, sender)]
    rows = np.array([(seen[POSITIVE] - seen[NEGATIVE], count) for seen, count in tone], dtype=np.float64)
    net = bootstrap(rows, ratio)
    side = NEGATIVE if net.value < 0 else POSITIVE
    return Dimension(measures=[measure("net_sentiment", "net", net, sample, _strongest(window.read, side)), *asked])


def interaction_quality(window: SpokenWindow) -> Dimension:
    """Whether people are answered, how long they wait, and how many pairs answer each other.

    Few platforms mark every answer. `reply_rate` counts those marked by a reply or mention: the least. `followed_share`
    counts as well what a neighbour wrote soon after: the most. The truth lies between.
    """
    unfollowed = first(question.asked.id for question in reversed(window.questions) if not question.is_followed)
    return Dimension(
        measures=[
            _of_questions("reply_rate", window, lambda question: bool(question.answers), unfollowed),
            _of_questions("followed_share", window, lambda question: question.is_followed, unfollowed),
            _first_response(window),
            _reciprocity(window),
            newcomers_answered(window),
            thread_depth(window),
            decentralisation(window),
        ]
    )


def content_quality(window: SpokenWindow) -> Dimension:
    """What is said: messages of substance, with a link or file, answers that say something, what is no repetition."""
    shared = share_by_speaker(window.said, lambda item: item.is_resource)
    newest_first = (item.id for item in reversed(window.said) if item.is_resource)
    resources = measure("resource_share", "share", shared, (len(window.said), "messages"), first(newest_first))
    return Dimension(measures=[_substance(window), resources, _useful_answers(window), _originality(window)])


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
            measure("concentration", "share", bootstrap(np.array([people], dtype=np.float64).T, gini), speakers),
            measure("half_written_by", "count", Estimate(half_by(people)), speakers),
            *([events_joined(window)] if window.is_whole else []),
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
    if reason := too_few_questions(window, len(window.questions)):
        return nothing(name, "share", sample, reason)
    return measure(name, "share", share_by_asker(window.questions, is_hit), sample, evidence)


def _first_response(window: SpokenWindow) -> Measure:
    waits = {q.asked.id: wait for q in window.questions if (wait := q.wait_seconds) is not None}
    sample: Sample = (len(waits), "answered_questions")
    if reason := too_few_questions(window, len(waits)):
        return nothing("first_response_seconds", "seconds", sample, reason)
    slowest = sorted(waits, key=lambda asked: (-waits[asked], asked))
    return measure("first_response_seconds", "seconds", median(list(waits.values())), sample, first(slowest))


def _reciprocity(window: SpokenWindow) -> Measure:
    """Of the pairs linked by replies, the share in which both replied."""
    edges = {(item.sender_id, to.sender_id) for item, to in window.links}
    pairs = {frozenset(edge) for edge in edges}
    sample: Sample = (len(pairs), "pairs")
    if len(pairs) < window.thresholds.least_pairs:
        return nothing("reciprocity", "share", sample, "too_few")
    mutual = len(edges) - len(pairs)  # a mutual pair has two edges, any other one
    return measure("reciprocity", "share", share(mutual, len(pairs)), sample)


def _substance(window: SpokenWindow) -> Measure:
    sample: Sample = (len(window.read), "messages_read")
    if reason := unreadable(window):
        return nothing("substantive_share", "share", sample, reason)
    found = share_by_speaker(window.read, lambda item: item.is_substantive)
    return measure("substantive_share", "share", found, sample, fullest(i for i in window.read if i.is_substantive))


def _useful_answers(window: SpokenWindow) -> Measure:
    answered = [question for question in window.questions if question.answers]
    sample: Sample = (len(answered), "answered_questions")
    if reason := too_few_questions(window, len(answered)):
        return nothing("useful_answer_share", "share", sample, reason)
    useful = fullest(answer for question in answered for answer in question.answers if is_useful(answer))
    found = share_by_asker(answered, lambda question: any(map(is_useful, question.answers)))
    return measure("useful_answer_share", "share", found, sample, useful)


def _originality(window: SpokenWindow) -> Measure:
    """Of messages long enough to be told from a greeting, the share whose text had not been said before."""
    long = [item for item in window.said if item.text_key]
    sample: Sample = (len(long), "messages")
    if len(long) < window.thresholds.least_read:
        return nothing("originality", "share", sample, "too_few")
    copies = window.repeated
    found = share_by_speaker(long, lambda item: item.id not in copies)
    repeated = first(item.id for item in reversed(long) if item.id in copies)
    return measure("originality", "share", found, sample, repeated)


def _active_hours(window: SpokenWindow) -> Measure:
    """In how many different hours of a day something was written, as the mean of the window's days."""
    day_seconds = 86_400
    days = max(1, round((window.end - window.start).total_seconds() / day_seconds))
    hours = {int((item.sent_at - window.start).total_seconds()) // 3600 for item in window.said}
    a_day = [0] * days
    for hour in hours:
        a_day[min(hour // 24, days - 1)] += 1
    found = bootstrap(np.array([(count, 1.0) for count in a_day], dtype=np.float64), ratio)
    return measure("active_hours", "mean", found, (days, "days"))


def _contributing(window: SpokenWindow) -> Measure:
    sample: Sample = (window.known_members, "members")
    if reason := unreadable(window):
        return nothing("contributing_share", "share", sample, reason)
    gave = {item.sender_id for item in window.said if is_useful(item)}
    gave |= {answer.sender_id for question in window.questions for answer in question.answers}
    gave &= set(window.by_speaker)  # an answer may come after the window's end
    found = share(len(gave), window.known_members)
    return measure("contributing_share", "share", found, sample, fullest(filter(is_useful, window.said)))


def _strongest(said: Sequence[Said], side: int) -> list[str]:
    """Return the messages that speak most clearly for one side."""
    on_side = [(item.sentiment[side], item.id) for item in said if item.sentiment is not None and label(item) == side]
    return first(name for _, name in sorted(on_side, key=lambda pair: (-pair[0], pair[1])))
