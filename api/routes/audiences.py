"""For whoever brings people together: who should hear of something, who is new, and how to welcome them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.deps import Caller, CallerDep, Count, Cursor, Limit
from api.idempotency import IdempotentRoute
from api.routes.people import MemberId
from api.schemas.common import ListOf, list_of
from copilot.matching.audiences.models import Audience, AudienceKind, Newcomer, Welcome

router = APIRouter(tags=["matches"], route_class=IdempotentRoute)
TargetId = Annotated[str, Path(max_length=64)]


def _audience(caller: Caller, kind: AudienceKind, target_id: str, n: int) -> Audience:
    caller.actor.require("matching:read")
    return caller.services.matching.audience(caller.community_id, target_id, n, kind=kind, actor=caller.actor)


@router.get("/resources/{resource_id}/audience")
def resource_audience(caller: CallerDep, resource_id: TargetId, n: Count = 10) -> Audience:
    """Say who should hear of a resource: members whose wants it answers, with their words. Nobody is told."""
    return _audience(caller, "resource", resource_id, n)


@router.get("/events/{event_id}/audience")
def event_audience(caller: CallerDep, event_id: TargetId, n: Count = 10) -> Audience:
    """Say who should hear of a coming event: members whose wants it answers, with their words. Nobody is told."""
    return _audience(caller, "event", event_id, n)


@router.get("/threads/{message_id}/audience")
def thread_audience(caller: CallerDep, message_id: TargetId, n: Count = 10) -> Audience:
    """Say who can answer an open question of the chat, by what they have and are. Nobody is told."""
    return _audience(caller, "thread", message_id, n)


@router.get("/newcomers")
def newcomers(caller: CallerDep, cursor: Cursor = None, limit: Limit = 50) -> ListOf[Newcomer]:
    """List who joined in the last 14 days, the latest first."""
    caller.actor.require("matching:read")
    page = caller.services.matching.newcomers(caller.community_id, actor=caller.actor, limit=limit, cursor=cursor)
    return list_of(page)


@router.get("/members/{member_id}/welcome")
def welcome(
    caller: CallerDep,
    member_id: MemberId,
    channel: Annotated[
        str | None, Query(max_length=200, description="id, external id or name; all channels when left out")
    ] = None,
) -> Welcome:
    """Draft a member's welcome: up to three people to mention, an introduction of own words, the hours to post it.

    Only members who agreed to be matched are named; of one who did not, only the hours are said. Nothing is posted.
    """
    caller.actor.require("matching:read")
    return caller.services.matching.welcome(caller.community_id, member_id, channel, actor=caller.actor)
