"""Server-sent events for drafts: progress and text as they come, a ping when nothing does, and a way to stop."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event
from pydantic_core import to_jsonable_python

from api.errors import from_error
from copilot.community.ids import new_id
from copilot.errors import CopilotError, NotFound, RateLimited

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


def stream(request: Request, streams: Streams, owner: str, work: Work, result_name: str) -> StreamingResponse:
    """Run `work` in a thread and stream what it tells.

    Events: `progress` (stage and its data; the first one carries `draft_id`), `message` (a piece of the model's
    text), `ping`, and at the end `message_end` (the result under `result_name`) or `error` (problem details).
    A client that goes away stops the work.
    """
    stream_id, stopped = streams.start(owner)

    async def events() -> AsyncIterator[bytes]:
        queue: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def put(name: str, data: Any) -> None:
            loop.call_soon_threadsafe(queue.put_nowait, (name, data))

        def tell(stage: str, data: dict[str, Any]) -> None:
            if stage == "delta":
                put("message", {"delta": data.get("text", "")})
            else:
                put("progress", {**data, "stage": stage})

        def run() -> None:
            try:
                result = work(tell, stopped.is_set)
                put("message_end", {result_name: result})
            except CopilotError as error:
                problem = json.loads(bytes(from_error(request, error).body))
                put("error", problem)

        task = asyncio.create_task(asyncio.to_thread(run))
        try:
            yield _event("progress", {"stage": "started", "draft_id": stream_id})
            async for chunk in _drain(queue, task):
                yield chunk
        finally:
            stopped.set()
            streams.end(stream_id)

    return StreamingResponse(events(), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


async def _drain(queue: asyncio.Queue[tuple[str, Any]], task: asyncio.Task[None]) -> AsyncIterator[bytes]:
    while True:
        try:
            name, data = await asyncio.wait_for(queue.get(), timeout=_PING_SECONDS)
        except TimeoutError:
            if task.done():  # the work died of something that has no name; the log has it
                task.result()
                return
            yield _event("ping", {})
            continue
        yield _event(name, data)
        if name in {"message_end", "error"}:
            return


def _event(name: str, data: Any) -> bytes:
    return format_sse_event(event=name, data_str=json.dumps(to_jsonable_python(data), ensure_ascii=False))
