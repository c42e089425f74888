"""Seasons with their teams, and awards on the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from copilot.cli import recognition_render
from copilot.cli.asking import DEFAULT, AsJson, Community, backend, member_id, show
from copilot.cli.backend import Json
from copilot.cli.recognition_commands import Limit, SeasonArg, season_id

seasons_app = typer.Typer(no_args_is_help=True, help="Seasons, their teams, and red packets as suggestions in words.")
awards_app = typer.Typer(no_args_is_help=True, help="Honours proposed with evidence, for a person to decide.")
Milestones = Annotated[list[str] | None, typer.Option("--milestone", help="may be repeated")]


@seasons_app.command("list")
def seasons(community: Community = DEFAULT, limit: Limit = 50, as_json: AsJson = False) -> None:
    """List seasons, the latest first."""
    with backend(community) as asked:
        found = asked.recognition.seasons(limit)
    show(found, as_json, recognition_render.seasons)


@seasons_app.command("create")
def make_season(
    name: Annotated[str, typer.Argument(help="its name")],
    starts: Annotated[str, typer.Option(help="with a zone, such as 2026-10-01T00:00:00+08:00")],
    ends: Annotated[str, typer.Option(help="with a zone; this moment is no longer in it")],
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Make a season."""
    with backend(community) as asked:
        found = asked.recognition.make_season({"name": name, "starts_at": starts, "ends_at": ends})
    show(found, as_json, lambda one: recognition_render.seasons([one]))


@seasons_app.command("teams")
def teams(season: SeasonArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """List the teams of a season with how far they are."""
    with backend(community) as asked:
        found = asked.recognition.teams(season_id(asked, season))
    show(found, as_json, recognition_render.teams)


@seasons_app.command("form")
def form(
    season: SeasonArg,
    project: Annotated[str, typer.Argument(help="the one project they share")],
    milestone: Milestones = None,
    n: Annotated[int, typer.Option("-n", help="how many teams", min=1, max=5)] = 2,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Form teams for one shared project with the team builder."""
    with backend(community) as asked:
        found = asked.recognition.form_teams(
            season_id(asked, season), {"project": project, "milestones": milestone or [], "teams": n}
        )
    show(found, as_json, recognition_render.teams)


@seasons_app.command("keep-team")
def keep_team(  # noqa: PLR0913, PLR0917  # one argument per command-line option
    season: SeasonArg,
    name: Annotated[str, typer.Argument(help="the team's name")],
    member: Annotated[list[str], typer.Option("--member", help="may be repeated, 12 at most")],
    project: Annotated[str, typer.Option(help="what they share")] = "",
    milestone: Milestones = None,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Keep a team that was formed elsewhere; a member is in one team of a season."""
    with backend(community) as asked:
        members = [member_id(asked, one) for one in member]
        body: Json = {"name": name, "project": project, "member_ids": members, "milestones": milestone or []}
        found = asked.recognition.keep_team(season_id(asked, season), body)
    show(found, as_json, lambda one: recognition_render.teams([one]))


@seasons_app.command("milestone")
def reach(
    team: Annotated[str, typer.Argument(help="id of a team, from `seasons teams`")],
    number: Annotated[int, typer.Argument(help="which one, from 1", min=1, max=20)],
    undone: Annotated[bool, typer.Option("--undone", help="it is not reached after all")] = False,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Note that a team reached a milestone."""
    with backend(community) as asked:
        found = asked.recognition.reach(team, number, not undone)
    show(found, as_json, lambda one: recognition_render.teams([one]))


@seasons_app.command("gifts")
def gifts(
    season: SeasonArg,
    budget: Annotated[int, typer.Option(help="minor units of the community's currency", min=1)],
    people: Annotated[int, typer.Option(min=1, max=50)] = 5,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Suggest red packets in words; nothing is paid or sent."""
    with backend(community) as asked:
        found = asked.recognition.gifts(season_id(asked, season), budget, people)
    show(found, as_json, recognition_render.gifts)


@awards_app.command("propose")
def propose(season: SeasonArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Propose awards of a season with the entries that speak for them."""
    with backend(community) as asked:
        found = asked.recognition.propose_awards(season_id(asked, season))
    show(found, as_json, recognition_render.awards)


@awards_app.command("list")
def awards(
    community: Community = DEFAULT,
    season: Annotated[str | None, typer.Option(help="only of this season")] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List awards, newest first."""
    with backend(community) as asked:
        found = asked.recognition.awards(None if season is None else season_id(asked, season), limit)
    show(found, as_json, recognition_render.awards)


@awards_app.command("decide")
def decide(
    award: Annotated[str, typer.Argument(help="id of an award")],
    decision: Annotated[str, typer.Argument(help="granted or declined")],
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Grant an award or decline it."""
    with backend(community) as asked:
        found = asked.recognition.decide_award(award, decision)
    show(found, as_json, lambda one: recognition_render.awards([one]))
