"""Teams for a goal, and what some members could build together."""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import CallerDep
from api.idempotency import IdempotentRoute
from copilot.matching.teams.ask import TeamAnswer, TeamAsk

router = APIRouter(tags=["teams"], route_class=IdempotentRoute)


class TeamIn(TeamAsk):
    """A goal to staff; or, with a member or members and no goal, the question what they could build together."""


@router.post("/teams")
def find_teams(caller: CallerDep, body: TeamIn) -> TeamAnswer:
    """Find several teams that differ: every slot filled by a member who consents, each choice with a quote.

    Slots are taken as given, read out of the goal by rules, or by the model where one is configured. A slot nobody comes
    up to is named, with who comes closest. Without a goal the answer lists what the named members want, to pick from.
    """
    caller.actor.require("matching:write")
    return caller.services.teams.find(caller.community_id, body, actor=caller.actor)
