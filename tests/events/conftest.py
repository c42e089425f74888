"""A small community with speakers, hosts, venues and past events, and a service to plan with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from copilot.assets import knowledge_dir, prompts_dir
from copilot.clock import FixedClock
from copilot.community.store import Store
from copilot.community.tables import (
    CheckIn,
    Community,
    Event,
    EventFeedback,
    EventReview,
    Member,
    ProfileText,
    Resource,
    Signup,
)
from copilot.events.drafts.candidates import StoreCandidates
from copilot.events.service import EventService
from copilot.knowledge import KnowledgeBase
from copilot.prompts import PromptLibrary

NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)

PEOPLE = {
    # name: (city, has, consent to be matched, visibility, consent to AI)
    "林舟": ("深圳", "做过三年AI客服产品，带团队做过两次AI路演，能讲融资材料怎么准备", True, "community", True),
    "Mia Chen": ("深圳", "AI agent 落地咨询，帮二十家工厂接入大模型", True, "community", True),
    "老秦": ("杭州", "跨境电商选品十年，自己做过选品表和供应链", True, "community", True),
    "小满": ("深圳", "社群活动策划，主持过很多场沙龙和路演", True, "community", True),
    "没同意的人": ("深圳", "AI路演教练，最懂AI路演", None, "community", True),
    "拒绝的人": ("深圳", "AI路演评委，做过AI路演", False, "community", True),
    "隐身的人": ("深圳", "AI路演投资人", True, "hidden", True),
    "不要AI的人": ("深圳", "AI路演讲师，AI路演导师", True, "community", False),
}


@pytest.fixture(scope="session")
def knowledge() -> KnowledgeBase:
    return KnowledgeBase.load([knowledge_dir()])


@pytest.fixture(scope="session")
def prompts() -> PromptLibrary:
    return PromptLibrary.load(prompts_dir())


def add_people(store: Store, community_id: str) -> None:
    with store.write(community_id) as unit:
        for number, (name, (city, has, consent, visibility, ai)) in enumerate(PEOPLE.items()):
            member_id = f"mem_{community_id}_{number}"
            unit.add(
                Member(
                    id=member_id, platform="csv", external_id=str(number), name=name, city=city, consent_match=consent,
                    visibility=visibility, consent_ai=ai, created_at=NOW,
                )
            )  # fmt: skip
            unit.session.flush()
            unit.add(
                ProfileText(id=f"txt_{community_id}_{number}", member_id=member_id, aspect="has", position=0, text=has)
            )


def add_resources(store: Store, community_id: str) -> None:
    rows = [
        (
            "R-C-01",
            "channel",
            "南山孵化器路演厅",
            "大屏、音响齐全，可用作活动场地",
            80,
            "深圳",
            "对社区成员免费",
            "available",
        ),
        ("R-C-02", "channel", "福田咖啡馆场地", "小型聚会场地", 30, "深圳", "低消每位 48 元", "available"),
        ("R-C-03", "channel", "杭州滨江会议室场地", "会议室", 100, "杭州", "免费", "available"),
        ("R-C-04", "channel", "已停用的报告厅场地", "大场地", 200, "深圳", "免费", "withdrawn"),
        (
            "R-P-01",
            "people",
            "AI 方向投资人名单",
            "十二位关注AI的投资人，可邀请参加路演",
            None,
            "深圳",
            "须提前一周",
            "available",
        ),
    ]
    with store.write(community_id) as unit:
        for code, kind, title, text, capacity, city, terms, status in rows:
            unit.add(
                Resource(
                    id=f"res_{community_id}_{code}", code=code, type=kind, title=title, description=text,
                    capacity=capacity, city=city, terms=terms, status=status, tags=[], created_at=NOW,
                )
            )  # fmt: skip


def add_history(store: Store, community_id: str) -> None:
    """Three past roadshows hosted by 小满: 7 signed up for each, 5 came, one gave 4 of 5."""
    with store.write(community_id) as unit:
        members = [f"mem_{community_id}_{number}" for number in range(len(PEOPLE))]
        for number in range(3):
            start = NOW - timedelta(days=30 * (number + 1))
            event_id = f"evt_{community_id}_{number}"
            unit.add(
                Event(
                    id=event_id, code=f"E{number}", title=f"第{number + 1}期路演", format="roadshow", starts_at=start,
                    ends_at=start + timedelta(hours=2), city="深圳", host_id=f"mem_{community_id}_3", created_at=start,
                )
            )  # fmt: skip
            unit.session.flush()
            for index, member_id in enumerate(members[:7]):
                unit.add(
                    Signup(id=f"sgn_{event_id}_{index}", event_id=event_id, member_id=member_id, signed_up_at=start)
                )
                if index < 5:
                    unit.add(
                        CheckIn(
                            id=f"chk_{event_id}_{index}", event_id=event_id, member_id=member_id, checked_in_at=start
                        )
                    )
            unit.add(
                EventFeedback(
                    id=f"efb_{event_id}", event_id=event_id, member_id=members[0], rating=4, created_at=start
                )
            )  # fmt: skip
            unit.add(
                EventReview(event_id=event_id, lessons=[f"第{number + 1}期签到太慢，排队二十分钟"], created_at=start)
            )


@pytest.fixture
def peopled(store: Store, community: str) -> str:
    """The Chinese community `c` with people, resources and history."""
    add_people(store, community)
    add_resources(store, community)
    add_history(store, community)
    return community


@pytest.fixture
def english(store: Store) -> str:
    """An English community without any records."""
    with store.system(write=True) as session:
        session.add(
            Community(
                id="e", slug="english", name="Harbour Founders", locale="en", timezone="Asia/Shanghai", created_at=NOW
            )
        )
    return "e"


@pytest.fixture
def service(store: Store, knowledge: KnowledgeBase, prompts: PromptLibrary, clock: FixedClock) -> EventService:
    return EventService(store, knowledge, prompts, None, StoreCandidates(store))
