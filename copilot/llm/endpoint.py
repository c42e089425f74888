"""One chat endpoint: sends messages, gathers the reply, and never waits longer than it was told to.

Each request runs in a thread of its own, so that a hanging endpoint or a cancelled caller is left behind at once; the
client's own timeouts end the thread soon after. A place among `max_concurrency` is given back only when it ends.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, Final, Literal

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import Runnable

from copilot.errors import ModelCancelled, ModelError, ModelTimeout, ModelUnavailable
from copilot.llm.failures import translate

Mode = Literal["json_schema", "json_object", "prompt"]
_POLL_SECONDS: Final = 0.05
_BACKOFF_SECONDS: Final = 0.4
_WORTH_A_RETRY: Final = frozenset({"unreachable", "server_error", "rate_limited"})
_CHARS_PER_TOKEN: Final = 16  # an answer longer than this comes from an endpoint that ignores its limit


@dataclass
class Reply:
    """What has arrived of an answer; token counts are None until the endpoint reports them."""

    text: str = ""
    finish_reason: str | None = None
    refusal: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None

    def absorb(self, message: AIMessage) -> str:
        """Add a chunk (or a whole message) and return its text."""
        delta = str(message.text)
        self.text += delta
        self.finish_reason = message.response_metadata.get("finish_reason") or self.finish_reason
        self.refusal += message.additional_kwargs.get("refusal") or ""
        if usage := message.usage_metadata:
            self.prompt_tokens, self.completion_tokens = usage["input_tokens"], usage["output_tokens"]
        return delta


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
    ladder: tuple[Mode, ...] = ("json_schema", "json_object", "prompt")
    timeout_seconds: float = 60.0
    max_retries: int = 0
    max_output_tokens: int = 2000
    max_concurrency: int = 4
    daily_token_budget: int = 500_000
    extra_body: Mapping[str, Any] = field(default_factory=dict)
    close: Callable[[], None] = field(default=lambda: None, repr=False, compare=False)
    _places: threading.BoundedSemaphore = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
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
        # `response_format` travels in the body as it is: the client's own handling of it raises away text and usage
        # when an answer is cut at the limit.
        body = {**self.extra_body, **({"response_format": dict(response_format)} if response_format else {})}
        runnable = self.chat.bind(extra_body=body) if body else self.chat
        deadline = time.monotonic() + self.timeout_seconds
        for attempt in range(self.max_retries + 1):
            try:
                self._attempt(
                    _Request(runnable, list(messages), listener.streams, self._places), deadline, listener, reply
                )
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
            request.abandon()

    def _take_place(self, deadline: float, listener: Listener) -> None:
        while not self._places.acquire(timeout=_POLL_SECONDS):
            if listener.cancelled():
                raise ModelCancelled("the model call was cancelled")
            if time.monotonic() > deadline:
                raise ModelTimeout("too many model calls are under way; none finished in time", reason="busy")


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

    def start(self) -> None:
        threading.Thread(target=self._run, name="model-request", daemon=True).start()

    def abandon(self) -> None:
        self._abandoned.set()

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
        try:
            self._pump()
            self._done.set_result(None)
        except BaseException as error:  # noqa: BLE001  # carried to the caller's thread and judged there, see messages()
            self._done.set_exception(error)
        finally:
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
