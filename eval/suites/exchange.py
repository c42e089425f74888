"""The exchange: the figures of a simulated year against the same year counted a second way, and a planted mistake."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time
from pathlib import Path
from typing import get_args

from copilot.clock import FixedClock
from copilot.community.access import ROLE_SCOPES, Actor
from copilot.community.models import Role
from copilot.community.store import Store
from copilot.resources.figures.desk import FigureDesk
from copilot.resources.figures.measures import By
from copilot.resources.figures.models import FigureView, ResourceFigures
from eval.exchange_simulation import COMMUNITY, FIRST, LAST, ZONE, Cells, Diary, counted_again, store_year, year
from eval.metrics.intervals import SEED
from eval.scores import count
from eval.suite import Findings, Suite
from eval.world import Worlds

OPERATOR = Actor(COMMUNITY, "eval", Role.OPERATOR, ROLE_SCOPES[Role.OPERATOR], key_id="eval")


def measure(worlds: Worlds) -> Findings:
    """Count a year's figures as the service does and again by hand; every figure of every line is one case."""
    with a_year(worlds.new_folder()) as (desk, diaries):
        wrong_figures = compared = planted = loans = 0
        rows: list[dict[str, object]] = []
        for by in get_args(By):
            found = desk.show(COMMUNITY, OPERATOR, FIRST, LAST, by)
            wrong, cases = differing(found, counted_again(diaries, by))
            compared += cases
            wrong_figures += len(wrong)
            rows += wrong
            loans = max(loans, found.lines[0].uses)
            if by == "month":
                planted = len(differing(found, counted_again(diaries, by, last_day_counts=True))[0])
    figures = [
        count("exchange.recount_differs", wrong_figures, compared, "lower"),
        count("exchange.planted_mistake_found", planted, 12, "higher"),
        count("exchange.uses", loans, loans),
    ]
    return Findings(figures, rows)


@contextmanager
def a_year(folder: Path) -> Iterator[tuple[FigureDesk, list[Diary]]]:
    """Yield the service's figures over a simulated year that was stored in `folder`, and its diaries."""
    clock = FixedClock(datetime.combine(LAST, time(12), ZONE))
    store = Store.open(f"sqlite:///{folder / 'exchange.sqlite'}", clock=clock)
    try:
        diaries = year(SEED)
        store_year(store, diaries, SEED)
        yield FigureDesk(store), diaries
    finally:
        store.close()


def differing(found: ResourceFigures, again: Cells) -> tuple[list[dict[str, object]], int]:
    """Return what is not the same in both counts, and how many figures were compared."""
    wrong: list[dict[str, object]] = []
    ours: dict[tuple[str, str], FigureView] = {
        (line.key, item.name): item for line in found.lines for item in line.figures if item.denominator
    }
    names = ours.keys() | again.keys()
    for key in sorted(names):
        item, other = ours.get(key), again.get(key)
        if item is None or other is None or not _same(item, other):
            wrong.append({"by": found.by, "line": key[0], "figure": key[1], "ours": str(item), "again": str(other)})
    return wrong, len(names)


def _same(item: FigureView, other: tuple[float, int]) -> bool:
    if item.name == "days_to_met":
        # With too little data there is no median to compare, only how many there were.
        return item.n == other[1] and item.value in {None, other[0]}
    return (item.numerator, item.denominator) == other


SUITE = Suite("exchange", 1, "the figures of a simulated year of lending, and the year counted a second way", measure)
