"""A plan as Markdown in its own language, for people to read, edit and paste. Data in, text out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from copilot.events.models import Budget, CheckResult, Degraded, Pick, PlanContent, Segment, Task
from copilot.events.wording import amount, yuan
from copilot.playbook_models import CostUnit

_LABELS: dict[str, tuple[str, str]] = {
    "when": ("时间", "When"), "where": ("地点", "Where"), "people": ("人数", "People"), "goal": ("目标", "Goal"),
    "places": ("{headcount} 人，开放报名 {open} 个", "{headcount}, open {open} places"), "audience": ("面向", "For"),
    "agenda": ("议程", "Agenda"), "time": ("时间", "Time"), "part": ("环节", "Part"), "minutes": ("分钟", "Minutes"),
    "who": ("负责人", "Who"), "notes": ("要点", "Notes"), "roles": ("角色分工", "Roles"), "role": ("角色", "Role"),
    "duties": ("职责", "Duties"), "resources": ("资源", "Resources"), "need": ("需要", "Need"), "from": ("来自", "From"),
    "terms": ("条件", "Terms"), "budget": ("预算（元）", "Budget (CNY)"), "item": ("项目", "Item"),
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
_UNITS: dict[CostUnit, tuple[str, str]] = {
    CostUnit.PER_PERSON: ("人", "people"), CostUnit.PER_EVENT: ("场", "per event"),
    CostUnit.PER_HOUR: ("小时", "hours"), CostUnit.PER_SPEAKER: ("位", "speakers"),
    CostUnit.PER_MEAL: ("份", "meals"),
}  # fmt: skip


def render_markdown(
    plan: PlanContent, drafted_by: str, degraded: Degraded | None = None, checks: Sequence[CheckResult] = ()
) -> str:
    """Return the plan as Markdown with a note on who drafted it; cells cannot break out of their tables."""
    page = _Page(plan)
    model = drafted_by.removeprefix("llm:")
    made_by = page.say("by_model", model=model) if model != drafted_by else page.say("by_playbook")
    blocks = [f"# {_line(plan.title)}", f"> {made_by}"]
    if degraded is not None:
        blocks.append(f"> {page.say('degraded', message=_line(degraded.message))}")
    blocks += [f"> {page.say('warnings', sentence=_line(c.sentence))}" for c in checks if not c.passed]
    blocks += [page.head(), *page.sections()]
    return "\n\n".join(block for block in blocks if block) + "\n"


class _Page:
    def __init__(self, plan: PlanContent) -> None:
        self._plan = plan
        self._zone = ZoneInfo(plan.timezone)
        self._roles = {role.key: role.title for role in plan.roles}

    def say(self, key: str, **values: object) -> str:
        chinese, english = _LABELS[key]
        return (english if self._plan.language == "en" else chinese).format(**values)

    def head(self) -> str:
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
        return "\n".join(f"- **{self.say(key)}**: {_line(value)}" for key, value in facts)

    def sections(self) -> list[str]:
        plan = self._plan
        return [
            self._list("confirm", plan.to_confirm),
            self._table("agenda", ("time", "part", "minutes", "who", "notes"), [self._segment(s) for s in plan.agenda]),
            self._table("roles", ("role", "who", "duties"), [(r.title, self._who(r.pick), r.duties) for r in plan.roles]),
            self._table(
                "resources", ("need", "from", "terms"), [(r.title, self._who(r.pick), r.terms) for r in plan.resources]
            ),
            self._budget(plan.budget),
            self._table(
                "promotion", ("day", "channel", "text"), [(p.due_on.isoformat(), p.channel, p.text) for p in plan.promotion]
            ),
            self._table("prep", ("day", "task", "owner"), [self._task(t) for t in plan.prep_tasks]),
            self._table(
                "run_sheet",
                ("time", "part", "owner"),
                [
                    (f"{self._local(i.starts_at):%H:%M}–{self._local(i.ends_at):%H:%M}", i.title, i.owner)
                    for i in plan.run_sheet
                ],
            ),
            self._list("interactions", plan.interactions),
            self._table(
                "risks",
                ("risk", "trigger", "fallback", "owner"),
                [(r.title, r.trigger, r.fallback, self._roles.get(r.owner_role, r.owner_role)) for r in plan.risks],
            ),
            self._table("follow_up", ("day", "task", "owner"), [self._task(t) for t in plan.follow_up]),
            self._table(
                "metrics", ("metric", "target"), [(m.title, amount(m.target, m.unit)) for m in plan.metrics]
            ),
            self._list("feedback", plan.feedback_questions),
            self._list("lessons", plan.lessons),
            self._list("sources", [f"{c.kind} `{c.id}` {c.detail}" for c in plan.citations]),
        ]  # fmt: skip

    def _segment(self, segment: Segment) -> tuple[str, ...]:
        start = self._plan.starts(segment)
        who = self._roles.get(segment.role or "", "")
        if segment.speaker or segment.to_confirm:
            who = self._who(segment.speaker)
        return (f"{self._local(start):%H:%M}", segment.title, str(segment.minutes), who, segment.notes)

    def _task(self, task: Task) -> tuple[str, ...]:
        title = self.say("holiday", title=task.title, name=task.on_holiday) if task.on_holiday else task.title
        return (task.due_on.isoformat(), title, self._roles.get(task.owner_role, task.owner_role))

    def _budget(self, budget: Budget) -> str:
        en = self._plan.language == "en"
        rows = [
            (line.title, f"{line.quantity} {_UNITS[line.unit][en]}", yuan(line.unit_cents), yuan(line.total_cents))
            for line in budget.lines
        ]
        rows += [(item.title, "", "", item.sentence) for item in budget.covered]
        rows.append((f"**{self.say('total')}**", "", "", f"**{yuan(budget.total_cents)}**"))
        rows.append((self.say("reserve"), "", "", yuan(budget.reserve_cents)))
        cap = self.say("no_cap") if budget.cap_cents is None else yuan(budget.cap_cents)
        rows.append((self.say("cap"), "", "", cap))
        table = self._table("budget", ("item", "quantity", "price", "sum"), rows)
        joint = ", " if en else "、"
        return f"{table}\n\n{self.say('dropped')}{joint.join(map(_line, budget.dropped))}" if budget.dropped else table

    def _who(self, pick: Pick | None) -> str:
        return f"{pick.name} `{pick.id}`" if pick else self.say("to_confirm")

    def _list(self, key: str, items: Iterable[str]) -> str:
        lines = [f"- {_line(item)}" for item in items]
        return "\n".join([f"## {self.say(key)}", "", *lines]) if lines else ""

    def _table(self, key: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
        if not rows:
            return ""
        head = "| " + " | ".join(self.say(column) for column in columns) + " |"
        body = ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
        return "\n".join([f"## {self.say(key)}", "", head, "|" + " --- |" * len(columns), *body])

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(self._zone)


def _line(text: str) -> str:
    """One line, with what Markdown or HTML would act on made harmless."""
    return " ".join(text.split()).replace("<", "&lt;").replace("![", "!\\[").replace("](", "]\\(")


def _cell(text: str) -> str:
    return _line(text).replace("|", "\\|")
