"""The operator's morning: what to do today, how the room is, what waits. What takes long to work out comes a moment later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path
from sqlalchemy import func, select
from starlette.responses import Response

from api.console.navigation import PREFIX
from api.console.visit import Visit, VisitDep, WritingDep
from copilot.atmosphere.alert_models import AlertView
from copilot.atmosphere.weekly.models import WeeklyReport
from copilot.community.tables import Case, Channel, Member, Outreach
from copilot.errors import NotFound

router = APIRouter()
AlertId = Annotated[str, Path(max_length=64)]
_ALERTS, _LOOKED, _EVENTS, _QUESTIONS = 3, 30, 4, 6
_LATELY = timedelta(days=14)


@dataclass(frozen=True)
class Asked:
    """This week's asks for topics: how many there are, and how many of them wait, were sent or came to something."""

    week: str
    total: int
    by_status: dict[str, int]


@router.get("/overview")
def overview_page(visit: VisitDep) -> Response:
    """Show the morning."""
    visit.actor.require("matching:read")
    services, community_id = visit.services, visit.community_id
    with services.store.read(community_id) as unit:
        members = unit.session.scalar(select(func.count(Member.id))) or 0
        waiting = unit.session.scalar(select(func.count(Case.id)).where(Case.status == "open")) or 0
    alerts = _unanswered(visit)
    events = services.desks.life.list(community_id, when="coming", limit=_EVENTS).items
    return visit.page(
        "overview.html", place="overview", members=members, waiting=waiting, alerts=alerts, events=events,
        report=_report(visit), asked=_asked(visit),
    )  # fmt: skip


@router.get("/overview/actions")
def actions(visit: VisitDep) -> Response:
    """Show what to do today, worked out from the records as they are now."""
    visit.actor.require("atmosphere:people")
    return visit.fragment("overview_actions.html", today=visit.services.weekly.today(visit.community_id))


@router.get("/overview/room")
def room(visit: VisitDep) -> Response:
    """Show the five dimensions."""
    visit.actor.require("atmosphere:read")
    return visit.fragment("overview_room.html", reading=visit.services.atmosphere.read(visit.community_id))


@router.get("/overview/questions")
def questions(visit: VisitDep) -> Response:
    """Show what nobody answered."""
    visit.actor.require("topics:read")
    report = visit.services.topics.demand(visit.community_id, _QUESTIONS)
    with visit.services.store.read(visit.community_id) as unit:
        channels = {row.id: row.name for row in unit.session.scalars(select(Channel))}
    return visit.fragment("overview_questions.html", report=report, channels=channels)


@router.post("/overview/alerts/{alert_id}/take")
def take(visit: WritingDep, alert_id: AlertId, note: Annotated[str, Form(max_length=500)] = "") -> Response:
    """Note that the suggested step was taken."""
    visit.actor.require("atmosphere:write")
    return _decided(visit, alert_id, "taken", note)


@router.post("/overview/alerts/{alert_id}/dismiss")
def dismiss(visit: WritingDep, alert_id: AlertId, reason: Annotated[str, Form(max_length=500)]) -> Response:
    """Note why the suggested step is not taken."""
    visit.actor.require("atmosphere:write")
    return _decided(visit, alert_id, "dismissed", reason)


def _decided(visit: Visit, alert_id: str, outcome: Literal["taken", "dismissed"], note: str) -> Response:
    alert = visit.services.alerts.decide(visit.community_id, alert_id, outcome, note, actor=visit.actor.key_id)
    return visit.fragment("alert_card.html", alert=alert) if visit.is_htmx else visit.go(f"{PREFIX}/overview")


def _unanswered(visit: Visit) -> list[AlertView]:
    """Return what is open, and what passed of late without anybody having said what was done."""
    found = visit.services.alerts.listed(visit.community_id, held_back=False, limit=_LOOKED).items
    lately = visit.services.clock.now() - _LATELY
    waits = [one for one in found if one.status == "open" or (one.step.status == "waiting" and one.opened_at > lately)]
    return waits[:_ALERTS]


def _report(visit: Visit) -> WeeklyReport | None:
    if not visit.actor.may("atmosphere:people"):
        return None
    try:
        return visit.services.weekly.get(visit.community_id)
    except NotFound:
        return None


def _asked(visit: Visit) -> Asked | None:
    with visit.services.store.read(visit.community_id) as unit:
        week = unit.session.scalar(select(func.max(Outreach.week)).where(Outreach.topic_id.is_not(None)))
        if week is None:
            return None
        statement = select(Outreach.status, func.count(Outreach.id)).where(Outreach.week == week)
        found = unit.session.execute(statement.group_by(Outreach.status)).all()
    counts = {str(status): int(count) for status, count in found}
    return Asked(week, sum(counts.values()), counts)
