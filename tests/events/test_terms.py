from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from copilot.events.briefs.settling import SettledBrief
from copilot.events.drafts.terms import conflicts, notice_days
from copilot.events.snapshot import Candidate
from copilot.knowledge import KnowledgeBase

TODAY = date(2026, 11, 16)


def brief(start: str, minutes: int = 120, event_format: str = "salon") -> SettledBrief:
    at = datetime.fromisoformat(start).replace(tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)
    return SettledBrief(
        format=event_format, topic="t", starts_at=at, duration_minutes=minutes, city="深圳", online=False, headcount=20,
        budget_cents=None, audience="a", goals=[], notes="", timezone="Asia/Shanghai",
    )  # fmt: skip


def venue(terms: str, text: str = "二楼长桌") -> Candidate:
    return Candidate(alias="V1", kind="resource", id="res_1", name="二楼", text=text, text_id="res_1", terms=terms)


SATURDAY, WEDNESDAY = "2026-11-28T14:00", "2026-11-25T19:30"


@pytest.mark.parametrize(
    ("terms", "start", "minutes", "expected"),
    [
        ("人均三十元；周五到周日不外借；离店请把椅子推回去", SATURDAY, 120, ["terms.days"]),
        ("人均三十元；周五到周日不外借", WEDNESDAY, 120, []),
        ("仅限工作日", SATURDAY, 120, ["terms.days"]),
        ("weekdays only", SATURDAY, 120, ["terms.days"]),
        ("not available on weekends", SATURDAY, 120, ["terms.days"]),
        ("仅限周末使用", WEDNESDAY, 120, ["terms.days"]),
        ("周一到周四免费，酒水自理", SATURDAY, 120, []),  # a price, not a closed door
        ("晚上十点前清场", WEDNESDAY, 120, []),
        ("晚上十点前清场", WEDNESDAY, 180, ["terms.closes"]),
        ("21:00前清场", WEDNESDAY, 120, ["terms.closes"]),
        ("closes at 9pm", WEDNESDAY, 120, ["terms.closes"]),
        ("工作日晚七点后整层可用", "2026-11-25T18:30", 120, ["terms.opens"]),
        ("工作日晚七点后整层可用", WEDNESDAY, 120, []),
        ("一次最多三小时", SATURDAY, 180, []),
        ("一次最多三小时", SATURDAY, 240, ["terms.longest"]),
        ("须提前两周预约", SATURDAY, 120, ["terms.notice"]),
        ("须提前两天预约", SATURDAY, 120, []),
        ("对社区成员免费", SATURDAY, 120, []),
        ("", SATURDAY, 120, []),
    ],
)
def test_terms_against_the_event_are_recognised(
    knowledge: KnowledgeBase, terms: str, start: str, minutes: int, expected: list[str]
) -> None:
    found = conflicts(venue(terms), brief(start, minutes), knowledge.playbook("salon", "zh-CN"), TODAY)
    assert [item.sentence for item in found] == expected


def test_a_missing_screen_matters_where_something_is_shown(knowledge: KnowledgeBase) -> None:
    place = venue("", "有白板没有投影")
    shown = conflicts(place, brief(SATURDAY), knowledge.playbook("workshop", "zh-CN"), TODAY)
    assert [(item.sentence, item.is_hard) for item in shown] == [("terms.no_screen", False)]
    assert conflicts(place, brief(SATURDAY), knowledge.playbook("dinner", "zh-CN"), TODAY) == []


@pytest.mark.parametrize(
    ("terms", "days"),
    [("须提前一周", 7), ("BP提前三天发", 3), ("at least 5 days' notice", 5), ("two weeks", None), ("", None)],
)
def test_notice_is_read_in_days(terms: str, days: int | None) -> None:
    assert notice_days(terms) == days
