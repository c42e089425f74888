from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from copilot.events.briefs.settling import SettledBrief
from copilot.events.drafts.timetable import Session, meals, sessions, timetable_of, working_minutes

SHANGHAI = ZoneInfo("Asia/Shanghai")


def brief(start: str, minutes: int, daily: int | None = None, event_format: str = "workshop") -> SettledBrief:
    return SettledBrief(
        format=event_format, topic="t", starts_at=datetime.fromisoformat(start).replace(tzinfo=SHANGHAI).astimezone(UTC),
        duration_minutes=minutes, daily_minutes=daily, city="", online=False, headcount=20, budget_cents=None,
        audience="a", goals=[], notes="", timezone="Asia/Shanghai",
    )  # fmt: skip


def clocks(plan: SettledBrief) -> list[str]:
    """Return where the meals and nights begin, as clock times."""
    at, found = 0, []
    for block in timetable_of(plan).blocks:
        at += block.minutes
        if block.pause_minutes:
            hour = (plan.local_start.hour * 60 + plan.local_start.minute + at) % 1440
            found.append(f"{block.pause_key} {hour // 60:02d}:{hour % 60:02d}")
        at += block.pause_minutes
    return found


@pytest.mark.parametrize(
    ("start", "minutes", "expected"),
    [
        ("2026-11-28T14:00", 120, []),
        ("2026-11-28T11:00", 180, []),  # three hours over lunch: food is on the table, nobody leaves
        ("2026-11-28T09:30", 480, ["meal 12:15"]),
        ("2026-11-28T10:00", 660, ["meal 12:15", "meal 18:30"]),
        ("2026-11-28T14:00", 360, ["meal 18:15"]),
        ("2026-11-28T13:00", 300, []),
        ("2026-11-28T19:00", 360, []),
    ],
)
def test_meals_are_at_mealtimes(start: str, minutes: int, expected: list[str]) -> None:
    plan = brief(start, minutes)
    assert clocks(plan) == expected
    assert timetable_of(plan).minutes == minutes


def test_two_days_have_a_night_between_them_by_hand() -> None:
    # Saturday 09:30 to 20:30, Sunday 09:30 to 18:00: 660 and 510 minutes, 780 of night.
    plan = brief("2026-11-28T09:30", 1440 + 510, 660, "competition")
    assert sessions(plan) == [Session(0, 660), Session(1440, 510)]
    assert clocks(plan) == ["meal 12:15", "meal 18:30", "night 20:30", "meal 12:15"]
    assert meals(plan) == 3
    assert working_minutes(plan) == 1170
    assert timetable_of(plan).minutes == 1950


def test_one_long_stretch_sleeps_from_ten_to_eight() -> None:
    plan = brief("2026-11-28T10:00", 1440, event_format="competition")
    assert clocks(plan) == ["meal 12:15", "meal 18:30", "night 22:00"]
    assert sessions(plan)[-1] == Session(1320, 120)


def test_a_party_into_the_small_hours_has_no_night() -> None:
    assert sessions(brief("2026-11-28T14:00", 780)) == [Session(0, 780)]
