"""Recognition as people read it in a terminal."""

from __future__ import annotations

from copilot.cli.backend import Json
from copilot.cli.output import entry, say, table


def entries(rows: list[Json]) -> None:
    """Print entries."""
    table("entries", ["id", "points", "why"], [[one["id"], f"{one['points']:g}", one["why"]] for one in rows])


def why(found: Json) -> None:
    """Print why somebody has their points."""
    say(found["sentence"])
    table(
        "by rule",
        ["rule", "points", "entries"],
        [[one["label"], f"{one['points']:g}", one["entries"]] for one in found["by_rule"]],
    )
    entries(found["newest"])


def rules(found: Json) -> None:
    """Print rules."""
    rows: list[list[object]] = [
        [one["name"], one["label"], one["needs"], one["points"], "on" if one["enabled"] else "off"]
        for one in found["rules"]
    ]
    table(f"rules, version {found['version']}", ["name", "rule", "needs", "points", ""], rows)
    say(
        f"each further act of a rule on a day {found['daily_decay']} %, again between the same two {found['pair_decay']} %, "
        f"by how many others the giver gave to {', '.join(f'{one} %' for one in found['breadth'])}, "
        f"what comes back by the giver -{found['ring_discount']} %"
    )
    if found["lone_cap"] is not None:
        say(f"thanks of who never gave to anybody else: {found['lone_cap']} within {found['lone_days']} days")


def thanked(one: Json) -> None:
    """Print thanks."""
    say(f"{one['id']}: {one['kind']}, {'said' if one['withdrawn_at'] is None else 'withdrawn'}")


def board(found: Json) -> None:
    """Print a board."""
    table(
        f"{found['season']['name']}: {found['kind']}",
        ["rank", "who", "points"],
        [[one["rank"], one["name"], f"{one['points']:g}"] for one in found["rows"]],
    )
    if found["note"]:
        say(found["note"])


def seasons(rows: list[Json]) -> None:
    """Print seasons."""
    for one in rows:
        starts, ends = (f"{one[name][:16].replace('T', ' ')} UTC" for name in ("starts_at", "ends_at"))
        entry(f"{one['name']}  {one['state']}", [f"{starts} - {ends}", one["id"]])


def teams(rows: list[Json]) -> None:
    """Print teams."""
    shown: list[list[object]] = [
        [
            one["id"], one["name"], ", ".join(member["name"] for member in one["members"]),
            ", ".join(f"{'x' if step['done_at'] else '-'} {step['title']}" for step in one["milestones"]),
            "" if one["progress"] is None else f"{one['progress']:.0%}", f"{one['points']:g}",
        ]
        for one in rows
    ]  # fmt: skip
    table("teams", ["id", "team", "members", "milestones", "progress", "points"], shown)


def awards(rows: list[Json]) -> None:
    """Print awards."""
    shown: list[list[object]] = [
        [one["id"], one["title"], one["name"], one["status"], len(one["evidence"])] for one in rows
    ]
    table("awards", ["id", "award", "who", "status", "entries"], shown)


def rewards(rows: list[Json]) -> None:
    """Print rewards."""
    shown: list[list[object]] = [
        [one["id"], one["title"], f"{one['cost']:g}", "" if one["stock"] is None else one["stock"], one["status"]]
        for one in rows
    ]
    table("rewards", ["id", "reward", "points", "left", "status"], shown)


def redeemed(one: Json) -> None:
    """Print an exchange."""
    say(f"{one['id']}: {one['status']}, {one['cost']:g} points")


def exchanges(rows: list[Json]) -> None:
    """Print exchanges."""
    shown: list[list[object]] = [
        [one["id"], one["reward_id"], one["member_id"], f"{one['cost']:g}", one["status"]] for one in rows
    ]
    table("exchanges", ["id", "reward", "who", "points", "status"], shown)


def settled(done: Json) -> None:
    """Print what a settling did."""
    counts = ", ".join(f"{name} {done[name]}" for name in ("acts", "written", "reversed"))
    say(f"{counts}, points {done['points']:g}")


def recounted(one: Json) -> None:
    """Print a recount."""
    say(f"{one['entries']} entries, {one['points']:g} points; equal: {one['is_equal']}; sha256 {one['counted_sha256']}")


def gifts(made: Json) -> None:
    """Print suggestions."""
    for one in made["items"]:
        say(one["text"])
    if made["note"]:
        say(made["note"])


def slots(rows: list[Json]) -> None:
    """Print whose card is shown when."""
    table("slots", ["day", "place", "who"], [[one["day"], one["place"], one["name"]] for one in rows])
