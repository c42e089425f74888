"""Meals by the clock on the wall, and what they cost."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from copilot.events.drafts.mealtimes import mealtimes
from copilot.events.drafts.money import Costs, Scale, make_budget
from copilot.playbook_models import CostLine, CostUnit

SHANGHAI = ZoneInfo("Asia/Shanghai")
LINE = CostLine(key="meals", title="餐", unit=CostUnit.PER_MEAL, min_cents=2000, typical_cents=4000, max_cents=8000)


@pytest.mark.parametrize(
    ("start", "minutes", "meals"),
    [
        ("2026-11-28T14:00", 150, []),
        ("2026-11-28T14:00", 270, []),  # over at half past six: people go and eat
        ("2026-11-28T19:00", 120, []),
        ("2026-11-28T09:30", 480, ["28 12:30"]),
        ("2026-11-28T18:30", 90, ["28 18:30"]),
        ("2026-11-28T09:00", 660, ["28 12:30", "28 18:30"]),
        ("2026-11-28T09:30", 2880, ["28 12:30", "28 18:30", "29 12:30", "29 18:30"]),
        ("2026-11-28T12:30", 0, []),
        ("2026-11-28T12:30", -5, []),
    ],
)
def test_whoever_is_in_the_room_at_a_mealtime_is_fed(start: str, minutes: int, meals: list[str]) -> None:
    found = mealtimes(datetime.fromisoformat(start).replace(tzinfo=SHANGHAI), minutes)
    assert [at.strftime("%d %H:%M") for at in found] == meals
    assert all(at.tzinfo is SHANGHAI for at in found)


def test_the_clock_of_the_place_counts_when_clocks_change() -> None:
    """Berlin, 25 October 2026: the night is an hour longer, lunch is at half past twelve all the same."""
    found = mealtimes(datetime(2026, 10, 24, 13, 0, tzinfo=ZoneInfo("Europe/Berlin")), 24 * 60)
    assert [at.isoformat() for at in found] == ["2026-10-24T18:30:00+02:00", "2026-10-25T12:30:00+01:00"]


def test_a_meal_costs_per_person_and_mealtime_and_nothing_in_an_afternoon() -> None:
    """20 people, two meals, 40 yuan each: 1,600 yuan."""
    budget = make_budget(Costs([LINE]), Scale(headcount=20, minutes=660, speakers=0, meals=2), None, "")
    assert (budget.lines[0].quantity, budget.total_cents) == (40, 160_000)
    assert make_budget(Costs([LINE]), Scale(headcount=20, minutes=150, speakers=0), None, "").lines == []
