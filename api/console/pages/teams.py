"""The team builder and ventures: a goal in, several teams out, every choice with the words it rests on."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query
from starlette.responses import Response

from api.console.form_fields import ids_of
from api.console.pages.searching import begin
from api.console.quotes import quoted
from api.console.visit import Visit, VisitDep, WritingDep
from copilot.errors import InvalidInput
from copilot.matching.teams.ask import MAX_TEAM_SLOTS, SlotIn, TeamAnswer, TeamAsk
from copilot.recognition.circles.models import VentureAsk, VentureList

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
    with visit.services.store.read(visit.community_id) as unit:
        who = ids_of(unit, visit.actor, [name for name in (asker.strip(),) if name])
    ask = TeamAsk(
        goal=goal.strip(), slots=_slots(slots), asker=who[0] if who else None, city=city.strip(), teams=teams,
        seconds=_SECONDS,
    )  # fmt: skip
    services, community_id, actor = visit.services, visit.community_id, visit.actor

    def show(now: Visit, answer: TeamAnswer) -> Response:
        if now.is_htmx:
            return now.fragment("team_answer.html", answer=answer, quoted=quoted)
        return now.page("teams.html", place="people", asker=asker, given=ask, answer=answer, quoted=quoted)

    return begin(visit, _SECONDS, lambda _: services.teams.find(community_id, ask, actor=actor), show)


@router.get("/ventures")
def ventures_page(visit: VisitDep) -> Response:
    """Ask for a goal to start something for."""
    visit.actor.require("matching:write")
    return visit.page("ventures.html", place="people", answer=None, goal="", city="", quoted=quoted)


@router.post("/ventures")
def propose(
    visit: WritingDep, *, goal: Annotated[str, Form(max_length=500)] = "", city: Annotated[str, Form(max_length=80)] = "",
) -> Response:  # fmt: skip
    """Propose people and resources that could start it together. Nothing is kept and nobody is told."""
    visit.actor.require("matching:write")
    if not goal.strip():
        sentence = {"zh-CN": "先写下想做的事。", "en": "Write what is to be started first."}
        raise InvalidInput("there is no goal", field="goal", sentence=sentence)
    ask = VentureAsk(goal=goal.strip(), city=city.strip())
    services, community_id, actor = visit.services, visit.community_id, visit.actor

    def show(now: Visit, answer: VentureList) -> Response:
        if now.is_htmx:
            return now.fragment("venture_answer.html", answer=answer, quoted=quoted)
        return now.page("ventures.html", place="people", answer=answer, goal=ask.goal, city=ask.city, quoted=quoted)

    return begin(visit, _SECONDS, lambda _: services.ventures.propose(community_id, ask, actor=actor), show)


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
