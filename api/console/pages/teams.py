"""The team builder: a goal in, several teams out, every choice with the words it rests on."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query
from starlette.responses import Response

from api.console.quotes import quoted
from api.console.visit import VisitDep, WritingDep
from copilot.errors import InvalidInput
from copilot.matching.teams.ask import MAX_TEAM_SLOTS, SlotIn, TeamAsk

router = APIRouter()
_SECONDS = 10.0
_LABEL = 40


@router.get("/teams")
def teams_page(visit: VisitDep, asker: Annotated[str, Query(max_length=128)] = "") -> Response:
    """Ask for a goal."""
    visit.actor.require("matching:write")
    return visit.page("teams.html", place="people", asker=asker, given=None, answer=None, quoted=quoted)


@router.post("/teams")
def find(
    visit: WritingDep, *, goal: Annotated[str, Form(max_length=500)] = "",
    slots: Annotated[str, Form(max_length=1000)] = "", asker: Annotated[str, Form(max_length=128)] = "",
    city: Annotated[str, Form(max_length=80)] = "", teams: Annotated[int, Form(ge=1, le=5)] = 3,
) -> Response:  # fmt: skip
    """Find teams. Nothing is stored and nobody is told."""
    visit.actor.require("matching:write")
    ask = TeamAsk(
        goal=goal.strip(), slots=_slots(slots), asker=asker.strip() or None, city=city.strip(), teams=teams,
        seconds=_SECONDS,
    )  # fmt: skip
    answer = visit.services.teams.find(visit.community_id, ask, actor=visit.actor)
    if visit.is_htmx:
        return visit.fragment("team_answer.html", answer=answer, quoted=quoted)
    return visit.page("teams.html", place="people", asker=asker, given=ask, answer=answer, quoted=quoted)


def _slots(text: str) -> list[SlotIn] | None:
    """Return what the team needs, one to a line or between commas; None leaves it to the goal's words.

    Raises:
        InvalidInput: too many, or one is too long.
    """
    labels = [part.strip() for part in text.replace("，", ",").replace("\n", ",").split(",")]
    labels = [label for label in labels if label]
    if len(labels) > MAX_TEAM_SLOTS or any(len(label) > _LABEL for label in labels):
        raise InvalidInput(
            f"at most {MAX_TEAM_SLOTS} slots of at most {_LABEL} characters each", field="slots", max=MAX_TEAM_SLOTS
        )
    return [SlotIn(label=label) for label in labels] or None
