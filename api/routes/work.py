"""Imports and other long work, keys, usage, the audit log."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Path, Query, Request, Response, UploadFile
from fastapi.routing import APIRoute
from sqlalchemy import func, select
from starlette.concurrency import run_in_threadpool

from api.credentials import actor_of
from api.deps import CallerDep, Cursor, JobsDep, Limit, Slug
from api.idempotency import IdempotentRoute, answer_once, ticket_for
from api.middleware import UPLOAD_PATH
from api.schemas.common import ListOf, page_of
from api.schemas.work import AuditOut, JobIn, JobOut, KeyIn, KeyOut, NewKeyOut, UsageOut, WhoAmI
from api.uploads import receive_upload
from copilot.community.access import create_key, revoke_key
from copilot.community.import_options import ImportOptions
from copilot.community.tables import ApiKey, AuditEntry, Job, LlmCall
from copilot.errors import InvalidInput

router = APIRouter(route_class=IdempotentRoute)


@router.get("/me", tags=["keys"])
def who_am_i(caller: CallerDep, community: Slug) -> WhoAmI:
    """Say which key is asking and what it may do."""
    actor = caller.actor
    return WhoAmI(
        community=community, name=actor.name, role=actor.role, scopes=sorted(actor.scopes), member_id=actor.member_id
    )


def _options(options: str) -> ImportOptions:
    try:
        given = json.loads(options or "{}")
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"options is no JSON: {error}", field="#/options") from error
    return ImportOptions.parse(given)


class UploadRoute(APIRoute):
    """A route that reads no body of a stranger: FastAPI would take in all of it before it asks for the key."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the route's handler."""
        handle = super().get_route_handler()

        async def known(request: Request) -> Response:
            await run_in_threadpool(actor_of, request)
            return await handle(request)

        return known


uploads = APIRouter(route_class=UploadRoute)


@uploads.post(UPLOAD_PATH, status_code=202, tags=["imports and jobs"], response_model=JobOut)
async def start_import(
    request: Request,
    caller: CallerDep,
    jobs: JobsDep,
    file: Annotated[UploadFile, File(description="CSV, XLSX, JSONL, ChatLab, Slack zip, Discord or Telegram export")],
    options: Annotated[
        str, Form(description='JSON: {"format", "kind", "mapping", "dry_run", ...}', max_length=20_000)
    ] = "{}",
) -> Response:
    """Upload a file and import it in the background; watch the job it answers with."""
    caller.actor.require("imports:write")
    parsed = _options(options)
    path, digest = await run_in_threadpool(receive_upload, caller.services.settings, file)

    async def submit(_request: Request) -> Response:
        # Whole: the worker that reads it may have been started in another folder.
        params: dict[str, Any] = {
            "path": str(path.resolve()),
            "uploaded": True,
            "filename": (file.filename or "")[:200],
        }
        params["options"] = parsed.model_dump(mode="json")
        job = await run_in_threadpool(
            jobs.submit, caller.community_id, "import", params, created_by=caller.actor.key_id
        )
        body = JobOut.model_validate(job).model_dump_json()
        location = str(request.url_for("get_job", community=request.path_params["community"], job_id=job.id))
        return Response(body, status_code=202, media_type="application/json", headers={"Location": location})

    answered_by_job = False

    async def submit_once(inner: Request) -> Response:
        nonlocal answered_by_job
        response = await submit(inner)
        answered_by_job = True
        return response

    try:
        ticket = await ticket_for(request, hashlib.sha256(f"{digest} {options}".encode()).hexdigest())
        if ticket is None:
            return await submit_once(request)
        return await answer_once(request, ticket, submit_once)
    finally:
        if not answered_by_job:  # replayed or refused: nobody will ever read this copy
            await run_in_threadpool(path.unlink, missing_ok=True)


JobId = Annotated[str, Path(max_length=64, description="id of a job")]


_JOB_SCOPES = {
    **dict.fromkeys(("sync", "read", "snapshot"), "imports:write"),
    **dict.fromkeys(("reindex", "check"), "index:write"),
    "webhooks": "webhooks:write",
}


@router.post("/jobs", status_code=202, tags=["imports and jobs"])
def start_job(caller: CallerDep, jobs: JobsDep, body: JobIn) -> JobOut:
    """Start a synchronisation, reading, snapshot, index check or rebuild, or tell webhooks what waits for them."""
    caller.actor.require(_JOB_SCOPES[body.kind])
    return JobOut.model_validate(jobs.submit(caller.community_id, body.kind, {}, created_by=caller.actor.key_id))


@router.get("/jobs", tags=["imports and jobs"])
def list_jobs(caller: CallerDep, cursor: Cursor = None, limit: Limit = 50) -> ListOf[JobOut]:
    """List jobs, newest first."""
    caller.actor.require("jobs:read")
    with caller.services.store.read(caller.community_id) as unit:
        return page_of(unit.page(select(Job), (Job.created_at, Job.id), limit=limit, cursor=cursor), JobOut)


@router.get("/jobs/{job_id}", tags=["imports and jobs"])
def get_job(caller: CallerDep, jobs: JobsDep, job_id: JobId) -> JobOut:
    """Show a job's progress and outcome."""
    caller.actor.require("jobs:read")
    return JobOut.model_validate(jobs.get(caller.community_id, job_id))


@router.post("/jobs/{job_id}/cancel", tags=["imports and jobs"])
def cancel_job(caller: CallerDep, jobs: JobsDep, job_id: JobId) -> JobOut:
    """Ask a job to stop after its current batch; what it had written stays."""
    caller.actor.require("imports:write")
    return JobOut.model_validate(jobs.cancel(caller.community_id, job_id))


@router.get("/keys", tags=["keys"])
def list_keys(caller: CallerDep, cursor: Cursor = None, limit: Limit = 50) -> ListOf[KeyOut]:
    """List keys, newest first; secrets are stored nowhere."""
    caller.actor.require("keys:write")
    with caller.services.store.read(caller.community_id) as unit:
        return page_of(unit.page(select(ApiKey), (ApiKey.created_at, ApiKey.id), limit=limit, cursor=cursor), KeyOut)


# A plain route: the answer holds a secret, and an idempotent one would store it.
keys = APIRouter()


@keys.post("/keys", status_code=201, tags=["keys"])
def make_key(caller: CallerDep, body: KeyIn) -> NewKeyOut:
    """Make a key; its secret is shown in this answer and never again."""
    caller.actor.require("keys:write")
    scopes = None if body.scopes is None else frozenset(body.scopes)
    with caller.services.store.write(caller.community_id) as unit:
        made = create_key(
            unit, body.name, body.role, scopes=scopes, member_id=body.member_id, expires_at=body.expires_at
        )
        unit.audit(caller.actor.key_id, "key.created", ("api_key", made.key_id), role=body.role.value)
        row = KeyOut.model_validate(unit.get(ApiKey, made.key_id))
    return NewKeyOut(**row.model_dump(), secret=made.secret)


@router.delete("/keys/{key_id}", tags=["keys"])
def delete_key(caller: CallerDep, key_id: Annotated[str, Path(max_length=64, description="id of a key")]) -> KeyOut:
    """Revoke a key from the next request on."""
    caller.actor.require("keys:write")
    with caller.services.store.write(caller.community_id) as unit:
        revoke_key(unit, key_id)
        unit.audit(caller.actor.key_id, "key.revoked", ("api_key", key_id))
        return KeyOut.model_validate(unit.get(ApiKey, key_id))


@router.get("/usage", tags=["usage and audit"])
def usage(
    caller: CallerDep, days: Annotated[int, Query(ge=1, le=366, description="how many days back")] = 30
) -> list[UsageOut]:
    """Sum model calls, tokens and latency by feature and outcome."""
    caller.actor.require("usage:read")
    with caller.services.store.read(caller.community_id) as unit:
        rows: Any = unit.session.execute(
            select(
                LlmCall.feature, LlmCall.outcome, func.count(LlmCall.id), func.sum(LlmCall.prompt_tokens),
                func.sum(LlmCall.completion_tokens), func.avg(LlmCall.latency_ms),
            )
            .where(LlmCall.created_at >= unit.now - timedelta(days=days))
            .group_by(LlmCall.feature, LlmCall.outcome)
            .order_by(LlmCall.feature, LlmCall.outcome)
        )  # fmt: skip
        names = ("feature", "outcome", "calls", "prompt_tokens", "completion_tokens", "mean_latency_ms")
        return [UsageOut.model_validate(dict(zip(names, row, strict=True))) for row in rows]


@router.get("/audit", tags=["usage and audit"])
def audit(caller: CallerDep, cursor: Cursor = None, limit: Limit = 50) -> ListOf[AuditOut]:
    """List who did what, newest first."""
    caller.actor.require("audit:read")
    with caller.services.store.read(caller.community_id) as unit:
        page = unit.page(select(AuditEntry), (AuditEntry.at, AuditEntry.id), limit=limit, cursor=cursor)
        return page_of(page, AuditOut)
