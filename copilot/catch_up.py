"""Derived data follows what is written, and webhooks are told: a community where something waits gets a job for it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import select

from copilot.community.store import Unit
from copilot.community.tables import Job, StaleMark
from copilot.errors import CopilotError
from copilot.jobs import Jobs
from copilot.pipeline import UNFINISHED
from copilot.services import Services
from copilot.webhooks.delivery import has_work

_LONGEST_WAIT = 3600.0
_WEBHOOKS = "webhooks"
_log = logging.getLogger(__name__)


def _has_marks(unit: Unit) -> bool:
    return unit.session.scalar(select(StaleMark.record_id).limit(1)) is not None


# By kind of job: whether something waits for it. The stages of `read` read messages and then renew vectors: everything
# that can be marked.
_WAITS: dict[str, Callable[[Unit], bool]] = {"read": _has_marks, _WEBHOOKS: has_work}


@dataclass
class _Tries:
    """How often a job was made for what waits and did not clear it, and when to try again."""

    count: int = 0
    not_before: float = field(default=0.0)


class CatchUp:
    """Looks for what waits. What a job could not clear is tried again after twice the time, up to an hour."""

    def __init__(
        self, services: Services, jobs: Jobs, seconds: float, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._services = services
        self._jobs = jobs
        self._seconds = seconds
        self._now = now
        self._tries: dict[tuple[str, str], _Tries] = {}

    def look(self) -> list[str]:
        """Submit the jobs that are missing; return the ids of the communities that got one, once for each."""
        return [
            community_id
            for community_id in self._services.store.community_ids()
            for kind in _WAITS
            if self._follow(community_id, kind)
        ]

    def _follow(self, community_id: str, kind: str) -> bool:
        key = (community_id, kind)
        with self._services.store.read(community_id) as unit:
            waits = _WAITS[kind](unit)
            same = (Job.kind == _WEBHOOKS) if kind == _WEBHOOKS else (Job.kind != _WEBHOOKS)
            busy = unit.session.scalar(select(Job.id).where(Job.status.in_(UNFINISHED), same).limit(1)) is not None
        if not waits:
            self._tries.pop(key, None)
            return False
        tries = self._tries.setdefault(key, _Tries())
        if busy or self._now() < tries.not_before:
            return False
        self._jobs.submit(community_id, kind, {}, created_by="catch-up")
        tries.not_before = self._now() + min(self._seconds * 2.0 ** min(tries.count, 20), _LONGEST_WAIT)
        # Deliveries carry their own next time: what waits now is new.
        tries.count += kind != _WEBHOOKS
        return True


@contextmanager
def catching_up(services: Services, jobs: Jobs, seconds: float) -> Iterator[None]:
    """Look every so many seconds until the block ends; 0 never looks."""
    if not seconds:
        yield
        return
    stop = threading.Event()
    catch_up = CatchUp(services, jobs, seconds)

    def work() -> None:
        while not stop.wait(seconds):
            try:
                catch_up.look()
            except CopilotError as error:
                _log.warning("what waits could not be looked for: %s", error.code)

    watcher = threading.Thread(target=work, name="catch-up", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        stop.set()
        watcher.join()
