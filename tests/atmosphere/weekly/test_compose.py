"""What a report says of its facts: changes beyond noise, three things to do, figures and the fixed sentences."""

from __future__ import annotations

import numpy as np

from copilot.atmosphere.models import NoReading
from copilot.atmosphere.weekly.actions import actions
from copilot.atmosphere.weekly.changes import changes
from copilot.atmosphere.weekly.compose import compose, figures_of
from copilot.atmosphere.weekly.models import Carried, WaitingAlert, WeeklySnapshot
from tests.atmosphere.weekly.facts import measure, reading, snapshot, step, usual


def test_a_figure_far_from_usual_is_named_and_one_within_is_not() -> None:
    low = measure("followed_share", 0.3, 0.2, 0.4, baseline=usual(0.75, 0.6, 0.9, -6.0))
    same = measure("net_sentiment", 0.1, 0.0, 0.2, unit="net", baseline=usual(0.12, 0.0, 0.25, -0.3))
    found, compared = changes(reading(followed_share=low, net_sentiment=same), None, "zh-CN")
    assert compared == 2
    assert [(one.measure, one.direction, one.verdict) for one in found] == [("followed_share", "down", "worse")]
    assert found[0].sentence == "有人接话的提问占比降到 30%，平时约 75%（正常波动 60% 到 90%，依据此前 12 周）。"


def test_without_history_the_week_before_is_compared_with() -> None:
    before = reading(followed_share=measure("followed_share", 0.9, 0.85, 0.95))
    now = reading(followed_share=measure("followed_share", 0.3, 0.2, 0.4))
    found, compared = changes(now, before, "en")
    assert compared == 2  # counts have no interval
    assert [one.measure for one in found] == ["followed_share"]
    assert "history is short" in found[0].sentence
    assert changes(now, None, "en") == ([], 0)


def test_noise_is_seldom_named() -> None:
    rng = np.random.default_rng(3)
    named = 0
    for _ in range(400):
        made = {
            name: measure(name, 0.5, 0.4, 0.6, baseline=usual(0.5, 0.3, 0.7, float(rng.standard_t(11))))
            for name in ("net_sentiment", "followed_share", "active_members")
        }
        named += bool(changes(reading(**made), None, "en")[0])
    # Nothing changed in any week: at the rate stated, one week in ten names something.
    assert named <= 0.1 * 400 + 3 * np.sqrt(0.09 * 400)


def test_a_measure_of_another_room_or_without_value_is_not_compared() -> None:
    none = measure("followed_share", None, None, None, reason="too_few", baseline=usual(0.7, 0.5, 0.9, 0.0))
    assert changes(reading(followed_share=none.model_copy(update={"baseline": None})), None, "en") == ([], 0)
    assert changes(reading(followed_share=none), None, "en") == ([], 0)


def alert(name: str, seriousness: float, passage: str | None) -> WaitingAlert:
    return WaitingAlert(
        id=name, sentence=f"提醒 {name}", who="阿泽", seriousness=seriousness, measure="heat",
        step=None if passage is None else step(passage),
    )  # fmt: skip


def test_the_most_serious_alerts_come_first_and_no_passage_twice() -> None:
    facts = snapshot(
        alerts=[alert("x", 1.0, "room-actions#7"), alert("y", 3.0, "room-actions#2"), alert("z", 2.0, "room-actions#2"),
                alert("w", 9.0, None)]
    )  # fmt: skip
    found = actions(facts, "zh-CN")
    assert [(one.source, one.alert_id, one.who) for one in found] == [
        ("alert", "y", "阿泽"), ("alert", "x", "阿泽"), ("questions", None, "值班运营"),
    ]  # fmt: skip
    assert all(one.quote in step().text for one in found)


def test_what_the_week_gives_no_reason_for_is_not_suggested() -> None:
    facts = snapshot(questions=[], best=[], carried=Carried())
    assert actions(facts, "zh-CN") == []


def test_a_passage_that_is_missing_is_not_cited() -> None:
    assert actions(snapshot(steps={}), "zh-CN") == []


def test_the_same_facts_give_the_same_report() -> None:
    facts = snapshot()
    again = WeeklySnapshot.model_validate_json(facts.model_dump_json())
    assert compose(again) == compose(facts)


def test_the_fixed_sentences_hold_the_figures_and_nothing_else() -> None:
    facts = snapshot()
    assert compose(facts).summary.text == (
        "41 个人说了 412 条消息。情绪净值 +0.12（95% 区间 +0.05 到 +0.20）。"
        "32 个提问里 75% 有人接话（95% 区间 60% 到 86%）。历史还不够长，说不了和平时比有没有变化。"
    )
    assert {item.name: item.text for item in figures_of(facts)}["followed_low"] == "60%"
    english = compose(snapshot("en")).summary.text
    assert english.startswith("41 people wrote 412 messages. The net mood is +0.12")


def test_a_thin_week_says_so() -> None:
    quiet = reading()
    quiet.no_reading = NoReading(code="too_few_messages", sentence="这段时间只有 3 条消息。")
    quiet.dimensions = {}
    report = compose(snapshot(reading=quiet, days=[], questions=[], best=[], carried=Carried()))
    assert report.thin == "这一周说得太少：这段时间只有 3 条消息。下面只有数得清的东西，不下判断。"
    assert report.changes == []
    assert "情绪" not in report.summary.text
