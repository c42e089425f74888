"""The ledger of model calls in SQL: the row of a call is also its reservation, so a crash never loses the count."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from copilot.community.ids import new_id
from copilot.community.store import Store, Unit
from copilot.community.tables import Community, LlmCall
from copilot.llm.usage import CallOutcome, CallResult, NewCall, budget_day, require_budget


class SqlCallLedger:
    """Implements `copilot.llm.usage.CallLedger` on the store; safe between threads and processes."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def reserve(self, call: NewCall, daily_token_budget: int) -> str:
        """Record `call` as running if the budget of its UTC day covers it, and return its id.

        Raises:
            BudgetExceeded: it does not; see `require_budget`.
        """
        call_id = new_id("call")
        with self._store.write(call.community_id) as unit:
            # SQLite admits one writer at a time; on PostgreSQL the community's row is the turnstile.
            unit.session.execute(select(Community.id).where(Community.id == call.community_id).with_for_update())
            require_budget(call, _used_tokens(unit, call.at), daily_token_budget)
            unit.add(
                LlmCall(
                    id=call_id, feature=call.feature, prompt_id=call.prompt_id, prompt_hash=call.prompt_hash,
                    model=call.model, mode=call.mode, prompt_tokens=call.prompt_tokens,
                    completion_tokens=call.completion_tokens, tokens_estimated=True,
                    outcome=CallOutcome.RUNNING.value, created_at=call.at,
                )
            )  # fmt: skip
        return call_id

    def settle(self, community_id: str, call_id: str, result: CallResult) -> None:
        """Replace what was held back by what was used; a call whose community is gone is forgotten."""
        with self._store.write(community_id) as unit:
            row = unit.find(LlmCall, call_id)
            if row is None:
                return
            row.outcome = result.outcome.value
            row.prompt_tokens = result.prompt_tokens
            row.completion_tokens = result.completion_tokens
            row.tokens_estimated = result.tokens_estimated
            row.latency_ms = result.latency_ms
            row.error_code = result.error_code

    def used_tokens(self, community_id: str, at: datetime) -> int:
        """Return the tokens used or held back on the UTC day of `at`."""
        with self._store.read(community_id) as unit:
            return _used_tokens(unit, at)


def _used_tokens(unit: Unit, at: datetime) -> int:
    start, end = budget_day(at)
    total = func.coalesce(func.sum(LlmCall.prompt_tokens + LlmCall.completion_tokens), 0)
    return int(unit.session.scalar(select(total).where(LlmCall.created_at >= start, LlmCall.created_at < end)) or 0)
