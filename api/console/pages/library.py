"""The library of resources: codes, what can be had when, what may be one and the same, and whom to remind."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal, get_args

from fastapi import APIRouter, Form, Path, Query
from starlette.responses import Response

from api.console.navigation import PREFIX
from api.console.visit import VisitDep, WritingDep
from copilot.community.models import ResourceStatus, ResourceType
from copilot.community.tables import Member
from copilot.resources.loan_models import ReminderKind
from copilot.resources.loans import LoanFilter
from copilot.resources.models import DuplicateStatus
from copilot.resources.transitions import TRANSITIONS
from copilot.resources.viewing import OPERATE

router = APIRouter()
ResourceId = Annotated[str, Path(max_length=64)]
Cursor = Annotated[str | None, Query(max_length=500)]
_DAYS, _FOUND = 41, 5  # six weeks of the calendar
REMINDERS = get_args(ReminderKind)


@router.get("/resources")
def library_page(
    visit: VisitDep, *, q: Annotated[str, Query(max_length=100)] = "", cursor: Cursor = None,
    kind: Annotated[ResourceType | Literal[""], Query()] = "",
    status: Annotated[ResourceStatus | Literal[""], Query()] = "",
) -> Response:  # fmt: skip
    """List resources by code, or those that a text finds."""
    visit.actor.require("resources:read")
    only = {name: str(value) for name, value in (("type", kind), ("status", status)) if value}
    page = visit.services.exchange.library.page(
        visit.community_id, visit.actor, search=q.strip(), only=only, limit=30, cursor=cursor
    )
    values: dict[str, Any] = {
        "resources": page.items, "next_cursor": page.next_cursor, "q": q.strip(), "kind": kind, "state": status,
        "is_more": cursor is not None,
    }  # fmt: skip
    if visit.is_htmx:
        return visit.fragment("library_found.html", **values)
    return visit.page(
        "library.html", place="resources", kinds=tuple(ResourceType), statuses=tuple(ResourceStatus),
        may_add=visit.actor.may(OPERATE), **values,
    )  # fmt: skip


@router.get("/resources/meaning")
def by_meaning(visit: VisitDep, q: Annotated[str, Query(max_length=100)] = "") -> Response:
    """Find what answers a text by its meaning."""
    visit.actor.require("matching:read")
    text = q.strip()
    found = visit.services.matching.find_resources(visit.community_id, text, _FOUND) if text else []
    return visit.fragment("library_meaning.html", found=found, q=text)


@router.get("/resources/duplicates")
def duplicates_page(visit: VisitDep, cursor: Cursor = None) -> Response:
    """List pairs that may be one, the most alike first."""
    visit.actor.require(OPERATE)
    page = visit.services.exchange.duplicates.page(
        visit.community_id, visit.actor, status=DuplicateStatus.PROPOSED, limit=20, cursor=cursor
    )
    return visit.page("duplicates.html", place="resources", pairs=page.items, next_cursor=page.next_cursor)


@router.post("/resources/duplicates")
def search_duplicates(visit: WritingDep) -> Response:
    """Compare resources of one class by meaning."""
    visit.actor.require(OPERATE)
    visit.services.exchange.duplicates.search(visit.community_id, visit.actor)
    return visit.go(f"{PREFIX}/resources/duplicates")


@router.post("/resources/duplicates/{pair_id}")
def decide_duplicate(
    visit: WritingDep, pair_id: Annotated[str, Path(max_length=64)], keep_id: Annotated[str, Form(max_length=64)] = ""
) -> Response:
    """Merge the other one into `keep_id`, or say that the two are two."""
    visit.actor.require(OPERATE)
    visit.services.exchange.duplicates.decide(visit.community_id, pair_id, keep_id or None, visit.actor)
    return visit.go(f"{PREFIX}/resources/duplicates")


@router.get("/resources/reminders")
def reminders_page(visit: VisitDep, kind: Annotated[ReminderKind, Query()] = "overdue", cursor: Cursor = None) -> Response:  # fmt: skip
    """List whom to write to, each with a draft; nothing is sent."""
    visit.actor.require(OPERATE)
    page = visit.services.exchange.reminders.page(visit.community_id, kind, visit.actor, limit=20, cursor=cursor)
    return visit.page("reminders.html", place="resources", reminders=page.items, next_cursor=page.next_cursor, kind=kind, kinds=REMINDERS)  # fmt: skip


@router.get("/resources/{resource_id}")
def resource_page(visit: VisitDep, resource_id: ResourceId) -> Response:
    """Show one resource: its terms, six weeks of its calendar, its loans and its history."""
    visit.actor.require("resources:read")
    exchange, community_id, actor = visit.services.exchange, visit.community_id, visit.actor
    resource = exchange.library.get(community_id, resource_id, actor)
    today = visit.today
    calendar = exchange.calendars.show(community_id, resource_id, actor, today, today + timedelta(days=_DAYS))
    is_operator = actor.may(OPERATE)
    loans = exchange.loans.page(community_id, actor, LoanFilter(resource_id=resource_id), limit=20).items if is_operator else []  # fmt: skip
    history = exchange.library.history(community_id, resource_id, actor, limit=10).items if is_operator else []
    with visit.services.store.read(community_id) as unit:
        owner = unit.get_many(Member, [resource.owner_id]).get(resource.owner_id) if resource.owner_id else None
    sharing = visit.services.partners.sharing(community_id, resource_id, actor) if is_operator else None
    return visit.page(
        "resource.html", place="resources", one=resource, calendar=calendar, loans=loans, history=history,
        owner=owner, rules=TRANSITIONS, is_operator=is_operator, sharing=sharing, today=today,
    )  # fmt: skip


@router.post("/resources/{resource_id}/confirm")
def confirm(visit: WritingDep, resource_id: ResourceId) -> Response:
    """Say that it is still there."""
    visit.actor.require(OPERATE)
    visit.services.exchange.library.confirm(visit.community_id, resource_id, visit.actor)
    return visit.go(f"{PREFIX}/resources/{resource_id}")
