"""A comparison of two runs as Markdown: what is called, what is not, and what could not be compared."""

from __future__ import annotations

from collections.abc import Sequence

from eval.compare import LEVEL, Compared, Comparison, OnlyFigures, OnlyOne
from eval.report import short_number


def render_comparison(found: Comparison, *, everything: bool = False) -> str:
    """Return the tables: called differences first, then those inside the interval; all figures with `everything`."""
    called = found.named("worse", "changed", "better")
    parts = [_summary(found, called)]
    if called:
        parts.append(_table("Beyond chance", called))
    inside = [one for one in found.named("inside") if everything or one.family == "gated"]
    if inside:
        parts.append(_table("Different, and no more than chance gives" + ("" if everything else " (gated)"), inside))
    counted = [one for one in found.named("untested") if one.difference is not None]
    if counted and everything:
        parts.append(_untested(counted))
    if found.only_one:
        parts.append(_only_one(found.only_one))
    if found.only_figures:
        parts.append(_only_figures(found.only_figures))
    if found.refused:
        rows = [f"- {name}: {reason}" for name, reason in found.refused.items()]
        parts.append("\n".join(["## Not compared", "", *rows, ""]))
    return "\n".join(parts)


def _summary(found: Comparison, called: Sequence[Compared]) -> str:
    tally = ", ".join(f"{sum(one.outcome == kind for one in called)} {kind}" for kind in ("better", "worse", "changed"))
    same, inside = len(found.named("same")), len(found.named("inside"))
    untested = len(found.named("untested"))
    return (
        f"# Second run beside the first\n\n{tally}; {inside} inside their interval, {same} the same, {untested} not tested.\n"
        f"Paired on common cases, whole clusters swapped and drawn. Called: the 95 % interval leaves 0 out and p < {LEVEL:g} "
        f"after Holm over {found.tests['gated']} gated figures, and over {found.tests['other']} others.\n"
    )


def _table(title: str, rows: Sequence[Compared]) -> str:
    lines = [
        f"| {one.outcome} | {one.name} | {short_number(one.first)} | {short_number(one.second)} | {one.difference:+.3f} "
        f"| {one.low:+.3f} to {one.high:+.3f} | {one.adjusted:.4f} | {one.cases} / {one.clusters} |"
        for one in rows
    ]
    head = [
        "| | figure | first | second | difference | 95 % | p | cases / clusters |",
        "|---|---|---|---|---|---|---|---|",
    ]
    return "\n".join([f"## {title}", "", *head, *lines, ""])


def _untested(rows: Sequence[Compared]) -> str:
    lines = [
        f"| {one.name} | {short_number(one.first)} | {short_number(one.second)} | {one.difference:+.3g} | {one.reason} |"
        for one in rows
    ]
    return "\n".join(
        ["## Different, and not tested", "", "| figure | first | second | difference | why |", "|---|---|---|---|---|", *lines, ""]
    )  # fmt: skip


def _only_one(rows: Sequence[OnlyOne]) -> str:
    lines = [
        f"- {one.suite}: {one.first} only in the first run, {one.second} only in the second, such as {', '.join(one.named[:5])}"
        for one in rows
    ]
    return "\n".join(["## Cases of one run alone", "", *lines, ""])


def _only_figures(rows: Sequence[OnlyFigures]) -> str:
    lines = [
        f"- {one.suite}, only in the {which} run: {', '.join(names)}"
        for one in rows
        for which, names in (("first", one.first), ("second", one.second))
        if names
    ]
    return "\n".join(["## Figures of one run alone", "", *lines, ""])
