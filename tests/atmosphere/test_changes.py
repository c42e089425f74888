"""When a change is beyond noise."""

from __future__ import annotations

import random
from datetime import date, timedelta

from copilot.atmosphere.baselines import Point
from copilot.atmosphere.changes import Dated, excursions
from copilot.atmosphere.thresholds import DAYS, Watch

MONDAY = date(2026, 1, 5)
_DRAW = random.Random(4)
STEADY = [round(_DRAW.gauss(0.2, 0.04), 3) for _ in range(21)]
WATCH = Watch()


def series(*values: float | None) -> list[Dated]:
    days = [MONDAY + timedelta(days=n) for n in range(len(values))]
    return [
        Dated(day, None if value is None else Point(value, 0.0, day.weekday()))
        for day, value in zip(days, values, strict=True)
    ]


def find(values: list[float | None], bad: int = -1):  # excursions
    return excursions(series(*values), bad=bad, history=DAYS, watch=WATCH)


def test_a_steady_room_opens_nothing() -> None:
    assert find([*STEADY, *STEADY]) == []


def test_a_fall_of_several_days_opens_once_and_closes_after_it_is_over() -> None:
    found = find([*STEADY, -0.2, -0.25, -0.2, *STEADY])
    assert len(found) == 1
    (one,) = found
    assert one.opened_on == MONDAY + timedelta(days=22)  # the second bad day: none opens by itself
    assert one.began_on <= MONDAY + timedelta(days=21)
    assert one.closed_on is not None
    assert one.closed_on > MONDAY + timedelta(days=24)
    assert one.peak >= one.level
    assert one.usual.n == 22


def test_one_wild_day_is_no_change() -> None:
    assert find([*STEADY, -1.0, *STEADY]) == []


def test_a_rise_is_bad_only_where_it_is() -> None:
    up = [*STEADY, 0.6, 0.7, 0.6, 0.6]
    assert find(up) == []
    assert len(find(up, bad=1)) == 1


def test_what_lasts_stays_open_until_the_series_ends() -> None:
    (one,) = find([*STEADY, -0.2, -0.2, -0.2])
    assert one.closed_on is None


def test_it_closes_at_a_lower_level_than_it_opens() -> None:
    (one,) = find([*STEADY, -0.2, -0.25, -0.2, 0.2, -0.1, -0.1, 0.2])
    assert one.closed_on is None  # between the levels: neither closed nor opened again


def test_a_week_without_a_figure_begins_anew() -> None:
    (one,) = find([*STEADY, -0.2, -0.25, -0.2, *([None] * 7), 0.2])
    assert one.closed_on == MONDAY + timedelta(days=21 + 3 + 6)


def test_too_little_history_opens_nothing() -> None:
    assert find([0.2] * 5 + [-1.0] * 4) == []


def test_bad_days_far_apart_do_not_add_up() -> None:
    assert find([*STEADY, -0.2, *STEADY[:8], -0.25, *STEADY[:8], -0.2, *STEADY[:8]]) == []


def test_the_test_can_be_run_again_with_one_more_day_and_says_the_same_of_the_past() -> None:
    values = [*STEADY, -0.2, -0.25, -0.2, *STEADY]
    for end in range(25, len(values)):
        assert [one.opened_on for one in find(values[:end])] == [MONDAY + timedelta(days=22)]
