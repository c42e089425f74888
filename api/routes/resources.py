"""The library of resources: what there is, its terms and calendar, its history, and what may be one and the same."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import StreamingResponse
from pydantic import Field

from api.deps import CallerDep, Cursor, Limit
from api.file_answers import rows_as_files
from api.idempotency import IdempotentRoute
from api.routes.people import Search
from api.schemas.common import Body, ListOf, list_of
from copilot.community.models import ResourceStatus, ResourceType
from copilot.community.row_files import MEDIA_TYPES, FileFormat
from copilot.resources.exports import What, export_lines
from copilot.resources.loan_models import ExchangeReminder, ReminderKind
from copilot.resources.models import (
    MAX_CLOSURES,
    Calendar,
    ChangeView,
    Closure,
    Day,
    DuplicateSearch,
    DuplicateStatus,
    DuplicateView,
    RecordId,
    ResourceClasses,
    ResourceFields,
    ResourcePatch,
    ResourceView,
)
from copilot.resources.viewing import OPERATE

router = APIRouter(tags=["people and resources"], route_class=IdempotentRoute)
files = APIRouter(tags=["people and resources"])
ResourceId = Annotated[str, Path(max_length=64, description="id of a resource")]
AskedDay = Annotated[Day | None, Query(description="a day, YYYY-MM-DD")]


class ResourceIn(ResourceFields, Body):
    """A resource to add."""


class ResourceChangeIn(ResourcePatch, Body):
    """What is to change of a resource; a field left out stays as it is."""


class ClosuresIn(Body):
    """All periods on which units cannot be had; they replace what was there."""

    closures: list[Closure] = Field(max_length=MAX_CLOSURES)


class DuplicateDecisionIn(Body):
    """Which of the two to keep; null says that they are two."""

    keep_id: RecordId | None


def get_filter(
    type: Annotated[ResourceType | None, Query(description="only this class")] = None,  # noqa: A002  # its public name
    status: Annotated[ResourceStatus | None, Query(description="only in this state")] = None,
    owner_id: Annotated[str | None, Query(max_length=64, description="only of this member")] = None,
    tag: Annotated[str | None, Query(max_length=50, description="only with this very tag")] = None,
) -> dict[str, str]:
    """Return what a list of resources is narrowed to, by column."""
    given = {"type": type, "status": status, "owner_id": owner_id, "tag": tag}
    return {name: str(value) for name, value in given.items() if value}


@router.get("/resource-classes")
def list_classes(caller: CallerDep) -> ResourceClasses:
    """Show the six classes and their subclasses, as they stand in codes, in the community's language."""
    return caller.services.exchange.library.classes(caller.community_id, caller.actor)


@router.get("/resources")
def list_resources(
    caller: CallerDep,
    only: Annotated[dict[str, str], Depends(get_filter)],
    q: Search = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ListOf[ResourceView]:
    """List resources by code; `owner_id` is null for the community's own and where the owner is hidden.

    A member key sees what is on offer to that member, its own, and what it has a loan of. Confidential resources are
    shown to their owner, to operators and to whom their terms name.
    """
    page = caller.services.exchange.library.page(
        caller.community_id, caller.actor, search=q or "", only=only, limit=limit, cursor=cursor
    )
    return list_of(page)


@router.post("/resources", status_code=201)
def add_resource(caller: CallerDep, body: ResourceIn) -> ResourceView:
    """Add a resource: members their own, operators anybody's (`owner_id`) or the community's own.

    Its code says class, subclass and number; a code is never given to another resource.
    """
    return caller.services.exchange.library.create(caller.community_id, body, caller.actor)


@router.get("/resources/{resource_id}")
def get_resource(caller: CallerDep, resource_id: ResourceId) -> ResourceView:
    """Show one resource; `owner_id` is null for the community's own and where the owner is hidden."""
    return caller.services.exchange.library.get(caller.community_id, resource_id, caller.actor)


@router.patch("/resources/{resource_id}")
def change_resource(caller: CallerDep, resource_id: ResourceId, body: ResourceChangeIn) -> ResourceView:
    """Change a resource of one's own; operators change any. Another class or subclass gives it another code."""
    return caller.services.exchange.library.change(caller.community_id, resource_id, body, caller.actor)


@router.post("/resources/{resource_id}/confirm")
def confirm_resource(caller: CallerDep, resource_id: ResourceId) -> ResourceView:
    """Say that a resource is still there. What nobody confirms in time is `stale`: it leaves the matches until then."""
    return caller.services.exchange.library.confirm(caller.community_id, resource_id, caller.actor)


@router.get("/resources/{resource_id}/history")
def resource_history(
    caller: CallerDep, resource_id: ResourceId, cursor: Cursor = None, limit: Limit = 50
) -> ListOf[ChangeView]:
    """List the changes of a resource, latest first, to its owner and operators."""
    page = caller.services.exchange.library.history(
        caller.community_id, resource_id, caller.actor, limit=limit, cursor=cursor
    )
    return list_of(page)


@router.get("/resources/{resource_id}/calendar")
def resource_calendar(
    caller: CallerDep, resource_id: ResourceId, start: AskedDay = None, end: AskedDay = None
) -> Calendar:  # fmt: skip
    """Show how many units can be had, day by day; without days, from today for a month. At most a year."""
    return caller.services.exchange.calendars.show(caller.community_id, resource_id, caller.actor, start, end)


@router.put("/resources/{resource_id}/closures")
def close_days(caller: CallerDep, resource_id: ResourceId, body: ClosuresIn) -> Calendar:
    """Say on which days units cannot be had; what was promised for them stays promised."""
    return caller.services.exchange.calendars.close(caller.community_id, resource_id, body.closures, caller.actor)


@router.post("/resource-duplicates/search")
def search_duplicates(caller: CallerDep) -> DuplicateSearch:
    """Compare resources of one class by meaning and propose pairs that may be one; a pair is proposed once."""
    caller.actor.require(OPERATE)
    return caller.services.exchange.duplicates.search(caller.community_id, caller.actor)


@router.get("/resource-duplicates")
def list_duplicates(
    caller: CallerDep,
    status: Annotated[DuplicateStatus | None, Query(description="only in this state")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ListOf[DuplicateView]:
    """List pairs of resources that may be one, the most alike first."""
    page = caller.services.exchange.duplicates.page(
        caller.community_id, caller.actor, status=status, limit=limit, cursor=cursor
    )
    return list_of(page)


@router.post("/resource-duplicates/{pair_id}/decide")
def decide_duplicate(
    caller: CallerDep,
    pair_id: Annotated[str, Path(max_length=64, description="id of a pair")],
    body: DuplicateDecisionIn,
) -> DuplicateView:
    """Merge the other into `keep_id`, with its requests, or say that the two are two. A resource in use stays."""
    return caller.services.exchange.duplicates.decide(caller.community_id, pair_id, body.keep_id, caller.actor)


@router.get("/resource-reminders")
def list_reminders(
    caller: CallerDep,
    kind: Annotated[ReminderKind, Query(description="what to remind of")] = "overdue",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ListOf[ExchangeReminder]:
    """List whom to write to, each with a draft; nothing is sent.

    `confirm`: resources within two weeks of becoming stale. `decide`: requests without an answer. `hand_over`: what
    begins. `due_soon`: due in three days. `overdue`. `confirm_return`: said to be back. `extension`: asked to be kept
    longer. `dispute`. `outcome`: ended within 30 days, and the borrower has not said what came of it;
    `outcome_lender`: the lender has not.
    """
    page = caller.services.exchange.reminders.page(caller.community_id, kind, caller.actor, limit=limit, cursor=cursor)
    return list_of(page)


_DOCUMENTED = rows_as_files(
    "\ufeffcode,library_code,type,subclass,title\r\nR-T-01,TEC-HW-001,technology,HW,雷达样机\r\n",
    '{"code": "R-T-01", "library_code": "TEC-HW-001", "type": "technology", "subclass": "HW"}\n',
)


@files.get("/resource-exports/{what}", response_class=StreamingResponse, responses=_DOCUMENTED)
def export_exchange(
    caller: CallerDep,
    what: Annotated[What, Path(description="resources or loans")],
    file_format: Annotated[FileFormat, Query(alias="format", description="form of the file")] = "csv",
) -> StreamingResponse:
    """Export resources or loans as CSV or JSON lines, at most 100,000; it is streamed as it is read.

    Resources come in the columns that an import reads. Loans come with ids, dates, units, results and values, without
    anybody's words. CSV is UTF-8 with a byte order mark; texts that a spreadsheet would run are made plain texts.
    """
    caller.actor.require(OPERATE)
    lines = export_lines(caller.services.store, caller.community_id, what, file_format)
    headers = {"Content-Disposition": f'attachment; filename="{what}.{file_format}"', "Cache-Control": "no-store"}
    return StreamingResponse(lines, media_type=MEDIA_TYPES[file_format], headers=headers)
