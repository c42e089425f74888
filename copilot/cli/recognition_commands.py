"""Points, boards, seasons, awards and rewards on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from copilot.cli import recognition_render
from copilot.cli.asking import DEFAULT, AsJson, Community, MemberArg, backend, member_id, show
from copilot.cli.backend import Json
from copilot.cli.output import say
from copilot.errors import InvalidInput

points_app = typer.Typer(no_args_is_help=True, help="What members did for each other, and what it is worth.")
boards_app = typer.Typer(no_args_is_help=True, help="Boards of a season, and who wants to be on none.")
seasons_app = typer.Typer(no_args_is_help=True, help="Seasons, their teams, and red packets as suggestions in words.")
awards_app = typer.Typer(no_args_is_help=True, help="Honours proposed with evidence, for a person to decide.")
rewards_app = typer.Typer(no_args_is_help=True, help="What points can be exchanged for, and days to be seen.")
SeasonArg = Annotated[str, typer.Argument(help="id of a season")]
Limit = Annotated[int, typer.Option(min=1, max=200)]


@points_app.command("settle")
def settle(
    community: Community = DEFAULT,
    days: Annotated[int, typer.Option(help="how far back to look", min=1, max=400)] = 35,
    as_json: AsJson = False,
) -> None:
    """Score what is not in the ledger yet, and reverse what was taken back."""
    with backend(community) as asked:
        found = asked.recognition.settle(days)
    show(found, as_json, recognition_render.settled)


@points_app.command("list")
def entries(
    community: Community = DEFAULT,
    member: Annotated[str | None, typer.Option(help="only of this member")] = None,
    rule: Annotated[str | None, typer.Option(help="only of this rule")] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List the ledger, newest first."""
    with backend(community) as asked:
        found = asked.recognition.entries(member_id(asked, member) if member else None, rule, limit)
    show(found, as_json, recognition_render.entries)


@points_app.command("why")
def why(member: MemberArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Say why a member has the points they have."""
    with backend(community) as asked:
        found = asked.recognition.why(member_id(asked, member))
    show(found, as_json, recognition_render.why)


@points_app.command("reverse")
def reverse(
    entry: Annotated[str, typer.Argument(help="id of an entry")],
    reason: Annotated[str, typer.Option(help="gamed or mistake")],
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Take an entry back with another one; nothing is deleted."""
    with backend(community) as asked:
        found = asked.recognition.reverse(entry, reason)
    show(found, as_json, lambda one: say(one["why"]))


@points_app.command("recount")
def recount(community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Count the whole ledger again and compare byte by byte."""
    with backend(community) as asked:
        found = asked.recognition.recount()
    show(found, as_json, recognition_render.recounted)


@points_app.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="where to write the CSV; an existing file is not overwritten")],
    community: Community = DEFAULT,
) -> None:
    """Export the ledger as CSV."""
    if file.exists():
        raise InvalidInput(f"{file} exists already", field="file")
    with backend(community) as asked:
        file.write_bytes(asked.recognition.export())
    say(str(file))


@points_app.command("rules")
def rules(community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Show what is worth points."""
    with backend(community) as asked:
        found = asked.recognition.rules()
    show(found, as_json, recognition_render.rules)


@boards_app.command("show")
def board(
    season: SeasonArg,
    kind: Annotated[str, typer.Option(help="individual, newcomer or team")] = "individual",
    community: Community = DEFAULT,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """Show a board as it stands now; equal points share a rank."""
    with backend(community) as asked:
        found = asked.recognition.board(season, kind, limit)
    show(found, as_json, recognition_render.board)


@boards_app.command("leave")
def leave(member: MemberArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Take a member off every board, award and slot at once; points are still counted, for them alone."""
    _set_shown(member, community, as_json, shown=False)


@boards_app.command("join")
def join(member: MemberArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Let a member be shown again."""
    _set_shown(member, community, as_json, shown=True)


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
        found = asked.recognition.teams(season)
    show(found, as_json, recognition_render.teams)


@seasons_app.command("form")
def form(
    season: SeasonArg,
    project: Annotated[str, typer.Argument(help="the one project they share")],
    milestone: Annotated[list[str] | None, typer.Option("--milestone", help="may be repeated")] = None,
    n: Annotated[int, typer.Option("-n", help="how many teams", min=1, max=5)] = 2,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Form teams for one shared project with the team builder."""
    with backend(community) as asked:
        found = asked.recognition.form_teams(season, {"project": project, "milestones": milestone or [], "teams": n})
    show(found, as_json, recognition_render.teams)


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
        found = asked.recognition.gifts(season, budget, people)
    show(found, as_json, recognition_render.gifts)


@awards_app.command("propose")
def propose(season: SeasonArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Propose awards of a season with the entries that speak for them."""
    with backend(community) as asked:
        found = asked.recognition.propose_awards(season)
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
        found = asked.recognition.awards(season, limit)
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


@rewards_app.command("list")
def rewards(community: Community = DEFAULT, limit: Limit = 50, as_json: AsJson = False) -> None:
    """List rewards, newest first."""
    with backend(community) as asked:
        found = asked.recognition.rewards(limit)
    show(found, as_json, recognition_render.rewards)


@rewards_app.command("offer")
def offer(  # noqa: PLR0913, PLR0917  # one argument per command-line option
    title: Annotated[str, typer.Argument(help="what it is")],
    cost: Annotated[int, typer.Option(help="points", min=1, max=1_000_000)],
    stock: Annotated[int | None, typer.Option(help="how many; without end when left out", min=1, max=1_000_000)] = None,
    kind: Annotated[str, typer.Option(help="prize or exposure")] = "prize",
    description: Annotated[str, typer.Option()] = "",
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Offer a reward."""
    body: Json = {"kind": kind, "title": title, "description": description, "cost": cost, "stock": stock}
    with backend(community) as asked:
        found = asked.recognition.offer(body)
    show(found, as_json, lambda one: recognition_render.rewards([one]))


@rewards_app.command("redeem")
def redeem(
    reward: Annotated[str, typer.Argument(help="id of a reward")],
    member: MemberArg,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Exchange a member's points for a reward, on their word."""
    with backend(community) as asked:
        found = asked.recognition.redeem(reward, member_id(asked, member))
    show(found, as_json, recognition_render.redeemed)


@rewards_app.command("decide")
def decide_redemption(
    redemption: Annotated[str, typer.Argument(help="id of an exchange")],
    status: Annotated[str, typer.Argument(help="handed_over or cancelled")],
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Note that a reward was handed over, or cancel: points and stock are free again."""
    with backend(community) as asked:
        found = asked.recognition.decide_redemption(redemption, status)
    show(found, as_json, recognition_render.redeemed)


@rewards_app.command("slots")
def slots(
    community: Community = DEFAULT,
    days: Annotated[int, typer.Option(min=1, max=31)] = 7,
    places: Annotated[int, typer.Option(help="cards a day", min=1, max=5)] = 1,
    as_json: AsJson = False,
) -> None:
    """Fill free days on which a member's card is shown, in turn."""
    with backend(community) as asked:
        found = asked.recognition.plan_slots(days, places)
    show(found, as_json, recognition_render.slots)


def _set_shown(member: str, community: str, as_json: bool, *, shown: bool) -> None:
    with backend(community) as asked:
        found = asked.recognition.show(member_id(asked, member), shown)
    show(found, as_json, lambda one: say(f"{one['member_id']}: {'shown' if one['is_shown'] else 'not shown'}"))
