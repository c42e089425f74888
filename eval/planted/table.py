"""What was planted and which gate caught it, as a table for terminals and for the README of the evaluation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from eval.gates import Verdict
from eval.marked import read_block
from eval.planted.plot import Outcome

TABLE_FILE = Path(__file__).resolve().parents[1] / "README.md"
BLOCK = "planted"
_ROW = re.compile(r"^\| (\w+) \| ([^|]+) \| [^|]+ \| `([^`]+)` ", re.MULTILINE)


def render_outcomes(outcomes: Sequence[Outcome]) -> str:
    """Return a table, what slipped through first, and the tally."""
    ordered = sorted(outcomes, key=lambda outcome: outcome.is_caught)
    rows = [
        f"| {'caught' if one.is_caught else 'SLIPPED THROUGH'} | {one.planted.suite} | {_named(one)} | {one.planted.gate} "
        f"| {_number(one.worse)} | {one.worse.gate.bound} | {_beside(one)} | {len(one.also)} | {one.cpu_seconds:.1f} |"
        for one in ordered
    ]
    caught = sum(one.is_caught for one in outcomes)
    seconds = sum(one.cpu_seconds for one in outcomes)
    return "\n".join(
        [
            "| outcome | suite | planted | gate | worse | bound | the product | other gates | CPU s |",
            "|---|---|---|---|---|---|---|---|---|",
            *rows,
            "",
            f"{caught} of {len(outcomes)} caught, {seconds:.0f} CPU seconds",
        ]
    )


def render_table(outcomes: Sequence[Outcome]) -> str:
    """Return the table for the README, in the order of the catalogue, as `named_in_table` reads it."""
    rows = [
        f"| {one.planted.suite} | {_named(one)} | {one.planted.about} | `{one.planted.gate}` {one.worse.gate.bound} "
        f"| {_number(one.worse)} | {_beside(one)} |"
        for one in outcomes
    ]
    head = "| suite | planted | what is wrong | gate that fails | it scores | the product, same cases |"
    return "\n".join([head, "|---|---|---|---|---|---|", *rows])


def named_in_table(readme: str) -> list[tuple[str, str, str]]:
    """Return suite, name and gate of every row of the README's table.

    Raises:
        InvalidInput: there is no such block.
    """
    rows = _ROW.findall(read_block(readme, BLOCK))
    return [(suite, name.removesuffix(" (control)"), gate) for suite, name, gate in rows]


def _named(outcome: Outcome) -> str:
    return outcome.planted.name + (" (control)" if outcome.planted.kind == "control" else "")


def _beside(outcome: Outcome) -> str:
    return "" if outcome.honest is None else _number(outcome.honest)


def _number(verdict: Verdict) -> str:
    if verdict.value is None:
        return f"unscored: {verdict.reason}"
    return f"{verdict.value:.3f}" if abs(verdict.value) < 10 else f"{verdict.value:,.0f}"
