"""Which time is meant: defaults from the newest message, bounds, and local days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from copilot.atmosphere.periods import Asked, Period, local_days, resolve
from copilot.atmosphere.thresholds import Bounds
from copilot.errors import InvalidInput
from tests.conftest import NOW

BOUNDS = Bounds()
NEWEST = datetime(2026, 11, 15, 15, 53, 44, 500, UTC)
WEEK = timedelta(days=7)
SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")


def test_without_ends_it_is_the_week_up_to_the_newest_message() -> None:
    period = resolve(Asked(None, None), NEWEST, NOW, BOUNDS)
    assert period.end == datetime(2026, 11, 15, 15, 53, 45, tzinfo=UTC)  # the message itself is inside
    assert period.start == period.end - WEEK


def test_an_empty_room_is_read_up_to_now() -> None:
    assert resolve(Asked(None, None), None, NOW, BOUNDS) == Period(NOW - WEEK, NOW)


def test_a_start_after_the_newest_message_gives_the_week_after_it() -> None:
    start = NEWEST + timedelta(days=1)
    assert resolve(Asked(start, None), NEWEST, NOW, BOUNDS) == Period(start, start + WEEK)


def test_an_end_alone_gives_the_week_before_it() -> None:
    assert resolve(Asked(None, NEWEST - WEEK), NEWEST, NOW, BOUNDS) == Period(NEWEST - 2 * WEEK, NEWEST - WEEK)


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        (datetime(2026, 11, 1), None, "start"),  # noqa: DTZ001  # naive on purpose
        (NOW, NOW, "start"),
        (NOW, NOW - WEEK, "start"),
        (NOW - timedelta(days=367), NOW, "start"),
        (None, datetime.max.replace(tzinfo=UTC), "end"),
        (datetime.min.replace(tzinfo=SHANGHAI), NOW, "start"),
        (None, datetime(1979, 12, 31, tzinfo=UTC), "end"),
    ],
)
def test_times_that_make_no_window_are_refused_by_field(
    start: datetime | None, end: datetime | None, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        resolve(Asked(start, end), NEWEST, NOW, BOUNDS)
    assert refused.value.data["field"] == field


def test_without_ends_it_is_the_last_seven_local_days() -> None:
    # 15:53 UTC is 23:53 in Shanghai: still the fifteenth there.
    days = local_days(Asked(None, None), NEWEST, NOW, SHANGHAI, BOUNDS)
    assert len(days) == 7
    assert days[-1] == Period(datetime(2026, 11, 14, 16, tzinfo=UTC), datetime(2026, 11, 15, 16, tzinfo=UTC))
    assert all(one.end == other.start for one, other in pairwise(days))


def test_a_window_that_ends_at_midnight_does_not_touch_the_next_day() -> None:
    midnight = datetime(2026, 11, 14, 16, tzinfo=UTC)
    assert len(local_days(Asked(midnight - timedelta(days=1), midnight), NEWEST, NOW, SHANGHAI, BOUNDS)) == 1


def test_the_day_the_clocks_go_forward_has_twenty_three_hours() -> None:
    noon = datetime(2026, 3, 29, 12, tzinfo=BERLIN)
    (day,) = local_days(Asked(noon, noon + timedelta(hours=1)), NEWEST, NOW, BERLIN, BOUNDS)
    assert day.end - day.start == timedelta(hours=23)


def test_more_than_ninety_two_days_are_refused() -> None:
    end = datetime(2026, 11, 15, 16, tzinfo=UTC)
    assert len(local_days(Asked(end - timedelta(days=92), end), NEWEST, NOW, SHANGHAI, BOUNDS)) == 92
    with pytest.raises(InvalidInput):
        local_days(Asked(end - timedelta(days=93), end), NEWEST, NOW, SHANGHAI, BOUNDS)
