from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from copilot.events.drafts.schedule import (
    days_before,
    fitting_tasks,
    follow_up_schedule,
    prep_schedule,
    promotion_schedule,
)
from copilot.events.workdays import DayNote, day_notes, is_rest_day, last_workday
from copilot.playbook_models import FollowUpTask, PrepTask, PromotionStep

EVENT = date(2026, 11, 28)  # a Saturday


def tasks(*days: int) -> list[PrepTask]:
    return [
        PrepTask(key=f"t{n}", title=f"t{n}", days_before=d, owner_role="host", depends_on=[f"t{n - 1}"] if n else [])
        for n, d in enumerate(days)
    ]


def test_with_time_enough_tasks_fall_on_their_day_moved_back_to_a_workday() -> None:
    planned = prep_schedule(tasks(14, 7, 1, 0), EVENT, date(2026, 11, 1), [])
    # 14, 21 November are Saturdays and move to Fridays; the 27th is a Friday; the day itself stays.
    assert [task.due_on.day for task in planned] == [13, 20, 27, 28]


def test_with_little_time_leads_shrink_by_the_same_share() -> None:
    # Six days left of fourteen: 14 -> 6, 7 -> 3, 1 -> 1 and never onto the day.
    assert [days_before(d, 14, 6) for d in (14, 7, 1, 0)] == [6, 3, 1, 0]


def test_online_nobody_prints_badges_and_nothing_waits_for_it() -> None:
    room = PrepTask(key="room", title="book the room", days_before=9, owner_role="host", online_title="book the link")
    badges = PrepTask(key="badges", title="print badges", days_before=2, owner_role="host", on_site=True)
    setup = PrepTask(key="setup", title="test sound", days_before=0, owner_role="host", depends_on=["room", "badges"])

    online = fitting_tasks([room, badges, setup], online=True)

    assert [(task.title, task.depends_on) for task in online] == [("book the link", []), ("test sound", ["room"])]
    assert fitting_tasks([room, badges, setup], online=False) == [room, badges, setup]


def test_on_the_day_everything_is_due_today() -> None:
    assert {task.due_on for task in prep_schedule(tasks(14, 7, 1, 0), EVENT, EVENT, [])} == {EVENT}


def test_a_task_leaves_a_holiday_and_says_so_when_it_cannot() -> None:
    notes = day_notes(date(2026, 9, 20), date(2026, 10, 20), "zh-CN")
    moved = prep_schedule(tasks(7), date(2026, 10, 10), date(2026, 9, 20), notes)[0]
    assert moved.due_on == date(2026, 9, 30)
    assert moved.on_holiday == ""
    stuck = prep_schedule(tasks(3), date(2026, 10, 6), date(2026, 10, 2), notes)[0]
    assert stuck.due_on == date(2026, 10, 2)
    assert "国庆" in stuck.on_holiday


def test_a_weekend_worked_in_exchange_is_a_workday() -> None:
    notes = day_notes(date(2026, 10, 1), date(2026, 10, 31), "zh-CN")
    assert not is_rest_day(date(2026, 10, 10), notes)
    assert is_rest_day(date(2026, 10, 11), notes)
    assert is_rest_day(date(2026, 10, 6), notes)
    assert last_workday(date(2026, 10, 11), notes, date(2026, 10, 1)) == date(2026, 10, 10)


def test_holidays_are_named_in_the_language_asked_for() -> None:
    assert [note.name for note in day_notes(date(2027, 1, 1), date(2027, 1, 1), "en")] == ["New Year's Day"]
    assert day_notes(date(2026, 11, 17), date(2026, 11, 18), "en") == []


@given(
    st.lists(st.integers(0, 365), min_size=1, max_size=20), st.integers(0, 400),
    st.lists(st.integers(-400, 30), max_size=20, unique=True),
)  # fmt: skip
def test_tasks_are_never_past_never_late_and_keep_their_order(leads: list[int], left: int, holidays: list[int]) -> None:
    today = EVENT - timedelta(days=left)
    notes = [DayNote(on=EVENT + timedelta(days=offset), name="x", is_holiday=offset % 2 == 0) for offset in holidays]
    planned = prep_schedule(tasks(*sorted(leads, reverse=True)), EVENT, today, notes)
    assert all(today <= task.due_on <= EVENT for task in planned)
    due = {task.key: task.due_on for task in planned}
    assert all(due[needed] <= task.due_on for task in planned for needed in task.depends_on)


def test_promotion_texts_are_filled_and_nothing_says_tomorrow_on_the_day() -> None:
    steps = [
        PromotionStep(days_before=10, title="a", channel="c", text="{topic}"),
        PromotionStep(days_before=1, title="b", channel="c", text="明天见"),
        PromotionStep(days_before=0, title="c", channel="c", text="今天见"),
    ]
    normal = promotion_schedule(steps, EVENT, date(2026, 11, 26), lambda text: text.replace("{topic}", "AI"))
    assert [(step.due_on.day, step.text) for step in normal] == [(26, "AI"), (27, "明天见"), (28, "今天见")]
    same_day = promotion_schedule(steps, EVENT, EVENT, lambda text: text)
    assert [step.title for step in same_day] == ["a", "c"]


def test_follow_up_comes_after_the_event() -> None:
    later = [
        FollowUpTask(key="a", title="a", days_after=7, owner_role="host"),
        FollowUpTask(key="b", title="b", days_after=1, owner_role="host"),
    ]
    assert [task.due_on.day for task in follow_up_schedule(later, EVENT, [])] == [29, 5]
