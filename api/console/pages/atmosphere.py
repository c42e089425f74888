"""How the room is: figures and charts for one channel or all. What takes long to work out comes a moment after the page."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import select
from starlette.responses import JSONResponse, Response

from api.console.rendering import HEADERS
from api.console.visit import VisitDep
from copilot.atmosphere.models import AtmosphereReading, DimensionName
from copilot.community.tables import Channel

router = APIRouter(prefix="/atmosphere")
Room = Annotated[str, Query(alias="channel", max_length=64)]
# One measure for each chart: what it is about, and where it stands in a reading.
_CHARTS: tuple[tuple[str, DimensionName, str], ...] = (
    ("tone", "satisfaction", "net_sentiment"),
    ("answered", "interaction_quality", "followed_share"),
    ("substance", "content_quality", "substantive_share"),
    ("spread", "participation", "concentration"),
)


@router.get("")
def atmosphere_page(visit: VisitDep, channel: Room = "") -> Response:
    """Show the room, or one channel of it."""
    visit.actor.require("atmosphere:read")
    with visit.services.store.read(visit.community_id) as unit:
        channels = unit.session.scalars(select(Channel).order_by(Channel.name, Channel.id)).all()
        if channel:
            unit.get(Channel, channel)
    alerts = visit.services.alerts.listed(visit.community_id, limit=3).items
    return visit.page("atmosphere.html", place="atmosphere", channels=channels, channel=channel, alerts=alerts)


@router.get("/room")
def room(visit: VisitDep, channel: Room = "") -> Response:
    """Show the figures, each with what it rests on."""
    visit.actor.require("atmosphere:read")
    reading = visit.services.atmosphere.read(visit.community_id, channel or None)
    return visit.fragment("atmosphere_room.html", reading=reading)


@router.get("/charts")
def charts(visit: VisitDep, channel: Room = "") -> Response:
    """Return the figures of the charts as data; `static/charts.js` draws them."""
    visit.actor.require("atmosphere:read")
    service, community_id, one = visit.services.atmosphere, visit.community_id, channel or None
    weeks, days = service.weeks(community_id, one), service.days(community_id, one)
    found: dict[str, Any] = {
        "volume": {
            "labels": [_label(day) for day in days],
            "messages": [day.counts.messages for day in days],
            "speakers": [day.counts.speakers for day in days],
        },
    }
    for name, dimension, measure in _CHARTS:
        points = [_point(week, dimension, measure) for week in weeks]
        found[name] = {"labels": [_label(week) for week in weeks], "points": points}
    return JSONResponse(found, headers=HEADERS)


def _label(reading: AtmosphereReading) -> str:
    return f"{reading.window.start:%m-%d}"


def _point(reading: AtmosphereReading, dimension: DimensionName, name: str) -> dict[str, Any]:
    part = reading.dimensions.get(dimension)
    measure = None if part is None else part.measure(name)
    if measure is None:
        return {"value": None, "low": None, "high": None, "n": 0}
    return {"value": measure.value, "low": measure.low, "high": measure.high, "n": measure.n}
