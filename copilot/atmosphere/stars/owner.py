"""How much of the exchange runs through the owner, week by week, and whether it becomes less. Pure functions."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date, datetime

from copilot.atmosphere.figures import measure, nothing
from copilot.atmosphere.intervals import Estimate, clustered_share
from copilot.atmosphere.models import Measure
from copilot.atmosphere.stars.graph import Reply, ReplyGraph
from copilot.atmosphere.stars.models import OwnerWeek
from copilot.atmosphere.stars.roles import grouped
from copilot.atmosphere.stars.thresholds import StarRules

_EVIDENCE = 3


def owner_share(replies: Sequence[Reply], owner_id: str, least: int) -> Measure:
    """Return the share of replies that the owner wrote or received; the interval allows for each writer's own ways."""
    sample = len(replies)
    if sample < least:
        return nothing("owner_share", "share", (sample, "replies"), "too_few")
    rows = [
        (sum(owner_id in {reply.from_id, reply.to_id} for reply in given), len(given))
        for given in grouped(replies, lambda reply: reply.from_id).values()
    ]
    own = [reply.message_id for reply in reversed(replies) if owner_id in {reply.from_id, reply.to_id}]
    return measure("owner_share", "share", clustered_share(rows), (sample, "replies"), own[:_EVIDENCE])


def owner_weeks(
    graph: ReplyGraph, owner_id: str, week_of: Callable[[datetime], str], rules: StarRules
) -> list[OwnerWeek]:
    """Return the share of each local week in which anything was replied, oldest first."""
    by_week = grouped(graph.replies, lambda reply: week_of(reply.sent_at))
    return [
        OwnerWeek(week=week, share=owner_share(by_week[week], owner_id, rules.least_weekly)) for week in sorted(by_week)
    ]


def owner_trend(weeks: Sequence[OwnerWeek], rules: StarRules) -> Measure:
    """Return the slope of the weekly shares per week, by least squares, with the t interval of n - 2 degrees."""
    values = [(_number(week.week), week.share.value) for week in weeks if week.share.value is not None]
    count = len(values)
    if count < rules.least_weeks:
        return nothing("owner_trend", "net", (count, "weeks"), "too_few")
    from scipy.special import stdtrit  # a tenth of a second

    middle = sum(at for at, _ in values) / count
    mean = math.fsum(value for _, value in values) / count
    spread = math.fsum((at - middle) ** 2 for at, _ in values)
    slope = math.fsum((at - middle) * (value - mean) for at, value in values) / spread
    rest = math.fsum((value - mean - slope * (at - middle)) ** 2 for at, value in values)
    half = float(stdtrit(count - 2, 0.975)) * math.sqrt(rest / (count - 2) / spread)
    return measure(
        "owner_trend", "net", Estimate(slope, max(-1.0, slope - half), min(1.0, slope + half)), (count, "weeks")
    )


def _number(week: str) -> int:
    """Return how many weeks lie before this one, so that a week without replies leaves its gap."""
    year, _, number = week.partition("-W")
    return date.fromisocalendar(int(year), int(number), 1).toordinal() // 7
