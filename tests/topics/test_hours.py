"""The hour at which somebody writes: hand-worked, thin, even, and at night."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from copilot.topics.hours import best_hour

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(hour: int, times: int) -> list[datetime]:
    """Return messages at this hour in Shanghai, one a day."""
    return [datetime(2026, 11, 1, hour, 30, tzinfo=SHANGHAI).astimezone(UTC) + timedelta(days=d) for d in range(times)]


def test_the_hour_with_most_messages_around_it_wins() -> None:
    # 14: 4 + .5 x (3 + 3) = 7; 20: 6 alone.
    assert best_hour(at(13, 3) + at(14, 4) + at(15, 3) + at(20, 6), SHANGHAI) == 14


def test_few_messages_say_nothing() -> None:
    assert best_hour(at(14, 11), SHANGHAI) is None
    assert best_hour(at(14, 12), SHANGHAI) == 14
    assert best_hour([], SHANGHAI) is None


def test_messages_at_all_hours_say_nothing() -> None:
    assert best_hour([moment for hour in range(24) for moment in at(hour, 2)], SHANGHAI) is None


def test_nobody_is_asked_at_night() -> None:
    assert best_hour(at(3, 30) + at(21, 2), SHANGHAI) is None
    assert best_hour(at(23, 10) + at(21, 8), SHANGHAI) == 21


def test_an_hour_at_which_people_say_yes_weighs_more() -> None:
    sent = at(10, 8) + at(19, 7)
    assert best_hour(sent, SHANGHAI) == 10
    assert best_hour(sent, SHANGHAI, {10: 0.7, 19: 1.2}) == 19
