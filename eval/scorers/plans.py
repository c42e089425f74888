"""Scores a plan by arithmetic of its own, so that a mistake in the product's checks cannot hide one in its plans."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from zoneinfo import ZoneInfo

from copilot.events.models import PlanContent

VERSION = 1


def plan_problems(plan: PlanContent, cap_cents: int | None, now: datetime, known_ids: Collection[str]) -> list[str]:
    """Return what is wrong with a plan; empty when it is sound.

    Args:
        plan: the plan as stored.
        cap_cents: the budget the operator named, if any.
        now: when it was drafted, aware.
        known_ids: records that may be named: members with consent and visible, resources that are available.
    """
    return [*_agenda(plan), *_budget(plan, cap_cents), *_days(plan, now), *_records(plan, known_ids)]


def _agenda(plan: PlanContent) -> list[str]:
    slot = (plan.ends_at - plan.starts_at).total_seconds() / 60
    marks = [0]
    for part in plan.agenda:
        if part.start_minute != marks[-1] or part.minutes < 1:
            return [f"agenda: {part.title} starts at {part.start_minute}, not {marks[-1]}"]
        marks.append(part.start_minute + part.minutes)
    return [] if marks[-1] == slot else [f"agenda: {marks[-1]} of {slot:g} minutes"]


def _budget(plan: PlanContent, cap_cents: int | None) -> list[str]:
    found = [
        f"budget: {line.title}: {line.quantity} x {line.unit_cents} is not {line.total_cents}"
        for line in plan.budget.lines
        if line.quantity * line.unit_cents != line.total_cents or line.total_cents <= 0
    ]
    total = sum(line.total_cents for line in plan.budget.lines)
    if total != plan.budget.total_cents:
        found.append(f"budget: the lines sum to {total}, not {plan.budget.total_cents}")
    if plan.budget.reserve_cents < 0:
        found.append("budget: a negative reserve")
    if cap_cents is not None and total + plan.budget.reserve_cents > cap_cents:
        found.append(f"budget: {total + plan.budget.reserve_cents} is over the cap of {cap_cents}")
    return found


def _days(plan: PlanContent, now: datetime) -> list[str]:
    zone = ZoneInfo(plan.timezone)
    today, day = now.astimezone(zone).date(), plan.starts_at.astimezone(zone).date()
    before = [(task.title, task.due_on) for task in plan.prep_tasks]
    before += [(step.title, step.due_on) for step in plan.promotion]
    found = [f"days: {title} on {due_on}" for title, due_on in before if not today <= due_on <= day]
    found += [f"days: {task.title} on {task.due_on}" for task in plan.follow_up if task.due_on < day]
    return found if plan.starts_at > now else [*found, "days: the event lies in the past"]


def _records(plan: PlanContent, known_ids: Collection[str]) -> list[str]:
    picks = [plan.venue, *(part.speaker for part in plan.agenda), *(role.pick for role in plan.roles)]
    picks += [resource.pick for resource in plan.resources]
    named = {pick.id for pick in picks if pick is not None} | {item.resource_id for item in plan.budget.covered}
    return [f"records: {record_id} may not be named" for record_id in sorted(named - set(known_ids))]
