"""Trust, figures and unmet demand on the command line; they join the commands of resources."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from copilot.cli.asking import DEFAULT, AsJson, Community, MemberArg, backend, member_id, show
from copilot.cli.backend import Json
from copilot.cli.output import entry, say, table
from copilot.cli.resource_commands import resources_app
from copilot.errors import InvalidInput

# These commands are registered by being imported; the group is handed on so that nobody imports them for nothing.
__all__ = ["resources_app"]
Start = Annotated[str | None, typer.Option(help="first day, YYYY-MM-DD; 89 days before the last when left out")]
End = Annotated[str | None, typer.Option(help="last day; today when left out")]
BY = ("all", "class", "owner", "month")


@resources_app.command("trust")
def trust(member: MemberArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Show what is known of dealing with a member, component by component; there is no overall number."""
    with backend(community) as asked:
        found = asked.exchange.trust(member_id(asked, member))
    show(found, as_json, _trust)


@resources_app.command("figures")
def figures(
    by: Annotated[str, typer.Option(help="all, class, owner or month")] = "all",
    start: Start = None,
    end: End = None,
    output: Annotated[Path | None, typer.Option("-o", help="CSV file to write instead")] = None,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Show utilisation, return, turnover and match degree with n and intervals; -o writes them as CSV."""
    if by not in BY:
        raise InvalidInput(f"by is one of {', '.join(BY)}, not {by!r}", field="by")
    params = {"by": by} | _days(start, end)
    with backend(community) as asked:
        if output is not None:
            output.write_bytes(asked.exchange.figures_csv(params))
            say(str(output))
            return
        found = asked.exchange.figures(params)
    show(found, as_json, _figures)


@resources_app.command("demand")
def demand(
    start: Start = None, end: End = None, community: Community = DEFAULT, as_json: AsJson = False
) -> None:  # fmt: skip
    """Show what is asked for and not there: by class from requests, by meaning from wishes."""
    with backend(community) as asked:
        found = asked.exchange.demand(_days(start, end))
    show(found, as_json, _demand)


def _days(start: str | None, end: str | None) -> Json:
    return {name: value for name, value in (("start", start), ("end", end)) if value}


def _trust(found: Json) -> None:
    say(f"{found['name']}: {found['sentence']}")
    for item in found["components"]:
        between = "" if item["low"] is None else f" (95 %: {item['low']:.0%} - {item['high']:.0%})"
        records = [f"{row['at'][:10]} {row['sentence']} ({row['with_name']})" for row in item["records"][:5]]
        entry(f"{item['title']}: {item['sentence']}{between}", [item["definition"], *records])


def _figures(found: Json) -> None:
    names = [item["title"] for item in found["definitions"]]
    rows = [[line["title"], *(_figure(item) for item in line["figures"]), line["requests"]] for line in found["lines"]]
    table(f"{found['start']} - {found['end']}", [found["by"], *names, "n"], rows)
    for item in found["definitions"]:
        say(f"{item['title']}: {item['text']}")


def _figure(item: Json) -> str:
    if item["value"] is None:
        return str(item["remark"])
    between = "" if item["low"] is None else f" [{_rounded(item['low'])}, {_rounded(item['high'])}]"
    return f"{_rounded(item['value'])}{between} n={item['n']}"


def _rounded(value: float) -> str:
    # What is little is not nothing.
    return f"{value:.2f}" if value == 0 or value >= 0.005 else f"{value:.1g}"


def _demand(found: Json) -> None:
    rows = [
        [row["type_name"], row["unmet"], row["members"], row["declined"], row["expired"], row["waiting"]]
        for row in found["by_class"]
    ]
    table("not met", ["class", "requests", "members", "declined", "expired", "in line"], rows)
    say(found["sentence"])
    wishes = [[row["lead"], row["text"], row["nearest_title"]] for row in found["by_meaning"][:20]]
    table("wishes", ["lead", "wish", "nearest resource"], wishes)
