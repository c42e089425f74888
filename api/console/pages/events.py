"""Events from publishing to review: sign-ups with the waiting list, spending beside the plan, the review with its figures."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.console.form_fields import minor_of
from api.console.navigation import PREFIX
from api.console.pages.plans import file_answer, words
from api.console.visit import Visit, VisitDep, WritingDep
from copilot.community.member_search import found_members
from copilot.community.tables import Member
from copilot.currency import exact
from copilot.errors import InvalidInput, NotFound
from copilot.events.export.plans import export_signups
from copilot.events.life.models import MAX_REASON_CHARS, SignupView
from copilot.events.reviews.models import ReviewView, Written
from copilot.events.reviews.spending import MAX_SPENT_LINES, SpentLine, SpentRecord

router = APIRouter()
EventId = Annotated[str, Path(max_length=64)]
MemberId = Annotated[str, Form(max_length=64)]
Cursor = Annotated[str | None, Query(max_length=500)]
_PAGE, _FOUND, _MOST_SIGNUPS = 50, 8, 20_000


@router.get("/events")
def events_page(visit: VisitDep, when: Literal["coming", "past"] = "coming", cursor: Cursor = None) -> Response:
    """List events, the next one first; past ones the latest first."""
    visit.actor.require("events:read")
    page = visit.services.desks.life.list(visit.community_id, when=when, limit=20, cursor=cursor)
    return visit.page("events.html", place="plans", events=page.items, when=when, next_cursor=page.next_cursor)


@router.get("/events/{event_id}")
def event_page(visit: VisitDep, event_id: EventId, cursor: Cursor = None, q: Annotated[str, Query(max_length=100)] = "") -> Response:  # fmt: skip
    """Show an event with its sign-ups; `q` looks for members to sign up."""
    visit.actor.require("events:read")
    desks, community_id = visit.services.desks, visit.community_id
    event = desks.life.get(community_id, event_id)
    page = desks.signups.list(community_id, event_id, actor=visit.actor, limit=_PAGE, cursor=cursor)
    spending = desks.spending.get(community_id, event_id)
    return visit.page(
        "event.html", place="plans", event=event, signups=page.items, next_cursor=page.next_cursor, spending=spending,
        review=_review(visit, event_id), is_over=event.ends_at <= visit.services.clock.now(), q=q.strip(),
        found=members_found(visit, q), amount=lambda minor: exact(minor, spending.currency),
        may_write=visit.actor.may("events:write"), spare_lines=min(2, MAX_SPENT_LINES - len(spending.lines)), **words(visit),
    )  # fmt: skip


@router.get("/events/{event_id}/sign-ups.csv")
def signups_file(visit: VisitDep, event_id: EventId) -> Response:
    """Take the sign-ups along as CSV."""
    visit.actor.require("events:read")
    rows: list[SignupView] = []
    cursor: str | None = None
    while len(rows) < _MOST_SIGNUPS:
        page = visit.services.desks.signups.list(
            visit.community_id, event_id, actor=visit.actor, limit=200, cursor=cursor
        )
        rows += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    return file_answer(export_signups(event_id, rows, visit.home.locale, visit.home.timezone))


@router.post("/events/{event_id}/sign-ups")
def sign_up(visit: WritingDep, event_id: EventId, member_id: MemberId = "") -> Response:
    """Sign a member up: a place, or the next one in the waiting list."""
    visit.actor.require("events:write")
    visit.services.desks.signups.sign_up(visit.community_id, event_id, member_id, actor=visit.actor)
    return _to(visit, event_id)


@router.post("/events/{event_id}/sign-ups/cancel")
def cancel_signup(visit: WritingDep, event_id: EventId, member_id: MemberId = "") -> Response:
    """Take a sign-up back; the waiting list moves up."""
    visit.actor.require("events:write")
    visit.services.desks.signups.cancel(visit.community_id, event_id, member_id, actor=visit.actor)
    return _to(visit, event_id)


@router.post("/events/{event_id}/cancel")
def cancel(visit: WritingDep, event_id: EventId, reason: Annotated[str, Form(max_length=MAX_REASON_CHARS)] = "") -> Response:  # fmt: skip
    """Cancel an event; nobody is told by the service."""
    visit.actor.require("events:write")
    visit.services.desks.life.cancel(visit.community_id, event_id, reason, actor=visit.actor)
    return _to(visit, event_id)


@router.post("/events/{event_id}/spending")
async def record_spending(visit: WritingDep, event_id: EventId, request: Request) -> Response:
    """Keep what was spent, line by line: `spent.<key>` and `note.<key>`, and three lines that stand in no plan."""
    visit.actor.require("events:write")
    form = await request.form(max_fields=300, max_files=0)
    given = {name: value for name, value in form.items() if isinstance(value, str)}
    return await run_in_threadpool(_keep_spending, visit, event_id, given)


def _keep_spending(visit: Visit, event_id: str, given: dict[str, str]) -> Response:
    desk = visit.services.desks.spending
    currency = desk.get(visit.community_id, event_id).currency
    lines = []
    for name, text in given.items():
        kind, _, key = name.partition(".")
        if kind != "spent" or not text.strip():
            continue
        title = given.get(f"title.{key}", "").strip()[:120]
        lines.append({
            "key": key, "spent_cents": minor_of(text, currency, "spent"), "title": title, "note": given.get(f"note.{key}", "")[:300],
        })  # fmt: skip
    try:
        record = SpentRecord(lines=[SpentLine.model_validate(line) for line in lines])
    except ValueError as error:
        sentence = {"zh-CN": "至少填一行花费，金额不能为负。", "en": "Fill in at least one line; amounts are not negative."}  # fmt: skip
        raise InvalidInput("no spending to record", field="lines", sentence=sentence) from error
    desk.record(visit.community_id, event_id, record, actor=visit.actor)
    return _to(visit, event_id, "spending")


@router.post("/events/{event_id}/review")
def review(
    visit: WritingDep,
    event_id: EventId,
    summary: Annotated[str, Form(max_length=2000)] = "",
    lessons: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Review an event that is over from its records; what people write comes first."""
    visit.actor.require("events:write")
    said = [line.strip() for line in lessons.splitlines() if line.strip()]
    try:
        written = Written(summary=summary.strip() or None, lessons=said or None)
    except ValueError as error:
        sentence = {"zh-CN": "最多 5 条教训，每条 1–300 字。", "en": "At most 5 lessons of 1 to 300 characters each."}
        raise InvalidInput("the lessons are wrong", field="lessons", sentence=sentence) from error
    visit.services.desks.reviews.make(visit.community_id, event_id, written, actor=visit.actor)
    return _to(visit, event_id, "review")


def members_found(visit: Visit, q: str) -> list[tuple[str, str]]:
    """Return the id and name of a few members that a text finds: whom an operator may sign up, or let in."""
    text = q.strip()
    if not text:
        return []
    with visit.services.store.read(visit.community_id) as unit:
        rows = unit.session.scalars(found_members(visit.actor, text).order_by(Member.name, Member.id).limit(_FOUND))
        return [(row.id, row.name) for row in rows]


def _review(visit: Visit, event_id: str) -> ReviewView | None:
    try:
        return visit.services.desks.reviews.get(visit.community_id, event_id)
    except NotFound:
        return None


def _to(visit: Visit, event_id: str, place: str = "") -> Response:
    if visit.is_htmx:  # the address stays the same, so the browser is told to load it anew
        return Response(status_code=204, headers={"HX-Refresh": "true"})
    return visit.go(f"{PREFIX}/events/{event_id}" + (f"#{place}" if place else ""))
