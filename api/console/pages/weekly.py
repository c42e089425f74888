"""Weekly reports: made, listed, and opened as the page that is made to be printed."""

from __future__ import annotations

import re
from html import escape
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from api.console.navigation import PREFIX
from api.console.visit import Visit, VisitDep, WritingDep
from copilot.atmosphere.weekly.files import report_file
from copilot.atmosphere.weekly.page import POLICY
from copilot.atmosphere.weekly.weeks import PATTERN

router = APIRouter()
# It runs nothing; what it names opens beside it.
_SANDBOX = "sandbox allow-modals allow-popups allow-popups-to-escape-sandbox"
_RECORD = re.compile(r"<small>(?P<id>(?P<kind>msg|alr)_[a-z0-9]{1,60})</small>")
Week = Annotated[str, Path(pattern=PATTERN, max_length=10)]


@router.get("/weekly")
def weekly_page(visit: VisitDep, cursor: Annotated[str | None, Query(max_length=500)] = None) -> Response:
    """List the reports, the newest week first, with the newest one's summary."""
    visit.actor.require("atmosphere:people")
    page = visit.services.weekly.listed(visit.community_id, limit=20, cursor=cursor)
    newest = visit.services.weekly.get(visit.community_id, page.items[0].week) if page.items and not cursor else None
    return visit.page("weekly.html", place="weekly", reports=page.items, next_cursor=page.next_cursor, newest=newest)


@router.post("/weekly")
def make(visit: WritingDep) -> Response:
    """Make the report of the week of the newest message, in place of an earlier one."""
    visit.actor.require("atmosphere:people")
    visit.services.weekly.make(visit.community_id, actor=visit.actor.key_id)
    return visit.go(f"{PREFIX}/weekly")


@router.get("/weekly/{week}/report")
def report(visit: VisitDep, week: Week) -> Response:
    """Open a report to be read or printed: a page that loads nothing and runs nothing, whatever a text in it says."""
    visit.actor.require("atmosphere:people")
    made = report_file(visit.services.weekly.get(visit.community_id, week), "html")
    headers = {"Content-Security-Policy": f"{POLICY}; {_SANDBOX}", "Content-Disposition": "inline"}
    return Response(_opening(made.content.decode(), visit), media_type=made.media_type, headers=headers)


def _opening(page: str, visit: Visit) -> str:
    """Return a report whose ids of messages and alerts open them: everything else in it is escaped, so none is a quote's."""
    places = {"msg": ("messages/{id}", "weekly.open_message"), "alr": ("atmosphere/alerts", "weekly.open_alert")}

    def link(found: re.Match[str]) -> str:
        path, words = places[found["kind"]]
        href = f"{PREFIX}/{path}".format(id=found["id"])
        return f'<small><a href="{href}" target="_blank" rel="noopener">{escape(visit.t(words))}</a></small>'

    return _RECORD.sub(link, page)
