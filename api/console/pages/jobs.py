"""Long work: how far it is, what came of it, and the button that stops it."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path, Query
from sqlalchemy import select
from starlette.responses import Response

from api.console.navigation import PREFIX
from api.console.visit import VisitDep, WritingDep
from copilot.community.tables import Job

router = APIRouter()
JobId = Annotated[str, Path(max_length=64)]
_OVER = ("done", "failed", "cancelled")
Cursor = Annotated[str | None, Query(max_length=500)]


@router.get("/jobs")
def jobs_page(visit: VisitDep, cursor: Cursor = None) -> Response:
    """List jobs, newest first."""
    visit.actor.require("imports:write")
    with visit.services.store.read(visit.community_id) as unit:
        page = unit.page(select(Job), (Job.created_at, Job.id), limit=20, cursor=cursor)
    return visit.page("jobs.html", place="jobs", jobs=page.items, next_cursor=page.next_cursor)


@router.get("/jobs/{job_id}")
def job_card(visit: VisitDep, job_id: JobId) -> Response:
    """Show one job as a card; it asks for itself again while the job runs."""
    visit.actor.require("jobs:read")
    job = visit.jobs.get(visit.community_id, job_id)
    # The page that showed it under way hears of its end: counts change, results can be shown.
    return visit.fragment("job_card.html", job=job, trigger="job-over" if job.status in _OVER else "")


@router.post("/jobs/{job_id}/cancel")
def cancel(visit: WritingDep, job_id: JobId) -> Response:
    """Ask a job to stop after its current batch; what it had written stays."""
    visit.actor.require("imports:write")
    job = visit.jobs.cancel(visit.community_id, job_id)
    return visit.fragment("job_card.html", job=job) if visit.is_htmx else visit.go(f"{PREFIX}/jobs")


@router.post("/jobs")
def start_job(visit: WritingDep, kind: Annotated[Literal["sync", "read", "snapshot"], Form()]) -> Response:
    """Read, embed or measure anew."""
    visit.actor.require("imports:write")
    visit.jobs.submit(visit.community_id, kind, {}, created_by=visit.actor.key_id)
    return visit.go(f"{PREFIX}/jobs")
