"""One message where it was said: what a figure, a question or a case rests on can be looked at."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from api.console.visit import VisitDep
from copilot.community.message_view import message_in_context

router = APIRouter()
_AROUND = 6


@router.get("/messages/{message_id}")
def message_page(visit: VisitDep, message_id: Annotated[str, Path(max_length=64)]) -> Response:
    """Show a message with those around it."""
    if not visit.actor.may("atmosphere:read"):
        visit.actor.require("moderation:read")
    with visit.services.store.read(visit.community_id) as unit:
        found = message_in_context(unit, message_id, _AROUND, _AROUND)
    return visit.page("message.html", place="atmosphere", found=found)
