"""One small valid playbook as plain data, for tests that change parts of it."""

from __future__ import annotations

from typing import Any

PLAYBOOK: dict[str, Any] = {
    "id": "meetup-basic", "format": "meetup", "locale": "zh-CN", "title": "线下见面会",
    "when_to_use": "成员同城、想认识彼此时。",
    "min_minutes": 60, "max_minutes": 180, "default_minutes": 120, "headcount_min": 10, "headcount_max": 80,
    "agenda": [
        {"key": "open", "title": "开场", "kind": "opening", "weight": 1, "min_minutes": 5, "max_minutes": 15, "role": "host"},
        {"key": "talk", "title": "分享", "kind": "talk", "weight": 4, "min_minutes": 20, "max_minutes": 60},
        {"key": "rest", "title": "茶歇", "kind": "break", "weight": 1, "min_minutes": 10, "max_minutes": 20},
        {"key": "mingle", "title": "自由交流", "kind": "networking", "weight": 3, "min_minutes": 10, "max_minutes": 90},
    ],
    "roles": [{"key": "host", "title": "主持人", "duties": "控制时间"}],
    "resources": [{"key": "venue", "title": "场地", "type": "channel"}],
    "cost_lines": [
        {"key": "tea", "title": "茶歇", "unit": "per_person", "min_cents": 1500, "typical_cents": 3000, "max_cents": 6000},
    ],
    "promotion": [{"days_before": 7, "title": "预告", "channel": "群公告", "text": "下周见"}],
    "prep_tasks": [
        {"key": "book", "title": "订场地", "days_before": 14, "owner_role": "host"},
        {"key": "confirm", "title": "确认到场", "days_before": 2, "owner_role": "host", "depends_on": ["book"]},
    ],
    "interactions": ["三句话介绍自己"],
    "risks": [{"key": "rain", "title": "大雨", "trigger": "前一天预警", "fallback": "改线上", "owner_role": "host"}],
    "metrics": [{"key": "show", "title": "到场率", "target": 70, "unit": "%"}],
    "feedback_questions": ["你认识了几位新朋友？"],
    "follow_up": [{"key": "thanks", "title": "发感谢信", "days_after": 1, "owner_role": "host"}],
}  # fmt: skip
