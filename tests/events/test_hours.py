from __future__ import annotations

from datetime import time

import pytest

from copilot.events.briefs.hours import find_durations, find_hours


@pytest.mark.parametrize(
    ("text", "start", "minutes"),
    [
        ("下午两点", time(14), None), ("14:00", time(14), None), ("2pm", time(14), None), ("2:30 pm", time(14, 30), None),
        ("上午十点半", time(10, 30), None), ("晚上7点半", time(19, 30), None), ("晚8点", time(20), None), ("中午12点", time(12), None),
        ("中午1点", time(13), None), ("19点一刻", time(19, 15), None), ("下午3点45分", time(15, 45), None), ("9点", time(9), None),
        ("noon", time(12), None), ("14:00-16:30", time(14), 150), ("下午2点到5点", time(14), 180), ("2-4pm", time(14), 120),
        ("11-1pm", time(11), 120), ("10am to noon", time(10), 120), ("上午9点到下午5点", time(9), 480), ("9点到12点", time(9), 180),
        ("2pm to 4pm", time(14), 120), ("晚上10点到凌晨1点", time(22), 180), ("08:30", time(8, 30), None), ("12am", time(0), None),
    ],
)  # fmt: skip
def test_a_time_of_day_is_read(text: str, start: time, minutes: int | None) -> None:
    found = find_hours(text)
    assert [(item.value.start, item.value.minutes) for item in found] == [(start, minutes)]


@pytest.mark.parametrize(
    ("text", "start"),
    [("3点", time(15)), ("7点", time(19)), ("2:00", time(14)), ("下午", time(14)), ("in the evening", time(19, 30))],
)
def test_a_vague_time_is_marked_as_assumed(text: str, start: time) -> None:
    assert [(item.value.start, item.value.is_assumed) for item in find_hours(text)] == [(start, True)]


@pytest.mark.parametrize("text", ["25点", "14:75", "下午3点99分"])
def test_an_hour_that_does_not_exist_has_no_value(text: str) -> None:
    assert [item.value.start for item in find_hours(text)] == [None]


@pytest.mark.parametrize("text", ["三点建议", "24小时营业", "", "两小时"])
def test_other_numbers_are_no_times(text: str) -> None:
    assert find_hours(text) == []


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("两小时", 120), ("2个小时", 120), ("90分钟", 90), ("2h", 120), ("1h30m", 90), ("一个半小时", 90), ("两个半小时", 150),
        ("2小时半", 150), ("1.5小时", 90), ("半小时", 30), ("半天", 240), ("一整天", 480), ("两天", 2880), ("three days", 4320),
        ("90 minutes", 90), ("90-minute", 90), ("two hours", 120), ("an hour and a half", 90), ("half a day", 240),
        ("2小时30分钟", 150), ("全天", 480),
    ],
)  # fmt: skip
def test_a_duration_is_read(text: str, minutes: int) -> None:
    assert [item.value for item in find_durations(text)] == [minutes]


@pytest.mark.parametrize("text", ["提前2小时到", "三天后", "明天", "within 2 hours"])
def test_other_spans_are_not_the_length_of_the_event(text: str) -> None:
    assert find_durations(text) == []
