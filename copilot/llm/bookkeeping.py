"""One ledger row per request: opened with what it may cost, closed with what it did cost."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass

from langchain_core.messages import BaseMessage

from copilot import telemetry
from copilot.clock import Clock
from copilot.errors import ModelCancelled, ModelError, ModelTimeout
from copilot.llm.endpoint import Endpoint, Reply
from copilot.llm.prompt import RenderedPrompt
from copilot.llm.quirks import Mode
from copilot.llm.usage import CallLedger, CallOutcome, CallResult, NewCall, estimate_tokens

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class OpenCall:
    """A request under way."""

    id: str
    row: NewCall
    started: float  # monotonic seconds


class CallBook:
    """Reserves and settles requests of one endpoint and counts them."""

    def __init__(self, endpoint: Endpoint, ledger: CallLedger, clock: Clock) -> None:
        self._endpoint = endpoint
        self._ledger = ledger
        self._clock = clock

    def open(
        self, feature: str, community_id: str, prompt: RenderedPrompt, mode: Mode, messages: Sequence[BaseMessage]
    ) -> OpenCall:
        """Hold back what the request may cost.

        Raises:
            BudgetExceeded: the community's day has no room for it.
        """
        row = NewCall(
            community_id=community_id, feature=feature, prompt_id=prompt.prompt_id, prompt_hash=prompt.hash,
            model=self._endpoint.model, mode=mode, at=self._clock.now(),
            prompt_tokens=estimate_tokens(str(message.text) for message in messages),
            completion_tokens=self._endpoint.max_output_tokens,
        )  # fmt: skip
        call_id = self._ledger.reserve(row, self._endpoint.daily_token_budget)
        return OpenCall(call_id, row, time.monotonic())

    def close(self, call: OpenCall, reply: Reply, outcome: CallOutcome, error: ModelError | None = None) -> CallResult:
        """Write down what the request cost and what came of it."""
        reported = reply.prompt_tokens is not None
        # A request turned away at the door costs nothing; one left in the middle is charged by what was seen of it.
        charged = outcome in {CallOutcome.OK, CallOutcome.INVALID} or bool(reply.text)
        charged = charged or isinstance(error, ModelTimeout | ModelCancelled)
        result = CallResult(
            outcome=outcome,
            prompt_tokens=reply.prompt_tokens or (call.row.prompt_tokens if charged and not reported else 0),
            completion_tokens=reply.completion_tokens or (0 if reported else _estimated(reply)),
            tokens_estimated=charged and not reported,
            latency_ms=round((time.monotonic() - call.started) * 1000),
            error_code=error.code if error else None,
        )
        self._ledger.settle(call.row.community_id, call.id, result)
        self._count(call, result)
        return result

    def _count(self, call: OpenCall, result: CallResult) -> None:
        feature = call.row.feature
        telemetry.MODEL_CALLS.labels(feature, result.outcome.value).inc()
        telemetry.MODEL_SECONDS.labels(feature).observe(result.latency_ms / 1000)
        telemetry.MODEL_TOKENS.labels(feature, "prompt").inc(result.prompt_tokens)
        telemetry.MODEL_TOKENS.labels(feature, "completion").inc(result.completion_tokens)
        telemetry.log_event(
            _LOG, logging.INFO, "model call", call_id=call.id, community_id=call.row.community_id, feature=feature,
            prompt_id=call.row.prompt_id, mode=call.row.mode, outcome=result.outcome.value, code=result.error_code,
            prompt_tokens=result.prompt_tokens, completion_tokens=result.completion_tokens, ms=result.latency_ms,
        )  # fmt: skip


def _estimated(reply: Reply) -> int:
    return estimate_tokens([reply.text]) if reply.text else 0
