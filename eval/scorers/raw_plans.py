"""Scores a whole plan that a model wrote by itself: minutes, money, days and names are its own, nothing is mended."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

from pydantic import BaseModel, Field

VERSION = 2
# A rounding of one hundredth in a unit price is no wrong sum.
_TOLERANCE = 0.01
_CODE = re.compile(r"(?<![A-Za-z])[SHVR]\d{1,2}(?!\d)")


class RawSegment(BaseModel):
    """A part of the agenda as the model wrote it."""

    title: str
    minutes: int
    speaker: str = Field("", description="an alias of the list, or nothing")


class RawLine(BaseModel):
    """A line of the budget as the model wrote it, in whole units of the currency."""

    title: str
    quantity: float
    unit_price: float
    total: float


class RawTask(BaseModel):
    """A task with its day as the model wrote it."""

    title: str
    due_on: date


class RawPlan(BaseModel):
    """What is asked of a model that has no code beside it."""

    title: str
    agenda: list[RawSegment] = Field(min_length=1)
    budget: list[RawLine]
    budget_total: float
    tasks: list[RawTask]
    venue: str = ""


def raw_problems(
    plan: RawPlan, *, minutes: int, cap: float | None, days: tuple[date, date], aliases: Collection[str]
) -> dict[str, str]:
    """Return what is wrong by kind (`agenda`, `budget`, `days`, `records`); empty when the plan could be signed.

    Args:
        plan: as the model wrote it.
        minutes: length of the slot.
        cap: the budget that was named, in whole units of the currency.
        days: today and the day of the event: tasks lie between.
        aliases: the candidates that were shown.
    """
    found: dict[str, str] = {}
    written = sum(part.minutes for part in plan.agenda)
    if written != minutes or any(part.minutes < 1 for part in plan.agenda):
        found["agenda"] = f"{written} of {minutes} minutes"
    if problem := _budget(plan, cap):
        found["budget"] = problem
    outside = [task.due_on.isoformat() for task in plan.tasks if not days[0] <= task.due_on <= days[1]]
    if outside or not plan.tasks:
        found["days"] = "outside: " + ", ".join(outside) if outside else "no task"
    named = {part.speaker.strip() for part in plan.agenda} | {plan.venue.strip()}
    if unknown := sorted(name for name in named if name and not _is_shown(name, aliases)):
        found["records"] = "not in the lists: " + ", ".join(unknown)
    return found


def _is_shown(name: str, aliases: Collection[str]) -> bool:
    """A code with the name beside it, or several codes, will do; a name without a code names nobody."""
    codes = _CODE.findall(name)
    return bool(codes) and all(code in aliases for code in codes)


def _budget(plan: RawPlan, cap: float | None) -> str:
    if not plan.budget:
        return "no line"
    for line in plan.budget:
        if abs(line.quantity * line.unit_price - line.total) > _TOLERANCE or line.total <= 0:
            return f"{line.title}: {line.quantity:g} x {line.unit_price:g} is not {line.total:g}"
    total = sum(line.total for line in plan.budget)
    if abs(total - plan.budget_total) > _TOLERANCE:
        return f"the lines sum to {total:g}, not {plan.budget_total:g}"
    return f"{total:g} is over the cap of {cap:g}" if cap is not None and total > cap else ""
