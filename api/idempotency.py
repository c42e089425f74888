"""`Idempotency-Key` on POST: the same body replays the first answer, another body is refused, a running one is 409."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from sqlalchemy import delete
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from api.credentials import credential
from copilot.community.access import Actor, authenticate
from copilot.community.store import Store
from copilot.community.tables import IdempotencyRecord
from copilot.errors import Conflict, CopilotError, InvalidInput, Unauthenticated

HEADER = "Idempotency-Key"
_KEPT_HEADERS = ("content-type", "location")
_MOST_CHARS = 255
_LARGEST_BODY = 5_000_000
# A running request says so again and again; silence for longer means that its process died. Generous: a busy machine
# and clocks that differ by seconds must not make two of one request.
_BEAT_SECONDS = 10.0
_ABANDONED = timedelta(seconds=60)
_PAUSES_SECONDS = (0.5, 2.0, 8.0, 30.0)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ticket:
    """A right to answer one request once."""

    store: Store
    actor: Actor
    key: str
    request_hash: str

    def begin(self, keep: timedelta) -> Response | None:
        """Return the stored answer, or None when this request is the first.

        Raises:
            InvalidInput: the key was used with another body.
            Conflict: the first request is still running.
        """
        with self.store.write(self.actor.community_id) as unit:
            unit.session.execute(delete(IdempotencyRecord).where(IdempotencyRecord.created_at < unit.now - keep))
            row = unit.session.get(IdempotencyRecord, self._identity)
            # While it runs, `created_at` is its last sign of life.
            if row is not None and row.state == "running" and row.created_at < unit.now - _ABANDONED:
                unit.session.delete(row)  # its process died; nobody will ever finish it
                unit.session.flush()
                row = None
            if row is None:
                unit.add(
                    IdempotencyRecord(
                        api_key_id=self.actor.key_id, key=self.key, request_hash=self.request_hash,
                        created_at=unit.now, headers={},
                    )
                )  # fmt: skip
                return None
            if row.request_hash != self.request_hash:
                raise InvalidInput("this Idempotency-Key was used for another request", field=HEADER)
            if row.state != "done" or row.status is None:
                raise Conflict("the first request with this Idempotency-Key is still running", field=HEADER)
            headers = {**row.headers, "Idempotent-Replayed": "true"}
            return Response(row.body or "", status_code=row.status, headers=headers)

    @contextmanager
    def kept_alive(self, beat_seconds: float = _BEAT_SECONDS) -> Iterator[None]:
        """Give signs of life while the request is worked on, so that another process takes over only from a dead one."""
        done = threading.Event()

        def beat() -> None:
            while not done.wait(beat_seconds):
                # A database that takes no notes for now is asked again with the next beat.
                with suppress(CopilotError, SQLAlchemyError):
                    self._beat()

        threading.Thread(target=beat, name="request-beat", daemon=True).start()
        try:
            yield
        finally:
            done.set()

    def _beat(self) -> None:
        with self.store.write(self.actor.community_id) as unit:
            row = unit.session.get(IdempotencyRecord, self._identity)
            if row is not None and row.state == "running":
                row.created_at = unit.now

    def settle(self, response: Response | None) -> None:
        """Remember the answer, or free the key when there is none to replay.

        Never raises: the work is done, and its answer must reach the client. A database that takes no notes for now is
        asked again in the background.
        """
        try:
            self._settle(response)
        except (CopilotError, SQLAlchemyError):
            _log.warning("an answer with an Idempotency-Key is not noted yet", exc_info=True)
            threading.Thread(target=self._settle_late, args=(response,), daemon=True).start()

    def _settle_late(self, response: Response | None) -> None:
        for pause in _PAUSES_SECONDS:
            time.sleep(pause)
            # In the end the key is freed: better done again on request than refused without anything to replay.
            last = pause == _PAUSES_SECONDS[-1]
            with suppress(CopilotError, SQLAlchemyError):
                self._settle(None if last else response)
                return
        _log.error("an answer with an Idempotency-Key could not be noted; its key is refused for a while")

    def _settle(self, response: Response | None) -> None:
        """Store the answer; a server error is forgotten, so that a retry tries again."""
        body = b"" if response is None else bytes(response.body)
        if response is None or response.status_code >= 500 or len(body) > _LARGEST_BODY:
            self._forget()
            return
        with self.store.write(self.actor.community_id) as unit:
            row = unit.session.get(IdempotencyRecord, self._identity)
            if row is not None:
                row.state, row.status, row.body = "done", response.status_code, body.decode()
                row.headers = {name: value for name, value in response.headers.items() if name in _KEPT_HEADERS}

    def _forget(self) -> None:
        with self.store.write(self.actor.community_id) as unit:
            row = unit.session.get(IdempotencyRecord, self._identity)
            if row is not None:
                unit.session.delete(row)

    @property
    def _identity(self) -> tuple[str, str, str]:
        return (self.actor.community_id, self.actor.key_id, self.key)


async def ticket_for(request: Request, body_hash: str) -> Ticket | None:
    """Return the ticket of a request that sent the header, None without one.

    Raises:
        InvalidInput: the key is empty, too long or not printable ASCII.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not 1 <= len(key) <= _MOST_CHARS or not key.isascii() or not key.isprintable():
        raise InvalidInput(f"an Idempotency-Key has 1 to {_MOST_CHARS} printable ASCII characters", field=HEADER)
    store: Store = request.app.state.services.store
    try:
        actor = await run_in_threadpool(authenticate, store, credential(request.headers))
    except Unauthenticated:
        return None  # the route itself answers 401; the machine's owner at the command line needs no replay
    text = f"{request.method} {request.url.path}?{request.url.query} {body_hash}"
    return Ticket(store, actor, key, hashlib.sha256(text.encode()).hexdigest())


class IdempotentRoute(APIRoute):
    """A route whose POST answers can be replayed. Uploads and streams, on routes of other classes, do so themselves."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the route's handler."""
        handle = super().get_route_handler()

        async def once(request: Request) -> Response:
            if request.method != "POST" or HEADER not in request.headers:
                return await handle(request)
            ticket = await ticket_for(request, hashlib.sha256(await request.body()).hexdigest())
            if ticket is None:
                return await handle(request)
            return await answer_once(request, ticket, handle)

        return once


async def answer_once(
    request: Request, ticket: Ticket, handle: Callable[[Request], Coroutine[Any, Any, Response]]
) -> Response:
    """Replay, or handle and remember."""
    replay = await run_in_threadpool(ticket.begin, keep_for(request))
    if replay is not None:
        return replay
    try:
        with ticket.kept_alive():
            response = await handle(request)
    except BaseException:
        # Also on cancellation: a key that stays "running" for ever would lock the client out.
        await run_in_threadpool(ticket.settle, None)
        raise
    await run_in_threadpool(ticket.settle, response)
    return response


def keep_for(request: Request) -> timedelta:
    """Return for how long answers are kept."""
    return timedelta(hours=request.app.state.services.settings.api.idempotency_hours)
