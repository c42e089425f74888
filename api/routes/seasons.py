"""Seasons: boards, teams around one project, awards for a person to decide, suggestions of red packets."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime, Field, StrictBool, StrictInt

from api.deps import CallerDep, Cursor, Limit
from api.idempotency import IdempotentRoute
from api.routes.points import require_seer
from api.schemas.common import Body, ListOf, list_of
from copilot.recognition.gifts import MOST_BUDGET, MOST_PEOPLE
from copilot.recognition.season_models import (
    AwardProposals,
    AwardStatus,
    AwardView,
    Board,
    BoardKind,
    Gifts,
    SeasonView,
    TeamList,
    TeamView,
)
from copilot.recognition.teams import NewTeam

router = APIRouter(tags=["recognition"], route_class=IdempotentRoute)
SeasonId = Annotated[str, Path(max_length=64, description="id of a season")]
Title = Annotated[str, Field(min_length=1, max_length=100)]


class SeasonIn(Body):
    """A season to make, [starts_at, ends_at), at most 400 days."""

    name: Title
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class SeasonTeamIn(Body):
    """A team to keep."""

    name: Title
    project: str = Field("", max_length=500)
    member_ids: list[Annotated[str, Field(min_length=1, max_length=64)]] = Field(min_length=1, max_length=12)
    milestones: list[Title] = Field(default=[], max_length=20)


class FormationIn(Body):
    """Teams to form for one project."""

    project: str = Field(min_length=1, max_length=500)
    milestones: list[Title] = Field(default=[], max_length=20)
    teams: StrictInt = Field(2, ge=1, le=5)


class MilestoneIn(Body):
    """Whether it is reached."""

    done: StrictBool


class AwardDecisionIn(Body):
    """What a person decided."""

    decision: Literal["granted", "declined"]


@router.post("/seasons", status_code=201)
def make_season(caller: CallerDep, body: SeasonIn) -> SeasonView:
    """Make a season for which boards are kept; seasons may overlap."""
    caller.actor.require("recognition:write")
    return caller.services.recognition.seasons.create(
        caller.community_id, body.name, body.starts_at, body.ends_at, actor=caller.actor.key_id
    )


@router.get("/seasons")
def list_seasons(caller: CallerDep, cursor: Cursor = None, limit: Limit = 50) -> ListOf[SeasonView]:
    """List seasons, the latest start first."""
    require_seer(caller.actor)
    return list_of(caller.services.recognition.seasons.list(caller.community_id, limit=limit, cursor=cursor))


@router.get("/seasons/{season_id}/boards/{kind}")
def season_board(
    caller: CallerDep,
    season_id: SeasonId,
    kind: Annotated[BoardKind, Path(description="individual, newcomer or team")],
    limit: Limit = 50,
) -> Board:
    """Show a board as it stands now. Equal points share a rank (1, 2, 2, 4); who opted out or hides is not on it.

    Newcomers joined at most 30 days before the season began, or in it.
    """
    require_seer(caller.actor)
    return caller.services.recognition.seasons.board(caller.community_id, season_id, kind, limit=limit)


@router.get("/seasons/{season_id}/standings/{kind}")
def season_standing(
    caller: CallerDep,
    season_id: SeasonId,
    kind: Annotated[BoardKind, Path(description="individual, newcomer or team")],
) -> Board:
    """Show a board as it was when the season ended; who opted out or hides since is not on it. Kept within the hour."""
    require_seer(caller.actor)
    return caller.services.recognition.standings.board(caller.community_id, season_id, kind)


@router.post("/seasons/{season_id}/teams", status_code=201)
def keep_season_team(caller: CallerDep, season_id: SeasonId, body: SeasonTeamIn) -> TeamView:
    """Keep a team of a season with its one project; a member is in one team of a season."""
    caller.actor.require("recognition:write")
    team = NewTeam(body.name, body.project, body.member_ids, body.milestones)
    return caller.services.recognition.teams.keep(caller.community_id, season_id, team, actor=caller.actor.key_id)


@router.post("/seasons/{season_id}/teams/formation", status_code=201)
def form_season_teams(caller: CallerDep, season_id: SeasonId, body: FormationIn) -> TeamList:
    """Form teams for one shared project with the team builder, among members who let themselves be matched and shown."""
    caller.actor.require("recognition:write")
    caller.actor.require("matching:write")
    made = caller.services.recognition.teams.form(
        caller.community_id, season_id, body.project, body.milestones, body.teams, actor=caller.actor
    )
    return TeamList(items=made)


@router.get("/seasons/{season_id}/teams")
def list_season_teams(caller: CallerDep, season_id: SeasonId) -> TeamList:
    """List the teams of a season by name, with how far their projects are; at most 50."""
    require_seer(caller.actor)
    return TeamList(items=caller.services.recognition.teams.list(caller.community_id, season_id))


@router.put("/season-teams/{team_id}/milestones/{number}")
def reach_milestone(
    caller: CallerDep,
    team_id: Annotated[str, Path(max_length=64, description="id of a team of a season")],
    number: Annotated[int, Path(ge=1, le=20, description="which milestone, from 1")],
    body: MilestoneIn,
) -> TeamView:
    """Note that a team reached a milestone, or has not after all."""
    caller.actor.require("recognition:write")
    return caller.services.recognition.teams.reach(
        caller.community_id, team_id, number, done=body.done, actor=caller.actor.key_id
    )


@router.post("/seasons/{season_id}/awards", status_code=201)
def propose_awards(caller: CallerDep, season_id: SeasonId) -> AwardProposals:
    """Propose best contributor, best helper and best write-up with the entries that speak for them; a person decides.

    All who share the first place are proposed. Again brings proposals up to date and leaves what was decided.
    """
    caller.actor.require("recognition:write")
    made = caller.services.recognition.awards.propose(caller.community_id, season_id, actor=caller.actor.key_id)
    return AwardProposals(items=made)


@router.get("/awards")
def list_awards(
    caller: CallerDep,
    season_id: Annotated[str | None, Query(max_length=64, description="only of this season")] = None,
    status: Annotated[AwardStatus | None, Query(description="only these")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ListOf[AwardView]:
    """List awards, newest first, of members who want to be shown."""
    caller.actor.require("recognition:read")
    page = caller.services.recognition.awards.list(
        caller.community_id, season_id=season_id, status=status, limit=limit, cursor=cursor
    )
    return list_of(page)


@router.post("/awards/{award_id}/decision")
def decide_award(
    caller: CallerDep,
    award_id: Annotated[str, Path(max_length=64, description="id of an award")],
    body: AwardDecisionIn,
) -> AwardView:
    """Grant an award or decline it; the same decision again changes nothing."""
    caller.actor.require("recognition:write")
    return caller.services.recognition.awards.decide(
        caller.community_id, award_id, body.decision, actor=caller.actor.key_id
    )


@router.get("/seasons/{season_id}/gifts")
def suggest_gifts(
    caller: CallerDep,
    season_id: SeasonId,
    budget: Annotated[int, Query(ge=1, le=MOST_BUDGET, description="minor units of the community's currency")],
    people: Annotated[int, Query(ge=1, le=MOST_PEOPLE, description="how many at most")] = 5,
) -> Gifts:
    """Suggest red packets as texts: a budget shared by points, to the last minor unit. Nothing is paid or sent."""
    caller.actor.require("recognition:write")
    return caller.services.recognition.gifts.suggest(caller.community_id, season_id, budget, people)
