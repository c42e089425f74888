"""Circles and ventures on the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from copilot.cli.asking import DEFAULT, AsJson, Community, MemberArg, backend, member_id, show
from copilot.cli.backend import Json
from copilot.cli.output import entry, say, table

circles_app = typer.Typer(no_args_is_help=True, help="Tiers, city circles and lists for small events.")


@circles_app.command("list")
def list_circles(community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """List tiers and city circles with what comes with each."""
    with backend(community) as asked:
        found = asked.circles.circles()
    show(found, as_json, _circles)


@circles_app.command("show")
def of(member: MemberArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Show where a member belongs."""
    with backend(community) as asked:
        found = asked.circles.of(member_id(asked, member))
    show(found, as_json, _belongs)


@circles_app.command("join")
def join(
    member: MemberArg,
    circle: Annotated[str, typer.Argument(help="partner or city")],
    city: Annotated[str, typer.Option(help="of a city circle")] = "",
    out: Annotated[bool, typer.Option("--out", help="take them out again")] = False,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Put a member in a tier, or in the circle of a second city."""
    with backend(community) as asked:
        found = asked.circles.seat(member_id(asked, member), circle, {"is_in": not out, "city": city})
    show(found, as_json, _belongs)


@circles_app.command("city")
def city_list(
    city: Annotated[str, typer.Argument(help="name in Chinese or English")],
    n: Annotated[int, typer.Option("-n", help="how many", min=1, max=50)] = 12,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """List whom to ask to a small event in a city, those first who came least."""
    with backend(community) as asked:
        found = asked.circles.city(city, n)
    show(found, as_json, _city)


def ventures(  # noqa: PLR0913, PLR0917  # one argument per command-line option
    goal: Annotated[str, typer.Argument(help="what is to come of it")],
    industry: Annotated[list[str] | None, typer.Option("--industry", help="may be repeated")] = None,
    skill: Annotated[list[str] | None, typer.Option("--skill", help="may be repeated")] = None,
    starter: Annotated[str | None, typer.Option(help="who starts it: id, external id or exact name")] = None,
    city: Annotated[str, typer.Option(help="of members of this city alone")] = "",
    n: Annotated[int, typer.Option("-n", help="how many", min=1, max=5)] = 3,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Propose ventures: industry, skill, person and resource for a goal, with roles and first steps."""
    slots = [
        {"label": label, "kind": kind}
        for kind, labels in (("industry", industry), ("skill", skill))
        for label in labels or []
    ]
    with backend(community) as asked:
        body: Json = {"goal": goal, "slots": slots or None, "city": city, "ventures": n}
        body["starter_id"] = member_id(asked, starter) if starter else None
        found = asked.circles.ventures(body)
    show(found, as_json, _ventures)


def _circles(found: list[Json]) -> None:
    rows: list[list[object]] = [
        [one["label"], one["city"], one["members"], "\n".join(one["benefits"])] for one in found
    ]
    table("circles", ["circle", "city", "members", "benefits"], rows)


def _belongs(found: Json) -> None:
    entry(", ".join([found["tier"], *found["cities"]]), found["benefits"])


def _city(found: Json) -> None:
    rows: list[list[object]] = [[one["name"], one["industry"], one["reason"]] for one in found["items"]]
    table(found["city"], ["who", "industry", "why now"], rows)
    for one in found["events"]:
        say(f"{one['starts_at']} {one['title']}")
    if found["note"]:
        say(found["note"])


def _ventures(found: Json) -> None:
    for number, one in enumerate(found["items"], start=1):
        rows: list[list[object]] = [[role["label"], role["name"], role["reason"]] for role in one["roles"]]
        rows += [[item["role"], item["title"], item["quote"]] for item in one["resources"]]
        missing = f" (without {', '.join(one['missing'])})" if one["missing"] else ""
        table(f"venture {number}: {one['score']:.2f}{missing}", ["role", "who or what", "why"], rows)
        entry("", one["first_steps"])
    for line in [*found["uncovered"], found["note"]]:
        say(line)
