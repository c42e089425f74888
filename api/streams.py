"""Server-sent events for drafts: progress and text as they come, a ping when nothing does, and a way to stop."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event
from pydantic_core import to_jsonable_python
from starlette.types import Receive, Scope, Send

from api.errors import from_bug, from_error
from api.idempotency import Ticket
from copilot.community.ids import new_id
from copilot.errors import CopilotError, NotFound, RateLimited

MEDIA_TYPE = "text/event-stream"
END = "message_end"
_PING_SECONDS = 10.0
_MOST_STREAMS = 32
Tell = Callable[[str, dict[str, Any]], None]
Work = Callable[[Tell, Callable[[], bool]], object]


@dataclass
class Streams:
    """The drafts under way in this process; each can be stopped by the key that started it."""

    _running: dict[str, tuple[str, threading.Event]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, owner: str) -> tuple[str, threading.Event]:
        """Return a new stream's id and the event that stops it.

        Raises:
            RateLimited: too many run already.
        """
        with self._lock:
            if len(self._running) >= _MOST_STREAMS:
                raise RateLimited("too many drafts are under way; try again soon", retry_after_seconds=10)
            stream_id, stopped = new_id("drf"), threading.Event()
            self._running[stream_id] = (owner, stopped)
            return stream_id, stopped

    def stop(self, stream_id: str, owner: str) -> None:
        """Stop a draft.

        Raises:
            NotFound: it has ended, or another key started it.
        """
        with self._lock:
            found = self._running.get(stream_id)
        if found is None or found[0] != owner:
            raise NotFound(f"there is no draft {stream_id!r} under way", kind="draft", id=stream_id)
        found[1].set()

    def end(self, stream_id: str) -> None:
        """Forget a stream."""
        with self._lock:
            self._running.pop(stream_id, None)


@dataclass(frozen=True)
class Draft:
    """What one stream runs. With a ticket, the end of it can be replayed: the work itself is done once."""

    owner: str
    work: Work
    result_name: str
    ticket: Ticket | None = None


class DraftStream(StreamingResponse):
    """Runs a draft in a thread and streams what it tells.

    Events: `progress` (stage and its data; the first one carries `draft_id`), `message` (a piece of the model's
    text), `ping`, and at the end `message_end` (the result under the draft's name) or `error` (problem details).
    A client that goes away stops the work.
    """

    def __init__(self, request: Request, streams: Streams, draft: Draft) -> None:
        self._request = request
        self._streams = streams
        self._draft = draft
        self._id, self._stopped = streams.start(draft.owner)
        self._queue: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        super().__init__(self._events(), media_type=MEDIA_TYPE, headers={"X-Accel-Buffering": "no"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stream; whatever happens, the draft's place is free afterwards."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._stopped.set()
            if self._task is None:  # the client was gone before the first byte
                self._streams.end(self._id)
                if self._draft.ticket is not None:
                    await asyncio.to_thread(self._draft.ticket.settle, None)

    async def _events(self) -> AsyncIterator[bytes]:
        loop = asyncio.get_running_loop()

        def put(name: str, data: Any) -> None:
            loop.call_soon_threadsafe(self._queue.put_nowait, (name, data))

        self._task = asyncio.create_task(asyncio.to_thread(self._run, put))
        yield _event("progress", {"stage": "started", "draft_id": self._id})
        while True:
            try:
                name, data = await asyncio.wait_for(self._queue.get(), timeout=_PING_SECONDS)
            except TimeoutError:
                yield _event("ping", {})
                continue
            yield _event(name, data)
            if name in {END, "error"}:
                return

    def _run(self, put: Callable[[str, Any], None]) -> None:
        def tell(stage: str, data: dict[str, Any]) -> None:
            if stage == "delta":
                put("message", {"delta": data.get("text", "")})
            else:
                put("progress", {**data, "stage": stage})

        ticket = self._draft.ticket
        try:
            with nullcontext() if ticket is None else ticket.kept_alive():
                name, data = END, {self._draft.result_name: self._draft.work(tell, self._stopped.is_set)}
        except CopilotError as error:
            name, data = "error", json.loads(bytes(from_error(self._request, error).body))
        except Exception as error:  # noqa: BLE001  # a thread has nobody above it: the client would wait for ever
            name, data = "error", json.loads(bytes(from_bug(self._request, error).body))
        self._streams.end(self._id)
        if self._draft.ticket is not None:
            ending = Response(_event(name, data), media_type=MEDIA_TYPE) if name == END else None
            self._draft.ticket.settle(ending)
        put(name, data)


def _event(name: str, data: Any) -> bytes:
    return format_sse_event(event=name, data_str=json.dumps(to_jsonable_python(data), ensure_ascii=False))
