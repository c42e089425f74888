"""What model calls cost: our own token estimate, and the port of the ledger that records calls and keeps the budget."""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from enum import StrEnum
from typing import Final, Protocol

from copilot.errors import BudgetExceeded

# Measured against the tokenizers in use a Chinese character is 0.6-1.2 tokens and four Latin letters about one.
# The estimate leans high: it reserves budget before a call and stands in when an endpoint reports nothing.
_WIDE = re.compile(r"[\u1100-\u11ff\u2e80-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U0001f000-\U0003ffff]")
_LATIN_CHARS_PER_TOKEN: Final = 3.2
_TOKENS_PER_MESSAGE: Final = 6


def estimate_tokens(texts: Iterable[str]) -> int:
    """Return about how many tokens these messages are, rather too many than too few; nothing gives 0."""
    total = 0
    for text in texts:
        wide = len(_WIDE.findall(text))
        total += wide + math.ceil((len(text) - wide) / _LATIN_CHARS_PER_TOKEN) + _TOKENS_PER_MESSAGE
    return total


class CallOutcome(StrEnum):
    """What became of one request to the endpoint."""

    RUNNING = "running"  # also the last word about a call whose process died; its reservation stays counted
    OK = "ok"
    INVALID = "invalid"  # an answer came but does not validate
    MODE_REFUSED = "mode_refused"  # the endpoint does not know this kind of structured output
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class NewCall:
    """A call about to be made. The token counts are upper estimates and are what the budget holds back."""

    community_id: str
    feature: str
    prompt_id: str
    prompt_hash: str
    model: str
    mode: str
    prompt_tokens: int
    completion_tokens: int
    at: datetime


@dataclass(frozen=True)
class CallResult:
    """How a call ended. `tokens_estimated` says that the endpoint reported none."""

    outcome: CallOutcome
    prompt_tokens: int
    completion_tokens: int
    tokens_estimated: bool
    latency_ms: int
    error_code: str | None = None


class CallLedger(Protocol):
    """Records every call and refuses those the day's budget does not cover."""

    def reserve(self, call: NewCall, daily_token_budget: int) -> str:
        """Record `call` as running with its tokens held back, atomically with the check of the budget; return its id.

        Raises:
            BudgetExceeded: the tokens of this UTC day and these together are more than the budget; nothing is recorded.
        """
        ...

    def settle(self, community_id: str, call_id: str, result: CallResult) -> None:
        """Replace what was held back by what was used."""
        ...


def budget_day(at: datetime) -> tuple[datetime, datetime]:
    """Return the start (inclusive) and end (exclusive) of the UTC day whose budget a call at `at` uses."""
    start = datetime.combine(at.astimezone(UTC).date(), clock_time(), UTC)
    return start, start + timedelta(days=1)


def require_budget(call: NewCall, used: int, daily_token_budget: int) -> None:
    """Raise unless `used` tokens of the day and those of `call` fit the budget.

    Raises:
        BudgetExceeded: `data` holds `budget`, `used` (with what is held back), `needed` and `resets_at`.
    """
    needed = call.prompt_tokens + call.completion_tokens
    if used + needed > daily_token_budget:
        raise BudgetExceeded(
            f"the daily token budget of this community does not cover this call: {used} of {daily_token_budget} "
            f"tokens used or held back, up to {needed} needed",
            budget=daily_token_budget, used=used, needed=needed, resets_at=budget_day(call.at)[1].isoformat(),
        )  # fmt: skip


class MemoryCallLedger:
    """A ledger without a database, for evaluation runs and tests; keeps every call in order."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.calls: dict[str, NewCall] = {}
        self.results: dict[str, CallResult] = {}

    def reserve(self, call: NewCall, daily_token_budget: int) -> str:
        """See `CallLedger.reserve`."""
        with self._lock:
            used = sum(self._tokens(key) for key, other in self.calls.items() if _same_day(other, call))
            require_budget(call, used, daily_token_budget)
            call_id = f"call_{len(self.calls) + 1}"
            self.calls[call_id] = call
            return call_id

    def settle(self, community_id: str, call_id: str, result: CallResult) -> None:
        """See `CallLedger.settle`."""
        with self._lock:
            if self.calls[call_id].community_id != community_id:
                raise KeyError(call_id)
            self.results[call_id] = result

    def _tokens(self, call_id: str) -> int:
        spent: NewCall | CallResult = self.results.get(call_id, self.calls[call_id])
        return spent.prompt_tokens + spent.completion_tokens


def _same_day(one: NewCall, other: NewCall) -> bool:
    return one.community_id == other.community_id and budget_day(one.at) == budget_day(other.at)
