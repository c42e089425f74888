"""Rounds and rotations on the command line."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Annotated

import typer

from copilot.cli.asking import DEFAULT, AsJson, Community, backend, show
from copilot.cli.backend import Json
from copilot.cli.output import say, table
from copilot.community.importers.encoding import detect_encoding
from copilot.errors import ImportFailed, InvalidInput

rounds_app = typer.Typer(no_args_is_help=True, help="Coffee and table rounds.")
rotate_app = typer.Typer(no_args_is_help=True, help="Rotations of parallel groups.")
RoundArg = Annotated[str, typer.Argument(help="id of a round")]
RotationArg = Annotated[str, typer.Argument(help="id of a rotation")]
_MOST_ROWS = 2_000
# What people call the two columns of a list of groups.
_MEMBER, _GROUP = ("member", "id", "external_id", "成员", "编号"), ("group", "table", "组", "分组", "小组")


@rounds_app.command("plan")
def plan(  # noqa: PLR0913, PLR0917  # one argument per command-line option
    community: Community = DEFAULT,
    series: Annotated[str, typer.Option(help="rounds of one series do not repeat meetings")] = "coffee",
    member: Annotated[list[str] | None, typer.Option("--member", help="id or external id; may be repeated")] = None,
    city: Annotated[str, typer.Option(help="only members of this city")] = "",
    industry: Annotated[str, typer.Option(help="only members of this industry")] = "",
    active_days: Annotated[int | None, typer.Option(help="only who wrote in that many last days")] = None,
    size: Annotated[int, typer.Option(help="members a group", min=2, max=20)] = 2,
    rounds: Annotated[int, typer.Option(help="how many rounds", min=1, max=12)] = 1,
    no_repeat: Annotated[int, typer.Option(help="rounds in which nobody meets again", min=0, max=52)] = 3,
    allow_repeats: Annotated[bool, typer.Option("--allow-repeats", help="fewest repeats where there must be")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="plan in the stead of what is still planned")] = False,
    preview: Annotated[bool, typer.Option("--preview", help="store nothing")] = False,
    seconds: Annotated[float, typer.Option(help="time limit", min=1.0, max=60.0)] = 20.0,
    as_json: AsJson = False,
) -> None:
    """Plan rounds and keep them; without --member all who consent and fit take part."""
    body: Json = {
        "series": series, "members": member or None, "city": city, "industry": industry, "active_days": active_days,
        "size": size, "rounds": rounds, "no_repeat_rounds": no_repeat, "allow_repeats": allow_repeats,
        "replace_planned": replace, "preview": preview, "seconds": seconds,
    }  # fmt: skip
    with backend(community) as asked:
        found = asked.seatings.plan(body)
    show(found, as_json, _plan)


@rounds_app.command("list")
def list_rounds(
    community: Community = DEFAULT,
    series: Annotated[str | None, typer.Option(help="only this series")] = None,
    status: Annotated[str | None, typer.Option(help="planned, held or cancelled")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    as_json: AsJson = False,
) -> None:
    """List rounds, newest first."""
    with backend(community) as asked:
        found = asked.seatings.rounds(series, status, limit)
    show(found, as_json, _summaries)


@rounds_app.command("show")
def show_round(round_id: RoundArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Show who sits together, and why."""
    with backend(community) as asked:
        found = asked.seatings.round(round_id)
    show(found, as_json, _round)


@rounds_app.command("confirm")
def confirm(
    round_id: RoundArg,
    absent: Annotated[
        list[str] | None, typer.Option("--absent", help="id of who did not come; may be repeated")
    ] = None,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Note that a planned round was held."""
    with backend(community) as asked:
        found = asked.seatings.confirm(round_id, absent or [])
    show(found, as_json, _settled)


@rounds_app.command("cancel")
def cancel(round_id: RoundArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Cancel a planned round."""
    with backend(community) as asked:
        found = asked.seatings.cancel(round_id)
    show(found, as_json, _settled)


@rotate_app.command("preview")
def preview_rotation(  # noqa: PLR0913, PLR0917  # one argument per command-line option
    groups: Annotated[
        Path | None, typer.Argument(help="CSV with columns member and group; the last applied groups if absent")
    ] = None,
    community: Community = DEFAULT,
    series: Annotated[str, typer.Option(help="which groups these are")] = "groups",
    most_moves: Annotated[int | None, typer.Option(help="how many may change groups", min=0)] = None,
    pin: Annotated[list[str] | None, typer.Option("--pin", help="who stays; may be repeated")] = None,
    together: Annotated[list[str] | None, typer.Option("--together", help="A+B share a group; may be repeated")] = None,
    star: Annotated[list[str] | None, typer.Option("--star", help="most helpful; found from answers if absent")] = None,
    seconds: Annotated[float, typer.Option(help="time limit", min=1.0, max=60.0)] = 30.0,
    as_json: AsJson = False,
) -> None:
    """Preview who would change groups; nothing changes until it is applied."""
    body: Json = {
        "series": series, "groups": None if groups is None else read_groups(groups), "most_moves": most_moves,
        "pinned_members": pin or [], "pinned_pairs": [_pair(text) for text in together or []],
        "stars": star or None, "seconds": seconds,
    }  # fmt: skip
    with backend(community) as asked:
        found = asked.seatings.preview(body)
    show(found, as_json, _rotation)


@rotate_app.command("list")
def list_rotations(
    community: Community = DEFAULT,
    series: Annotated[str | None, typer.Option(help="only this series")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    as_json: AsJson = False,
) -> None:
    """List rotations, newest first."""
    with backend(community) as asked:
        found = asked.seatings.rotations(series, limit)
    show(found, as_json, _rotations)


@rotate_app.command("apply")
def apply(rotation_id: RotationArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Make a preview the groups of today."""
    with backend(community) as asked:
        found = asked.seatings.settle(rotation_id, "apply")
    show(found, as_json, _settled)


@rotate_app.command("discard")
def discard(rotation_id: RotationArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Put a preview aside."""
    with backend(community) as asked:
        found = asked.seatings.settle(rotation_id, "discard")
    show(found, as_json, _settled)


def read_groups(path: Path) -> dict[str, list[str]]:
    """Return the members of each group from a CSV with a header, in any encoding that imports take.

    Raises:
        InvalidInput: no such file, no text, a column is missing, or too many rows.
    """
    try:
        with path.open(encoding=detect_encoding(path), newline="") as file:
            reader = csv.DictReader(file)
            columns = {(name or "").strip().casefold(): name for name in reader.fieldnames or []}
            member = next((columns[name] for name in _MEMBER if name in columns), None)
            group = next((columns[name] for name in _GROUP if name in columns), None)
            if member is None or group is None:
                raise InvalidInput(f"{path.name} needs the columns member and group", field="groups")
            found: dict[str, list[str]] = {}
            for count, row in enumerate(reader, start=1):
                if count > _MOST_ROWS:
                    raise InvalidInput(f"{path.name} has more than {_MOST_ROWS} rows", field="groups", limit=_MOST_ROWS)
                found.setdefault((row[group] or "").strip(), []).append((row[member] or "").strip())
    except (OSError, ImportFailed, csv.Error) as error:
        raise InvalidInput(f"{str(path)!r} cannot be read as a CSV file", field="groups") from error
    return found


def _pair(text: str) -> list[str]:
    one, plus, other = text.partition("+")
    if not plus or not one.strip() or not other.strip():
        raise InvalidInput("--together takes A+B", field="together")
    return [one.strip(), other.strip()]


def _plan(found: Json) -> None:
    for left in found["left_out"]:
        say(f"left out: {left['member_id']}: {left['text']}")
    for one in found["rounds"]:
        _round(one)
    say(
        f"total {found['total']:.3f} of at most {found['bound']:.3f} (gap {found['gap']:.2%}), {found['seconds']:.1f} s"
    )


def _round(one: Json) -> None:
    rows: list[list[object]] = [
        [
            group["name"], ", ".join(_name(member) for member in group["members"]), f"{group['score']:.2f}",
            group["intro"]["text"] if group["intro"] else "",
        ]
        for group in one["groups"]
    ]  # fmt: skip
    title = f"{one['series']} {one['number']}, {one['status']} ({one['id'] or 'preview'}), repeats {one['figures']['repeats']}"
    table(title, ["group", "members", "score", "to open with"], rows)


def _name(member: Json) -> str:
    return str(member["name"]) if member["is_open"] else f"{member['name']} (withdrew)"


def _summaries(items: list[Json]) -> None:
    rows: list[list[object]] = [
        [
            item["series"], item["number"], item["status"], item["figures"]["members"], f"{item['figures']['total']:.2f}",
            f"{item['figures']['gap']:.2%}", item["id"],
        ]
        for item in items
    ]  # fmt: skip
    table("rounds", ["series", "number", "status", "members", "total", "gap", "id"], rows)


def _rotation(found: Json) -> None:
    rows: list[list[object]] = [
        [move["name"], move["from_group"], move["to_group"], move["new_acquaintances"]] for move in found["moves"]
    ]
    table(f"{found['series']} {found['number']}, {found['status']} ({found['id']})", ["who", "from", "to", "new"], rows)
    figures = found["figures"]
    before, after = figures["before"], figures["after"]
    say(f"{figures['new_acquaintances']} new acquaintances of at most {figures['bound']}, {figures['moves']} moves")
    say(f"furthest from a fair share: {before['worst_count']:.1f} people before, {after['worst_count']:.1f} after")
    for left in found["staying"]:
        say(f"stays: {left['member_id']}: {left['text']}")


def _rotations(items: list[Json]) -> None:
    rows: list[list[object]] = [
        [item["series"], item["number"], item["status"], item["figures"]["moves"], item["figures"]["new_acquaintances"],
         item["id"]]
        for item in items
    ]  # fmt: skip
    table("rotations", ["series", "number", "status", "moves", "new acquaintances", "id"], rows)


def _settled(found: Json) -> None:
    say(f"{found['series']} {found['number']} ({found['id']}): {found['status']}")
