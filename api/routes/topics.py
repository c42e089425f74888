"""Topics for people who know much and write little."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field, StrictInt

from api.deps import CallerDep, Count, Cursor, Limit
from api.idempotency import IdempotentRoute
from api.routes.people import MemberId
from api.schemas.common import Body, ListOf, list_of
from copilot.errors import NotFound
from copilot.topics.demand_models import DemandReport
from copilot.topics.models import ReluctantMember, StoredTopic, TopicSet

router = APIRouter(tags=["topics"], route_class=IdempotentRoute)


class TopicsIn(Body):
    """How many topics."""

    n: StrictInt = Field(3, ge=1, le=10)


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


@router.get("/topics/demand")
def demand(caller: CallerDep, n: Count = 20) -> DemandReport:
    """Show what the community asks for: open questions, repeated ones, rising themes, and gaps in what is published."""
    caller.actor.require("topics:read")
    return caller.services.topics.demand(caller.community_id, n)


@router.get("/topics")
def list_topics(
    caller: CallerDep,
    member_id: Annotated[str | None, Query(max_length=64, description="only what was suggested to this member")] = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> ListOf[StoredTopic]:
    """List topics that were suggested, newest first. A member key lists its own and names its member."""
    if member_id is None:
        caller.actor.require("topics:read")
    else:
        caller.actor.require_member(member_id, "topics:read")
    page = caller.services.topics.history(caller.community_id, member_id=member_id, limit=limit, cursor=cursor)
    return list_of(page)


@router.get("/topics/{topic_id}")
def get_topic(
    caller: CallerDep, topic_id: Annotated[str, Path(max_length=64, description="id of a suggested topic")]
) -> StoredTopic:
    """Show one suggested topic with the checks it passed; a member key sees only its own."""
    actor = caller.actor
    sees_all = actor.may("topics:read")
    if not sees_all:
        actor.require("self:read")
    found = caller.services.topics.get(caller.community_id, topic_id)
    if not sees_all and found.member_id != actor.member_id:
        raise NotFound(f"there is no topic {topic_id!r} in this community", kind="topic_suggestion", id=topic_id)
    return found
