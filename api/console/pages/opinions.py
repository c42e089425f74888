"""What waits for a second person: a removal, and what else the terms name."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.console.key_names import key_names
from api.console.pages.moderation import tabs
from api.console.visit import VisitDep
from copilot.community.tables import Case

router = APIRouter()


@router.get("/moderation/second-opinions")
def opinions_page(visit: VisitDep, cursor: Annotated[str | None, Query(max_length=500)] = None) -> Response:
    """List proposals, newest first."""
    visit.actor.require("moderation:read")
    page = visit.services.moderation.second_opinions.page(visit.community_id, None, 30, cursor)
    with visit.services.store.read(visit.community_id) as unit:
        people = [name for one in page.items for name in (one.proposed_by, one.answered_by)]
        names = key_names(unit, people)
        cases = unit.get_many(Case, [one.case_id for one in page.items])
    return visit.page(
        "opinions.html", place="moderation", proposals=page.items, next_cursor=page.next_cursor, names=names, cases=cases,
        **tabs(visit),
    )  # fmt: skip
