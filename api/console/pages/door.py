"""The door of an event on a phone: the code to show, who is expected, and one big button for each of them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query
from sqlalchemy import func, select
from starlette.responses import Response

from api.console.navigation import PREFIX
from api.console.pages.events import EventId, MemberId, members_found
from api.console.visit import Visit, VisitDep, WritingDep
from api.errors import in_language
from copilot.community.tables import CheckIn, Member
from copilot.errors import Conflict, InvalidInput
from copilot.events.life.models import DoorCode, SignupStatus, SignupView

router = APIRouter(prefix="/events/{event_id}/door")
_MOST = 200


@router.get("")
def door_page(visit: VisitDep, event_id: EventId, q: Annotated[str, Query(max_length=100)] = "") -> Response:
    """Show the door; `q` looks for a name."""
    visit.actor.require("events:write")
    return visit.page("door_screen.html", place="plans", **_values(visit, event_id, q))


@router.get("/code")
def code_part(visit: VisitDep, event_id: EventId) -> Response:
    """Show the code of this moment and how many came; the page asks for it again and again."""
    visit.actor.require("events:write")
    return visit.fragment("door_code.html", event_id=event_id, **_code(visit, event_id))


@router.post("/check-ins")
def check_in(visit: WritingDep, event_id: EventId, member_id: MemberId = "", code: Annotated[str, Form(max_length=12)] = "") -> Response:  # fmt: skip
    """Let somebody in by hand, or with the code that they read out; who did not sign up gets a place if one is free."""
    visit.actor.require("events:write")
    if not member_id:
        sentence = {"zh-CN": "先选一位成员。", "en": "Choose a member first."}
        raise InvalidInput("say who", field="member_id", sentence=sentence)
    door = visit.services.desks.door
    if code.strip():
        done = door.check_in_by_code(visit.community_id, event_id, member_id, code.strip(), actor=visit.actor)
    else:
        done = door.check_in(visit.community_id, event_id, member_id, actor=visit.actor)
    if not visit.is_htmx:
        return visit.go(f"{PREFIX}/events/{event_id}/door")
    with visit.services.store.read(visit.community_id) as unit:
        name = unit.get(Member, member_id).name
    answer = visit.fragment("door_done.html", done=done, who=name)
    answer.headers["HX-Trigger"] = "came"  # the count at the top is asked for anew
    return answer


def _values(visit: Visit, event_id: str, q: str) -> dict[str, Any]:
    desks, community_id = visit.services.desks, visit.community_id
    event = desks.life.get(community_id, event_id)
    signups: list[SignupView] = []
    for status in (SignupStatus.GOING, SignupStatus.ATTENDED, SignupStatus.WAITLISTED):
        signups += desks.signups.list(community_id, event_id, actor=visit.actor, status=status, limit=_MOST).items
    text = q.strip().casefold()
    shown = [row for row in signups if text in row.name.casefold()]
    listed = {row.member_id for row in signups}
    others = [one for one in members_found(visit, q) if one[0] not in listed]
    return {"event": event, "event_id": event_id, "q": q.strip(), "signups": shown, "others": others, **_code(visit, event_id)}  # fmt: skip


def _code(visit: Visit, event_id: str) -> dict[str, Any]:
    """Return the code, or why there is none now, and how many came."""
    code: DoorCode | None = None
    closed = ""
    try:
        code = visit.services.desks.door.code(visit.community_id, event_id)
    except Conflict as error:
        closed = in_language(error, visit.language)
    with visit.services.store.read(visit.community_id) as unit:
        came = unit.session.scalar(select(func.count()).select_from(CheckIn).where(CheckIn.event_id == event_id)) or 0
    return {"code": code, "closed": closed, "came": came}
