"""The words by which people know the parts of a plan, in Chinese and English: for exports and for differences."""

from __future__ import annotations

from collections.abc import Mapping

from copilot.playbook_models import CostUnit

_LABELS: Mapping[str, tuple[str, str]] = {
    "title": ("标题", "Title"), "goal": ("目标", "Goal"), "format": ("形式", "Format"), "topic": ("主题", "Topic"),
    "audience": ("面向", "For"), "starts_at": ("开始", "Start"), "ends_at": ("结束", "End"),
    "timezone": ("时区", "Time zone"), "online": ("线上", "Online"), "city": ("城市", "City"), "place": ("地点", "Where"),
    "headcount": ("人数", "Head count"), "open_places": ("报名名额", "Places to open"), "venue": ("场地", "Venue"),
    "agenda": ("议程", "Agenda"), "roles": ("角色分工", "Roles"), "resources": ("资源", "Resources"),
    "budget": ("预算", "Budget"), "lines": ("费用", "Lines"), "total_cents": ("小计", "Sum"),
    "unit_cents": ("单价", "Unit price"), "quantity": ("数量", "Quantity"), "reserve_cents": ("预留", "Reserve"),
    "cap_cents": ("上限", "Cap"), "covered": ("社区提供", "Covered"), "dropped": ("去掉的项目", "Left out"),
    "promotion": ("宣传日历", "Promotion"), "due_on": ("日期", "Day"), "channel": ("渠道", "Channel"),
    "text": ("文案", "Text"), "risks": ("风险与对策", "Risks"), "trigger": ("征兆", "Trigger"),
    "fallback": ("对策", "Fallback"), "owner_role": ("负责", "Owner"), "prep_tasks": ("筹备任务", "Preparation"),
    "follow_up": ("活动后", "Follow-up"), "run_sheet": ("当天流程表", "Run sheet"), "owner": ("负责", "Owner"),
    "feedback_questions": ("反馈问题", "Feedback questions"), "interactions": ("互动设计", "Interaction"),
    "metrics": ("衡量指标", "Metrics"), "target": ("目标值", "Target"), "lessons": ("以往教训", "Lessons"),
    "citations": ("依据", "Sources"), "to_confirm": ("待确认", "To confirm"), "start_minute": ("第几分钟开始", "Starts at minute"),
    "minutes": ("分钟", "Minutes"), "role": ("角色", "Role"), "speaker": ("分享人", "Speaker"), "notes": ("要点", "Notes"),
    "tasks": ("任务", "Tasks"), "duties": ("职责", "Duties"), "pick": ("人选", "Choice"), "terms": ("条件", "Terms"),
}  # fmt: skip
_UNITS: Mapping[CostUnit, tuple[str, str]] = {
    CostUnit.PER_PERSON: ("人", "people"), CostUnit.PER_EVENT: ("场", "per event"),
    CostUnit.PER_HOUR: ("小时", "hours"), CostUnit.PER_SPEAKER: ("位", "speakers"),
    CostUnit.PER_MEAL: ("份", "meals"),
}  # fmt: skip


def label(name: str, *, english: bool) -> str:
    """Return the words for a part or a field of a plan, "" when it has none of its own."""
    words = _LABELS.get(name)
    return words[english] if words else ""


def unit_words(unit: CostUnit, *, english: bool) -> str:
    """Return what a quantity counts."""
    return _UNITS[unit][english]
