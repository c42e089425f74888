"""Derived data follows what is written: a community with stale marks and nobody at work on them gets a job."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import select

from copilot.community.tables import Job, StaleMark
from copilot.errors import CopilotError
from copilot.jobs import Jobs
from copilot.pipeline import UNFINISHED
from copilot.services import Services

_JOB = "read"  # its stages read messages and then renew vectors: everything that can be marked
_LONGEST_WAIT = 3600.0
_log = logging.getLogger(__name__)


class CatchUp:
    """Looks for waiting marks. Marks that a job could not clear are tried again after twice the time, up to an hour."""

    def __init__(
        self, services: Services, jobs: Jobs, seconds: float, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._services = services
        self._jobs = jobs
        self._seconds = seconds
        self._now = now
        self._tries: dict[str, int] = {}
        self._not_before: dict[str, float] = {}

    def look(self) -> list[str]:
        """Submit a job for each community that waits and has none; return the communities' ids."""
        submitted = []
        for community_id in self._services.store.community_ids():
            with self._services.store.read(community_id) as unit:
                waits = unit.session.scalar(select(StaleMark.record_id).limit(1)) is not None
                busy = unit.session.scalar(select(Job.id).where(Job.status.in_(UNFINISHED)).limit(1)) is not None
            if not waits:
                self._tries.pop(community_id, None)
                self._not_before.pop(community_id, None)
            elif not busy and self._now() >= self._not_before.get(community_id, 0.0):
                self._jobs.submit(community_id, _JOB, {}, created_by="catch-up")
                tries = self._tries.get(community_id, 0)
                self._tries[community_id] = tries + 1
                wait = min(self._seconds * 2.0 ** min(tries, 20), _LONGEST_WAIT)
                self._not_before[community_id] = self._now() + wait
                submitted.append(community_id)
        return submitted


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
                _log.warning("waiting marks could not be looked for: %s", error.code)

    watcher = threading.Thread(target=work, name="catch-up", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        stop.set()
        watcher.join()
