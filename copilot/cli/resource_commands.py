"""The library of resources on the command line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from copilot.cli.asking import DEFAULT, AsJson, Community, backend, member_id, show
from copilot.cli.backend import Backend, Json
from copilot.cli.output import entry, say, table
from copilot.errors import Conflict, InvalidInput, NotFound

resources_app = typer.Typer(no_args_is_help=True, help="What members and the community can give.")
ResourceArg = Annotated[str, typer.Argument(help="id or code of a resource")]
Limit = Annotated[int, typer.Option(min=1, max=200)]
FORMS = ("csv", "jsonl")


def resource_id(asked: Backend, text: str) -> str:
    """Return the id of the one resource that `text` names by id or code.

    Raises:
        NotFound: none.
        Conflict: two have it as code, the one that a file gave and the library's own.
    """
    if text.startswith("res_"):
        return text
    known = asked.exchange.resources({"q": text, "limit": 200})
    for name in ("library_code", "code"):
        same = [row for row in known if row[name] == text]
        if len(same) == 1:
            return str(same[0]["id"])
        if same:
            raise Conflict(f"{text!r} is the code of several resources; use the id")
    raise NotFound(f"there is no resource {text!r}", kind="resource", id=text)


@resources_app.command("list")
def list_resources(
    search: Annotated[str, typer.Argument(help="part of the title, description, city or a code")] = "",
    kind: Annotated[str | None, typer.Option("--type", help="technology, funding, people, knowledge ...")] = None,
    status: Annotated[str | None, typer.Option(help="available, confidential, paused, stale, withdrawn, merged")] = None,
    tag: Annotated[str | None, typer.Option(help="with this very tag")] = None,
    community: Community = DEFAULT,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """List resources by code."""
    given = {"q": search, "type": kind, "status": status, "tag": tag}
    with backend(community) as asked:
        found = asked.exchange.resources({"limit": limit} | {name: value for name, value in given.items() if value})
    show(found, as_json, _rows)


@resources_app.command("classes")
def list_classes(community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Show the six classes and their subclasses, as they stand in codes."""
    with backend(community) as asked:
        found = asked.exchange.classes()
    show(found, as_json, _classes)


@resources_app.command("show")
def show_resource(resource: ResourceArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Show a resource with its terms."""
    with backend(community) as asked:
        found = asked.exchange.resource(resource_id(asked, resource))
    show(found, as_json, _detail)


@resources_app.command("add")
def add(
    kind: Annotated[str, typer.Argument(metavar="TYPE", help="technology, funding, people, knowledge, information, channel")],
    title: Annotated[str, typer.Argument()],
    owner: Annotated[str | None, typer.Option(help="a member; the community's own when left out")] = None,
    capacity: Annotated[int | None, typer.Option(min=0, help="units; no limit when left out")] = None,
    settings: Annotated[list[str] | None, typer.Option("--set", help="field=value, such as city=深圳; may be repeated")] = None,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Add a resource; its code says class, subclass and number."""
    body: Json = {"type": kind, "title": title, "capacity": capacity, **_fields(settings)}
    with backend(community) as asked:
        body["owner_id"] = member_id(asked, owner) if owner else None
        found = asked.exchange.add(body)
    show(found, as_json, _detail)


@resources_app.command("change")
def change(
    resource: ResourceArg,
    settings: Annotated[list[str], typer.Option("--set", help="field=value; an empty value of a number or day takes it away")],
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Change a resource: title, description, terms, city, tags, capacity, expires_on, status, subclass and terms of use."""
    with backend(community) as asked:
        known = resource_id(asked, resource)
        fields = _fields(settings)
        if "terms_of_use" in fields:
            fields["terms_of_use"] = {**asked.exchange.resource(known)["terms_of_use"], **fields["terms_of_use"]}
        found = asked.exchange.change(known, fields)
    show(found, as_json, _detail)


@resources_app.command("confirm")
def confirm(resource: ResourceArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Say that a resource is still there; a stale one is proposed again."""
    with backend(community) as asked:
        found = asked.exchange.confirm(resource_id(asked, resource))
    show(found, as_json, _detail)


@resources_app.command("history")
def history(
    resource: ResourceArg, community: Community = DEFAULT, limit: Limit = 50, as_json: AsJson = False
) -> None:  # fmt: skip
    """List what was changed, latest first."""
    with backend(community) as asked:
        found = asked.exchange.changes(resource_id(asked, resource), limit)
    show(found, as_json, _history)


@resources_app.command("calendar")
def calendar(
    resource: ResourceArg,
    start: Annotated[str | None, typer.Option(help="first day, YYYY-MM-DD; today when left out")] = None,
    end: Annotated[str | None, typer.Option(help="last day; 30 days later when left out")] = None,
    closed: Annotated[list[str] | None, typer.Option(
        "--close", help="replace what is closed: FIRST..LAST or FIRST..LAST:UNITS; may be repeated; `none` opens all"
    )] = None,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Show how many units can be had day by day, or say on which days they cannot."""
    days = {name: value for name, value in (("start", start), ("end", end)) if value}
    with backend(community) as asked:
        known = resource_id(asked, resource)
        if closed:
            asked.exchange.close_days(known, [_closure(text) for text in closed if text != "none"])
        found = asked.exchange.calendar(known, days)
    show(found, as_json, _calendar)


@resources_app.command("duplicates")
def duplicates(
    search: Annotated[bool, typer.Option("--search", help="compare the resources first")] = False,
    status: Annotated[str | None, typer.Option(help="proposed, merged or distinct")] = None,
    community: Community = DEFAULT,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List pairs that may be one and the same, the most alike first."""
    with backend(community) as asked:
        if search:
            asked.exchange.search_duplicates()
        found = asked.exchange.duplicates(status, limit)
    show(found, as_json, _pairs)


@resources_app.command("merge")
def merge(
    pair: Annotated[str, typer.Argument(help="id of a pair")],
    keep: Annotated[str | None, typer.Option(help="id or code of the one to keep")] = None,
    distinct: Annotated[bool, typer.Option("--distinct", help="say that the two are two")] = False,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Merge a pair into one, or say that it is two."""
    if distinct == bool(keep):
        raise InvalidInput("say which to --keep, or --distinct", field="keep")
    with backend(community) as asked:
        found = asked.exchange.decide_duplicate(pair, resource_id(asked, keep) if keep else None)
    show([found], as_json, _pairs)


@resources_app.command("reminders")
def reminders(
    kind: Annotated[str, typer.Argument(
        help="confirm, decide, hand_over, due_soon, overdue, confirm_return, extension, dispute, outcome or outcome_lender"
    )] = "overdue",
    community: Community = DEFAULT,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """List whom to write to about resources and loans, with drafts; nothing is sent."""
    with backend(community) as asked:
        found = asked.exchange.reminders(kind, limit)
    show(found, as_json, _reminders)


@resources_app.command("export")
def export(
    what: Annotated[str, typer.Argument(help="resources, in the columns that an import reads, or loans")] = "resources",
    form: Annotated[str, typer.Option("--format", help="csv or jsonl")] = "csv",
    output: Annotated[Path | None, typer.Option("-o", help="file to write; standard output when left out")] = None,
    community: Community = DEFAULT,
) -> None:
    """Export resources or loans."""
    if form not in FORMS or what not in {"resources", "loans"}:
        raise InvalidInput("resources or loans, as csv or jsonl", field="format")
    with backend(community) as asked:
        _write(asked.exchange.export(what, form), output)


def _write(pieces: Iterator[bytes], output: Path | None) -> None:
    if output is None:
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return
    with output.open("wb") as file:
        file.writelines(pieces)


_NUMBERS = {"capacity", "confirm_every_days", "max_days"}
_TERMS = {"who", "member_ids", "cities", "max_days", "mode", "in_return", "confidential", "accepts_at_once"}
_LISTS = {"tags", "member_ids", "cities"}
_SWITCHES = {"confidential", "accepts_at_once"}


def _fields(settings: list[str] | None) -> Json:
    """Return field=value pairs as a body; terms of use go where the service expects them."""
    body: Json = {}
    for text in settings or []:
        name, sign, value = text.partition("=")
        if not sign:
            raise InvalidInput(f"write field=value, not {text!r}", field="set")
        (body.setdefault("terms_of_use", {}) if name in _TERMS else body)[name] = _value(name, value)
    return body


def _value(name: str, value: str) -> object:
    if name in _LISTS:
        return [word.strip() for word in value.split("|") if word.strip()]
    if name in _SWITCHES:
        if value not in {"yes", "no"}:
            raise InvalidInput(f"{name} is yes or no, not {value!r}", field=name)
        return value == "yes"
    if not value and name in {*_NUMBERS, "expires_on", "in_return"}:
        return None
    if name in _NUMBERS:
        if not value.isascii() or not value.isdigit():
            raise InvalidInput(f"{name} is a whole number, not {value!r}", field=name)
        return int(value)
    return value


def _closure(text: str) -> Json:
    days, _, units = text.partition(":")
    first, _, last = days.partition("..")
    if units and not (units.isascii() and units.isdigit()):
        raise InvalidInput(f"units are a whole number, not {units!r}", field="close")
    return {"starts_on": first, "ends_on": last or first, "units": int(units) if units else None}


def _classes(found: Json) -> None:
    rows = [
        [kind["type"], kind["code"], kind["name"], ", ".join(f"{item['code']} {item['name']}" for item in kind["subclasses"])]
        for kind in found["classes"]
    ]  # fmt: skip
    table("classes", ["type", "code", "name", "subclasses"], rows)


def _rows(found: list[Json]) -> None:
    """Print each resource as a heading with lines: codes and ids can be copied whole."""
    for row in found:
        facts = [row["type_name"], row["status"], f"free {_units(row)}", row["city"]]
        entry(f"{row['library_code']}  {row['title']}", [", ".join(filter(None, facts)), row["id"]])
    if not found:
        say("no resources")


def _units(row: Json) -> str:
    return "-" if row["capacity"] is None else f"{row['units_free']}/{row['capacity']}"


def _detail(row: Json) -> None:
    terms = {name: value for name, value in row["terms_of_use"].items() if value not in (None, False, [])}
    lines = [
        row["description"],
        row["terms"],
        ", ".join(f"{name}: {value}" for name, value in terms.items()),
        f"{row['type_name']} / {row['subclass_name']}, {row['status']}, free {_units(row)}, {row['city']}",
        f"tags: {', '.join(row['tags'])}" if row["tags"] else "",
        f"confirm by {row['confirm_by'][:10]}" if row["confirm_by"] else "",
        row["id"],
    ]
    entry(f"{row['library_code']}  {row['title']}", [line for line in lines if line])


def _history(found: list[Json]) -> None:
    rows = [
        [line["at"][:16], line["kind"], line["actor"], "; ".join(f"{k}: {v[0]} -> {v[1]}" for k, v in line["changes"].items())]
        for line in found
    ]  # fmt: skip
    table("changes", ["at", "what", "who", "fields"], rows)


def _calendar(found: Json) -> None:
    rows = [
        [item["on"], item["out"], "-" if item["free"] is None else item["free"], "closed" if item["closed"] else ""]
        for item in found["days"]
    ]
    table("calendar", ["day", "out", "free", ""], rows)


def _pairs(found: list[Json]) -> None:
    rows = [
        [pair["similarity"], _named(pair["first"]), _named(pair["second"]), pair["status"], pair["id"]]
        for pair in found
    ]  # fmt: skip
    table("may be one", ["likeness", "one", "other", "status", "id"], rows)


def _named(side: Json) -> str:
    return f"{side['library_code']} {side['title']}"


def _reminders(found: list[Json]) -> None:
    if not found:
        say("nobody to write to")
    for item in found:
        entry(f"{item['name']}  {item['due_on'] or ''}", [item["text"], item["loan_id"] or item["resource_id"]])
