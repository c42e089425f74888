"""Circles: tiers and cities with what comes with each, and whom to ask to a small event in a city."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query
from starlette.responses import Response

from api.console.form_fields import member_of
from api.console.navigation import PREFIX
from api.console.visit import VisitDep, WritingDep
from copilot.recognition.circles.models import MAX_PEOPLE, SeatFields

router = APIRouter(prefix="/recognition/circles")


@router.get("")
def circles_page(
    visit: VisitDep, city: Annotated[str, Query(max_length=100)] = "",
    people: Annotated[int, Query(ge=1, le=MAX_PEOPLE)] = 12,
) -> Response:  # fmt: skip
    """List tiers and cities; with a city, whom to ask there, those first who came least."""
    visit.actor.require("recognition:read")
    desk, community_id = visit.services.circles, visit.community_id
    may_list = visit.actor.may("matching:read")
    guests = desk.city(community_id, city.strip(), people) if city.strip() and may_list else None
    return visit.page(
        "circles.html", place="recognition", circles=desk.list(community_id).items, guests=guests, city=city.strip(),
        people=people, most_people=MAX_PEOPLE, may_list=may_list, may_write=visit.actor.may("recognition:write"),
    )  # fmt: skip


@router.post("/seats")
def seat(
    visit: WritingDep, *, member: Annotated[str, Form(max_length=200)] = "",
    circle: Annotated[Literal["partner", "city"], Form()] = "partner",
    city: Annotated[str, Form(max_length=100)] = "", is_in: Annotated[Literal["yes", "no"], Form()] = "yes",
) -> Response:  # fmt: skip
    """Put a member in a circle, or take them out again."""
    visit.actor.require("recognition:write")
    with visit.services.store.read(visit.community_id) as unit:
        member_id = member_of(unit, visit.actor, member, "member").id
    fields = SeatFields(is_in=is_in == "yes", city=city.strip())
    visit.services.circles.seat(visit.community_id, circle, member_id, fields, visit.actor)
    return visit.go(f"{PREFIX}/recognition/circles")
