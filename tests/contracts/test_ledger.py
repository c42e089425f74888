"""The ledger of model calls, on every database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from copilot.clock import FixedClock
from copilot.community.ledger import SqlCallLedger
from copilot.community.store import Store
from copilot.community.tables import LlmCall
from copilot.errors import BudgetExceeded
from copilot.llm.endpoint import Endpoint
from copilot.llm.scripted import Scripted, ScriptedChatModel
from copilot.llm.structured import StructuredModel
from copilot.llm.usage import CallOutcome, CallResult, NewCall
from tests.llm.conftest import ask_for
from tests.llm.endpoint import GOOD


@pytest.fixture
def call(clock: FixedClock) -> NewCall:
    return NewCall("a", "events:plan", "events/plan", "h", "m", "prompt", 60, 40, clock.now())


def test_a_call_is_recorded_as_running_before_it_is_made_and_settled_after(any_store: Store, call: NewCall) -> None:
    ledger = SqlCallLedger(any_store)
    call_id = ledger.reserve(call, 1000)
    assert ledger.used_tokens("a", call.at) == 100
    ledger.settle("a", call_id, CallResult(CallOutcome.INVALID, 50, 5, False, 321, "model_output_invalid"))
    with any_store.read("a") as unit:
        row = unit.get(LlmCall, call_id)
    assert call_id.startswith("call_")
    assert (row.feature, row.prompt_id, row.prompt_hash, row.model, row.mode) == (
        "events:plan", "events/plan", "h", "m", "prompt",
    )  # fmt: skip
    assert (row.outcome, row.error_code, row.latency_ms, row.tokens_estimated) == (
        "invalid", "model_output_invalid", 321, False,
    )  # fmt: skip
    assert (row.created_at, ledger.used_tokens("a", call.at)) == (call.at, 55)


def test_a_call_over_the_budget_leaves_no_row(any_store: Store, call: NewCall) -> None:
    with pytest.raises(BudgetExceeded):
        SqlCallLedger(any_store).reserve(call, 99)
    with any_store.read("a") as unit:
        assert unit.session.scalars(select(LlmCall)).all() == []


def test_parallel_calls_never_overshoot_the_budget(any_store: Store, call: NewCall) -> None:
    ledger = SqlCallLedger(any_store)

    def attempt(_: int) -> bool:
        try:
            ledger.reserve(call, 350)
        except BudgetExceeded:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        granted = list(pool.map(attempt, range(16)))
    assert sum(granted) == 3
    assert ledger.used_tokens("a", call.at) == 300


def test_a_new_utc_day_has_a_new_budget(any_store: Store, call: NewCall) -> None:
    ledger = SqlCallLedger(any_store)
    ledger.reserve(call, 100)
    ledger.reserve(replace(call, at=call.at + timedelta(days=1)), 100)
    with pytest.raises(BudgetExceeded):
        ledger.reserve(replace(call, at=call.at.replace(hour=23, minute=59)), 100)


def test_another_communitys_calls_do_not_count(any_store: Store, call: NewCall) -> None:
    ledger = SqlCallLedger(any_store)
    ledger.reserve(call, 100)
    ledger.reserve(replace(call, community_id="b"), 100)
    assert ledger.used_tokens("b", call.at) == 100


def test_settling_a_call_that_is_gone_changes_nothing(any_store: Store) -> None:
    ledger = SqlCallLedger(any_store)
    ledger.settle("a", "call_gone", CallResult(CallOutcome.OK, 1, 1, False, 1))
    with any_store.read("a") as unit:
        assert list(unit.session.scalars(select(LlmCall))) == []


def test_the_model_port_writes_its_rows_here(any_store: Store, clock: FixedClock) -> None:
    chat = ScriptedChatModel(answers=["no", Scripted(GOOD, prompt_tokens=9, completion_tokens=8)])
    model = StructuredModel(Endpoint(chat=chat, model="scripted"), SqlCallLedger(any_store), clock)
    answer = model.ask(ask_for(community_id="a"))
    with any_store.read("a") as unit:
        rows = unit.get_many(LlmCall, answer.call_ids)
    assert [rows[call_id].outcome for call_id in answer.call_ids] == ["invalid", "ok"]
    assert [rows[call_id].tokens_estimated for call_id in answer.call_ids] == [True, False]
