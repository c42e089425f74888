"""What a community's model calls came to: counts, failures, tokens, cost and waiting times per feature. Reads the ledger."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from sqlalchemy import func, select

from copilot.community.store import Unit
from copilot.community.tables import LlmCall
from copilot.llm.usage import CallOutcome, budget_day

MOST_TIMED: Final = 20_000
_ATTEMPTS: Final = (CallOutcome.OK, CallOutcome.INVALID, CallOutcome.FAILED)
_PER_MILLION: Final = Decimal(1_000_000)


@dataclass(frozen=True)
class Prices:
    """Prices of a million tokens in a currency's main unit; zero for both means that they are unknown."""

    prompt: Decimal
    completion: Decimal
    currency: str

    def cost_cents(self, prompt_tokens: int, completion_tokens: int) -> int | None:
        """Return what these tokens cost in hundredths, rounded half up; None without prices."""
        if not self.prompt and not self.completion:
            return None
        cents = (prompt_tokens * self.prompt + completion_tokens * self.completion) * 100 / _PER_MILLION
        return int(cents.quantize(Decimal(1), ROUND_HALF_UP))


@dataclass(frozen=True)
class FeatureUsage:
    """The calls of one feature.

    Attributes:
        calls: requests that were answered, or failed; those that only found out which kind of JSON an endpoint knows,
            that were cancelled or that still run are not among them.
        failed_share: failed calls to `calls`, 0 to 1; None without any.
        unusable_share: calls whose answer did not validate to `calls`.
        latency_ms: percentile ("p50", "p95", "p99") -> milliseconds of the newest calls; empty without any.
    """

    feature: str
    calls: int
    failed: int
    failed_share: float | None
    unusable_share: float | None
    cancelled: int
    running: int
    prompt_tokens: int
    completion_tokens: int
    cost_cents: int | None
    latency_ms: Mapping[str, int]


@dataclass(frozen=True)
class BudgetUse:
    """Tokens of the running UTC day, with what is held back for calls under way."""

    daily_tokens: int
    used_tokens: int
    resets_at: datetime


def feature_usage(unit: Unit, days: int, prices: Prices) -> list[FeatureUsage]:
    """Return the use of every feature within the last `days`, by name; no calls give none."""
    since = unit.now - timedelta(days=days)
    rows = unit.session.execute(
        select(
            LlmCall.feature, LlmCall.outcome, func.count(LlmCall.id),
            func.sum(LlmCall.prompt_tokens), func.sum(LlmCall.completion_tokens),
        )
        .where(LlmCall.created_at >= since)
        .group_by(LlmCall.feature, LlmCall.outcome)
    ).all()  # fmt: skip
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    tokens: dict[str, tuple[int, int]] = {}
    for feature, outcome, calls, prompt, completion in rows:
        counts[feature][outcome] = calls
        before = tokens.get(feature, (0, 0))
        tokens[feature] = (before[0] + int(prompt or 0), before[1] + int(completion or 0))
    timed = _latencies(unit, since)
    return [_use(name, counts[name], tokens[name], timed.get(name, []), prices) for name in sorted(counts)]


def budget_use(unit: Unit, daily_tokens: int) -> BudgetUse:
    """Return how much of today's budget is left."""
    start, end = budget_day(unit.now)
    total = func.coalesce(func.sum(LlmCall.prompt_tokens + LlmCall.completion_tokens), 0)
    used = unit.session.scalar(select(total).where(LlmCall.created_at >= start, LlmCall.created_at < end))
    return BudgetUse(daily_tokens, int(used or 0), end)


def percentile(values: Sequence[int], share: float) -> int:
    """Return the nearest-rank percentile: the smallest value that `share` (0 to 1) of all do not exceed.

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("no values, no percentile")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def _latencies(unit: Unit, since: datetime) -> dict[str, list[int]]:
    newest = (
        select(LlmCall.feature, LlmCall.latency_ms)
        .where(LlmCall.created_at >= since, LlmCall.outcome.in_([outcome.value for outcome in _ATTEMPTS]))
        .order_by(LlmCall.created_at.desc(), LlmCall.id.desc())
        .limit(MOST_TIMED)
    )
    found: dict[str, list[int]] = defaultdict(list)
    for feature, latency_ms in unit.session.execute(newest):
        found[feature].append(latency_ms)
    return found


def _use(
    feature: str, counts: Mapping[str, int], tokens: tuple[int, int], timed: Sequence[int], prices: Prices
) -> FeatureUsage:
    calls = sum(counts.get(outcome.value, 0) for outcome in _ATTEMPTS)
    failed = counts.get(CallOutcome.FAILED.value, 0)
    return FeatureUsage(
        feature=feature,
        calls=calls,
        failed=failed,
        failed_share=round(failed / calls, 4) if calls else None,
        unusable_share=round(counts.get(CallOutcome.INVALID.value, 0) / calls, 4) if calls else None,
        cancelled=counts.get(CallOutcome.CANCELLED.value, 0),
        running=counts.get(CallOutcome.RUNNING.value, 0),
        prompt_tokens=tokens[0],
        completion_tokens=tokens[1],
        cost_cents=prices.cost_cents(*tokens),
        latency_ms={f"p{share}": percentile(timed, share / 100) for share in (50, 95, 99)} if timed else {},
    )
