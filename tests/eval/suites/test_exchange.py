"""The simulated year: both counts agree, and a planted mistake shows in every month."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.exchange_simulation import FIRST, LAST, year
from eval.metrics.intervals import SEED
from eval.suites.exchange import measure
from eval.world import Worlds


@pytest.mark.slow
def test_two_counts_of_a_year_agree_and_a_planted_mistake_shows(tmp_path: Path) -> None:
    found = measure(Worlds(tmp_path))
    values = {figure.name: (figure.value, figure.n) for figure in found.figures}
    assert values["exchange.recount_differs"][0] == 0 and values["exchange.recount_differs"][1] > 400
    assert values["exchange.planted_mistake_found"] == (12, 12)


def test_a_year_is_the_same_every_time_and_holds_every_fate() -> None:
    diaries = year(SEED)
    assert diaries == year(SEED)
    ends = {wish.end for diary in diaries for wish in diary.wishes}
    assert {"requested", "accepted", "lent", "granted", "returned", "used", "lost", "declined", "expired"} <= ends
    days = [wish.handed for diary in diaries for wish in diary.wishes if wish.handed is not None]
    assert min(days) < FIRST and max(days) == LAST, "it begins with what is out already"
