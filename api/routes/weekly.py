"""Weekly reports: made, listed, read as JSON, Markdown or a page, and their charts."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from api.deps import Caller, CallerDep, Cursor, Limit
from api.idempotency import IdempotentRoute
from api.schemas.common import Body, ListOf
from copilot.atmosphere.weekly.files import Format, chart_file, report_file
from copilot.atmosphere.weekly.models import Audience, ChartName, Today, WeeklyHead, WeeklyReport
from copilot.atmosphere.weekly.page import POLICY
from copilot.atmosphere.weekly.weeks import PATTERN

router = APIRouter(tags=["atmosphere"], route_class=IdempotentRoute)
Week = Annotated[
    str | None, Query(pattern=PATTERN, description="ISO week, such as 2026-W46; the newest one made when left out")
]
ForWhom = Annotated[
    Audience, Query(description="members see neither names nor anybody's words; their keys read this version only")
]
# A page that is opened from here runs nothing and loads nothing, whatever a text in it says.
PAGE_HEADERS = {"Content-Security-Policy": f"{POLICY}; sandbox"}
_FORMS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "the report",
        "content": {
            "text/markdown": {"schema": {"type": "string"}, "example": "# 启航创业者社区 社区周报\n\n2026-W46 …\n"},
            "text/html": {"schema": {"type": "string"}, "example": '<!DOCTYPE html>\n<html lang="zh-CN">...</html>\n'},
        },
    }
}
_PICTURE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "the chart",
        "content": {"image/png": {"schema": {"type": "string", "format": "binary"}, "example": "PNG..."}},
    }
}


class WeeklyIn(Body):
    """Which week to report on."""

    week: str | None = Field(
        None,
        pattern=PATTERN,
        description="ISO week; the one of the newest message when left out",
        examples=["2026-W46"],
    )


@router.post("/atmosphere/weekly", status_code=201)
def make_weekly(caller: CallerDep, body: WeeklyIn | None = None) -> WeeklyReport:
    """Make the report of a week, in place of an earlier one of that week; what it is composed from is stored.

    Charts and usual ranges take earlier weeks from the stored readings: run the job `snapshot` first.
    """
    caller.actor.require("atmosphere:people")
    week = None if body is None else body.week
    return caller.services.weekly.make(caller.community_id, week, actor=caller.actor.key_id)


@router.get("/atmosphere/today")
def what_to_do_today(caller: CallerDep) -> Today:
    """Say at most three things to do, worked out from the records of the newest message's week as they are now.

    Each names its reason and who does it, and quotes a passage of the knowledge base. Nothing is stored.
    """
    caller.actor.require("atmosphere:people")
    return caller.services.weekly.today(caller.community_id)


@router.get("/atmosphere/weekly", response_model=WeeklyReport, responses=_FORMS)
def read_weekly_report(
    caller: CallerDep,
    week: Week = None,
    file_format: Annotated[Format, Query(alias="format", description="form of the report")] = "json",
    audience: ForWhom = "operators",
) -> WeeklyReport | Response:
    """Read a stored report. Each quote and id is compared with the records as they are now; what does not hold is left out.

    `dropped` counts the lines that were left out. The page loads nothing, runs nothing and is made to be printed.
    """
    report = _report(caller, week, audience)
    if file_format == "json":
        return report
    made = report_file(report, file_format)
    headers = {"Content-Disposition": f'inline; filename="{made.name}"'}
    if file_format == "html":
        headers |= PAGE_HEADERS
    return Response(made.content, media_type=made.media_type, headers=headers)


@router.get("/atmosphere/weeklies")
def list_weekly_reports(caller: CallerDep, cursor: Cursor = None, limit: Limit = 50) -> ListOf[WeeklyHead]:
    """List the reports that were made, the newest week first."""
    caller.actor.require("atmosphere:people")
    page = caller.services.weekly.listed(caller.community_id, limit=limit, cursor=cursor)
    return ListOf(items=page.items, next_cursor=page.next_cursor, has_more=page.has_more)


@router.get("/atmosphere/weekly/charts/{name}.png", response_class=Response, responses=_PICTURE)
def read_weekly_chart(
    caller: CallerDep,
    name: Annotated[ChartName, Path(description="which chart")],
    week: Week = None,
    audience: ForWhom = "operators",
) -> Response:
    """Draw a chart of a stored report as a PNG file."""
    made = chart_file(_report(caller, week, audience), name)
    return Response(made.content, media_type=made.media_type)


def _report(caller: Caller, week: str | None, audience: Audience) -> WeeklyReport:
    """Return the report if the caller may read this version of it."""
    if audience == "operators":
        caller.actor.require("atmosphere:people")
    elif not caller.actor.may("self:read"):
        caller.actor.require("atmosphere:read")
    return caller.services.weekly.get(caller.community_id, week, audience)
