"""How the room is: charts by week and by day for one channel or all, with what they rest on; the rest is in the tables."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import select
from starlette.responses import Response

from api.console.visit import Visit, VisitDep
from copilot.atmosphere.models import AtmosphereReading, DimensionName
from copilot.community.tables import Channel

router = APIRouter()
# One measure for each chart: what it is about, and where it stands in a reading.
_CHARTS: tuple[tuple[str, DimensionName, str], ...] = (
    ("tone", "satisfaction", "net_sentiment"),
    ("answered", "interaction_quality", "followed_share"),
    ("substance", "content_quality", "substantive_share"),
    ("spread", "participation", "concentration"),
)


@router.get("/atmosphere")
def atmosphere_page(visit: VisitDep, channel: Annotated[str, Query(max_length=64)] = "") -> Response:
    """Show the room, or one channel of it."""
    visit.actor.require("atmosphere:read")
    service, community_id, room = visit.services.atmosphere, visit.community_id, channel or None
    with visit.services.store.read(community_id) as unit:
        channels = unit.session.scalars(select(Channel).order_by(Channel.name, Channel.id)).all()
        if room is not None:
            unit.get(Channel, room)
    reading = service.read(community_id, room)
    weeks = service.weeks(community_id, room)
    days = service.days(community_id, room)
    alerts = visit.services.alerts.listed(community_id, limit=20).items
    return visit.page(
        "atmosphere.html", place="atmosphere", channels=channels, channel=channel, reading=reading, weeks=weeks,
        alerts=alerts, charts=_charts(visit, weeks, days),
    )  # fmt: skip


def _charts(visit: Visit, weeks: list[AtmosphereReading], days: list[AtmosphereReading]) -> dict[str, Any]:
    """Return the figures of the charts as data; `static/charts.js` draws them."""
    zone = visit.home.timezone
    found: dict[str, Any] = {
        "volume": {
            "labels": [_label(one) for one in days],
            "messages": [one.counts.messages for one in days],
            "speakers": [one.counts.speakers for one in days],
        },
        "timezone": zone,
    }
    for name, dimension, measure in _CHARTS:
        points = [_point(one, dimension, measure) for one in weeks]
        found[name] = {"labels": [_label(one) for one in weeks], "points": points}
    return found


def _label(reading: AtmosphereReading) -> str:
    return f"{reading.window.start:%m-%d}"


def _point(reading: AtmosphereReading, dimension: DimensionName, name: str) -> dict[str, Any]:
    part = reading.dimensions.get(dimension)
    measure = None if part is None else part.measure(name)
    if measure is None:
        return {"value": None, "low": None, "high": None, "n": 0}
    return {"value": measure.value, "low": measure.low, "high": measure.high, "n": measure.n}
