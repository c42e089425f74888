from __future__ import annotations

from copilot.events.export.markdown import render_markdown
from copilot.events.models import CheckResult, Degraded
from copilot.events.service import EventService

BRIEF = "下周六下午两点深圳60人AI路演，预算2万，两小时"


def test_the_page_holds_every_part_in_the_language_of_the_plan(service: EventService, peopled: str) -> None:
    plan = service.draft(peopled, BRIEF, actor="op")
    page = render_markdown(plan.content, plan.drafted_by)
    for heading in (
        "待确认",
        "议程",
        "角色分工",
        "资源",
        "预算（元）",
        "宣传日历",
        "筹备任务",
        "当天流程表",
        "互动设计",
        "风险与对策",
        "活动后",
        "衡量指标",
        "反馈问题",
        "以往教训",
        "依据",
    ):
        assert f"## {heading}" in page
    assert "2026-11-28 14:00 – 16:00 (Asia/Shanghai)" in page
    assert "| 14:00 |" in page
    assert "mem_c_3" in page
    assert "None" not in page


def test_an_english_plan_is_english(service: EventService, english: str) -> None:
    plan = service.draft(
        english, "salon about pricing on Nov 28 at 2pm in Shenzhen, 40 people, budget 20,000 yuan", actor="op"
    )
    page = render_markdown(plan.content, plan.drafted_by)
    assert "## Agenda" in page
    assert not any("\u4e00" <= character <= "\u9fff" for character in page)


def test_amounts_in_the_table_add_up(service: EventService, peopled: str) -> None:
    plan = service.draft(peopled, BRIEF, actor="op")
    rows = [line for line in render_markdown(plan.content, "playbook").splitlines() if line.startswith("| ")]
    sums = {row.split(" | ")[0].strip("| *"): row.rsplit("|", 2)[1].strip(" *") for row in rows}
    total = sum(int(sums[line.title].replace(",", "")) for line in plan.content.budget.lines)
    assert f"{total:,}" == sums["合计"]


def test_who_drafted_it_and_why_not_the_model_is_said(service: EventService, peopled: str) -> None:
    plan = service.draft(peopled, BRIEF, actor="op")
    assert "模型 qwen 起草" in render_markdown(plan.content, "llm:qwen")
    page = render_markdown(
        plan.content, "playbook", Degraded(code="model_timeout", message="超时"),
        [CheckResult(name="holidays_noted", passed=False, severity="warning", sentence="落在国庆节")],
    )  # fmt: skip
    assert "超时" in page
    assert "落在国庆节" in page


def test_hostile_text_cannot_break_the_page(service: EventService, peopled: str) -> None:
    plan = service.draft(peopled, BRIEF, actor="op")
    plan.content.agenda[0].title = "a | b <script>x</script>\n# head ![x](http://y)"
    page = render_markdown(plan.content, "playbook")
    assert "<script>" not in page
    assert "![x](" not in page
    assert "\n# head" not in page
    assert "a \\| b" in page
