"""The form that changes one part of a plan: fetched when it is opened, since a plan has dozens of them. A page of its own without scripts."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from sqlalchemy import select
from starlette.responses import Response

from api.console.pages.plans import PlanId, words
from api.console.plan_forms import Section, current_values, part_of
from api.console.visit import Visit, VisitDep
from copilot.community.permission import offered_on, open_to_match
from copilot.community.tables import Member, Resource
from copilot.events.records import PlanResult

router = APIRouter()
_CHOICES = 200


@router.get("/plans/{plan_id}/editor")
def editor(
    visit: VisitDep, plan_id: PlanId, section: Annotated[Section, Query()],
    key: Annotated[str, Query(max_length=80)] = "",
) -> Response:  # fmt: skip
    """Show the form of one part, with what it holds now."""
    visit.actor.require("events:write")
    plan = visit.services.events.get(visit.community_id, plan_id)
    values = {
        "plan": plan, "content": plan.content, "section": section, "key": key,
        "now": current_values(plan.content, section, key), "item": part_of(plan.content, section, key),
        **_choices(visit, plan, section), **words(visit),
    }  # fmt: skip
    if visit.is_htmx:
        return visit.fragment("plan_editor_form.html", **values)
    return visit.page("plan_editor.html", place="plans", **values)


def _choices(visit: Visit, plan: PlanResult, section: str) -> dict[str, Any]:
    """Return whom or what a part may name: only who is open to be proposed."""
    members: list[tuple[str, str]] = []
    resources: list[tuple[str, str, str]] = []
    if section in {"agenda", "roles"}:
        members = _members(visit, plan)
    elif section == "resources":
        resources = _resources(visit, plan.content.starts_at.astimezone(ZoneInfo(plan.content.timezone)).date())
    return {"members": members, "resources": resources}


def _members(visit: Visit, plan: PlanResult) -> list[tuple[str, str]]:
    picked = {part.speaker.id for part in plan.content.agenda if part.speaker}
    picked |= {role.pick.id for role in plan.content.roles if role.pick}
    with visit.services.store.read(visit.community_id) as unit:
        rows = unit.session.execute(
            select(Member.id, Member.name).where(*open_to_match()).order_by(Member.name, Member.id).limit(_CHOICES)
        ).all()
        members = {str(row.id): str(row.name) for row in rows}
        for member_id, row in unit.get_many(Member, picked - members.keys()).items():
            members[member_id] = row.name
    return sorted(members.items(), key=lambda one: one[1])


def _resources(visit: Visit, day: date) -> list[tuple[str, str, str]]:
    with visit.services.store.read(visit.community_id) as unit:
        found = unit.session.execute(
            select(Resource.id, Resource.title, Resource.type).where(*offered_on(day)).order_by(Resource.title, Resource.id).limit(_CHOICES)
        ).all()  # fmt: skip
    return [(str(row.id), str(row.title), str(row.type)) for row in found]
