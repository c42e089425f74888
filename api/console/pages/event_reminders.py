"""Whom to write to about an event, each with a draft to take along, and the event as an entry for a calendar."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from api.console.pages.plans import file_answer
from api.console.visit import VisitDep
from copilot.events.export.plans import MEDIA_TYPES, ExportedFile
from copilot.events.life.models import ReminderKind

router = APIRouter(prefix="/events/{event_id}")
EventId = Annotated[str, Path(max_length=64)]
_PAGE = 20


@router.get("/reminders")
def reminders_page(
    visit: VisitDep,
    event_id: EventId,
    kind: Annotated[ReminderKind | None, Query()] = None,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> Response:
    """List whom to remind of what; nothing is sent. A kind that does not fit any more gives way to the first that does."""
    visit.actor.require("events:read")
    desks, community_id = visit.services.desks, visit.community_id
    kinds = desks.reminders.kinds(community_id, event_id)
    wanted = kind if kind in kinds else kinds[0]
    page = desks.reminders.list(
        community_id, event_id, actor=visit.actor, kind=wanted, limit=_PAGE, cursor=cursor if wanted == kind else None
    )
    return visit.page(
        "event_reminders.html", place="plans", event=desks.life.get(community_id, event_id), reminders=page.items,
        next_cursor=page.next_cursor, kinds=kinds, kind=wanted,
    )  # fmt: skip


@router.get("/calendar.ics")
def calendar_file(visit: VisitDep, event_id: EventId) -> Response:
    """Take the event along for a calendar."""
    visit.actor.require("events:read")
    entry = visit.services.calendars.event(visit.community_id, event_id)
    return file_answer(ExportedFile(f"event-{event_id}.ics", MEDIA_TYPES["ics"], entry.content))
