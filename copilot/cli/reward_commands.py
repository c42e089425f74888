"""Rewards, their exchange and days to be seen on the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from copilot.cli import recognition_render
from copilot.cli.asking import DEFAULT, AsJson, Community, MemberArg, backend, member_id, show
from copilot.cli.backend import Json
from copilot.cli.recognition_commands import Limit

rewards_app = typer.Typer(no_args_is_help=True, help="What points can be exchanged for, and days to be seen.")


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


@rewards_app.command("close")
def close(
    reward: Annotated[str, typer.Argument(help="id of a reward")],
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Offer a reward no more; what was exchanged stays."""
    with backend(community) as asked:
        found = asked.recognition.close_reward(reward)
    show(found, as_json, lambda one: recognition_render.rewards([one]))


@rewards_app.command("exchanges")
def exchanges(
    community: Community = DEFAULT,
    member: Annotated[str | None, typer.Option(help="only of this member")] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List what was exchanged, newest first."""
    with backend(community) as asked:
        found = asked.recognition.redemptions(member_id(asked, member) if member else None, limit)
    show(found, as_json, recognition_render.exchanges)


@rewards_app.command("calendar")
def calendar(
    community: Community = DEFAULT,
    days: Annotated[int, typer.Option(min=1, max=31)] = 7,
    as_json: AsJson = False,
) -> None:
    """List whose card is shown on which day from today on; nothing is filled."""
    with backend(community) as asked:
        found = asked.recognition.planned(days)
    show(found, as_json, recognition_render.slots)
