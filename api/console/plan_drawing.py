"""A plan as the editor draws it: the agenda and the budget to scale, one line of days, checks beside what they concern."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from copilot.events.models import CheckResult, PlanContent
from copilot.events.revisions.addresses import covers

WIDTH = 600.0
# In the order of the page. Every check is shown with one of them; `facts` has what concerns the whole.
SECTIONS = ("facts", "agenda", "roles", "resources", "budget", "promotion", "prep_tasks", "run_sheet", "risks", "interactions", "feedback_questions", "follow_up", "sources")  # fmt: skip
_CHECKS = {
    "agenda_contiguous": "agenda", "agenda_fills_slot": "agenda", "breaks": "agenda", "speaker_once": "agenda",
    "turns_fit": "agenda", "meals_in_time": "agenda", "budget_sums": "budget", "budget_within_cap": "budget",
    "budget_sane": "budget", "dates_ordered": "prep_tasks", "holidays_noted": "prep_tasks",
    "times_consistent": "run_sheet", "records_exist": "sources", "claims_supported": "sources",
    "venue_capacity": "resources", "venue_terms": "resources", "risks_complete": "risks", "owners_known": "roles",
    "closed_door": "promotion", "messages_ready": "promotion", "travel_noted": "facts", "place_known": "facts",
    "goal_measurable": "facts", "unknowns_listed": "facts", "language": "facts", "nothing_leaked": "facts",
}  # fmt: skip


@dataclass(frozen=True)
class Block:
    """A rectangle: where it begins and how wide it is, on a width of 600."""

    title: str
    kind: str
    x: float
    width: float
    words: str
    tone: str = ""


@dataclass(frozen=True)
class BudgetBar:
    """The lines of a budget side by side, the reserve behind them, and where the cap is."""

    lines: list[Block]
    cap_x: float | None
    is_over: bool


@dataclass(frozen=True)
class Moment:
    """Something with a day."""

    on: date
    kind: str
    title: str
    address: str


def checks_by_section(checks: Sequence[CheckResult]) -> dict[str, list[CheckResult]]:
    """Return the checks of every section, those that found something first; one that is not known belongs to the whole."""
    found: dict[str, list[CheckResult]] = {name: [] for name in SECTIONS}
    for check in sorted(checks, key=lambda one: one.passed):
        found[_CHECKS.get(check.name, "facts")].append(check)
    return found


def agenda_blocks(plan: PlanContent) -> list[Block]:
    """Return the agenda to scale."""
    end = max((part.end_minute for part in plan.agenda), default=0) or 1
    return [
        Block(part.title, part.kind.value, round(part.start_minute / end * WIDTH, 1), round(part.minutes / end * WIDTH, 1), str(part.minutes), _tone(part.kind.value))
        for part in plan.agenda
    ]  # fmt: skip


def _tone(kind: str) -> str:
    """Return as what a part of an agenda is drawn: somebody is on stage, people are active, or they rest."""
    return "talk" if kind in {"opening", "talk", "closing"} else "break" if kind == "break" else "activity"


def budget_bar(plan: PlanContent) -> BudgetBar:
    """Return the budget to scale; the bar is as long as the cap, or as what is planned when that is more."""
    budget = plan.budget
    planned = budget.total_cents + budget.reserve_cents
    whole = max(planned, budget.cap_cents or 0) or 1
    at, blocks = 0.0, []
    for number, line in enumerate(budget.lines):
        width = line.total_cents / whole * WIDTH
        blocks.append(Block(line.title, f"line{number % 6}", round(at, 1), round(width, 1), ""))
        at += width
    if budget.reserve_cents:
        blocks.append(Block("", "reserve", round(at, 1), round(budget.reserve_cents / whole * WIDTH, 1), ""))
    cap = None if budget.cap_cents is None else round(budget.cap_cents / whole * WIDTH, 1)
    return BudgetBar(blocks, cap, budget.cap_cents is not None and planned > budget.cap_cents)


def timeline(plan: PlanContent) -> list[Moment]:
    """Return everything that has a day, in order: what is prepared, announced, the event itself, what follows."""
    day = plan.starts_at.astimezone(ZoneInfo(plan.timezone)).date()
    found = [
        *(Moment(task.due_on, "prep_tasks", task.title, "prep_tasks") for task in plan.prep_tasks),
        *(Moment(step.due_on, "promotion", step.title, "promotion") for step in plan.promotion),
        Moment(day, "event", plan.title, "run_sheet"),
        *(Moment(task.due_on, "follow_up", task.title, "follow_up") for task in plan.follow_up),
    ]
    # On the day itself: what is prepared, then the event, then what follows.
    turn = {"event": 1, "follow_up": 2}
    return sorted(found, key=lambda one: (one.on, turn.get(one.kind, 0)))


def lock_state(locks: Sequence[str], address: str) -> str:
    """Return `whole` when an address is locked, `part` when something below it is, else an empty text."""
    if any(covers(lock, address) for lock in locks):
        return "whole"
    return "part" if any(covers(address, lock) for lock in locks) else ""


def toggled(locks: Sequence[str], address: str) -> list[str]:
    """Return the locks after the one of `address` was pressed: unlocking frees all that is, or lies below, or holds it."""
    if lock_state(locks, address) == "whole":
        return [lock for lock in locks if not covers(lock, address) and not covers(address, lock)]
    return [*(lock for lock in locks if not covers(address, lock)), address]
