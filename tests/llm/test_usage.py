from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.errors import BudgetExceeded
from copilot.llm.usage import CallOutcome, CallResult, MemoryCallLedger, NewCall, budget_day, estimate_tokens

AT = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
CALL = NewCall("c", "events:plan", "events/plan", "h", "m", "prompt", 60, 40, AT)


def test_the_estimate_by_hand() -> None:
    assert estimate_tokens([]) == 0
    assert estimate_tokens([""]) == 6
    assert estimate_tokens(["你好世界"]) == 10  # 4 wide + 6 for the message
    assert estimate_tokens(["a" * 32]) == 16  # 32 / 3.2 + 6
    assert estimate_tokens(["你好", "ab"]) == 15  # 2 + 6 and ceil(2 / 3.2) + 6


@given(st.text(max_size=100), st.text(max_size=100))
def test_more_text_is_never_fewer_tokens(one: str, other: str) -> None:
    assert estimate_tokens([one + other]) >= estimate_tokens([one])


def test_the_budgets_day_is_the_day_in_utc() -> None:
    late_evening_in_shanghai = datetime(2026, 11, 17, 7, 0, tzinfo=timezone(timedelta(hours=8)))
    assert budget_day(late_evening_in_shanghai)[0] == datetime(2026, 11, 16, tzinfo=UTC)


def test_held_back_tokens_count_until_the_call_is_settled() -> None:
    ledger = MemoryCallLedger()
    first = ledger.reserve(CALL, 150)
    with pytest.raises(BudgetExceeded) as caught:
        ledger.reserve(CALL, 150)
    assert caught.value.data == {
        "budget": 150, "used": 100, "needed": 100, "resets_at": "2026-11-17T00:00:00+00:00",
    }  # fmt: skip
    ledger.settle("c", first, CallResult(CallOutcome.OK, 30, 20, tokens_estimated=False, latency_ms=1))
    ledger.reserve(CALL, 150)


def test_communities_and_days_have_budgets_of_their_own() -> None:
    ledger = MemoryCallLedger()
    ledger.reserve(CALL, 100)
    ledger.reserve(replace(CALL, community_id="other"), 100)
    ledger.reserve(replace(CALL, at=AT + timedelta(days=1)), 100)
    with pytest.raises(BudgetExceeded) as caught:
        ledger.reserve(CALL, 100)
    assert caught.value.data["used"] == 100


def test_a_call_is_settled_by_its_own_community_only() -> None:
    ledger = MemoryCallLedger()
    call_id = ledger.reserve(CALL, 100)
    with pytest.raises(KeyError):
        ledger.settle("other", call_id, CallResult(CallOutcome.OK, 0, 0, tokens_estimated=False, latency_ms=0))
