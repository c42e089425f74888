"""A plan as sections of text, before any format: what Markdown, HTML and Word files show, in the plan's own language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from copilot.currency import heading, plain
from copilot.events.labels import unit_words
from copilot.events.models import Budget, CheckResult, Citation, Degraded, Pick, PlanContent, Segment, Task
from copilot.events.wording import amount

_LABELS: dict[str, tuple[str, str]] = {
    "when": ("时间", "When"), "where": ("地点", "Where"), "people": ("人数", "People"), "goal": ("目标", "Goal"),
    "places": ("{headcount} 人，开放报名 {open} 个", "{headcount}, open {open} places"), "audience": ("面向", "For"),
    "agenda": ("议程", "Agenda"), "time": ("时间", "Time"), "part": ("环节", "Part"), "minutes": ("分钟", "Minutes"),
    "who": ("负责人", "Who"), "notes": ("要点", "Notes"), "roles": ("角色分工", "Roles"), "role": ("角色", "Role"),
    "duties": ("职责", "Duties"), "resources": ("资源", "Resources"), "need": ("需要", "Need"), "from": ("来自", "From"),
    "terms": ("条件", "Terms"), "budget": ("预算（{currency}）", "Budget ({currency})"), "item": ("项目", "Item"),
    "quantity": ("数量", "Quantity"), "price": ("单价", "Unit price"), "sum": ("小计", "Sum"), "total": ("合计", "Total"),
    "reserve": ("预留", "Reserve"), "cap": ("上限", "Cap"), "no_cap": ("未设（以上为估算）", "none (this is an estimate)"),
    "dropped": ("为控制预算去掉：", "Left out to stay under the cap: "), "promotion": ("宣传日历", "Promotion"),
    "day": ("日期", "Day"), "channel": ("渠道", "Channel"), "text": ("文案", "Text"), "risks": ("风险与对策", "Risks"),
    "risk": ("风险", "Risk"), "trigger": ("征兆", "Trigger"), "fallback": ("对策", "Fallback"), "prep": ("筹备任务", "Preparation"),
    "task": ("任务", "Task"), "owner": ("负责", "Owner"), "run_sheet": ("当天流程表", "Run sheet"),
    "interactions": ("互动设计", "Interaction"), "follow_up": ("活动后", "Follow-up"), "metrics": ("衡量指标", "Metrics"),
    "metric": ("指标", "Metric"), "target": ("目标值", "Target"), "feedback": ("反馈问题", "Feedback questions"),
    "lessons": ("以往教训", "Lessons"), "confirm": ("待确认", "To confirm"), "sources": ("依据", "Sources"),
    "to_confirm": ("待确认", "to confirm"), "holiday": ("{title}（{name}）", "{title} ({name})"),
    "by_playbook": ("本方案由模板与社区记录生成，发布前请逐项确认。", "Drafted from a playbook and the community's records; confirm every item before publishing."),
    "by_model": ("本方案的文字由模型 {model} 起草，数字由程序计算，发布前请逐项确认。", "Words drafted by the model {model}, numbers computed by code; confirm every item before publishing."),
    "degraded": ("模型草稿未被采用：{message}", "The model's draft was not used: {message}"),
    "warnings": ("提醒：{sentence}", "Note: {sentence}"),
}  # fmt: skip


@dataclass(frozen=True)
class Named:
    """A record by its name; the id is shown where a reader could look it up."""

    name: str
    id: str


@dataclass(frozen=True)
class Mention:
    """A source: what kind it is, its id, what is said of it."""

    kind: str
    id: str
    detail: str


Cell = str | Named


@dataclass(frozen=True)
class Row:
    """One row of a table; `is_strong` for sums."""

    cells: Sequence[Cell]
    is_strong: bool = False


@dataclass(frozen=True)
class Section:
    """A heading with a list or a table below it, and a line after it."""

    key: str
    title: str
    columns: Sequence[str] = ()
    rows: Sequence[Row] = ()
    items: Sequence[str | Mention] = ()
    note: str = ""


@dataclass(frozen=True)
class Sheet:
    """A whole plan: title, notes on how it was made, the facts at a glance, sections."""

    language: str
    title: str
    notes: Sequence[str]
    facts: Sequence[tuple[str, str]]
    sections: Sequence[Section] = field(default_factory=list)


def plan_sheet(
    plan: PlanContent, drafted_by: str, degraded: Degraded | None = None, checks: Sequence[CheckResult] = ()
) -> Sheet:
    """Return the plan in sections, with a note on who drafted it; sections without content are left out."""
    page = _Page(plan)
    model = drafted_by.removeprefix("llm:")
    notes = [page.say("by_model", model=model) if model != drafted_by else page.say("by_playbook")]
    if degraded is not None:
        notes.append(page.say("degraded", message=degraded.message))
    notes += [page.say("warnings", sentence=check.sentence) for check in checks if not check.passed]
    sections = [section for section in page.sections() if section.rows or section.items]
    return Sheet(plan.language, plan.title, notes, page.facts(), sections)


class _Page:
    def __init__(self, plan: PlanContent) -> None:
        self._plan = plan
        self._zone = ZoneInfo(plan.timezone)
        self._roles = {role.key: role.title for role in plan.roles}

    def say(self, key: str, **values: object) -> str:
        chinese, english = _LABELS[key]
        return (english if self._plan.language == "en" else chinese).format(**values)

    def facts(self) -> list[tuple[str, str]]:
        plan = self._plan
        start, end = self._local(plan.starts_at), self._local(plan.ends_at)
        until = f"{end:%H:%M}" if end.date() == start.date() else f"{end:%Y-%m-%d %H:%M}"
        facts = [
            ("when", f"{start:%Y-%m-%d %H:%M} – {until} ({plan.timezone})"),
            ("where", plan.place),
            ("people", self.say("places", headcount=plan.headcount, open=plan.open_places)),
            ("audience", plan.audience),
            ("goal", plan.goal),
        ]
        return [(self.say(key), value) for key, value in facts]

    def sections(self) -> list[Section]:
        plan = self._plan
        return [
            self._list("confirm", plan.to_confirm),
            self._table("agenda", ("time", "part", "minutes", "who", "notes"), map(self._segment, plan.agenda)),
            self._table("roles", ("role", "who", "duties"), [(r.title, self._who(r.pick), r.duties) for r in plan.roles]),
            self._table(
                "resources", ("need", "from", "terms"), [(r.title, self._who(r.pick), r.terms) for r in plan.resources]
            ),
            self._budget(plan.budget),
            self._table(
                "promotion", ("day", "channel", "text"), [(p.due_on.isoformat(), p.channel, p.text) for p in plan.promotion]
            ),
            self._table("prep", ("day", "task", "owner"), map(self._task, plan.prep_tasks)),
            self._table(
                "run_sheet", ("time", "part", "owner"),
                [(f"{self._clock(i.starts_at)}–{self._clock(i.ends_at)}", i.title, i.owner) for i in plan.run_sheet],
            ),
            self._list("interactions", plan.interactions),
            self._table(
                "risks", ("risk", "trigger", "fallback", "owner"),
                [(r.title, r.trigger, r.fallback, self._roles.get(r.owner_role, r.owner_role)) for r in plan.risks],
            ),
            self._table("follow_up", ("day", "task", "owner"), map(self._task, plan.follow_up)),
            self._table("metrics", ("metric", "target"), [(m.title, amount(m.target, m.unit)) for m in plan.metrics]),
            self._list("feedback", plan.feedback_questions),
            self._list("lessons", plan.lessons),
            self._list("sources", map(_mention, plan.citations)),
        ]  # fmt: skip

    def _clock(self, at: datetime) -> str:
        local = self._local(at)
        is_first_day = local.date() == self._local(self._plan.starts_at).date()
        return f"{local:%H:%M}" if is_first_day else f"{local:%m-%d %H:%M}"

    def _segment(self, segment: Segment) -> tuple[Cell, ...]:
        who: Cell = self._roles.get(segment.role or "", "")
        if segment.speaker or segment.to_confirm:
            who = self._who(segment.speaker)
        return (self._clock(self._plan.starts(segment)), segment.title, str(segment.minutes), who, segment.notes)

    def _task(self, task: Task) -> tuple[Cell, ...]:
        title = self.say("holiday", title=task.title, name=task.on_holiday) if task.on_holiday else task.title
        return (task.due_on.isoformat(), title, self._roles.get(task.owner_role, task.owner_role))

    def _budget(self, budget: Budget) -> Section:
        en, code = self._plan.language == "en", budget.currency
        rows = [
            Row(
                (line.title, f"{line.quantity} {unit_words(line.unit, english=en)}", plain(line.unit_cents, code),
                 plain(line.total_cents, code))
            )
            for line in budget.lines
        ]  # fmt: skip
        rows += [Row((item.title, "", "", item.sentence)) for item in budget.covered]
        rows.append(Row((self.say("total"), "", "", plain(budget.total_cents, code)), is_strong=True))
        rows.append(Row((self.say("reserve"), "", "", plain(budget.reserve_cents, code))))
        cap = self.say("no_cap") if budget.cap_cents is None else plain(budget.cap_cents, code)
        rows.append(Row((self.say("cap"), "", "", cap)))
        dropped = self.say("dropped") + (", " if en else "、").join(budget.dropped) if budget.dropped else ""
        return Section(
            "budget",
            self.say("budget", currency=heading(code, self._plan.language)),
            self._columns("item", "quantity", "price", "sum"),
            rows,
            note=dropped,
        )

    def _who(self, pick: Pick | None) -> Cell:
        return Named(pick.name, pick.id) if pick else self.say("to_confirm")

    def _list(self, key: str, items: Iterable[str | Mention]) -> Section:
        return Section(key, self.say(key), items=list(items))

    def _table(self, key: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Section:
        return Section(key, self.say(key), self._columns(*columns), [Row(row) for row in rows])

    def _columns(self, *keys: str) -> list[str]:
        return [self.say(key) for key in keys]

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(self._zone)


def _mention(citation: Citation) -> Mention:
    return Mention(citation.kind, citation.id, citation.detail)
