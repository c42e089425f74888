"""What members said of matches, and the weights learnt from it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import StreamingResponse
from pydantic import Field

from api.deps import CallerDep, Cursor, Limit
from api.idempotency import IdempotentRoute
from api.schemas.common import ListOf
from copilot.matching.learning.outcomes import MOST_EXPORTED, ExportForm, as_lines, outcomes
from copilot.matching.learning.service import LearningResult, WeightsInForce, WeightVersion

router = APIRouter(tags=["learning"], route_class=IdempotentRoute)
_TYPES = {"csv": "text/csv", "jsonl": "application/jsonl"}


class WeightVersions(ListOf[WeightVersion]):
    """Versions of the weights, newest first, and what is in force."""

    in_force: WeightsInForce = Field(description="what scores are made with now; version 0 are those of the code")


@router.get("/match-weights")
def list_weights(caller: CallerDep, cursor: Cursor = None, limit: Limit = 20) -> WeightVersions:
    """List the versions that were learnt, with the figures they were judged by, and what is in force."""
    caller.actor.require("matching:read")
    weights = caller.services.weights
    page = weights.versions(caller.community_id, limit=limit, cursor=cursor)
    in_force = weights.in_force(caller.community_id)
    return WeightVersions(items=page.items, next_cursor=page.next_cursor, has_more=page.has_more, in_force=in_force)


@router.post("/match-weights/learn")
def learn(caller: CallerDep) -> LearningResult:
    """Learn from the outcomes so far. A version is put in force only if it is better on newer outcomes it has not seen.

    Too few outcomes are an answer with their numbers.
    """
    caller.actor.require("matching:write")
    return caller.services.weights.learn(caller.community_id, actor=caller.actor.key_id)


@router.post("/match-weights/rollback")
def roll_back(caller: CallerDep) -> WeightsInForce:
    """Return to the weights that were in force before; again goes back further, in the end to those of the code."""
    caller.actor.require("matching:write")
    return caller.services.weights.roll_back(caller.community_id, actor=caller.actor.key_id)


@router.post("/match-weights/{version}/activate")
def activate(
    caller: CallerDep, version: Annotated[int, Path(ge=0, le=1_000_000, description="0: those of the code")]
) -> WeightsInForce:
    """Bring back a version that was in force before, or the weights of the code."""
    caller.actor.require("matching:write")
    return caller.services.weights.activate(caller.community_id, version, actor=caller.actor.key_id)


@router.get(
    "/match-outcomes",
    response_class=StreamingResponse,
    responses={200: {"content": {media_type: {} for media_type in _TYPES.values()}}},
)
def export_outcomes(
    caller: CallerDep,
    format: Annotated[ExportForm, Query(description="one row or one object for each outcome")] = "csv",  # noqa: A002  # its public name
    limit: Annotated[int, Query(ge=1, le=MOST_EXPORTED, description="at most so many, oldest first")] = MOST_EXPORTED,
) -> StreamingResponse:
    """Export members' last words on their matches with the figures of that moment: ids and numbers, no texts.

    Members who switched off AI or hid are not in it.
    """
    caller.actor.require("matching:read")
    with caller.services.store.read(caller.community_id) as unit:
        unit.community()
    found = outcomes(caller.services.store, caller.community_id, most=limit)
    name = f'attachment; filename="match-outcomes.{format}"'
    return StreamingResponse(as_lines(found, format), media_type=_TYPES[format], headers={"Content-Disposition": name})
