"""StructuredModel: a rendered prompt in, a validated object out, or one named error. Every request is in the ledger.

The order of things: reserve budget, ask in the best mode the endpoint knows, find the JSON, validate, at most one
repair turn, settle. What the answer is good for is the feature's business; it can add checks with `Ask.validate`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from pydantic import BaseModel, ValidationError

from copilot.clock import Clock
from copilot.errors import ModelCancelled, ModelError, ModelOutputInvalid, ModelRefused, ModelUnavailable
from copilot.llm import wording
from copilot.llm.answer import VisibleText, find_object
from copilot.llm.bookkeeping import CallBook, OpenCall
from copilot.llm.breaker import Breaker, BreakerState
from copilot.llm.endpoint import Endpoint, Listener, Reply
from copilot.llm.prompt import RenderedPrompt
from copilot.llm.quirks import BROKEN_OFF, DECLINED, FINISHED, Mode
from copilot.llm.schema import endpoint_schema
from copilot.llm.usage import CallLedger, CallOutcome

T = TypeVar("T", bound=BaseModel)
MAX_RAW_CHARS: Final = 20_000


@dataclass(frozen=True)
class Ask(Generic[T]):
    """One question to a model.

    Attributes:
        feature: key such as `events:plan`; it names the setting, the prompt, the ledger row and the evaluation case.
        validate: returns further problems of a well-formed answer, in the prompt's language; any cause the repair turn.
    """

    feature: str
    community_id: str
    prompt: RenderedPrompt
    output: type[T]
    validate: Callable[[T], list[str]] | None = None


@dataclass(frozen=True)
class Answer(Generic[T]):
    """A valid answer and how it was got; token counts are sums over `call_ids`."""

    value: T
    call_ids: list[str]
    model: str
    mode: str
    repaired: bool
    raw: str
    prompt_tokens: int
    completion_tokens: int


@dataclass
class _Talk(Generic[T]):
    """The state of one `ask`."""

    ask: Ask[T]
    schema: dict[str, Any]
    listener: Listener
    call_ids: list[str] = field(default_factory=list)
    prompt_tokens: int = 0
    completion_tokens: int = 0
    mode: Mode = "prompt"


class StructuredModel:
    """The model port of all features. Safe between threads; remembers which mode the endpoint accepts."""

    def __init__(self, endpoint: Endpoint, ledger: CallLedger, clock: Clock, breaker: Breaker | None = None) -> None:
        self._endpoint = endpoint
        self._book = CallBook(endpoint, ledger, clock)
        self._breaker = breaker or Breaker()
        self._rung = 0
        self._lock = threading.Lock()

    @property
    def model(self) -> str:
        """The model's name, as the endpoint knows it."""
        return self._endpoint.model

    def health(self) -> BreakerState:
        """Return whether the endpoint is asked at all for now."""
        return self._breaker.look()

    def close(self) -> None:
        """Give back the endpoint's connections; calls under way fail."""
        self._endpoint.close()

    def ask(
        self,
        ask: Ask[T],
        on_delta: Callable[[str], None] | None = None,
        is_cancelled: Callable[[], bool] | None = None,
    ) -> Answer[T]:
        """Return a validated answer, after at most one repair turn.

        Args:
            ask: the question.
            on_delta: gets the text of the first turn as it arrives, without thinking; the repair turn is silent.
            is_cancelled: polled while waiting; True ends the call.

        Raises:
            ModelOutputInvalid: still invalid after the repair; `data` holds `raw`, `problems` and `call_ids`.
            ModelError: `ModelUnavailable`, `ModelTimeout`, `ModelRefused`, `BudgetExceeded` or `ModelCancelled`, with the
                `call_ids` of the requests made.
        """
        visible = VisibleText()

        def show(delta: str) -> None:
            if on_delta and (text := visible.feed(delta)):
                on_delta(text)

        listener = Listener(show if on_delta else None, is_cancelled)
        talk = _Talk(ask, endpoint_schema(ask.output), listener)
        try:
            return self._converse(talk)
        except ModelError as error:
            error.data.setdefault("call_ids", list(talk.call_ids))
            raise

    def _converse(self, talk: _Talk[T]) -> Answer[T]:
        value, problems, reply = self._first_turn(talk)
        repaired = value is None
        if value is None:
            talk.listener = Listener(None, talk.listener.is_cancelled)
            request = wording.repair_request(talk.ask.prompt.locale, problems, talk.schema)
            turns = [*self._opening(talk), AIMessage(reply.text[:MAX_RAW_CHARS] or "{}"), HumanMessage(request)]
            value, problems, reply = self._turn(talk, turns)
        if value is None:
            raise ModelOutputInvalid(
                f"the model's answer is still invalid after a repair: {problems[0][:200]}",
                problems=problems[: wording.MAX_PROBLEMS], raw=reply.text[:MAX_RAW_CHARS], model=self.model,
            )  # fmt: skip
        return Answer(
            value=value, call_ids=talk.call_ids, model=self.model, mode=talk.mode, repaired=repaired, raw=reply.text,
            prompt_tokens=talk.prompt_tokens, completion_tokens=talk.completion_tokens,
        )  # fmt: skip

    def _first_turn(self, talk: _Talk[T]) -> tuple[T | None, list[str], Reply]:
        """Ask in the first mode that the endpoint accepts, and remember it for the next time."""
        ladder = self._endpoint.ladder
        for rung in range(self._rung, len(ladder)):
            talk.mode = ladder[rung]
            try:
                outcome = self._turn(talk, self._opening(talk), can_step_down=rung + 1 < len(ladder))
            except _ModeRefused:
                continue
            with self._lock:
                self._rung = max(self._rung, rung)
            return outcome
        raise AssertionError("the last rung raises its own error")

    def _opening(self, talk: _Talk[T]) -> list[BaseMessage]:
        prompt = talk.ask.prompt
        system = prompt.system
        if talk.mode != "json_schema":
            system = f"{system}\n\n{wording.schema_instruction(prompt.locale, talk.schema)}"
        return [SystemMessage(system), HumanMessage(prompt.user)]

    def _turn(
        self, talk: _Talk[T], messages: list[BaseMessage], *, can_step_down: bool = False
    ) -> tuple[T | None, list[str], Reply]:
        """Make one request with its ledger row. Returns (value or None, problems, reply)."""
        ask, reply = talk.ask, Reply()
        call = self._open(talk, messages)
        error: ModelError | None = None
        is_heard = False
        outcome = CallOutcome.FAILED  # stands when a listener of the caller raises, or the process is told to stop
        value: T | None = None
        problems: list[str] = []
        try:
            self._endpoint.send(messages, _response_format(talk), talk.listener, reply)
            _require_finished(reply, streamed=talk.listener.streams)
            is_heard = True
            value, problems = _judge(ask, reply)
            outcome = CallOutcome.INVALID if value is None else CallOutcome.OK
        except ModelError as raised:
            error = raised
            if can_step_down and raised.data.get("reason") == "bad_request":
                outcome = CallOutcome.MODE_REFUSED
                raise _ModeRefused from raised
            if isinstance(raised, ModelCancelled):
                outcome = CallOutcome.CANCELLED
            raise
        finally:
            self._breaker.settle(error, is_heard=is_heard)
            result = self._book.close(call, reply, outcome, error)
            talk.prompt_tokens += result.prompt_tokens
            talk.completion_tokens += result.completion_tokens
        return value, problems, reply

    def _open(self, talk: _Talk[T], messages: list[BaseMessage]) -> OpenCall:
        """Ask the breaker, then the budget; what the one admitted is settled also when the other refuses."""
        self._breaker.admit()
        try:
            call = self._book.open(talk.ask.feature, talk.ask.community_id, talk.ask.prompt, talk.mode, messages)
        except ModelError as error:
            self._breaker.settle(error, is_heard=False)
            raise
        talk.call_ids.append(call.id)
        return call


class _ModeRefused(Exception):
    """The endpoint does not accept this `response_format`; the next rung may do."""


def _response_format(talk: _Talk[T]) -> dict[str, Any] | None:
    if talk.mode == "json_schema":
        schema = {"name": talk.ask.output.__name__, "schema": talk.schema, "strict": True}
        return {"type": "json_schema", "json_schema": schema}
    return {"type": "json_object"} if talk.mode == "json_object" else None


def _require_finished(reply: Reply, *, streamed: bool) -> None:
    """Raise when the endpoint declined or broke off; an answer cut at the limit goes on to the repair turn."""
    if reply.finish_reason in DECLINED or reply.refusal:
        raise ModelRefused("the model declined to answer", reason="content_filter")
    if reply.finish_reason in BROKEN_OFF:
        raise ModelUnavailable("the model's answer broke off", reason="cut")
    # A whole body may come without a reason from careless servers; a stream without one was cut.
    if reply.finish_reason is None and streamed:
        raise ModelUnavailable("the model's answer broke off", reason="cut")


def _judge(ask: Ask[T], reply: Reply) -> tuple[T | None, list[str]]:
    """Return (valid value, []) or (None, what is wrong), in the prompt's language where the words are ours."""
    locale = ask.prompt.locale
    if reply.finish_reason not in FINISHED and reply.finish_reason is not None:
        return None, [wording.problem(locale, "cut")]
    said = reply.text if reply.text.strip() else reply.tool_text
    if not said.strip():
        return None, [wording.problem(locale, "empty")]
    found = find_object(said)
    if found is None:
        return None, [wording.problem(locale, "no_json")]
    try:
        value = ask.output.model_validate(found)
    except ValidationError as error:
        return None, [
            f"{'.'.join(str(part) for part in item['loc']) or 'JSON'}: {item['msg']}"
            for item in error.errors(include_url=False, include_context=False, include_input=False)
        ]
    problems = ask.validate(value) if ask.validate else []
    return (None, problems) if problems else (value, [])
