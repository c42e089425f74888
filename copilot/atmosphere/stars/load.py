"""On how many shoulders answers rest, and who carries so much that it should be taken off them. Pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np

from copilot.atmosphere.figures import measure, nothing
from copilot.atmosphere.intervals import Estimate, bootstrap, half_by, ratio, share
from copilot.atmosphere.models import Measure
from copilot.atmosphere.stars.graph import Answer, ReplyGraph
from copilot.atmosphere.stars.models import LoadSign
from copilot.atmosphere.stars.roles import grouped, share_of_questions
from copilot.atmosphere.stars.thresholds import StarRules

_TOP = 3


@dataclass(frozen=True)
class Burden:
    """A member and what shows that it is too much."""

    member_id: str
    signs: list[LoadSign]
    measures: list[Measure]


def shoulders(graph: ReplyGraph, rules: StarRules) -> list[Measure]:
    """Return what the three who answered most answered of all, and how few gave half of the answers.

    The three are chosen by the same answers, so the share is a little too high where everybody gives a few.
    """
    given = Counter(answer.from_id for answer in graph.answers)
    total = sum(given.values())
    if total < rules.least_answers:
        return [
            nothing("top_three_share", "share", (total, "answers"), "too_few"),
            nothing("half_answered_by", "count", (len(given), "members"), "too_few"),
        ]
    top = {name for name, _ in sorted(given.items(), key=lambda item: (-item[1], item[0]))[:_TOP]}
    return [
        share_of_questions(graph.answers, top).model_copy(update={"name": "top_three_share"}),
        measure("half_answered_by", "count", Estimate(half_by(given.values())), (len(given), "members")),
    ]


def loaded(graph: ReplyGraph, zone: ZoneInfo, weeks: float, rules: StarRules) -> list[Burden]:
    """Return who surely gives a large share, has no day off, or answers at night; most answers first."""
    found: list[tuple[int, Burden]] = []
    for member_id, given in grouped(graph.answers, lambda answer: answer.from_id).items():
        if len(given) < rules.least_answers:
            continue
        part, days, nights = share_of_questions(graph.answers, {member_id}), *_hours(given, zone, weeks, rules)
        signs: list[LoadSign] = []
        if part.low is not None and part.low >= rules.loaded_share:
            signs.append("share")
        if days.low is not None and days.low >= rules.loaded_days:
            signs.append("days")
        if nights.low is not None and nights.low >= rules.loaded_nights:
            signs.append("nights")
        if signs:
            found.append((len(given), Burden(member_id, signs, [part, days, nights])))
    found.sort(key=lambda item: (-item[0], item[1].member_id))
    return [burden for _, burden in found[: rules.most_named]]


def _hours(given: Sequence[Answer], zone: ZoneInfo, weeks: float, rules: StarRules) -> tuple[Measure, Measure]:
    """Return days a week with answers (mean over the weeks), and the share of answers given at night."""
    local = [answer.sent_at.astimezone(zone) for answer in given]
    by_week: dict[str, set[date]] = {}
    for at in local:
        by_week.setdefault("{}-{}".format(*at.isocalendar()), set()).add(at.date())
    silent = max(0, round(weeks) - len(by_week))
    rows = np.array([[float(len(days)), 1.0] for days in by_week.values()] + [[0.0, 1.0]] * silent, dtype=np.float64)
    first, last = rules.night
    at_night = sum(at.hour >= first or at.hour < last for at in local)
    return (
        measure("days_a_week", "mean", bootstrap(rows, ratio), (len(rows), "weeks")),
        measure("night_share", "share", share(at_night, len(local)), (len(local), "answers")),
    )
