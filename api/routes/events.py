"""Event plans: draft from a brief (answered at once, or streamed), list, read, export."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import PlainTextResponse, StreamingResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.deps import CallerDep, Cursor, Limit
from api.idempotency import IdempotentRoute, keep_for, ticket_for
from api.schemas.common import Body, ListOf, list_of
from api.streams import Draft, DraftStream, Streams, Tell
from copilot.errors import RateLimited
from copilot.events.briefs.brief import Brief
from copilot.events.export.markdown import render_markdown
from copilot.events.service import PlanResult

router = APIRouter(tags=["event plans"], route_class=IdempotentRoute)
# A plain route: what can be replayed of a stream is known when it ends, not when it is answered.
streamed = APIRouter(tags=["event plans"])
PlanId = Annotated[str, Path(max_length=64, description="id of a plan version")]


class PlanIn(Body):
    """What the operator wants, in a sentence or as fields."""

    # That a text says nothing is said by the service, in the community's language.
    brief: Annotated[str, Field(max_length=4000)] | Brief = Field(
        examples=["下周六深圳60人AI路演沙龙，预算2万，两小时"]
    )


@router.post("/event-plans", status_code=201)
def draft_plan(caller: CallerDep, body: PlanIn) -> PlanResult:
    """Draft a plan. Every sum, date and id is computed and checked by code; unknowns are `to_confirm`.

    `drafted_by` says who wrote it; `degraded` says why it is the playbook's although a model is configured.
    """
    caller.actor.require("events:write")
    return caller.services.events.draft(caller.community_id, body.brief, actor=caller.actor.key_id)


@streamed.post(
    "/event-plans/stream",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"text/event-stream": {}}, "description": "progress, message, ping, message_end, error"}
    },
)
async def stream_plan(request: Request, caller: CallerDep, body: PlanIn) -> Response:
    """Draft a plan and stream progress and text as server-sent events; stop it with its `draft_id`.

    A plan that was drafted under the same `Idempotency-Key` is answered with its `message_end` alone.
    """
    caller.actor.require("events:write")
    ticket = await ticket_for(request, hashlib.sha256(await request.body()).hexdigest())
    replay = None if ticket is None else await run_in_threadpool(ticket.begin, keep_for(request))
    if replay is not None:
        return replay

    def work(tell: Tell, is_stopped: Callable[[], bool]) -> PlanResult:
        return caller.services.events.draft(
            caller.community_id, body.brief, actor=caller.actor.key_id, on_progress=tell, is_cancelled=is_stopped
        )

    try:
        return DraftStream(request, request.app.state.streams, Draft(caller.actor.key_id, work, "plan", ticket))
    except RateLimited:
        if ticket is not None:
            await run_in_threadpool(ticket.settle, None)
        raise


@router.post("/drafts/{draft_id}/stop", status_code=204)
def stop_draft(
    request: Request, caller: CallerDep, draft_id: Annotated[str, Path(max_length=64, description="from the stream")]
) -> Response:
    """Stop a draft that is being streamed; only the key that started it can. Nothing of it is stored."""
    caller.actor.require("events:write")
    streams: Streams = request.app.state.streams
    streams.stop(draft_id, caller.actor.key_id)
    return Response(status_code=204)


@router.get("/event-plans")
def list_plans(caller: CallerDep, cursor: Cursor = None, limit: Limit = 20) -> ListOf[PlanResult]:
    """List plans, newest first."""
    caller.actor.require("events:read")
    page = caller.services.events.list(caller.community_id, limit=limit, cursor=cursor)
    return list_of(page)


@router.get("/event-plans/{plan_id}")
def get_plan(caller: CallerDep, plan_id: PlanId) -> PlanResult:
    """Show one version of a plan with the checks it passed."""
    caller.actor.require("events:read")
    return caller.services.events.get(caller.community_id, plan_id)


class Markdown(PlainTextResponse):
    """A text in Markdown."""

    media_type = "text/markdown"


@router.get("/event-plans/{plan_id}/markdown", response_class=Markdown)
def plan_markdown(caller: CallerDep, plan_id: PlanId) -> Markdown:
    """Export a plan as Markdown in the community's language."""
    caller.actor.require("events:read")
    plan = caller.services.events.get(caller.community_id, plan_id)
    text = render_markdown(plan.content, plan.drafted_by, plan.degraded, plan.checks)
    return Markdown(text)
