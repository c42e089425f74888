"""Members who vouch for members they are connected with."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.deps import CallerDep, Cursor, Limit
from api.idempotency import IdempotentRoute
from api.routes.people import MemberId
from api.schemas.common import Body, ListOf, list_of
from copilot.errors import Denied
from copilot.matching.relations.endorsements import TEXT_CHARS, Direction, StoredEndorsement

router = APIRouter(tags=["endorsements"], route_class=IdempotentRoute)


class EndorsementIn(Body):
    """For whom to vouch, and why."""

    member_id: str = Field(min_length=1, max_length=64, description="id of the member to vouch for")
    text: str = Field("", max_length=TEXT_CHARS, description="what they did well; the member and operators read it")


@router.post("/members/{member_id}/endorsements", status_code=201)
def endorse(caller: CallerDep, member_id: MemberId, body: EndorsementIn) -> StoredEndorsement:
    """Vouch for a member one is connected with; doing so again replaces the words. Only the member's own key can."""
    caller.actor.require("self:write")
    if caller.actor.member_id != member_id:
        raise Denied("only the member's own key vouches for others", scope="self:write")
    return caller.services.endorsements.endorse(
        caller.community_id, member_id, body.member_id, body.text, actor=caller.actor
    )


@router.get("/members/{member_id}/endorsements")
def list_endorsements(
    caller: CallerDep,
    member_id: MemberId,
    direction: Annotated[Direction, Query(description="of this member, or by this member")] = "received",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ListOf[StoredEndorsement]:
    """List who vouches for a member, or for whom the member does, the latest first. A member key reads its own only."""
    caller.actor.require_member(member_id, "matching:read")
    page = caller.services.endorsements.listed(
        caller.community_id, member_id, direction, actor=caller.actor, limit=limit, cursor=cursor
    )
    return list_of(page)


@router.delete("/endorsements/{endorsement_id}")
def withdraw(
    caller: CallerDep, endorsement_id: Annotated[str, Path(max_length=64, description="id of an endorsement")]
) -> StoredEndorsement:
    """Take an endorsement back and give what it was: who gave it can, who received it, and operators."""
    return caller.services.endorsements.withdraw(caller.community_id, endorsement_id, actor=caller.actor)
