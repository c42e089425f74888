"""Who talks with whom: the network of replies, who answers, connects and calms, and who carries too much. For operators."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse, Response

from api.console.rendering import HEADERS
from api.console.visit import Visit, VisitDep
from copilot.atmosphere.alert_models import AlertStatus
from copilot.atmosphere.stars.models import StarsReading
from copilot.atmosphere.stars.network import MOST_DRAWN

router = APIRouter(prefix="/atmosphere")
# Who has several roles is drawn in the colour of the first of these.
_ROLES = ("connects", "answers", "calms")


@router.get("/people")
def people_page(visit: VisitDep) -> Response:
    """Show the picture's frame; it is worked out a moment later."""
    visit.actor.require("atmosphere:people")
    return visit.page("exchange.html", place="atmosphere", most=MOST_DRAWN)


@router.get("/people/stars")
def stars(visit: VisitDep) -> Response:
    """Show who is in which role, with what is known about it."""
    visit.actor.require("atmosphere:people")
    return visit.fragment("exchange_stars.html", reading=visit.services.stars.read(visit.community_id))


@router.get("/people/network")
def network(visit: VisitDep) -> Response:
    """Return the picture as data."""
    visit.actor.require("atmosphere:people")
    service = visit.services.stars
    reading, found = service.read(visit.community_id), service.network(visit.community_id)
    roles = _roles(reading)
    people = [
        {"id": one.id, "name": one.name, "replies": one.replies, "role": roles.get(one.id, "other")}
        for one in found.people
    ]
    links = [{"source": link.first_id, "target": link.second_id, "replies": link.replies} for link in found.links]
    return JSONResponse({"network": {"people": people, "links": links}}, headers=HEADERS)


def _roles(reading: StarsReading) -> dict[str, str]:
    found: dict[str, str] = {}
    for role in _ROLES:
        part = reading.roles.get(role)  # type: ignore[call-overload]  # the roles are the keys
        for star in [] if part is None else part.stars:
            found.setdefault(star.member_id, role)
    return found


@router.get("/alerts")
def alerts_page(
    visit: VisitDep, status: AlertStatus | None = None, cursor: Annotated[str | None, Query(max_length=500)] = None
) -> Response:
    """List alerts, newest first, each with what was done and what was measured since."""
    visit.actor.require("atmosphere:read")
    page = visit.services.alerts.listed(visit.community_id, status=status, limit=20, cursor=cursor)
    values: dict[str, Any] = {"alerts": [_measured(visit, one.id) for one in page.items]}
    return visit.page("alerts.html", place="atmosphere", wanted=status, next_cursor=page.next_cursor, **values)


def _measured(visit: Visit, alert_id: str) -> Any:
    """Return an alert with its effect, which lists leave out."""
    return visit.services.alerts.get(visit.community_id, alert_id)
