"""Who answers, connects and calms, who carries too much, and how central the owner is. For operators."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api.deps import CallerDep
from api.idempotency import IdempotentRoute
from api.routes.atmosphere import Channel, _channel_id
from api.schemas.common import Body
from copilot.atmosphere.stars.models import StarsReading
from copilot.atmosphere.stars.thresholds import StarRules

router = APIRouter(tags=["atmosphere"], route_class=IdempotentRoute)
_RULES = StarRules()
Weeks = Annotated[
    int, Query(ge=1, le=_RULES.most_weeks, description="whole local weeks, up to the one of the latest message")
]
Group = Annotated[str | None, Query(max_length=100, description="the channels of this group; not with `channel`")]


class OwnerIn(Body):
    """Who is the owner."""

    member_id: str | None = Field(max_length=64, description="null: members' roles decide again")


class OwnerOut(BaseModel):
    """Who is taken for the owner."""

    model_config = ConfigDict(extra="forbid")

    member_id: str | None


@router.get("/atmosphere/stars")
def read_stars(
    caller: CallerDep, channel: Channel = None, group: Group = None, weeks: Weeks = _RULES.usual_weeks
) -> StarsReading:
    """Name members who answer, connect and calm, with evidence and intervals; say who carries too much.

    Hidden members, and those who let no AI read them, are never looked at. Not for a public ranking: people would then
    talk for the ranking.
    """
    caller.actor.require("atmosphere:people")
    return caller.services.stars.read(caller.community_id, _channel_id(caller, channel), group=group, weeks=weeks)


@router.get("/atmosphere/owner")
def read_owner(caller: CallerDep) -> OwnerOut:
    """Say who is taken for the owner: whom the operators named, or the only member whose role says so."""
    caller.actor.require("atmosphere:people")
    return OwnerOut(member_id=caller.services.stars.owner(caller.community_id))


@router.put("/atmosphere/owner")
def name_owner(caller: CallerDep, body: OwnerIn) -> OwnerOut:
    """Name the owner, whose place in the exchange is then followed week by week."""
    caller.actor.require("atmosphere:people")
    named = caller.services.stars.name_owner(caller.community_id, body.member_id, actor=caller.actor.key_id)
    return OwnerOut(member_id=named)
