"""From a member's notes to a post in the framework of a topic."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field

from api.deps import Caller, CallerDep, Cursor, Limit
from api.idempotency import IdempotentRoute
from api.schemas.common import Body, ListOf
from copilot.errors import NotFound
from copilot.topics.post_models import MAX_NOTES_CHARS, Post

router = APIRouter(tags=["topics"], route_class=IdempotentRoute)
TopicId = Annotated[str, Path(max_length=64, description="id of a suggested topic")]


class NotesIn(Body):
    """What the member wrote down or said."""

    notes: str = Field(min_length=1, max_length=MAX_NOTES_CHARS, description="notes or a voice transcript")


@router.post("/topics/{topic_id}/posts", status_code=201)
def arrange_notes(caller: CallerDep, topic_id: TopicId, body: NotesIn) -> Post:
    """Arrange notes into the topic's framework: every sentence names its place in the notes, nothing is invented.

    What the notes do not say stays open, as questions. A member key arranges notes for its own topics. Nothing is posted.
    """
    _require_own(caller, topic_id, "self:write", "topics:write")
    return caller.services.posts.arrange(caller.community_id, topic_id, body.notes, actor=caller.actor.key_id)


@router.get("/topics/{topic_id}/posts")
def list_posts(caller: CallerDep, topic_id: TopicId, cursor: Cursor = None, limit: Limit = 20) -> ListOf[Post]:
    """List what was arranged for a topic, newest first; a member key sees its own."""
    _require_own(caller, topic_id, "self:read", "topics:read")
    page = caller.services.posts.of_topic(caller.community_id, topic_id, limit=limit, cursor=cursor)
    return ListOf(items=page.items, next_cursor=page.next_cursor, has_more=page.has_more)


def _require_own(caller: Caller, topic_id: str, own_scope: str, scope: str) -> None:
    """Pass whoever holds `scope`, and a member with `own_scope` for a topic of their own; others find no such topic."""
    if caller.actor.may(scope):
        return
    caller.actor.require(own_scope)
    if caller.services.topics.get(caller.community_id, topic_id).member_id != caller.actor.member_id:
        raise NotFound(f"there is no topic {topic_id!r} in this community", kind="topic_suggestion", id=topic_id)
