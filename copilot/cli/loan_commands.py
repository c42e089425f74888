"""Loans on the command line: requests for resources and all that follows."""

from __future__ import annotations

from typing import Annotated

import typer

from copilot.cli.asking import DEFAULT, AsJson, Community, MemberArg, backend, member_id, show
from copilot.cli.backend import Json
from copilot.cli.output import entry, say
from copilot.cli.resource_commands import Limit, ResourceArg, resource_id
from copilot.errors import InvalidInput

loans_app = typer.Typer(no_args_is_help=True, help="Who uses which resource until when, and what came of it.")
LoanArg = Annotated[str, typer.Argument(help="id of a loan")]


@loans_app.command("list")
def list_loans(
    member: Annotated[str | None, typer.Option(help="of this member")] = None,
    lent: Annotated[bool, typer.Option("--lent", help="what the member lends instead of what they borrow")] = False,
    resource: Annotated[str | None, typer.Option(help="of this resource")] = None,
    status: Annotated[str | None, typer.Option(help="requested, waiting, accepted, lent, overdue, disputed ...")] = None,
    community: Community = DEFAULT,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """List loans, latest request first."""
    if member and resource:
        raise InvalidInput("name a member or a resource, not both", field="resource")
    only: Json = {"limit": limit} | ({"status": status} if status else {})
    with backend(community) as asked:
        if member:
            only |= {"member_id": member_id(asked, member), "side": "lent" if lent else "borrowed"}
        if resource:
            only["resource_id"] = resource_id(asked, resource)
        found = asked.exchange.loans(only)
    show(found, as_json, _rows)


@loans_app.command("show")
def show_loan(loan: LoanArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Show a loan with its steps."""
    with backend(community) as asked:
        found = asked.exchange.loan(loan)
    show(found, as_json, _detail)


@loans_app.command("request")
def request(
    resource: ResourceArg,
    member: MemberArg,
    starts_on: Annotated[str, typer.Argument(help="first day, YYYY-MM-DD")],
    ends_on: Annotated[str, typer.Argument(help="last day, on which it is due")],
    units: Annotated[int, typer.Option(min=1)] = 1,
    words: Annotated[str, typer.Option(help="what for")] = "",
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Ask for units of a resource for a member; without a free one it waits in the line."""
    with backend(community) as asked:
        body = {
            "member_id": member_id(asked, member), "starts_on": starts_on, "ends_on": ends_on, "units": units,
            "words": words,
        }  # fmt: skip
        found = asked.exchange.request(resource_id(asked, resource), body)
    show([found], as_json, _rows)


@loans_app.command("step")
def step(
    loan: LoanArg,
    step: Annotated[str, typer.Argument(
        help="accept, decline, withdraw, cancel, hand_over, hand_back, confirm_return, deny_return, use_up, ask_extension, "
        "refuse_extension, extend, dispute or settle"
    )],
    words: Annotated[str, typer.Option(help="a reason; some steps need one")] = "",
    until: Annotated[str | None, typer.Option(help="of an extension: the new last day")] = None,
    settled_as: Annotated[str | None, typer.Option(help="of a settled dispute: returned, used, lost, lent or granted")] = None,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Take a step; whoever waits moves up for what it frees."""
    body = {"step": step, "words": words, "until": until, "settled_as": settled_as}
    with backend(community) as asked:
        found = asked.exchange.step(loan, body)
    show([found], as_json, _rows)


@loans_app.command("outcome")
def outcome(
    loan: LoanArg,
    side: Annotated[str, typer.Argument(help="lender or borrower")],
    result: Annotated[str, typer.Argument(help="met, partly or not_met")],
    value: Annotated[int | None, typer.Option("--value-minor", min=0, help="in minor units of the currency")] = None,
    words: Annotated[str, typer.Option(help="in words")] = "",
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Say what came of a loan that has ended: what the lender put in, or what the borrower got."""
    body = {"side": side, "result": result, "value_minor": value, "words": words}
    with backend(community) as asked:
        found = asked.exchange.outcome(loan, body)
    show([found], as_json, _rows)


def _rows(found: list[Json]) -> None:
    """Print each loan as a heading with lines: no terminal is wide enough for ids that can be copied in columns."""
    for row in found:
        entry(
            f"{row['library_code']}  {row['title']}",
            [
                f"{row['member_name']} x {row['units']}, {row['starts_on']} - {row['ends_on']}: {row['sentence']}",
                row["id"],
            ],
        )
    if not found:
        say("no loans")


def _detail(row: Json) -> None:
    steps = [
        f"{line['at'][:16]}  {line['side']}: {line['step']} -> {line['to_status']}  {line['words']}".rstrip()
        for line in row["history"]
    ]
    outcomes = [
        f"{item['side']}: {item['result']}  {item['value_minor'] if item['value_minor'] is not None else ''}  {item['words']}"
        for item in row["outcomes"]
    ]  # fmt: skip
    period = f"{row['member_name']}, {row['units']}, {row['starts_on']} - {row['ends_on']}: {row['sentence']}"
    next_steps = f"next: {', '.join(row['next_steps'])}" if row["next_steps"] else ""
    lines = [period, *steps, *outcomes, next_steps, row["id"]]
    entry(f"{row['library_code']}  {row['title']}", [line for line in lines if line])
