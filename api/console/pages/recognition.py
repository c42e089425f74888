"""Seasons with their boards and teams, and awards for a person to decide. What is shown is counted as it stands now."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Path, Query
from starlette.responses import Response

from api.console.form_fields import member_of, midnight
from api.console.navigation import PREFIX
from api.console.visit import VisitDep, WritingDep
from copilot.errors import InvalidInput
from copilot.recognition.season_models import SeasonView
from copilot.recognition.teams import NewTeam

router = APIRouter(prefix="/recognition")
Id = Annotated[str, Path(max_length=64)]
Title = Annotated[str, Form(max_length=100)]
_ROWS, _SEASONS, _MOST_PEOPLE, _MOST_MILESTONES = 10, 50, 12, 20


@router.get("")
def recognition_page(
    visit: VisitDep, season: Annotated[str, Query(max_length=64)] = "",
    proposed: Annotated[int | None, Query(ge=0, le=1000)] = None,
) -> Response:  # fmt: skip
    """Show a season: the one that runs, when none is named."""
    visit.actor.require("recognition:read")
    desks, community_id = visit.services.recognition, visit.community_id
    seasons = desks.seasons.list(community_id, limit=_SEASONS).items
    chosen = _chosen(seasons, season)
    values: dict[str, Any] = {"boards": [], "teams": [], "awards": []}
    season_id = season if chosen is None else chosen.id
    if season_id:
        kinds: tuple[Literal["individual", "newcomer", "team"], ...] = ("individual", "newcomer", "team")
        boards = [desks.seasons.board(community_id, season_id, kind, limit=_ROWS) for kind in kinds]
        awards = desks.awards.list(community_id, season_id=season_id, limit=30).items
        values = {"boards": boards, "teams": desks.teams.list(community_id, season_id), "awards": awards}
        chosen = boards[0].season
    return visit.page(
        "recognition.html", place="recognition", seasons=seasons, season=chosen, rules=desks.book.view(community_id),
        may_write=visit.actor.may("recognition:write"), proposed=proposed, **values,
    )  # fmt: skip


def _chosen(seasons: list[SeasonView], season_id: str) -> SeasonView | None:
    if season_id:
        return next((one for one in seasons if one.id == season_id), None)
    return next((one for one in seasons if one.state == "running"), seasons[0] if seasons else None)


@router.post("/seasons")
def make_season(
    visit: WritingDep,
    name: Title = "",
    starts: Annotated[str, Form(max_length=20)] = "",
    ends: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Make a season from the first moment of one day to that of another."""
    visit.actor.require("recognition:write")
    zone = visit.home.timezone
    made = visit.services.recognition.seasons.create(
        visit.community_id, name, midnight(starts, zone, "starts"), midnight(ends, zone, "ends"),
        actor=visit.actor.key_id,
    )  # fmt: skip
    return visit.go(_path(made.id))


@router.post("/seasons/{season_id}/teams")
def keep_team(
    visit: WritingDep,
    season_id: Id,
    *,
    name: Title = "",
    project: Annotated[str, Form(max_length=500)] = "",
    members: Annotated[str, Form(max_length=3000)] = "",
    milestones: Annotated[str, Form(max_length=2500)] = "",
) -> Response:
    """Keep a team with its one project; members and milestones stand one to a line."""
    visit.actor.require("recognition:write")
    people, steps = _lines(members, "members", _MOST_PEOPLE), _lines(milestones, "milestones", _MOST_MILESTONES)
    with visit.services.store.read(visit.community_id) as unit:
        seats = [member_of(unit, visit.actor, one, "members").id for one in people]
    if not seats:
        sentence = {"zh-CN": "请写至少一位成员，一行一位。", "en": "Name at least one member, one to a line."}
        raise InvalidInput("a team has members", field="members", sentence=sentence)
    team = NewTeam(name, project, seats, steps)
    visit.services.recognition.teams.keep(visit.community_id, season_id, team, actor=visit.actor.key_id)
    return visit.go(_path(season_id))


@router.post("/seasons/{season_id}/teams/{team_id}/milestones/{number}")
def reach(
    visit: WritingDep, season_id: Id, team_id: Id, number: Annotated[int, Path(ge=1, le=20)],
    done: Annotated[Literal["yes", "no"], Form()] = "yes",
) -> Response:  # fmt: skip
    """Note that a team reached a milestone, or has not after all."""
    visit.actor.require("recognition:write")
    visit.services.recognition.teams.reach(
        visit.community_id, team_id, number, done=done == "yes", actor=visit.actor.key_id
    )
    return visit.go(_path(season_id))


@router.post("/seasons/{season_id}/awards")
def propose(visit: WritingDep, season_id: Id) -> Response:
    """Propose awards with the entries that speak for them; a person decides."""
    visit.actor.require("recognition:write")
    made = visit.services.recognition.awards.propose(visit.community_id, season_id, actor=visit.actor.key_id)
    return visit.go(f"{_path(season_id)}&proposed={len(made)}")


@router.post("/awards/{award_id}/decide")
def decide(visit: WritingDep, award_id: Id, decision: Annotated[Literal["granted", "declined"], Form()]) -> Response:
    """Grant an award or decline it."""
    visit.actor.require("recognition:write")
    made = visit.services.recognition.awards.decide(visit.community_id, award_id, decision, actor=visit.actor.key_id)
    return visit.go(_path(made.season_id or ""))


def _path(season_id: str) -> str:
    return f"{PREFIX}/recognition?season={season_id}" if season_id else f"{PREFIX}/recognition"


def _lines(text: str, field: str, most: int) -> list[str]:
    found = [line.strip() for line in text.splitlines() if line.strip()]
    if len(found) > most:
        sentence = {"zh-CN": f"最多 {most} 行。", "en": f"At most {most} lines."}
        raise InvalidInput(f"{field} has at most {most} lines", field=field, limit=most, sentence=sentence)
    return found
