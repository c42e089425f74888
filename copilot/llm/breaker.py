"""A circuit breaker: an endpoint that fails again and again is left alone for a while, so that drafts degrade at once.

Per process and in memory: each process finds out for itself, and a restart asks again.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from copilot.errors import ModelError, ModelUnavailable

State = Literal["closed", "open", "half_open"]
# What says something about the endpoint, and not about one prompt, our own bounds or the caller's wishes.
_COUNTS: Final = frozenset(
    {"timeout", "unreachable", "server_error", "not_a_completion", "cut", "authentication", "quota", "rate_limited"}
    | {"not_found"}
)


@dataclass(frozen=True)
class BreakerRules:
    """When to leave an endpoint alone: `failures` within `window_seconds`, for `rest_seconds`; 0 failures: never."""

    failures: int = 5
    window_seconds: float = 60.0
    rest_seconds: float = 30.0


@dataclass(frozen=True)
class BreakerState:
    """What the breaker does now; `seconds` until the endpoint is tried again, 0 unless it is open."""

    state: State
    seconds: float
    last_reason: str


class Breaker:
    """Counts failures and decides whether a call may be made. Safe between threads."""

    def __init__(self, rules: BreakerRules | None = None, now: Callable[[], float] = time.monotonic) -> None:
        self._rules = rules or BreakerRules()
        self._now = now
        self._lock = threading.Lock()
        self._failed: deque[float] = deque()
        self._opened_at: float | None = None
        self._is_trying = False
        self._last_reason = ""

    def admit(self) -> None:
        """Let a call through, or not; after the rest one call tries, the others wait for what becomes of it.

        Raises:
            ModelUnavailable: the endpoint is left alone; `data` holds `reason` (`circuit_open`), `last_reason` and
                `retry_after_seconds`.
        """
        with self._lock:
            state = self._state()
            if state == "closed":
                return
            if state == "half_open" and not self._is_trying:
                self._is_trying = True
                return
            seconds = max(1, round(self._rest_left()))
        raise ModelUnavailable(
            f"the model endpoint failed again and again and is left alone for {seconds} more seconds",
            reason="circuit_open", last_reason=self._last_reason, retry_after_seconds=seconds,
        )  # fmt: skip

    def settle(self, error: ModelError | None, *, is_heard: bool) -> None:
        """Note how an admitted call ended: `is_heard` when the endpoint gave a whole answer, of whatever use."""
        reason = str(error.data.get("reason", "")) if error is not None else ""
        with self._lock:
            if is_heard:
                self._failed.clear()
                self._opened_at, self._is_trying = None, False
            elif reason not in _COUNTS:
                self._is_trying = False  # says nothing: the next call may try
            elif self._rules.failures:
                self._fail(reason)

    def look(self) -> BreakerState:
        """Return the state for people and dashboards."""
        with self._lock:
            return BreakerState(self._state(), round(self._rest_left(), 1), self._last_reason)

    def _fail(self, reason: str) -> None:
        now = self._now()
        self._last_reason = reason
        self._failed.append(now)
        while self._failed and self._failed[0] <= now - self._rules.window_seconds:
            self._failed.popleft()
        if self._is_trying or len(self._failed) >= self._rules.failures:
            self._opened_at, self._is_trying = now, False
            self._failed.clear()

    def _state(self) -> State:
        if self._opened_at is None:
            return "closed"
        return "open" if self._rest_left() > 0 else "half_open"

    def _rest_left(self) -> float:
        if self._opened_at is None:
            return 0.0
        return max(0.0, self._opened_at + self._rules.rest_seconds - self._now())
