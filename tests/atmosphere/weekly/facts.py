"""Facts of a week by hand, for what is composed, checked and drawn from them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from copilot.atmosphere.models import AtmosphereReading, Baseline, Counts, Dimension, Measure, Window
from copilot.atmosphere.weekly.models import (
    BestMessage,
    Carried,
    DayPoint,
    Excerpt,
    OpenQuestion,
    Point,
    Step,
    UpcomingEvent,
    WeeklySnapshot,
    WeekPoint,
)

MONDAY = datetime(2026, 11, 9, tzinfo=UTC)
TEXT = "先看合同里的解除条款。再发书面通知，留好回执。"


def measure(name: str, value: float | None, low: float | None, high: float | None, **values: Any) -> Measure:
    given: dict[str, Any] = {"unit": "share", "n": 40, "n_of": "messages", **values}
    return Measure(name=name, value=value, low=low, high=high, **given)


def usual(middle: float, low: float, high: float, residual: float, n: int = 12) -> Baseline:
    return Baseline(n=n, middle=middle, low=low, high=high, residual=residual)


def reading(locale: str = "zh-CN", **measures: Measure) -> AtmosphereReading:
    """Return a reading with mood and questions taken up; `measures` replaces measures by name."""
    mood = measures.get("net_sentiment", measure("net_sentiment", 0.12, 0.05, 0.2, unit="net", evidence=["m1"]))
    taken = measures.get("followed_share", measure("followed_share", 0.75, 0.6, 0.86, n=32, n_of="questions"))
    people = measures.get("active_members", measure("active_members", 41, None, None, unit="count", n_of="members"))
    return AtmosphereReading(
        community_id="c", locale=locale,
        window=Window(
            start=MONDAY, end=MONDAY + timedelta(days=7), timezone="UTC", channel_id=None, channel_name=None, group=None
        ),
        counts=Counts(messages=412, messages_read=400, coverage=0.97, speakers=41, known_members=80, questions=32),
        dimensions={
            "activity": Dimension(measures=[people]), "satisfaction": Dimension(measures=[mood]),
            "interaction_quality": Dimension(measures=[taken]),
        },
    )  # fmt: skip


def excerpt(name: str = "m1", member: str = "a", text: str = TEXT, end: int | None = None) -> Excerpt:
    stop = len(text) if end is None else end
    return Excerpt(id=name, member_id=member, start=0, end=stop, quote=text[:stop])


def best(**values: Any) -> BestMessage:
    given: dict[str, Any] = {"answered": 1, "thanked": 2, "replied": 3, "words": 12, "points": 8.3, **values}
    return BestMessage(**{"excerpt": excerpt(), "sent_at": MONDAY, **given})


def question(name: str = "q1", member: str = "b", text: str = "有人报过北美的商标吗？", **values: Any) -> OpenQuestion:
    given: dict[str, Any] = {"sent_at": MONDAY, "age_hours": 50.0, "followed": False, **values}
    return OpenQuestion(excerpt=excerpt(name, member, text), **given)


def step(passage_id: str = "room-actions#3") -> Step:
    return Step(passage_id=passage_id, heading="提问没人回", text="每天列出没人接的提问。点名请一位做过的人来答。")


def snapshot(locale: Literal["zh-CN", "en"] = "zh-CN", **values: Any) -> WeeklySnapshot:
    """Return the facts of a full week."""
    points = [WeekPoint(week=f"2026-W4{n}", messages=300 + n, speakers=40, tone=Point(value=0.1, low=0.0, high=0.2),
                        answered=Point(value=0.7, low=0.5, high=0.8)) for n in range(3, 7)]  # fmt: skip
    days = [
        DayPoint(day=f"2026-11-{9 + n:02d}", messages=60 - 8 * n, speakers=20, negative=0.2, neutral=0.5, positive=0.3)
        for n in range(6)
    ]
    days.append(DayPoint(day="2026-11-15", messages=9, speakers=3, negative=None, neutral=None, positive=None))
    given: dict[str, Any] = {
        "community_id": "c", "name": "示例社区", "locale": locale, "kind": "light", "week": "2026-W46",
        "made_at": MONDAY + timedelta(days=7), "is_over": True, "reading": reading(locale), "previous": None,
        "weeks": points, "days": days, "alerts": [], "held_back": 0, "best": [best()], "questions": [question()],
        "question_count": 32, "open_count": 8,
        "events": [
            UpcomingEvent(id="e1", title="路演", starts_at=MONDAY + timedelta(days=9), going=12, capacity=40)
        ],
        "carried": Carried(loaded=["a"], shoulders="三个人答了一半。", owner="看不出趋势。"),
        "takers": {"": "值班运营"}, "steps": {"room-actions#3": step(), "stars#3": step("stars#3")},
    }  # fmt: skip
    return WeeklySnapshot(**{**given, **values})
