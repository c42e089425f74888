"""Changes of a plan: by hand, in words, locks, an earlier version brought back, publishing. Each change is a new version."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from starlette.responses import Response

from api.console.navigation import PREFIX
from api.console.pages.plans import PlanId
from api.console.plan_drawing import toggled
from api.console.plan_forms import Edit, get_edit, patch_of
from api.console.visit import WritingDep
from copilot.events.revisions.requests import MAX_REQUEST_CHARS

router = APIRouter(prefix="/plans/{plan_id}")


@router.post("/edit")
def edit(visit: WritingDep, plan_id: PlanId, edited: Annotated[Edit, Depends(get_edit)]) -> Response:
    """Set a part by hand; code computes what follows, and refuses what would fail a check."""
    visit.actor.require("events:write")
    services, community_id = visit.services, visit.community_id
    patch = patch_of(edited, services.events.get(community_id, plan_id))
    new = services.plan_versions.edit(community_id, plan_id, patch, actor=visit.actor.key_id)
    place = "facts" if edited.section == "texts" else edited.section
    return visit.go(f"{PREFIX}/plans/{new.id}#{place}")


@router.post("/revise")
def revise(
    visit: WritingDep, plan_id: PlanId, request: Annotated[str, Form(max_length=MAX_REQUEST_CHARS)] = ""
) -> Response:
    """Change a plan as asked in words."""
    visit.actor.require("events:write")
    new = visit.services.plan_versions.revise(visit.community_id, plan_id, request, actor=visit.actor.key_id)
    return visit.go(f"{PREFIX}/plans/{new.id}#change")


@router.post("/lock")
def lock(visit: WritingDep, plan_id: PlanId, address: Annotated[str, Form(max_length=300)] = "") -> Response:
    """Lock a part, or unlock it."""
    visit.actor.require("events:write")
    services, community_id = visit.services, visit.community_id
    locks = toggled(services.events.get(community_id, plan_id).locks, address)
    services.plan_versions.lock(community_id, plan_id, locks, actor=visit.actor.key_id)
    # The address stays the same: the browser is told to load it anew, and keeps its place on the page.
    if visit.is_htmx:
        return Response(status_code=204, headers={"HX-Refresh": "true"})
    return visit.go(f"{PREFIX}/plans/{plan_id}")


@router.post("/restore")
def restore(visit: WritingDep, plan_id: PlanId, to: Annotated[str, Form(max_length=64)] = "") -> Response:
    """Bring an earlier version back as a new one."""
    visit.actor.require("events:write")
    new = visit.services.plan_versions.restore(visit.community_id, plan_id, to, actor=visit.actor.key_id)
    return visit.go(f"{PREFIX}/plans/{new.id}#change")


@router.post("/publish")
def publish(visit: WritingDep, plan_id: PlanId) -> Response:
    """Make this version the event, or bring the event in line with it."""
    visit.actor.require("events:write")
    published = visit.services.desks.life.publish(visit.community_id, plan_id, actor=visit.actor)
    return visit.go(f"{PREFIX}/events/{published.event.id}")
