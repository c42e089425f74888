"""Plans and events as files, and calendars that programs subscribe to."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Path, Query, Response
from pydantic import Field

from api.deps import CallerDep, Cursor, Limit, ServicesDep
from api.idempotency import IdempotentRoute
from api.routes.events import PlanId
from api.schemas.common import Body, ListOf
from copilot.events.export.plans import MEDIA_TYPES, ExportedFile, Format, export_plan, export_signups
from copilot.events.export.spreadsheets import CsvPart
from copilot.events.feeds import FeedView, Ics, NewFeed
from copilot.events.life.models import SignupView

router = APIRouter(tags=["exports and calendars"], route_class=IdempotentRoute)
# A plain route: the answer holds a secret, and an idempotent one would store it.
secrets = APIRouter(tags=["exports and calendars"])
# Calendar programs send no key; the address itself is the secret.
feeds = APIRouter(tags=["exports and calendars"])
EventId = Annotated[str, Path(max_length=64, description="id of an event")]
_MOST_SIGNUPS = 20_000
_PAGE = 200
# A page that is opened from here runs nothing and loads nothing, whatever a text in it says.
_PAGE_HEADERS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}
_ICS_EXAMPLE = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//community-copilot//events//EN\r\nMETHOD:PUBLISH\r\nBEGIN:VEVENT\r\n"
    "UID:evt_06gzxrqyy6z5ppbm45m9@community-copilot\r\nSEQUENCE:1\r\nDTSTART;TZID=Asia/Shanghai:20261128T140000\r\n"
    "DTEND;TZID=Asia/Shanghai:20261128T160000\r\nSUMMARY;LANGUAGE=zh-CN:AI路演\r\nSTATUS:CONFIRMED\r\nEND:VEVENT\r\n"
    "END:VCALENDAR\r\n"
)
_EXAMPLES = {
    "markdown": "# AI路演\n\n> 本方案由模板与社区记录生成，发布前请逐项确认。\n",
    "html": '<!DOCTYPE html>\n<html lang="zh-CN">...</html>\n',
    "docx": "PK...",
    "csv": "\ufeff日期,开始,结束,环节,负责\r\n2026-11-28,14:00,14:10,开场,小满\r\n",
    "ics": _ICS_EXAMPLE,
    "json": '{"id": "plan_06gzxrqyy6z5ppbm45m9", "version": 2, "content": {"title": "AI路演"}}',
}


def _documented(*formats: str) -> dict[int | str, dict[str, Any]]:
    content: dict[str, Any] = {
        MEDIA_TYPES[name].partition(";")[0]: {"schema": {"type": "string"}, "example": _EXAMPLES[name]}
        for name in formats
    }
    if "docx" in formats:
        content[MEDIA_TYPES["docx"]]["schema"]["format"] = "binary"
    return {200: {"content": content, "description": "the file"}}


@router.get(
    "/event-plans/{plan_id}/export",
    response_class=Response,
    responses=_documented("markdown", "html", "docx", "csv", "ics", "json"),
)
def export_one_plan(
    caller: CallerDep,
    plan_id: PlanId,
    file_format: Annotated[Format, Query(alias="format", description="form of the file")] = "markdown",
    part: Annotated[CsvPart | None, Query(description="with csv: which table")] = None,
) -> Response:
    """Export a plan as Markdown, a page to print, a Word file, CSV (one table each), a calendar entry or JSON.

    CSV is UTF-8 with a byte order mark; texts that a spreadsheet would run as formulas are made plain texts.
    """
    caller.actor.require("events:read")
    plan = caller.services.events.get(caller.community_id, plan_id)
    with caller.services.store.read(caller.community_id) as unit:
        name = unit.community().name
    return _file(export_plan(plan, file_format, part, community_name=name))


@router.get("/events/{event_id}/signups.csv", response_class=Response, responses=_documented("csv"))
def export_event_signups(caller: CallerDep, event_id: EventId) -> Response:
    """Export an event's sign-ups as CSV, first come first, at most 20,000; hidden members have no name in it."""
    caller.actor.require("events:read")
    desk, rows = caller.services.desks.signups, list[SignupView]()
    cursor: str | None = None
    while len(rows) < _MOST_SIGNUPS:
        page = desk.list(caller.community_id, event_id, actor=caller.actor, limit=_PAGE, cursor=cursor)
        rows += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    with caller.services.store.read(caller.community_id) as unit:
        community = unit.community()
        locale, timezone = community.locale, community.timezone
    return _file(export_signups(event_id, rows, locale, timezone))


@router.get("/events/{event_id}/calendar.ics", response_class=Response, responses=_documented("ics"))
def export_event_calendar(caller: CallerDep, event_id: EventId) -> Response:
    """Export an event for a calendar. Its UID never changes; SEQUENCE grows with each change; cancelled ones say so."""
    if not caller.actor.may("self:read"):
        caller.actor.require("events:read")
    return _calendar(caller.services.calendars.event(caller.community_id, event_id), f"event-{event_id}.ics")


class FeedIn(Body):
    """A feed to make."""

    name: str = Field(min_length=1, max_length=100, description="whose calendar it is for", examples=["成员日历"])


@secrets.post("/calendar-feeds", status_code=201)
def make_feed(caller: CallerDep, body: FeedIn) -> NewFeed:
    """Make an address to subscribe to the community's events; it is shown in this answer and never again.

    Whoever has the address reads titles, times, places and goals of events, cancelled ones included, from 90 days ago on.
    No member is named in it. Revoke it to close it.
    """
    caller.actor.require("events:write")
    return caller.services.calendars.create(caller.community_id, body.name, actor=caller.actor.key_id)


@router.get("/calendar-feeds")
def list_feeds(caller: CallerDep, cursor: Cursor = None, limit: Limit = 50) -> ListOf[FeedView]:
    """List calendar feeds, newest first; their addresses are stored nowhere."""
    caller.actor.require("events:write")
    page = caller.services.calendars.list(caller.community_id, limit=limit, cursor=cursor)
    return ListOf(items=page.items, next_cursor=page.next_cursor, has_more=page.has_more)


@router.delete("/calendar-feeds/{feed_id}")
def revoke_feed(
    caller: CallerDep, feed_id: Annotated[str, Path(max_length=64, description="id of a feed")]
) -> FeedView:
    """Revoke a feed: its address leads nowhere from the next request on."""
    caller.actor.require("events:write")
    return caller.services.calendars.revoke(caller.community_id, feed_id, actor=caller.actor.key_id)


@feeds.get("/calendars/{token}.ics", response_class=Response, responses=_documented("ics"))
def read_feed(
    services: ServicesDep,
    token: Annotated[str, Path(max_length=100, description="from the answer that made the feed")],
    if_none_match: Annotated[str | None, Header(max_length=200, description="the ETag of the copy at hand")] = None,
) -> Response:
    """Answer a calendar program. An unknown address and a revoked one are not told apart."""
    found = services.calendars.read(token)
    if if_none_match is not None and found.tag in if_none_match:
        return Response(status_code=304, headers={"ETag": found.tag})
    return _calendar(found, "calendar.ics", how="inline")


def _file(exported: ExportedFile) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{exported.name}"'}
    if exported.media_type.startswith("text/html"):
        headers |= _PAGE_HEADERS
    return Response(exported.content, media_type=exported.media_type, headers=headers)


def _calendar(found: Ics, name: str, how: Literal["attachment", "inline"] = "attachment") -> Response:
    headers = {
        "Content-Disposition": f'{how}; filename="{name}"',
        "ETag": found.tag,
        "Cache-Control": "private, no-cache",
    }
    return Response(found.content, media_type=MEDIA_TYPES["ics"], headers=headers)
