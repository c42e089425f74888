"""Days of a plan: preparation and promotion counted back from the event, follow-up after it, all on the calendar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from copilot.events.models import PromotionStep, Task
from copilot.events.workdays import DayNote, last_workday
from copilot.playbook_models import FollowUpTask, PrepTask
from copilot.playbook_models import PromotionStep as PromotionTemplate


def days_before(wanted: int, longest: int, days_left: int) -> int:
    """Return how many days before the event to do what is usually done `wanted` days before.

    When less time is left than the longest lead, all leads shrink by the same share, so that their order holds; what
    belongs before the day stays at least a day before it while there is a day.
    """
    if longest <= days_left:
        return wanted
    return max(wanted * days_left // longest, min(wanted, days_left, 1))


def fitting_tasks(tasks: Sequence[PrepTask], *, online: bool) -> list[PrepTask]:
    """Return the tasks of an event held like this; nothing waits for a task that fell away."""
    if not online:
        return list(tasks)
    kept = [task for task in tasks if not task.on_site]
    keys = {task.key for task in kept}
    return [
        task.model_copy(
            update={
                "title": task.online_title or task.title,
                "depends_on": [key for key in task.depends_on if key in keys],
            }
        )
        for task in kept
    ]


def prep_schedule(tasks: Sequence[PrepTask], event_on: date, today: date, notes: list[DayNote]) -> list[Task]:
    """Return the preparation in the order of its days: none in the past, none after the event, on workdays if possible.

    A task that falls on a rest day moves to the working day before; where there is none left it stays and says so.
    """
    days_left = max((event_on - today).days, 0)
    longest = max((task.days_before for task in tasks), default=0)
    due: dict[str, date] = {}
    for task in tasks:
        day = event_on - timedelta(days=days_before(task.days_before, longest, days_left))
        # The day itself is kept: what is done at the door is done at the door.
        due[task.key] = day if day == event_on else last_workday(day, notes, today)
    planned = [
        Task(
            key=task.key, title=task.title, due_on=due[task.key], owner_role=task.owner_role,
            depends_on=list(task.depends_on), on_holiday=_holiday(due[task.key], notes),
        )
        for task in tasks
    ]  # fmt: skip
    order = {task.key: -task.days_before for task in tasks}
    return sorted(planned, key=lambda task: (task.due_on, order[task.key]))


def promotion_schedule(
    steps: Sequence[PromotionTemplate], event_on: date, today: date, fill: Callable[[str], str]
) -> list[PromotionStep]:
    """Return the promotion calendar in the order of its days; weekends are fine, people read then too.

    On the day itself only the announcement and what belongs to the day are left: no "tomorrow" is sent today.
    """
    days_left = max((event_on - today).days, 0)
    longest = max((step.days_before for step in steps), default=0)
    if days_left == 0:
        steps = [step for step in steps if step.days_before in {0, longest}]
    planned = [
        PromotionStep(
            due_on=event_on - timedelta(days=days_before(step.days_before, longest, days_left)),
            title=fill(step.title), channel=step.channel, text=fill(step.text),
        )
        for step in sorted(steps, key=lambda step: -step.days_before)
    ]  # fmt: skip
    return sorted(planned, key=lambda step: step.due_on)


def follow_up_schedule(tasks: Sequence[FollowUpTask], event_on: date, notes: list[DayNote]) -> list[Task]:
    """Return what is to be done after the event, in the order of its days."""
    planned = [
        Task(
            key=task.key, title=task.title, due_on=event_on + timedelta(days=task.days_after),
            owner_role=task.owner_role, depends_on=list(task.depends_on),
            on_holiday=_holiday(event_on + timedelta(days=task.days_after), notes),
        )
        for task in tasks
    ]  # fmt: skip
    return sorted(planned, key=lambda task: task.due_on)


def _holiday(day: date, notes: list[DayNote]) -> str:
    return next((note.name for note in notes if note.on == day and note.is_holiday), "")
