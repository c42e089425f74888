"""Tiers, city circles, lists for small events, and ventures."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.deps import CallerDep
from api.idempotency import IdempotentRoute
from api.routes.people import MemberId
from api.routes.points import require_seer
from api.schemas.common import Body
from copilot.recognition.circles.models import (
    MAX_PEOPLE,
    CircleList,
    CityList,
    Given,
    MemberCircles,
    SeatFields,
    VentureAsk,
    VentureList,
)

router = APIRouter(tags=["recognition"], route_class=IdempotentRoute)


class SeatIn(SeatFields, Body):
    """Put a member in a circle, or take them out again."""


class VentureIn(VentureAsk, Body):
    """A goal to find combinations for."""


@router.get("/circles")
def list_circles(caller: CallerDep) -> CircleList:
    """List tiers and city circles with what comes with each; a city is one when enough members may be shown."""
    require_seer(caller.actor)
    return caller.services.circles.list(caller.community_id)


@router.get("/members/{member_id}/circles")
def member_circles(caller: CallerDep, member_id: MemberId) -> MemberCircles:
    """Show where a member belongs; a member key reads its own."""
    caller.actor.require_member(member_id, "recognition:read")
    return caller.services.circles.of(caller.community_id, member_id, caller.actor)


@router.put("/members/{member_id}/circles/{circle}")
def seat_in_circle(
    caller: CallerDep,
    member_id: MemberId,
    circle: Annotated[Given, Path(description="partner or city")],
    body: SeatIn,
) -> MemberCircles:
    """Make a member a partner, or put them in the circle of a second city; or take them out again."""
    caller.actor.require("recognition:write")
    return caller.services.circles.seat(caller.community_id, circle, member_id, body, caller.actor)


@router.get("/small-events")
def small_event(
    caller: CallerDep,
    city: Annotated[str, Query(min_length=1, max_length=100, description="name in Chinese or English")],
    people: Annotated[int, Query(ge=1, le=MAX_PEOPLE, description="how many at most")] = 12,
) -> CityList:
    """List whom to ask to a small event in a city: who agreed to be matched, those first who came least; and its events.

    Fewer than three of them are no list.
    """
    caller.actor.require("recognition:read")
    caller.actor.require("matching:read")
    return caller.services.circles.city(caller.community_id, city, people)


@router.post("/ventures")
def propose_ventures(caller: CallerDep, body: VentureIn) -> VentureList:
    """Propose combinations of industry, skill, person and resource for a goal, with roles, first steps and evidence.

    Members agreed to be matched; resources are on offer. Nothing is kept and nobody is told.
    """
    caller.actor.require("matching:write")
    return caller.services.ventures.propose(caller.community_id, body, actor=caller.actor)
