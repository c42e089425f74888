"""Who answers and who connects, from the graph of replies. Pure functions.

- **Answers**: gave answers to questions of at least `least_people` different people. Ordered by how many people; the
  share of the answered questions that they answered has an interval that allows for one person asking a lot.
- **Connects**: lies on the shortest paths between others (betweenness). The interval is the delete-one-week jackknife
  (Efron and Stein 1981), and whoever's interval touches 0 is not named: one thread does not make a bridge. How evenly
  their partners are spread over the groups of channels is the participation coefficient (Guimera and Amaral 2005).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TypeVar

import numpy as np

from copilot.atmosphere.figures import measure, nothing
from copilot.atmosphere.intervals import Estimate, Figures, bootstrap, clustered_share
from copilot.atmosphere.models import Measure
from copilot.atmosphere.stars.betweenness import betweenness
from copilot.atmosphere.stars.graph import Answer, Reply, ReplyGraph
from copilot.atmosphere.stars.thresholds import StarRules

_EVIDENCE = 3
_Item = TypeVar("_Item")


@dataclass(frozen=True)
class Found:
    """A member in a role."""

    member_id: str
    measures: list[Measure]


def answering(graph: ReplyGraph, rules: StarRules) -> list[Found]:
    """Return who answered most different people, most first, ties by answers and id."""
    by_member = grouped(graph.answers, lambda answer: answer.from_id)
    found: list[tuple[int, int, Found]] = []
    for member_id, given in by_member.items():
        people = list(dict.fromkeys(answer.to_id for answer in given))
        if len(people) < rules.least_people:
            continue
        measures = [
            measure(
                "people_answered",
                "count",
                Estimate(len(people)),
                (len(given), "answers"),
                newest_of_each(given, people),
            ),
            share_of_questions(graph.answers, {member_id}),
        ]
        found.append((len(people), len(given), Found(member_id, measures)))
    found.sort(key=lambda item: (-item[0], -item[1], item[2].member_id))
    return [item for *_, item in found[: rules.most_named]]


def connecting(
    graph: ReplyGraph, group_of: Mapping[str, str], week_of: Callable[[datetime], str], rules: StarRules
) -> tuple[list[Found], bool]:
    """Return who connects others, most first, and whether that is an estimate.

    Args:
        graph: of the window.
        group_of: the group of channels of each channel.
        week_of: names the local week of a moment.
        rules: when somebody may be named.
    """
    shares, is_estimate = betweenness(graph.undirected(), rules.exact_up_to, rules.pivots)
    likely = [name for name in graph.people if shares[name] > 0 and len(graph.partners[name]) >= rules.least_people]
    likely = sorted(likely, key=lambda name: (-shares[name], name))[: 2 * rules.most_named]
    weeks = grouped(graph.replies, lambda reply: week_of(reply.sent_at))
    if len(weeks) < rules.least_weeks:
        return [], is_estimate
    without = []
    for replies in weeks.values():
        rest, _ = betweenness(
            graph.without({reply.message_id for reply in replies}).undirected(), rules.exact_up_to, rules.pivots
        )
        without.append(rest)
    found = []
    for name in likely:
        interval = jackknife(shares[name], [rest.get(name, 0.0) for rest in without])
        if interval.low is not None and interval.low > 0:
            sample = len(graph.partners[name])
            sure = measure("betweenness", "share", interval, (sample, "members"), _links_between(graph, name))
            found.append(Found(name, [sure, _spread(graph, name, group_of)]))
    return found[: rules.most_named], is_estimate


def jackknife(value: float, without: Sequence[float]) -> Estimate:
    """Return a share with the interval of leaving out one block at a time, by Student's t; two blocks at least."""
    from scipy.special import stdtrit  # a tenth of a second

    count = len(without)
    mean = math.fsum(without) / count
    error = math.sqrt((count - 1) / count * math.fsum((rest - mean) ** 2 for rest in without))
    half = float(stdtrit(count - 1, 0.975)) * error
    return Estimate(value, max(0.0, value - half), min(1.0, value + half))


def share_of_questions(answers: Sequence[Answer], members: set[str]) -> Measure:
    """Return the share of answered questions that these members answered; asker by asker, as one may ask a lot."""
    by_question = grouped(answers, lambda answer: answer.question_id)
    by_asker = grouped(list(by_question.values()), lambda given: given[0].to_id)
    rows = [
        (sum(any(answer.from_id in members for answer in given) for given in asked), len(asked))
        for asked in by_asker.values()
    ]
    sample = len(by_question)
    if not rows:
        return nothing("share_of_answered_questions", "share", (0, "answered_questions"), "too_few")
    newest = [answer.message_id for answer in reversed(answers) if answer.from_id in members]
    return measure(
        "share_of_answered_questions", "share", clustered_share(rows), (sample, "answered_questions"),
        list(islice(dict.fromkeys(newest), _EVIDENCE)),
    )  # fmt: skip


def newest_of_each(given: Sequence[Answer], people: Sequence[str]) -> list[str]:
    """Return the newest message to each of the people who were last answered."""
    newest = {answer.to_id: answer for answer in given}
    order = sorted(people, key=lambda name: (newest[name].sent_at, name), reverse=True)
    return list(islice(dict.fromkeys(newest[name].message_id for name in order), _EVIDENCE))


def grouped(items: Sequence[_Item], key: Callable[[_Item], str]) -> dict[str, list[_Item]]:
    """Return the items by key, in order of first appearance."""
    found: dict[str, list[_Item]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return found


def _links_between(graph: ReplyGraph, name: str) -> list[str]:
    """Return the newest message exchanged with those partners who know fewest of the others."""
    partners = graph.partners[name]
    newest: dict[str, Reply] = {}
    for partner in partners:
        newest[partner] = graph.pairs[(name, partner) if name < partner else (partner, name)][-1]
    order = sorted(partners, key=lambda other: (len(graph.partners[other] & partners), other))
    return list(islice(dict.fromkeys(newest[other].message_id for other in order), _EVIDENCE))


def _spread(graph: ReplyGraph, name: str, group_of: Mapping[str, str]) -> Measure:
    """Return how evenly the partners lie over the groups of channels: 0 in one, at most 1 - 1/groups."""
    groups = sorted(set(group_of.values()))
    met = {
        (reply.to_id if reply.from_id == name else reply.from_id, group_of[reply.channel_id])
        for pair, replies in graph.pairs.items()
        if name in pair
        for reply in replies
        if reply.channel_id in group_of
    }
    if len(groups) < 2 or not met:
        return nothing("channel_spread", "share", (len(met), "members"), "too_few")
    partners = sorted({partner for partner, _ in met})
    rows = np.array([[(partner, group) in met for group in groups] for partner in partners], dtype=np.float64)
    return measure("channel_spread", "share", bootstrap(rows, _participation), (len(partners), "members"))


def _participation(rows: Figures) -> Figures:
    counts = rows.sum(axis=-2)
    shares = counts / np.maximum(1.0, counts.sum(axis=-1, keepdims=True))
    return np.asarray(1.0 - (shares**2).sum(axis=-1))
