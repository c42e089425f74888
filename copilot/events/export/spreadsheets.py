"""Parts of a plan as CSV that spreadsheets open with Chinese intact: UTF-8 with a mark, no cell that runs as a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from copilot.community.csv_text import write_csv
from copilot.currency import exact, heading
from copilot.events.labels import unit_words
from copilot.events.models import PlanContent

CsvPart = Literal["run_sheet", "budget", "tasks", "promotion"]
CSV_PARTS: tuple[str, ...] = get_args(CsvPart)
_HEADS: dict[str, tuple[Sequence[str], Sequence[str]]] = {
    "run_sheet": (("日期", "开始", "结束", "环节", "负责"), ("Day", "Start", "End", "Part", "Owner")),
    "budget": (
        ("项目", "数量", "单位", "单价（{currency}）", "小计（{currency}）", "说明"),
        ("Item", "Quantity", "Unit", "Unit price ({currency})", "Sum ({currency})", "Note"),
    ),
    "tasks": (
        ("日期", "阶段", "任务", "负责", "依赖", "节假日"),
        ("Day", "Stage", "Task", "Owner", "Needs", "Holiday"),
    ),
    "promotion": (("日期", "标题", "渠道", "文案"), ("Day", "Title", "Channel", "Text")),
}
_WORDS = {
    "total": ("合计", "Total"), "reserve": ("预留", "Reserve"), "cap": ("上限", "Cap"), "optional": ("可选", "optional"),
    "before": ("活动前", "before"), "after": ("活动后", "after"),
}  # fmt: skip


def render_csv(plan: PlanContent, part: CsvPart) -> bytes:
    """Return one part of a plan as CSV, in the plan's language."""
    english = plan.language == "en"
    rows = {"run_sheet": _run_sheet, "budget": _budget, "tasks": _tasks, "promotion": _promotion}[part](plan)
    currency = heading(plan.budget.currency, plan.language)
    return write_csv([name.format(currency=currency) for name in _HEADS[part][english]], rows)


def _word(plan: PlanContent, key: str) -> str:
    return _WORDS[key][plan.language == "en"]


def _run_sheet(plan: PlanContent) -> Iterable[Sequence[object]]:
    zone = ZoneInfo(plan.timezone)
    for item in plan.run_sheet:
        start, end = item.starts_at.astimezone(zone), item.ends_at.astimezone(zone)
        yield (start.date().isoformat(), f"{start:%H:%M}", f"{end:%H:%M}", item.title, item.owner)


def _budget(plan: PlanContent) -> Iterable[Sequence[object]]:
    english, budget = plan.language == "en", plan.budget
    code = budget.currency
    for line in budget.lines:
        note = _word(plan, "optional") if line.optional else ""
        unit = unit_words(line.unit, english=english)
        yield (line.title, line.quantity, unit, exact(line.unit_cents, code), exact(line.total_cents, code), note)
    for item in budget.covered:
        yield (item.title, "", "", "", exact(0, code), item.sentence)
    sums = {"total": budget.total_cents, "reserve": budget.reserve_cents, "cap": budget.cap_cents}
    for key, cents in sums.items():
        yield (_word(plan, key), "", "", "", "" if cents is None else exact(cents, code), "")


def _tasks(plan: PlanContent) -> Iterable[Sequence[object]]:
    roles = {role.key: role.title for role in plan.roles}
    titles = {task.key: task.title for task in [*plan.prep_tasks, *plan.follow_up]}
    for stage, tasks in (("before", plan.prep_tasks), ("after", plan.follow_up)):
        for task in tasks:
            needs = " / ".join(titles.get(key, key) for key in task.depends_on)
            owner = roles.get(task.owner_role, task.owner_role)
            yield (task.due_on.isoformat(), _word(plan, stage), task.title, owner, needs, task.on_holiday)


def _promotion(plan: PlanContent) -> Iterable[Sequence[object]]:
    for step in plan.promotion:
        yield (step.due_on.isoformat(), step.title, step.channel, step.text)
