"""What each stage of reading costs and settles: seconds of CPU, tokens, money, messages; in memory and in the metrics."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from prometheus_client import Counter

from copilot.telemetry import REGISTRY

# In order. `meaning` is the part of the models that embeds; its time is within that of `models`.
STAGES = ("normalise", "rules", "models", "meaning", "context", "llm")
_MESSAGES = Counter(
    "copilot_reading_messages", "Messages that a stage of reading looked at", ["stage"], registry=REGISTRY
)
_DECIDED = Counter("copilot_reading_decided", "Messages whose reading a stage settled", ["stage"], registry=REGISTRY)
_CPU = Counter("copilot_reading_cpu_seconds", "CPU time of a stage of reading", ["stage"], registry=REGISTRY)
_TOKENS = Counter("copilot_reading_tokens", "Tokens that a stage of reading spent", ["stage"], registry=REGISTRY)
_MONEY = Counter(
    "copilot_reading_money", "What these tokens cost, in the currency of the settings", ["stage"], registry=REGISTRY
)


@dataclass(frozen=True)
class StageCost:
    """Sums of one stage since the process started.

    Attributes:
        decided: messages of which no later stage changed the reading.
    """

    messages: int = 0
    decided: int = 0
    cpu_seconds: float = 0.0
    tokens: int = 0
    money: float = 0.0

    @property
    def cpu_microseconds(self) -> float:
        """Mean CPU time of one message in this stage; 0 when there was none."""
        return 1e6 * self.cpu_seconds / self.messages if self.messages else 0.0


@dataclass
class Took:
    """CPU seconds of one piece of work, known when it is done."""

    cpu_seconds: float = 0.0
    messages: int = 0
    _began: float = field(default_factory=time.thread_time, repr=False)

    def stop(self) -> None:
        """Take the time."""
        self.cpu_seconds = time.thread_time() - self._began

    @property
    def share_microseconds(self) -> float:
        """What one message bore of it."""
        return round(1e6 * self.cpu_seconds / self.messages, 1) if self.messages else 0.0


class StageCosts:
    """Counters of all stages; safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sums = {stage: StageCost() for stage in STAGES}

    @contextmanager
    def timed(self, stage: str, messages: int) -> Iterator[Took]:
        """Count what runs inside as work of `stage` on so many messages; the CPU time is that of this thread."""
        took = Took(messages=messages)
        try:
            yield took
        finally:
            took.stop()
            self.add(stage, StageCost(messages, 0, took.cpu_seconds))

    def decided(self, stage: str, messages: int) -> None:
        """Count messages that `stage` settled."""
        self.add(stage, StageCost(decided=messages))

    def add(self, stage: str, cost: StageCost) -> None:
        """Add to the sums of `stage`."""
        with self._lock:
            held = self._sums[stage]
            self._sums[stage] = replace(
                held, messages=held.messages + cost.messages, decided=held.decided + cost.decided,
                cpu_seconds=held.cpu_seconds + cost.cpu_seconds, tokens=held.tokens + cost.tokens,
                money=held.money + cost.money,
            )  # fmt: skip
        _MESSAGES.labels(stage=stage).inc(cost.messages)
        _DECIDED.labels(stage=stage).inc(cost.decided)
        _CPU.labels(stage=stage).inc(max(0.0, cost.cpu_seconds))
        _TOKENS.labels(stage=stage).inc(cost.tokens)
        _MONEY.labels(stage=stage).inc(cost.money)

    def sums(self) -> dict[str, StageCost]:
        """Return the sums by stage."""
        with self._lock:
            return dict(self._sums)
