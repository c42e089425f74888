"""What model calls came to, on every database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.clock import FixedClock
from copilot.community.ledger import SqlCallLedger
from copilot.community.store import Store
from copilot.community.usage import Prices, budget_use, feature_usage, percentile
from copilot.llm.usage import CallOutcome, CallResult, NewCall

FREE = Prices(Decimal(0), Decimal(0), "CNY")


def write(
    store: Store, clock: FixedClock, feature: str, outcome: CallOutcome | None, latency_ms: int, days: int = 0
) -> None:
    ledger = SqlCallLedger(store)
    call = NewCall("a", feature, "events/plan", "h", "m", "prompt", 60, 40, clock.now())
    call_id = ledger.reserve(replace(call, at=call.at - timedelta(days=days)), 10**9)
    if outcome is not None:
        ledger.settle("a", call_id, CallResult(outcome, 1000, 500, False, latency_ms))


def test_counts_shares_times_and_cost_by_hand(any_store: Store, clock: FixedClock) -> None:
    for latency in (100, 200, 300, 400):
        write(any_store, clock, "events:plan", CallOutcome.OK, latency)
    write(any_store, clock, "events:plan", CallOutcome.INVALID, 500)
    write(any_store, clock, "events:plan", CallOutcome.FAILED, 9000)
    write(any_store, clock, "events:plan", CallOutcome.CANCELLED, 1)
    write(any_store, clock, "events:plan", CallOutcome.MODE_REFUSED, 1)
    write(any_store, clock, "events:plan", None, 0)
    write(any_store, clock, "topics:suggest", CallOutcome.OK, 70)
    write(any_store, clock, "old:one", CallOutcome.OK, 70, days=8)
    with any_store.read("a") as unit:
        plan, topics = feature_usage(unit, 7, Prices(Decimal(2), Decimal(8), "CNY"))
        assert feature_usage(unit, 7, FREE)[0].cost_cents is None
        used = budget_use(unit, 50_000)
    assert (plan.calls, plan.failed, plan.cancelled, plan.running) == (6, 1, 1, 1)
    assert (plan.failed_share, plan.unusable_share) == (round(1 / 6, 4), round(1 / 6, 4))
    assert plan.latency_ms == {"p50": 300, "p95": 9000, "p99": 9000}  # third and sixth of six
    assert (plan.prompt_tokens, plan.completion_tokens) == (8 * 1000 + 60, 8 * 500 + 40)
    assert plan.cost_cents == 5  # 8060 x 2 + 4040 x 8 = 48440 millionths of a yuan = 4.844 cents
    assert (topics.calls, topics.latency_ms["p99"]) == (1, 70)
    assert used.used_tokens == 9 * 1500 + 100
    assert used.daily_tokens == 50_000
    assert used.resets_at > clock.now()


def test_no_calls_are_no_features_and_another_communitys_are_not_seen(any_store: Store, clock: FixedClock) -> None:
    write(any_store, clock, "events:plan", CallOutcome.OK, 5)
    with any_store.read("b") as unit:
        assert feature_usage(unit, 30, FREE) == []
        assert budget_use(unit, 10).used_tokens == 0


def test_only_running_calls_have_no_shares_and_no_times(any_store: Store, clock: FixedClock) -> None:
    write(any_store, clock, "events:plan", None, 0)
    with any_store.read("a") as unit:
        (use,) = feature_usage(unit, 30, FREE)
    assert (use.calls, use.failed_share, use.unusable_share, use.latency_ms) == (0, None, None, {})


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=50), st.sampled_from([0.01, 0.5, 0.95, 0.99, 1.0]))
def test_a_percentile_is_a_value_that_enough_others_do_not_exceed(values: list[int], share: float) -> None:
    found = percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values)


def test_of_nothing_there_is_no_percentile() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)
