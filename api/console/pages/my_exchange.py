"""A member's exchange: what they may ask for, what they asked for, what others ask of them, and what they offer."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path, Query
from starlette.responses import Response

from api.console.form_fields import day_of, whole_within
from api.console.navigation import PREFIX
from api.console.own import own_member
from api.console.visit import Visit, VisitDep, WritingDep
from copilot.community.models import ResourceStatus, ResourceType
from copilot.community.tables import Member
from copilot.resources.loan_models import MAX_WORDS, LoanRequest
from copilot.resources.loans import LoanFilter
from copilot.resources.models import (
    MAX_DAYS,
    MAX_TEXT_CHARS,
    MAX_TITLE_CHARS,
    MAX_UNITS,
    ResourceFields,
    ResourcePatch,
    ResourceView,
    TermsOfUse,
)

router = APIRouter(prefix="/me")
ResourceId = Annotated[str, Path(max_length=64)]
Cursor = Annotated[str | None, Query(max_length=500)]
_ROWS, _LOANS, _DAYS, _USUAL_DAYS = 20, 20, 41, 6
_OFFERED = (ResourceStatus.AVAILABLE, ResourceStatus.CONFIDENTIAL)


@router.get("/resources")
def my_library(
    visit: VisitDep, *, q: Annotated[str, Query(max_length=100)] = "", of: Annotated[Literal["", "mine"], Query()] = "",
    kind: Annotated[ResourceType | Literal[""], Query()] = "", cursor: Cursor = None,
) -> Response:  # fmt: skip
    """List what the member may ask for, those that a text finds, or what is theirs."""
    member_id = own_member(visit)
    only = {"type": str(kind)} if kind else {}
    if of == "mine":
        only["owner_id"] = member_id
    page = visit.services.exchange.library.page(
        visit.community_id, visit.actor, search=q.strip(), only=only, limit=_ROWS, cursor=cursor
    )
    return visit.page(
        "my_library.html", place="me_resources", resources=page.items, next_cursor=page.next_cursor, q=q.strip(), of=of,
        kind=kind, kinds=tuple(ResourceType), may_write=visit.actor.may("self:write"),
    )  # fmt: skip


@router.post("/resources")
def offer(  # noqa: PLR0913  # one parameter for each field of the form
    visit: WritingDep, *, kind: Annotated[ResourceType, Form()],
    title: Annotated[str, Form(min_length=1, max_length=MAX_TITLE_CHARS)],
    description: Annotated[str, Form(max_length=MAX_TEXT_CHARS)] = "", city: Annotated[str, Form(max_length=100)] = "",
    capacity: Annotated[str, Form(max_length=10)] = "", max_days: Annotated[str, Form(max_length=10)] = "",
    mode: Annotated[Literal["lend", "grant"], Form()] = "lend",
    terms: Annotated[str, Form(max_length=MAX_TEXT_CHARS)] = "",
) -> Response:  # fmt: skip
    """Add a resource of the member's own; the line it takes in the library is worked out from its words."""
    member_id = own_member(visit, "self:write")
    usage = TermsOfUse(mode=mode, max_days=whole_within(max_days, "max_days", 1, MAX_DAYS))
    fields = ResourceFields(
        type=kind, title=title, description=description, owner_id=member_id, terms=terms, city=city.strip(),
        capacity=whole_within(capacity, "capacity", 0, MAX_UNITS), terms_of_use=usage,
    )  # fmt: skip
    made = visit.services.exchange.library.create(visit.community_id, fields, visit.actor)
    return visit.go(_path(made.id))


@router.get("/resources/{resource_id}")
def my_resource(visit: VisitDep, resource_id: ResourceId) -> Response:
    """Show one resource: its terms, six weeks of its calendar, and the way to ask for it, or for the owner who asks."""
    member_id = own_member(visit)
    exchange, community_id, actor = visit.services.exchange, visit.community_id, visit.actor
    resource = exchange.library.get(community_id, resource_id, actor)
    today = visit.today
    is_mine = resource.owner_id == member_id
    only = LoanFilter(resource_id=resource_id) if is_mine else LoanFilter(borrower_id=member_id)
    loans = exchange.loans.page(community_id, actor, only, limit=_LOANS).items
    return visit.page(
        "my_resource.html", place="me_resources", one=resource, is_mine=is_mine, owner=_owner(visit, resource),
        loans=[loan for loan in loans if loan.resource_id == resource_id],
        calendar=exchange.calendars.show(community_id, resource_id, actor, today, today + timedelta(days=_DAYS)),
        today=today, usual_end=today + timedelta(days=min(_USUAL_DAYS, (resource.terms_of_use.max_days or MAX_DAYS) - 1)),
        is_offered=resource.status in _OFFERED, may_write=actor.may("self:write"),
    )  # fmt: skip


@router.post("/resources/{resource_id}/requests")
def ask_for(
    visit: WritingDep, resource_id: ResourceId, *, starts: Annotated[str, Form(max_length=10)] = "",
    ends: Annotated[str, Form(max_length=10)] = "", units: Annotated[str, Form(max_length=10)] = "1",
    words: Annotated[str, Form(max_length=MAX_WORDS)] = "",
) -> Response:  # fmt: skip
    """Ask for units on some days: the owner answers, the terms do at once, or it waits in the line."""
    own_member(visit, "self:write")
    asked = LoanRequest(
        member_id=None, units=whole_within(units, "units", 1, MAX_UNITS) or 1, starts_on=day_of(starts, "starts"),
        ends_on=day_of(ends, "ends"), words=words.strip(),
    )  # fmt: skip
    loan = visit.services.exchange.loans.request(visit.community_id, resource_id, asked, visit.actor)
    return visit.go(f"{PREFIX}/loans/{loan.id}")


@router.post("/resources/{resource_id}/status")
def change_status(
    visit: WritingDep, resource_id: ResourceId,
    to: Annotated[Literal["confirmed", "available", "paused", "withdrawn"], Form()],
) -> Response:  # fmt: skip
    """Say that a resource of one's own is still there, pause it, offer it again, or take it back for good."""
    own_member(visit, "self:write")
    library = visit.services.exchange.library
    if to == "confirmed":
        library.confirm(visit.community_id, resource_id, visit.actor)
    else:
        library.change(visit.community_id, resource_id, ResourcePatch(status=to), visit.actor)
    return visit.go(_path(resource_id))


@router.get("/loans")
def my_loans(
    visit: VisitDep, side: Annotated[Literal["borrowed", "lent"], Query()] = "borrowed", cursor: Cursor = None
) -> Response:
    """List what the member asked for, or what others asked of them, latest request first."""
    member_id = own_member(visit)
    only = LoanFilter(borrower_id=member_id) if side == "borrowed" else LoanFilter(lender_id=member_id)
    page = visit.services.exchange.loans.page(visit.community_id, visit.actor, only, limit=_LOANS, cursor=cursor)
    return visit.page(
        "my_loans.html", place="me_resources", loans=page.items, next_cursor=page.next_cursor, side=side
    )  # fmt: skip


def _owner(visit: Visit, resource: ResourceView) -> str:
    """Return the name of whoever offers it, empty for the community's own and where the owner hides."""
    if resource.owner_id is None:
        return ""
    with visit.services.store.read(visit.community_id) as unit:
        owner = unit.find(Member, resource.owner_id)
        return owner.name if owner is not None else ""


def _path(resource_id: str) -> str:
    return f"{PREFIX}/me/resources/{resource_id}"
