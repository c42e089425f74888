"""The stages of long work: each can be run again after a crash at any point and goes on where the truth says it was.

A stage keeps its place in SQL (rows committed, stale marks left), never in memory; `jobs.py` makes them durable.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from copilot.community.import_options import ImportOptions
from copilot.community.store import Unit
from copilot.community.tables import Job
from copilot.errors import CopilotError, InvalidInput, ModelCancelled, TooLarge, said_in
from copilot.services import Services
from copilot.telemetry import JOBS
from copilot.webhooks.models import SendReport

KINDS = ("import", "sync", "read", "snapshot", "reindex", "check", "webhooks", "matches", "backtest")
UNFINISHED = ("queued", "running")
_UPLOAD_REST = timedelta(hours=1)
_READ_BATCH = 500
_SETTLED_DAYS = 7
_HEARTBEAT = timedelta(seconds=1)


class JobCancelled(CopilotError):
    """Somebody asked the job to stop; what it had committed stays."""

    code = "job_cancelled"


class JobBroken(CopilotError):
    """A stage met an error that nobody foresaw; the log has it, the job says only that it was ours."""

    code = "internal_error"


@dataclass
class Work:
    """One job under way: where its stages report progress and learn that they should stop."""

    services: Services
    community_id: str
    job_id: str

    def load(self) -> Job:
        """Return the job's row as it is now."""
        with self.services.store.read(self.community_id) as unit:
            return unit.get(Job, self.job_id)

    def change(self, **values: object) -> None:
        """Write columns of the job's row."""
        with self.services.store.write(self.community_id) as unit:
            job = unit.get(Job, self.job_id)
            for name, value in values.items():
                setattr(job, name, value)

    def keep(self, stage: str, result: dict[str, Any]) -> None:
        """Store a stage's outcome under its name."""
        with self.services.store.write(self.community_id) as unit:
            job = unit.get(Job, self.job_id)
            job.result = {**job.result, stage: result}

    def progress(self, done: int, total: int | None) -> None:
        """Write progress and stop here when asked to.

        Raises:
            JobCancelled: cancellation was requested.
        """
        with self.services.store.write(self.community_id) as unit:
            job = unit.get(Job, self.job_id)
            job.done, job.total = done, total
            stop_if_asked(job)


def stop_if_asked(job: Job) -> None:
    """Raise `JobCancelled` when the job's row says so."""
    if job.cancel_requested:
        raise JobCancelled("the job was cancelled; what it had written stays", job_id=job.id)


def stages(kind: str) -> list[tuple[str, Callable[[Work], dict[str, Any]]]]:
    """Return the named stages of a kind of job, in order.

    Raises:
        InvalidInput: unknown kind.
    """
    table: dict[str, list[tuple[str, Callable[[Work], dict[str, Any]]]]] = {
        "import": [("import", _import), ("read", _read), ("sync", _sync)],
        "read": [("read", _read), ("sync", _sync)],
        "sync": [("sync", _sync)],
        "snapshot": [
            ("snapshot", _snapshot),
            ("alerts", _alerts),
            ("introductions", _close_introductions),
            ("care", _forget_care),
            ("audit", _draw_audit),
            ("resources", _keep_up_resources),
            ("points", _settle_points),
            ("partners", _forget_partners),
        ],
        "reindex": [("reindex", _reindex)],
        "check": [("check", _check)],
        "webhooks": [("webhooks", _webhooks)],
        "matches": [("matches", _matches)],
        "backtest": [("backtest", _backtest)],
    }
    if kind not in table:
        raise InvalidInput(f"unknown kind of job {kind!r}", field="kind", allowed=list(KINDS))
    return table[kind]


def start(work: Work) -> None:
    """Note that the job runs; a job that goes on after a crash keeps its first start."""
    with work.services.store.write(work.community_id) as unit:
        job = unit.get(Job, work.job_id)
        job.status = "running"
        job.started_at = job.started_at or unit.now
        stop_if_asked(job)


def finish(work: Work, error: CopilotError | None = None) -> None:
    """Write the outcome and drop the uploaded file."""
    status = "done" if error is None else "cancelled" if isinstance(error, JobCancelled) else "failed"
    with work.services.store.write(work.community_id) as unit:
        job = unit.get(Job, work.job_id)
        job.status, job.finished_at = status, unit.now
        job.error = None if error is None else _problem(unit, error)
        upload = job.params.get("path") if job.params.get("uploaded") else None
    JOBS.labels(kind=job.kind, outcome=status).inc()
    if upload:
        Path(upload).unlink(missing_ok=True)


def _problem(unit: Unit, error: CopilotError) -> dict[str, Any]:
    return {"code": error.code, "message": said_in(error, unit.community().locale), "data": error.data}


def drop_lost_uploads(services: Services) -> int:
    """Delete uploads that no unfinished job will read, as a crash before or after its job leaves them; return how many.

    Files younger than an hour are left: their job may be about to be written.
    """
    before = time.time() - _UPLOAD_REST.total_seconds()
    old: set[Path] = set()
    for path in services.settings.uploads_dir.resolve().glob("*"):
        with suppress(FileNotFoundError):  # another process may be dropping it, too
            if path.stat().st_mtime < before:
                old.add(path)
    if old:
        for community_id in services.store.community_ids():
            with services.store.read(community_id) as unit:
                waiting = unit.session.scalars(select(Job.params).where(Job.status.in_(UNFINISHED)))
                old -= {Path(params["path"]) for params in waiting if "path" in params}
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _import(work: Work) -> dict[str, Any]:
    job = work.load()
    if "import" in job.result:  # finished before a crash
        return dict(job.result["import"])
    params = job.params
    checkpoint: dict[str, Any] = params.get("checkpoint") or {}

    def on_batch(rows_done: int, counts: dict[str, Any], unit: Unit) -> None:
        # In the same transaction as the rows: a crash can neither lose nor repeat a batch.
        row = unit.get(Job, work.job_id)
        row.done = rows_done
        row.params = {**row.params, "checkpoint": {"rows": rows_done, "counts": counts}}
        stop_if_asked(row)

    report = work.services.importing.run(
        work.community_id,
        Path(params["path"]),
        ImportOptions.model_validate(params.get("options", {})),
        resume_from=checkpoint,
        on_batch=on_batch,
    )
    return report.model_dump(mode="json")


def _read(work: Work) -> dict[str, Any]:
    # What an older version of the models read is read again; nothing to do when there was no upgrade.
    work.services.moderation.mark_outdated(work.community_id)
    total = 0
    cases = 0
    last = time.monotonic()
    while True:
        try:
            report = work.services.moderation.read_pending(
                work.community_id, _READ_BATCH, lambda: work.load().cancel_requested
            )
        except ModelCancelled:
            work.progress(total, None)  # says that the job was cancelled; the batch still waits
            raise
        total += report.read
        cases += report.cases
        if report.taken == 0:
            return {"messages": total, "cases": cases + _check_claims(work)}
        if time.monotonic() - last > _HEARTBEAT.total_seconds():
            last = time.monotonic()
            work.progress(total, total + report.remaining)


def _check_claims(work: Work) -> int:
    """Hold what waits against the records; return how many messages differ from one."""
    contradicted = 0
    while True:
        report = work.services.claims.read_pending(work.community_id, limit=_READ_BATCH)
        contradicted += report.contradicted
        if report.taken == 0:
            return contradicted


def _sync(work: Work) -> dict[str, Any]:
    report = work.services.sync.run(work.community_id, on_progress=_throttled(work))
    return asdict(report)


def _reindex(work: Work) -> dict[str, Any]:
    report = work.services.sync.reindex(work.community_id, on_progress=_throttled(work))
    return asdict(report)


def _check(work: Work) -> dict[str, Any]:
    repair = bool(work.load().params.get("repair", True))
    report = work.services.sync.check(work.community_id, repair=repair)
    erasures = work.services.finish_erasures(work.community_id) if repair else 0
    found = {"is_sound": report.is_sound, "was_repaired": report.was_repaired, "erasures_finished": erasures}
    return {**asdict(report), **found}


def _snapshot(work: Work) -> dict[str, Any]:
    return {"snapshots": work.services.atmosphere.snapshot(work.community_id)}


def _alerts(work: Work) -> dict[str, Any]:
    return work.services.alerts.look(work.community_id).model_dump(mode="json")


def _webhooks(work: Work) -> dict[str, Any]:
    def on_batch(report: SendReport) -> None:
        work.progress(report.delivered, None)

    return work.services.webhooks.deliver(work.community_id, on_batch).model_dump(mode="json")


def _close_introductions(work: Work) -> dict[str, Any]:
    closed = 0
    while batch := work.services.introductions.close_due(work.community_id):
        closed += batch
    return {"expired": closed}


def _forget_care(work: Work) -> dict[str, Any]:
    # How much was kept long enough is nobody's business: the outcome of a job is seen by operators.
    while work.services.care.purge(work.community_id):
        pass
    return {}


def _keep_up_resources(work: Work) -> dict[str, Any]:
    return asdict(work.services.exchange.keep_up(work.community_id))


def _settle_points(work: Work) -> dict[str, Any]:
    # A week back: what an hour missed is found by the next one, and a community of thousands stays within bounds.
    try:
        settled = work.services.recognition.ledger.settle(work.community_id, days=_SETTLED_DAYS, actor="schedule")
    except TooLarge as error:
        return {"error": error.code}  # an operator settles fewer days by hand; the other stages go on
    standings = work.services.recognition.standings.keep_ended(work.community_id)
    return {**settled.model_dump(mode="json"), "seasons_ended": standings}


def _forget_partners(work: Work) -> dict[str, Any]:
    return {"forgotten": work.services.partners.border.overseas.forget_old(work.community_id)}


def _draw_audit(work: Work) -> dict[str, Any]:
    return {"drawn": work.services.calibration.audits.draw(work.community_id)}


def _backtest(work: Work) -> dict[str, Any]:
    backtest_id = str(work.load().params["backtest_id"])
    work.services.calibration.backtests.run(work.community_id, backtest_id, work.progress)
    return {"backtest_id": backtest_id}


def _matches(work: Work) -> dict[str, Any]:
    job = work.load()
    report = work.services.matching.distribute(
        work.community_id, job.params.get("kind", "member"), int(job.params.get("n", 5)), actor=job.created_by,
        on_progress=_throttled(work),
    )  # fmt: skip
    return report.model_dump(mode="json")


def _throttled(work: Work) -> Callable[[int, int | None], None]:
    last = [time.monotonic()]

    def report(done: int, total: int | None) -> None:
        if time.monotonic() - last[0] > _HEARTBEAT.total_seconds():
            last[0] = time.monotonic()
            work.progress(done, total)

    return report
