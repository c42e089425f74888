"""Topics for people who know much and write little."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field

from api.deps import CallerDep, Count
from api.idempotency import IdempotentRoute
from api.routes.people import MemberId
from api.schemas.common import Body
from copilot.topics.models import ReluctantMember, TopicSet

router = APIRouter(tags=["topics"], route_class=IdempotentRoute)


class TopicsIn(Body):
    """How many topics."""

    n: int = Field(3, ge=1, le=10)


@router.post("/members/{member_id}/topics", status_code=201)
def suggest(caller: CallerDep, member_id: MemberId, body: TopicsIn | None = None) -> TopicSet:
    """Suggest topics: an unanswered question x what this member knows, each cited, with framework and message draft.

    Fewer than asked for come with a note; nothing is invented and nothing is sent.
    """
    caller.actor.require("topics:write")
    n = 3 if body is None else body.n
    return caller.services.topics.suggest(caller.community_id, member_id, n, actor=caller.actor.key_id)


@router.get("/topics/reluctant")
def reluctant(caller: CallerDep, n: Count = 10) -> list[ReluctantMember]:
    """List consenting members who offer much and post little."""
    caller.actor.require("topics:read")
    return caller.services.topics.reluctant(caller.community_id, n)
