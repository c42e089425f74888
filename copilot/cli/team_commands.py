"""Teams on the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from copilot.cli.asking import DEFAULT, AsJson, Community, backend, member_id, show
from copilot.cli.backend import Json
from copilot.cli.output import entry, say, table


def team(  # noqa: PLR0913, PLR0917  # one argument per command-line option
    goal: Annotated[str, typer.Argument(help="what is to be built; without it, what --with could build together")] = "",
    community: Community = DEFAULT,
    slot: Annotated[list[str] | None, typer.Option("--slot", help="what the team needs; may be repeated")] = None,
    asker: Annotated[str | None, typer.Option(help="who is in every team: id, external id or exact name")] = None,
    among: Annotated[list[str] | None, typer.Option("--with", help="choose among these only; may be repeated")] = None,
    city: Annotated[str, typer.Option(help="preferred city")] = "",
    n: Annotated[int, typer.Option("-n", help="how many teams", min=1, max=5)] = 3,
    as_json: AsJson = False,
) -> None:
    """Find teams for a goal, each slot with the words that speak for whoever fills it."""
    with backend(community) as asked:
        body: Json = {
            "goal": goal, "slots": [{"label": label} for label in slot] if slot else None, "city": city, "teams": n,
            "asker": member_id(asked, asker) if asker else None,
            "members": [member_id(asked, name) for name in among] if among else None,
        }  # fmt: skip
        found = asked.seatings.team(body)
    show(found, as_json, _answer)


def _answer(found: Json) -> None:
    for number, one in enumerate(found["teams"], start=1):
        rows: list[list[object]] = [
            [
                slot["label"], slot["name"], f"{slot['fit']:.2f}",
                slot["alternative"]["name"] if slot["alternative"] else "",
                slot["resource"]["title"] if slot["resource"] else "",
            ]
            for slot in one["slots"]
        ]  # fmt: skip
        table(f"team {number}: {one['score']:.2f}", ["slot", "who", "fit", "or", "resource"], rows)
        for slot in one["slots"]:
            entry(slot["label"], [slot["reason"]["text"]])
    for hole in found["uncovered"]:
        say(hole["text"])
        if hole["closest_reason"]:
            say(f"  {hole['closest_reason']['text']}")
    if found["goals"]:
        rows = [
            [
                goal["name"], goal["goal"], _backing(goal["wanted_by"]), _backing(goal["offered_by"]),
            ]
            for goal in found["goals"]
        ]  # fmt: skip
        table("what they want", ["who", "wants", "wanted by, too", "offered by"], rows)
    for left in found["left_out"]:
        say(f"left out: {left['member_id']}: {left['text']}")
    for note in found["notes"]:
        say(note["text"])


def _backing(found: list[Json]) -> str:
    return "\n".join(f"{one['name']}: {one['quote']}" for one in found)
