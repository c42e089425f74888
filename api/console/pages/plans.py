"""Plans of events: the list, the editor with its versions, and files to take along."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from sqlalchemy import select
from starlette.responses import Response

from api.console import plan_drawing
from api.console.key_names import key_names
from api.console.plan_differences import Words, grouped
from api.console.rendering import Clock
from api.console.visit import Visit, VisitDep
from copilot.community.tables import Event
from copilot.currency import money
from copilot.events.export.plans import MEDIA_TYPES, ExportedFile, Format, export_plan
from copilot.events.export.spreadsheets import CSV_PARTS, CsvPart
from copilot.events.labels import label, unit_words
from copilot.events.revisions.addresses import label_items, look
from copilot.events.revisions.requests import MAX_REQUEST_CHARS

router = APIRouter()
PlanId = Annotated[str, Path(max_length=64)]
Cursor = Annotated[str | None, Query(max_length=500)]
FORMATS = ("docx", "html", "markdown", "ics", "json")
_VERSIONS = 30
_PAGE_HEADERS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}


@router.get("/plans")
def plans_page(visit: VisitDep, cursor: Cursor = None) -> Response:
    """List plans, each by its newest version, the one changed last first."""
    visit.actor.require("events:read")
    services, community_id = visit.services, visit.community_id
    page = services.events.list(community_id, newest_versions=True, limit=20, cursor=cursor)
    with services.store.read(community_id) as unit:
        series = [plan.series_id for plan in page.items]
        held = unit.session.execute(select(Event.series_id, Event.id, Event.status).where(Event.series_id.in_(series))).all()  # fmt: skip
    return visit.page(
        "plans.html", place="plans", plans=page.items, next_cursor=page.next_cursor,
        events={row.series_id: (row.id, row.status) for row in held}, may_write=visit.actor.may("events:write"), **words(visit),
    )  # fmt: skip


@router.get("/plans/{plan_id}")
def plan_page(visit: VisitDep, plan_id: PlanId) -> Response:
    """Show the editor of one version; only the newest can be changed."""
    visit.actor.require("events:read")
    return visit.page("plan.html", place="plans", **plan_values(visit, plan_id))


@router.get("/plans/{plan_id}/differences")
def differences_page(
    visit: VisitDep, plan_id: PlanId, other: Annotated[str, Query(alias="from", max_length=64)] = ""
) -> Response:
    """Show what a version has otherwise than another."""
    visit.actor.require("events:read")
    services, community_id = visit.services, visit.community_id
    plan = services.events.get(community_id, plan_id)
    compared = other or (plan.change.from_id if plan.change else plan.id)
    found = services.plan_versions.compare(community_id, plan_id, compared)
    versions = services.plan_versions.versions(community_id, plan_id, limit=_VERSIONS).items
    said, clock = words(visit), Clock(plan.content.timezone, services.clock.now(), visit.t)
    groups = grouped(
        found, services.events.get(community_id, compared).content, plan.content,
        Words(
            label=said["label"], money=said["money"], minutes=lambda n: visit.t("plan.minutes", n=n), at=clock.at,
            facts=visit.t("plan.section_facts"),
        ),
    )  # fmt: skip
    return visit.page(
        "plan_differences.html", place="plans", plan=plan, groups=groups, count=sum(len(group.rows) for group in groups), versions=versions,
        compared=compared,
    )  # fmt: skip


@router.get("/plans/{plan_id}/export")
def export(
    visit: VisitDep,
    plan_id: PlanId,
    file_format: Annotated[Format, Query(alias="format")] = "markdown",
    part: CsvPart | None = None,
) -> Response:
    """Take a plan along as a file."""
    visit.actor.require("events:read")
    plan = visit.services.events.get(visit.community_id, plan_id)
    return file_answer(export_plan(plan, file_format, part, community_name=visit.home.name))


def file_answer(exported: ExportedFile) -> Response:
    """Return a file to keep; a page among them runs nothing."""
    headers = {"Content-Disposition": f'attachment; filename="{exported.name}"'}
    if exported.media_type == MEDIA_TYPES["html"]:
        headers |= _PAGE_HEADERS
    return Response(exported.content, media_type=exported.media_type, headers=headers)


def words(visit: Visit) -> dict[str, Any]:
    """Return the words of plans in the visitor's language, as functions."""
    english = visit.language == "en"
    return {
        "label": lambda name: label(name, english=english) or name,
        "unit_words": lambda unit: unit_words(unit, english=english),
        "money": lambda minor, currency: money(minor, currency, visit.language),
        "playbook_title": lambda format_id: _playbook_title(visit, format_id),
    }


def _playbook_title(visit: Visit, format_id: str) -> str:
    """Return what a playbook is called, in the visitor's language where it has one; one that is gone has its id alone."""
    for locale in (visit.language, visit.home.locale):
        for book in visit.services.knowledge.playbooks(locale):
            if book.format == format_id:
                return book.title
    return format_id


def plan_values(visit: Visit, plan_id: str) -> dict[str, Any]:
    """Return what the editor shows."""
    services, community_id = visit.services, visit.community_id
    plan = services.events.get(community_id, plan_id)
    versions = services.plan_versions.versions(community_id, plan_id, limit=_VERSIONS).items
    with services.store.read(community_id) as unit:
        event = unit.session.scalars(select(Event).where(Event.series_id == plan.series_id).limit(1)).first()
        names = key_names(unit, [version.created_by for version in versions])
    newest, document = versions[0], plan.content.model_dump(mode="json")
    roles = {role.key: role.title for role in plan.content.roles}
    may_write = visit.actor.may("events:write") and newest.id == plan.id
    return {
        "plan": plan, "content": plan.content, "versions": versions, "newest": newest, "names": names,
        "event_id": event.id if event else None, "published_id": event.plan_id if event else None,
        "may_write": may_write, "checks": plan_drawing.checks_by_section(plan.checks),
        "blocks": plan_drawing.agenda_blocks(plan.content), "bar": plan_drawing.budget_bar(plan.content),
        "moments": plan_drawing.timeline(plan.content), "max_request": MAX_REQUEST_CHARS,
        "lock_state": lambda address: plan_drawing.lock_state(plan.locks, address), "formats": FORMATS,
        "keys": lambda address: label_items(look(document, address)),
        "role_title": lambda key: roles.get(key, key), "csv_parts": CSV_PARTS, **words(visit),
    }  # fmt: skip
