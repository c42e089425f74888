"""One chat endpoint: sends messages, gathers the reply, and never waits longer than it was told to.

Each request runs in a thread of its own, so that a hanging endpoint or a cancelled caller is left behind at once; the
connection is shut, so that the endpoint stops working for nobody (`line.py`). A place among `max_concurrency` is given
back only when the thread ends.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, Final

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.runnables import Runnable

from copilot.errors import ModelCancelled, ModelError, ModelRefused, ModelTimeout, ModelUnavailable
from copilot.llm.failures import translate
from copilot.llm.line import Line, use_line
from copilot.llm.quirks import ALL_MODES, Mode
from copilot.llm.wire import Wire

_POLL_SECONDS: Final = 0.05
_BACKOFF_SECONDS: Final = 0.4
_WORTH_A_RETRY: Final = frozenset({"unreachable", "server_error", "rate_limited"})
_CHARS_PER_TOKEN: Final = 16  # an answer longer than this comes from an endpoint that ignores its limit
_MOST_REFUSED_FIELDS: Final = 5


@dataclass
class Reply:
    """What has arrived of an answer; token counts are None until the endpoint reports them.

    `first_text_seconds` is how long the first piece took since the request went out. `tool_text` holds the arguments of
    a tool call: some local servers take any JSON object for one and leave the text empty.
    """

    text: str = ""
    tool_text: str = ""
    first_text_seconds: float | None = None
    started: float = field(default_factory=time.monotonic)
    finish_reason: str | None = None
    refusal: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None

    def absorb(self, message: AIMessage) -> str:
        """Add a chunk (or a whole message) and return its text."""
        delta = str(message.text)
        self.text += delta
        if delta and self.first_text_seconds is None:
            self.first_text_seconds = time.monotonic() - self.started
        self.tool_text += _tool_arguments(message)
        self.finish_reason = message.response_metadata.get("finish_reason") or self.finish_reason
        self.refusal += message.additional_kwargs.get("refusal") or ""
        if usage := message.usage_metadata:
            self.prompt_tokens, self.completion_tokens = usage["input_tokens"], usage["output_tokens"]
        return delta


def _tool_arguments(message: AIMessage) -> str:
    if isinstance(message, AIMessageChunk):
        return "".join(chunk.get("args") or "" for chunk in message.tool_call_chunks)
    broken = "".join(call.get("args") or "" for call in message.invalid_tool_calls)
    return broken or "".join(json.dumps(call["args"], ensure_ascii=False) for call in message.tool_calls[:1])


@dataclass(frozen=True)
class Listener:
    """What the caller wants to hear and say while an answer is on its way."""

    on_delta: Callable[[str], None] | None = None
    is_cancelled: Callable[[], bool] | None = None

    @property
    def streams(self) -> bool:
        """Whether text is wanted as it arrives."""
        return self.on_delta is not None or self.is_cancelled is not None

    def cancelled(self) -> bool:
        """Whether the caller gave up."""
        return self.is_cancelled is not None and self.is_cancelled()


@dataclass(frozen=True)
class Endpoint:
    """A chat model with its limits.

    Attributes:
        timeout_seconds: wall clock of one `send`, with waiting for a place and retries.
        max_retries: how often to ask again when nothing has arrived; the client's own retries must be off, since they
            would go on after a timeout with nobody listening.
        extra_body: fields sent with every request; a mode's `response_format` is sent beside them.
        close: gives back connections.
    """

    chat: BaseChatModel
    model: str
    ladder: tuple[Mode, ...] = ALL_MODES
    timeout_seconds: float = 60.0
    max_retries: int = 0
    max_output_tokens: int = 2000
    max_concurrency: int = 4
    daily_token_budget: int = 500_000
    extra_body: Mapping[str, Any] = field(default_factory=dict)
    close: Callable[[], None] = field(default=lambda: None, repr=False, compare=False)
    _places: threading.BoundedSemaphore = field(init=False, repr=False, compare=False)
    _wire: Wire = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_wire", Wire(self.extra_body))
        object.__setattr__(self, "_places", threading.BoundedSemaphore(self.max_concurrency))

    def send(
        self,
        messages: Sequence[BaseMessage],
        response_format: Mapping[str, Any] | None,
        listener: Listener,
        reply: Reply,
    ) -> None:
        """Ask once and gather what comes into `reply`, which keeps what arrived also when this raises.

        Raises:
            ModelError: as `failures.translate` says, `ModelTimeout` after the wall clock, `ModelCancelled` on request.
        """
        deadline = time.monotonic() + self.timeout_seconds
        for _ in range(_MOST_REFUSED_FIELDS):
            sent = self._wire.fields()
            try:
                self._send(messages, {**sent, **_format_field(response_format)}, deadline, listener, reply)
            except ModelError as error:
                refused = str(error.data.get("parameter", ""))
                if not refused or not self._wire.give_way(refused, sent):
                    raise
            else:
                return
        raise ModelRefused("the model endpoint refuses one field after the other", reason="bad_request")

    def _send(
        self,
        messages: Sequence[BaseMessage],
        body: Mapping[str, Any],
        deadline: float,
        listener: Listener,
        reply: Reply,
    ) -> None:
        """Ask with these fields, again when nothing has arrived and another try may help."""
        bound: dict[str, Any] = {"extra_body": dict(body)} if body else {}
        if not self._wire.has_stream_options and listener.streams:
            bound["stream_usage"] = False
        runnable = self.chat.bind(**bound) if bound else self.chat
        for attempt in range(self.max_retries + 1):
            request = _Request(runnable, list(messages), listener.streams, self._places)
            try:
                self._attempt(request, deadline, listener, reply)
            except ModelError as error:
                if reply.text and error.data.get("reason") == "unreachable":
                    raise ModelUnavailable("the model endpoint broke off in its answer", reason="cut") from error
                pause = _pause_before_retry(error, attempt)
                late = pause is None or time.monotonic() + pause > deadline
                if late or reply.text or attempt == self.max_retries:
                    raise
                _wait(pause or 0.0, listener)
            else:
                return

    def _attempt(self, request: _Request, deadline: float, listener: Listener, reply: Reply) -> None:
        self._take_place(deadline, listener)
        request.start()
        try:
            for message in request.messages(deadline, listener):
                delta = reply.absorb(message)
                if delta and listener.on_delta:
                    listener.on_delta(delta)
                if len(reply.text) > self.max_output_tokens * _CHARS_PER_TOKEN:
                    reply.finish_reason = "length"
                    return
        finally:
            request.abandon()  # hangs up unless the answer has ended

    def _take_place(self, deadline: float, listener: Listener) -> None:
        while not self._places.acquire(timeout=_POLL_SECONDS):
            if listener.cancelled():
                raise ModelCancelled("the model call was cancelled")
            if time.monotonic() > deadline:
                raise ModelTimeout("too many model calls are under way; none finished in time", reason="busy")


def _format_field(response_format: Mapping[str, Any] | None) -> dict[str, Any]:
    # It travels in the body as it is: the client's own handling of it raises away text and usage when an answer is cut
    # at the limit.
    return {"response_format": dict(response_format)} if response_format else {}


def _pause_before_retry(error: ModelError, attempt: int) -> float | None:
    """Return the seconds to wait before asking again, or None when asking again is of no use."""
    if error.data.get("reason") not in _WORTH_A_RETRY:
        return None
    asked = error.data.get("retry_after_seconds")
    return float(asked) if isinstance(asked, int) else _BACKOFF_SECONDS * float(2**attempt)


def _wait(seconds: float, listener: Listener) -> None:
    until = time.monotonic() + seconds
    while (remaining := until - time.monotonic()) > 0:
        if listener.cancelled():
            raise ModelCancelled("the model call was cancelled")
        time.sleep(min(remaining, _POLL_SECONDS))


class _Request:
    """One request in its own thread; messages come through a queue, the end and any error through a future."""

    def __init__(
        self,
        runnable: Runnable[Any, AIMessage],
        messages: list[BaseMessage],
        stream: bool,
        places: threading.BoundedSemaphore,
    ) -> None:
        self._runnable = runnable
        self._messages = messages
        self._stream = stream
        self._places = places
        self._arrived: SimpleQueue[AIMessage | None] = SimpleQueue()
        self._abandoned = threading.Event()
        self._done: Future[None] = Future()
        self._line = Line()

    def start(self) -> None:
        threading.Thread(target=self._run, name="model-request", daemon=True).start()

    def abandon(self) -> None:
        self._abandoned.set()
        self._line.hang_up()

    def messages(self, deadline: float, listener: Listener) -> Iterator[AIMessage]:
        """Yield what arrives until the end.

        Raises:
            ModelError: see `Endpoint.send`.
        """
        while True:
            if listener.cancelled():
                raise ModelCancelled("the model call was cancelled")
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                raise ModelTimeout("the model endpoint did not finish in time", reason="timeout")
            try:
                message = self._arrived.get(
                    timeout=min(remaining, _POLL_SECONDS) if listener.is_cancelled else remaining
                )
            except Empty:
                continue
            if message is None:
                break
            yield message
        if error := self._done.exception():
            if (known := translate(error)) is None:
                raise error
            raise known from error

    def _run(self) -> None:
        use_line(self._line)
        try:
            self._pump()
            self._done.set_result(None)
        except BaseException as error:  # noqa: BLE001  # carried to the caller's thread and judged there, see messages()
            self._done.set_exception(error)
        finally:
            self._line.end()
            self._places.release()
            self._arrived.put(None)

    def _pump(self) -> None:
        if not self._stream:
            self._arrived.put(self._runnable.invoke(self._messages))
            return
        chunks: Any = self._runnable.stream(self._messages)
        with closing(chunks):  # closes the connection when nobody listens any more
            for chunk in chunks:
                if self._abandoned.is_set():
                    return
                self._arrived.put(chunk)
