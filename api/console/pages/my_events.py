"""What is coming, and a member's own places and waiting lists."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path, Query
from sqlalchemy import select
from starlette.responses import Response

from api.console.navigation import PREFIX
from api.console.own import own_member
from api.console.pages.me import signups_of
from api.console.visit import Visit, VisitDep, WritingDep
from copilot.community.tables import EventFeedback
from copilot.events.life.feedback import OPEN_FOR

router = APIRouter()
EventId = Annotated[str, Path(max_length=64)]
Cursor = Annotated[str | None, Query(max_length=500)]


@router.get("/me/events")
def my_events(
    visit: VisitDep, cursor: Cursor = None, past: Annotated[str | None, Query(max_length=500)] = None,
    thanks: Annotated[Literal["yes", ""], Query()] = "",
) -> Response:  # fmt: skip
    """List coming events with the button that signs up, and the member's sign-ups, latest first."""
    member_id = own_member(visit)
    desks, community_id = visit.services.desks, visit.community_id
    events = desks.life.list(community_id, when="coming", limit=20, cursor=cursor)
    mine = desks.signups.of_member(community_id, member_id, actor=visit.actor, limit=20, cursor=past)
    titles = {row.event_id: desks.life.get(community_id, row.event_id) for row in mine.items}
    came = [row.event_id for row in mine.items if row.status.value == "attended"]
    now = visit.services.clock.now()
    with visit.services.store.read(community_id) as unit:
        mine_alone = (EventFeedback.event_id.in_(came), EventFeedback.member_id == member_id)
        said = set(unit.session.scalars(select(EventFeedback.event_id).where(*mine_alone)))
    return visit.page(
        "my_events.html", place="me_events", events=events.items, next_cursor=events.next_cursor, mine=mine.items,
        next_past=mine.next_cursor, titles=titles, signups=signups_of(visit, member_id), said=said, thanks=thanks,
        may_say={key for key in came if titles[key].starts_at <= now <= titles[key].ends_at + OPEN_FOR},
    )  # fmt: skip


@router.post("/me/events/{event_id}/sign-up")
def sign_up(visit: WritingDep, event_id: EventId) -> Response:
    """Take a place, or the next one in the waiting list."""
    member_id = own_member(visit, "self:write")
    visit.services.desks.signups.sign_up(visit.community_id, event_id, member_id, actor=visit.actor)
    return _row(visit, event_id, member_id)


@router.post("/me/events/{event_id}/cancel")
def cancel(visit: WritingDep, event_id: EventId) -> Response:
    """Give the place back; the waiting list moves up by itself."""
    member_id = own_member(visit, "self:write")
    visit.services.desks.signups.cancel(visit.community_id, event_id, member_id, actor=visit.actor)
    return _row(visit, event_id, member_id)


@router.post("/me/events/{event_id}/check-in")
def check_in(visit: WritingDep, event_id: EventId, code: Annotated[str, Form(max_length=12)]) -> Response:
    """Check in with the code at the door."""
    member_id = own_member(visit, "self:write")
    visit.services.desks.door.check_in_by_code(
        visit.community_id, event_id, member_id, code.strip(), actor=visit.actor
    )  # fmt: skip
    return _row(visit, event_id, member_id)


def _row(visit: Visit, event_id: str, member_id: str) -> Response:
    if not visit.is_htmx:
        return visit.go(f"{PREFIX}/me/events")
    event = visit.services.desks.life.get(visit.community_id, event_id)
    return visit.fragment("my_event_row.html", event=event, signups=signups_of(visit, member_id))
