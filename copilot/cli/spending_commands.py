"""What an event really cost, on the command line: `events spent EVENT --line venue=1200 --line gift=80:Gifts`."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from copilot.cli.asking import DEFAULT, AsJson, Community, backend, show
from copilot.cli.backend import Json
from copilot.cli.event_commands import EventArg, event_id
from copilot.cli.output import say, table
from copilot.currency import CURRENCIES, minor_units, plain
from copilot.errors import InvalidInput

_MOST_WHOLE = 10_000_000


def spent(
    event: EventArg,
    line: Annotated[
        list[str] | None,
        typer.Option(help="KEY=AMOUNT of a budget line, KEY=AMOUNT:TITLE for what was not planned; may be repeated"),
    ] = None,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Record what was spent, line by line, in place of what was recorded; without --line show it beside the plan."""
    with backend(community) as asked:
        found_id = event_id(asked, event)
        shown = asked.events.spending(found_id, None)
        if line:
            lines = [_line(text, str(shown["currency"])) for text in line]
            shown = asked.events.spending(found_id, {"lines": lines})
    show(shown, as_json, _spending)


def _line(text: str, currency: str) -> Json:
    """Read KEY=AMOUNT or KEY=AMOUNT:TITLE; amounts are in whole units with decimals."""
    key, _, rest = text.partition("=")
    amount, _, title = rest.partition(":")
    try:
        number = Decimal(amount.strip().replace(",", ""))
    except InvalidOperation as error:
        raise InvalidInput(f"{text!r}: give KEY=AMOUNT, such as venue=1200.50", field="line") from error
    finest = Decimal(1).scaleb(-CURRENCIES[currency].digits)
    if not number.is_finite() or not 0 <= number <= _MOST_WHOLE or number != number.quantize(finest):
        raise InvalidInput(f"{text!r}: an amount is from 0 to 10 million and no finer than {finest}", field="line")
    return {"key": key.strip(), "spent_cents": minor_units(number, currency), "title": title.strip()}


def _spending(found: Json) -> None:
    code = str(found["currency"])

    def shown(cents: int | None) -> str:
        return "-" if cents is None else plain(cents, code)

    rows: list[list[object]] = [
        [one["key"], one["title"], shown(one["planned_cents"]), shown(one["spent_cents"]), shown(one["over_cents"])]
        for one in found["lines"]
    ]
    table(f"planned and spent ({code})", ["key", "what", "planned", "spent", "over"], rows)
    say(
        f"planned {shown(found['planned_cents'])}, spent {shown(found['spent_cents'])}, "
        f"over {shown(found['over_cents'])}, cap {shown(found['cap_cents'])}"
    )
