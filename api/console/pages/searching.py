"""How far work of seconds is, its answer, and the button that stops it. Teams, rounds and ventures are found so."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.responses import Response

from api.console.searches import Asker, Search, Searches, Show, Work
from api.console.visit import Visit, VisitDep, WritingDep
from api.errors import in_language

router = APIRouter(prefix="/searches")
SearchId = Annotated[str, Path(max_length=64)]


def begin(visit: Visit, seconds: float, work: Work, show: Show, *, asks_midway: bool = False) -> Response:
    """Start work and return the part of the page that follows it; a browser without scripts waits for the answer.

    `asks_midway` is for work that can be stopped at any moment, such as waiting for a model.
    """
    if not visit.is_htmx:
        answered: Response = show(visit, work(lambda: False))
        return answered
    search = _searches(visit).start(_asker(visit), seconds, work, show, asks_midway=asks_midway)
    return visit.fragment("search_under_way.html", search=search)


@router.get("/{search_id}")
def look(visit: VisitDep, search_id: SearchId) -> Response:
    """Show how far it is, or what came of it."""
    visit.actor.require("matching:read")
    return _shown(visit, _searches(visit).get(_asker(visit), search_id))


@router.post("/{search_id}/stop")
def stop(visit: WritingDep, search_id: SearchId) -> Response:
    """Stop it: its answer is dropped, and nothing is stored of it. What is being stored is shown instead."""
    visit.actor.require("matching:write")
    search = _searches(visit).get(_asker(visit), search_id)
    search.stop()
    return _shown(visit, search)


def _shown(visit: Visit, search: Search) -> Response:
    if search.was_dropped:
        return visit.fragment("search_stopped.html")
    if not search.is_over:
        return visit.fragment("search_under_way.html", search=search)
    if search.error is not None:
        problem: dict[str, Any] = {"sentence": in_language(search.error, visit.language), "fields": []}
        return visit.fragment("problem_part.html", problem=problem, request_id=search.request_id)
    answered: Response = search.show(visit, search.answer)
    return answered


def _searches(visit: Visit) -> Searches:
    found: Searches = visit.request.app.state.searches
    return found


def _asker(visit: Visit) -> Asker:
    return Asker(visit.community_id, visit.actor.key_id)
