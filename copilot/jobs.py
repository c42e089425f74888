"""Durable jobs on DBOS: what is submitted is finished, through crashes and restarts, and can be watched and cancelled.

The `job` table is what people see; DBOS keeps its own book of which workflow ran how far. A job row is written
first and enqueued second under its own id, and every start enqueues rows that never reached the queue.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from dbos import DBOS, DBOSClient, DBOSConfig
from dbos import error as dbos_error
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from copilot.community.ids import new_id
from copilot.community.store import named
from copilot.community.tables import Job
from copilot.errors import Collision, Conflict, CopilotError, InvalidInput, StoreBusy, StoreFull, StoreUnavailable
from copilot.pipeline import UNFINISHED, JobBroken, Work, drop_lost_uploads, finish, stages, start
from copilot.services import Services

QUEUE = "copilot"
# Receivers may take their time; imports and readings must not wait for them.
_WEBHOOK_QUEUE = "copilot_webhooks"
# What the queue stores of a job: the workflow's name, its arguments and its one step. It is no release: a new one must
# take up what the old one left. Raise it only when these change so that a job under way could not go on.
_PROTOCOL = "1"
_WORKFLOW = "copilot_job"
_HOURLY = "copilot_hourly_snapshot"
_START_UP = "start-up"
_FINISHED = ("done", "failed", "cancelled")
_log = logging.getLogger(__name__)
# DBOS is one per process and finds workflows by name, so what they work on has to be found from here.
_running: list[Services] = []
_stopping = threading.Event()
# Two workers at one community's texts may add the same record: whoever comes second does it again and finds it there.
_PASSING = (StoreBusy, StoreFull, StoreUnavailable, Collision)
_PAUSES_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)


@DBOS.workflow(name=_WORKFLOW)
def _workflow(community_id: str, job_id: str) -> str:
    return _step(community_id, job_id)


class _Stopped(BaseException):
    """The process ends while a job waits. No `Exception`: the queue would write it down as the job's outcome."""


@DBOS.step(name="copilot_job_stages")
def _step(community_id: str, job_id: str) -> str:
    """Run all stages; each skips what the truth says is done, so one step for all of them is enough.

    A database that is locked, full, away or written by another worker is waited for: a minute to do the work, and for
    ever to write its outcome, since a job that is said to run and does not would never be started again.
    """
    work = Work(_running[-1], community_id, job_id)
    pauses = iter(_PAUSES_SECONDS)
    while True:
        pause = next(pauses, None)
        try:
            return _attempt(work, is_last=pause is None)
        except _PASSING as error:
            _log.warning("job %s of community %s waits: %s", job_id, community_id, error.code)
            if _stopping.wait(pause or _PAUSES_SECONDS[-1]):
                raise _Stopped from error


def _attempt(work: Work, *, is_last: bool) -> str:
    if work.load().status in _FINISHED:
        return "already finished"
    ended: CopilotError
    try:
        start(work)
        for name, stage in stages(work.load().kind):
            work.keep(name, stage(work))
    except CopilotError as error:
        if isinstance(error, _PASSING) and not is_last:
            raise
        ended = error
    except Exception:  # noqa: BLE001  # nobody is above: a job that dies without a word is said to run for ever
        _log.exception("job %s of community %s broke", work.job_id, work.community_id)
        ended = JobBroken("internal error; the log has the details", job_id=work.job_id)
    else:
        finish(work)
        return "done"
    finish(work, ended)
    _log.warning("job %s of community %s ended: %s", work.job_id, work.community_id, ended.code)
    return ended.code


@DBOS.workflow(name=_HOURLY)
def _hourly(_scheduled_at: datetime, _context: Any) -> None:
    _queue_snapshots()


@DBOS.step(name="copilot_queue_snapshots")
def _queue_snapshots() -> None:
    services = _running[-1]
    with _connected(services) as jobs:
        for community_id in services.store.community_ids():
            jobs.submit(community_id, "snapshot", {}, created_by="schedule")


class Jobs:
    """Submits, lists, watches and cancels jobs; runs none itself."""

    def __init__(self, services: Services, queue: DBOSClient) -> None:
        self._services = services
        self._queue = queue

    def submit(self, community_id: str, kind: str, params: dict[str, Any], *, created_by: str) -> Job:
        """Write a job and put it in the queue; it survives any crash from here on.

        Raises:
            InvalidInput: unknown kind.
            StoreBusy, StoreFull, StoreUnavailable: the queue's database takes nothing; nothing is left of the job.
        """
        stages(kind)
        with self._services.store.write(community_id) as unit:
            job = Job(
                id=new_id("job"), kind=kind, params=params, created_by=created_by, created_at=unit.now,
                status="queued", result={}, done=0, cancel_requested=False,
            )  # fmt: skip
            unit.add(job)
        try:
            self._enqueue(community_id, job.id, kind)
        except (SQLAlchemyError, dbos_error.DBOSException) as error:
            with self._services.store.write(community_id) as unit:
                unit.session.delete(unit.get(Job, job.id))
            raise _unusable(error) from error
        return job

    def _enqueue(self, community_id: str, job_id: str, kind: str) -> None:
        queue = _WEBHOOK_QUEUE if kind == "webhooks" else QUEUE
        self._queue.enqueue(
            {
                "queue_name": queue, "workflow_name": _WORKFLOW, "workflow_id": job_id, "app_version": _PROTOCOL,
            },
            community_id,
            job_id,
        )  # fmt: skip

    def get(self, community_id: str, job_id: str) -> Job:
        """Return a job.

        Raises:
            NotFound: there is none in this community.
        """
        with self._services.store.read(community_id) as unit:
            return unit.get(Job, job_id)

    def cancel(self, community_id: str, job_id: str) -> Job:
        """Ask a job to stop after its current batch.

        Raises:
            NotFound: there is none in this community.
            Conflict: it has ended already.
        """
        with self._services.store.write(community_id) as unit:
            job = unit.get(Job, job_id)
            if job.status in _FINISHED:
                raise Conflict(f"the job has ended: {job.status}", job_id=job_id, status=job.status)
            job.cancel_requested = True
            return job

    def wait(
        self,
        community_id: str,
        job_id: str,
        on_progress: Callable[[Job], None] | None = None,
        timeout_seconds: float = 86400,
    ) -> Job:
        """Return the job when it has ended, calling `on_progress` about five times a second.

        Raises:
            InvalidInput: it has not ended within the time-out.
        """
        until = time.monotonic() + timeout_seconds
        while True:
            job = self.get(community_id, job_id)
            if on_progress is not None:
                on_progress(job)
            if job.status in _FINISHED:
                return job
            if time.monotonic() > until:
                raise InvalidInput(f"job {job_id} is still {job.status}", field="timeout_seconds", job_id=job_id)
            time.sleep(0.2)

    def check_at_start(self) -> None:
        """Queue what every process that runs jobs owes at its start: unread messages, and the index against the store.

        What another process queued so and nobody has begun is not queued again.
        """
        if not self._services.settings.vectors.check_on_start:
            return
        for community_id in self._services.store.community_ids():
            with self._services.store.read(community_id) as unit:
                waiting = select(Job.kind).where(Job.status == "queued", Job.created_by == _START_UP)
                queued = set(unit.session.scalars(waiting))
            for kind in ("read", "check"):
                if kind not in queued:
                    self.submit(community_id, kind, {}, created_by=_START_UP)

    def requeue_lost(self) -> int:
        """Put jobs that were written but never reached the queue into it; return how many rows were looked at.

        A workflow id that the queue knows already is left as it is.
        """
        found = 0
        for community_id in self._services.store.community_ids():
            with self._services.store.read(community_id) as unit:
                waiting = unit.session.execute(select(Job.id, Job.kind).where(Job.status.in_(UNFINISHED))).all()
            for job_id, kind in waiting:
                self._enqueue(community_id, job_id, kind)
                found += 1
        return found


def _unusable(error: Exception) -> CopilotError:
    if isinstance(error, DBAPIError) and isinstance(found := named(error), StoreBusy | StoreFull):
        return found
    return StoreUnavailable(f"the job queue cannot be used: {str(error).strip().partition(chr(10))[0]}")


@contextmanager
def client(services: Services) -> Iterator[Jobs]:
    """Yield a `Jobs` that only submits and watches, for processes that leave the work to others.

    Raises:
        StoreUnavailable: the queue's database cannot be used.
    """
    services.settings.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        # The first upload may come before the first worker; a client alone would not make the queue's tables.
        DBOS.migrate(services.settings.jobs_database_url)
    except (SQLAlchemyError, dbos_error.DBOSException) as error:
        raise _unusable(error) from error
    with _connected(services) as jobs:
        yield jobs


@contextmanager
def _connected(services: Services) -> Iterator[Jobs]:
    queue = DBOSClient(system_database_url=services.settings.jobs_database_url, retry_connection_errors=False)
    try:
        yield Jobs(services, queue)
    finally:
        queue.destroy()


@contextmanager
def runner(services: Services, *, name: str = "local", hourly: bool = False) -> Iterator[Jobs]:
    """Run jobs in this process until the block ends; unfinished ones go on at the next start under the same `name`.

    Raises:
        StoreUnavailable: the database, or the queue's own, cannot be used.
    """
    if _running:
        raise RuntimeError("this process runs jobs already")
    services.settings.data_dir.mkdir(parents=True, exist_ok=True)
    services.store.ping()  # first: the queue would log a trace for a database that cannot be reached
    config: DBOSConfig = {
        "name": "copilot",
        "system_database_url": services.settings.jobs_database_url,
        "application_version": _PROTOCOL,
        "executor_id": name,
        "console_log_level": "ERROR",
        "enable_otlp": False,
    }
    _running.append(services)
    _stopping.clear()
    try:
        DBOS(config=config)
        try:
            DBOS.launch()
        except (SQLAlchemyError, dbos_error.DBOSException) as error:
            raise _unusable(error) from error
        embedded = not services.settings.vectors.url
        DBOS.register_queue(QUEUE, worker_concurrency=1 if embedded else 2, polling_interval_sec=0.2)
        DBOS.register_queue(_WEBHOOK_QUEUE, worker_concurrency=1, polling_interval_sec=1.0)
        if hourly:
            DBOS.apply_schedules(
                [{"schedule_name": _HOURLY, "workflow_fn": _hourly, "schedule": "0 * * * *", "context": None}]
            )
        with _connected(services) as jobs:
            jobs.requeue_lost()
            drop_lost_uploads(services)
            yield jobs
    finally:
        _stopping.set()
        DBOS.destroy(workflow_completion_timeout_sec=5)
        _running.clear()
