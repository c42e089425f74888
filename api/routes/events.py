"""Event plans: draft from a brief (answered at once, or streamed), list, read, export."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import PlainTextResponse, StreamingResponse
from pydantic import Field

from api.deps import CallerDep, Cursor, Limit
from api.idempotency import IdempotentRoute
from api.schemas.common import Body, ListOf
from api.streams import Streams, stream
from copilot.events.brief import Brief
from copilot.events.render import render_markdown
from copilot.events.service import PlanResult

router = APIRouter(tags=["event plans"], route_class=IdempotentRoute)
PlanId = Annotated[str, Path(max_length=64, description="id of a plan version")]


class PlanIn(Body):
    """What the operator wants, in a sentence or as fields."""

    brief: Annotated[str, Field(min_length=1, max_length=4000)] | Brief = Field(
        examples=["下周六深圳60人AI路演沙龙，预算2万，两小时"]
    )


@router.post("/event-plans", status_code=201)
def draft_plan(caller: CallerDep, body: PlanIn) -> PlanResult:
    """Draft a plan. Every sum, date and id is computed and checked by code; unknowns are `to_confirm`.

    `drafted_by` says who wrote it; `degraded` says why it is the playbook's although a model is configured.
    """
    caller.actor.require("events:write")
    return caller.services.events.draft(caller.community_id, body.brief, actor=caller.actor.key_id)


@router.post(
    "/event-plans/stream",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"text/event-stream": {}}, "description": "progress, message, ping, message_end, error"}
    },
)
def stream_plan(request: Request, caller: CallerDep, body: PlanIn) -> StreamingResponse:
    """Draft a plan and stream progress and text as server-sent events; stop it with its `draft_id`."""
    caller.actor.require("events:write")
    streams: Streams = request.app.state.streams
    return stream(
        request,
        streams,
        caller.actor.key_id,
        lambda tell, is_stopped: caller.services.events.draft(
            caller.community_id, body.brief, actor=caller.actor.key_id, on_progress=tell, is_cancelled=is_stopped
        ),
        "plan",
    )


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
    return ListOf(items=page.items, next_cursor=page.next_cursor, has_more=page.has_more)


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
