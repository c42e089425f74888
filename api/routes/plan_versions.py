"""Versions of plans: revised in words, edited by hand, locked, compared, brought back.

A change names the version it is made to. When that is no longer the newest, the change is refused (409) with the id of
the version that is: nobody overwrites what they have not seen.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from api.deps import CallerDep, Cursor, Limit
from api.idempotency import IdempotentRoute
from api.routes.events import PlanId
from api.schemas.common import Body, ListOf
from copilot.events.records import PlanResult
from copilot.events.revisions.diff import Difference
from copilot.events.revisions.locks import MAX_LOCKS
from copilot.events.revisions.patch import PlanPatch
from copilot.events.revisions.requests import MAX_REQUEST_CHARS

router = APIRouter(tags=["event plans"], route_class=IdempotentRoute)


class PlanPatchIn(PlanPatch):
    """What to set by hand; what is left out stays."""


class RevisionIn(Body):
    """What is to change, in words."""

    # That a text says nothing is said by the service, in the community's language.
    request: str = Field(max_length=MAX_REQUEST_CHARS, examples=["把预算压到1万，推迟一周"])


class RestoreIn(Body):
    """Which earlier version is to come back."""

    to: str = Field(min_length=1, max_length=64, description="id of an earlier version of the same plan")


class LocksIn(Body):
    """Everything that is to be locked; what is not in the list is unlocked."""

    locks: list[Annotated[str, Field(min_length=1, max_length=300)]] = Field(
        max_length=MAX_LOCKS, examples=[["budget.lines.venue", "promotion.2.text"]]
    )


@router.get("/event-plans/{plan_id}/versions")
def list_versions(caller: CallerDep, plan_id: PlanId, cursor: Cursor = None, limit: Limit = 20) -> ListOf[PlanResult]:
    """List all versions of the plan that this is one of, newest first."""
    caller.actor.require("events:read")
    page = caller.services.plan_versions.versions(caller.community_id, plan_id, limit=limit, cursor=cursor)
    return ListOf(items=page.items, next_cursor=page.next_cursor, has_more=page.has_more)


@router.get("/event-plans/{plan_id}/differences")
def list_differences(
    caller: CallerDep,
    plan_id: PlanId,
    other: Annotated[
        str | None,
        Query(alias="from", max_length=64, description="another version; the one it was made from if left out"),
    ] = None,
) -> ListOf[Difference]:
    """List what this version has otherwise than another, in the order of the plan, at most 500 values."""
    caller.actor.require("events:read")
    return ListOf(items=caller.services.plan_versions.compare(caller.community_id, plan_id, other), next_cursor=None)  # fmt: skip


@router.patch("/event-plans/{plan_id}", status_code=201)
def edit_plan(caller: CallerDep, plan_id: PlanId, body: PlanPatchIn) -> PlanResult:
    """Set parts of a plan by hand: a new version, or nothing when it would fail a check.

    Code computes what follows: other minutes of the agenda, sums, the run sheet, days. What is set is locked, so that
    later requests leave it alone, unless `lock` is false.
    """
    caller.actor.require("events:write")
    return caller.services.plan_versions.edit(caller.community_id, plan_id, body, actor=caller.actor.key_id)


@router.post("/event-plans/{plan_id}/revisions", status_code=201)
def revise_plan(caller: CallerDep, plan_id: PlanId, body: RevisionIn) -> PlanResult:
    """Change a plan as asked, in Chinese or English: a new version in which only what must change does.

    Understood are the budget, the head count, day, time and length, online or a city, the format, the topic, the title,
    and another speaker, host or venue. `change.understood` says what was read, `change.sentences` what it came to.
    """
    caller.actor.require("events:write")
    return caller.services.plan_versions.revise(
        caller.community_id, plan_id, body.request, actor=caller.actor.key_id
    )  # fmt: skip


@router.post("/event-plans/{plan_id}/restore", status_code=201)
def restore_plan(caller: CallerDep, plan_id: PlanId, body: RestoreIn) -> PlanResult:
    """Bring an earlier version back as a new one. Nothing is deleted, so that this can be undone, too."""
    caller.actor.require("events:write")
    return caller.services.plan_versions.restore(caller.community_id, plan_id, body.to, actor=caller.actor.key_id)


@router.put("/event-plans/{plan_id}/locks")
def lock_plan(caller: CallerDep, plan_id: PlanId, body: LocksIn) -> PlanResult:
    """Say which parts of the newest version later requests leave alone. What code computes cannot be locked."""
    caller.actor.require("events:write")
    return caller.services.plan_versions.lock(caller.community_id, plan_id, body.locks, actor=caller.actor.key_id)
