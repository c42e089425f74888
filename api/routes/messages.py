"""Messages as they are said, one or some at a time, for bots and bridges."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from api.deps import CallerDep
from api.idempotency import IdempotentRoute
from api.middleware import MESSAGES_PATH, is_ndjson
from copilot.community.ingesting import IncomingMessage, IngestReport

router = APIRouter(tags=["imports and jobs"], route_class=IdempotentRoute)
_ONE: dict[str, Any] = {
    "channel": "main", "id": "m-1042", "sent_at": "2026-11-16T10:00:00+08:00", "sender": "M014",
    "text": "明天的会改到三点", "reply_to": "m-1041",
}  # fmt: skip
_LINES = (
    '{"channel": "main", "id": "m-1042", "sent_at": "2026-11-16T10:00:00+08:00", "sender": "M014", "text": "收到"}\n'
    '{"channel": "main", "id": "m-1043", "sent_at": "2026-11-16T10:00:05+08:00", "sender": "M013", "text": "好"}\n'
)
_BODY = {
    "required": True,
    "content": {
        "application/json": {"schema": IncomingMessage.model_json_schema(), "example": _ONE},
        "application/x-ndjson": {"schema": {"type": "string"}, "example": _LINES},
    },
}


@router.post(MESSAGES_PATH, status_code=202, openapi_extra={"requestBody": _BODY})
async def take_messages(request: Request, caller: CallerDep) -> IngestReport:
    """Store a message, or with `application/x-ndjson` up to 1,000 (2 MB), one a line; they are read in the background.

    A message is known by its channel and id: sending it again changes nothing, sending it changed updates it, with
    `recalled` its words go. A wrong line is refused by itself, and the answer says why; a single wrong message is 422.
    """
    caller.actor.require("imports:write")
    body = await request.body()
    ingest = caller.services.ingest
    take = ingest.take_lines if is_ndjson(request.headers) else ingest.take_one
    return await run_in_threadpool(take, caller.community_id, body)
