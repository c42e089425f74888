from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from copilot.errors import InvalidInput
from copilot.events.briefs.brief import Brief, BriefReading, make_brief
from copilot.events.briefs.reading import read_brief
from copilot.events.briefs.settling import Circumstances, Settled, default_format, settle
from copilot.knowledge import KnowledgeBase

AROUND = Circumstances(
    name="启航",
    locale="zh-CN",
    timezone="Asia/Shanghai",
    now=datetime(2026, 11, 16, 2, 0, tzinfo=UTC),
    usual_city="深圳",
)


def settled(knowledge: KnowledgeBase, brief: Brief | str, around: Circumstances = AROUND) -> Settled:
    reading = read_brief(brief, around.local_now) if isinstance(brief, str) else BriefReading(brief)
    return settle(reading, knowledge.playbook(default_format(reading.brief), around.locale), around)


def test_a_complete_brief_asks_nothing(knowledge: KnowledgeBase) -> None:
    result = settled(knowledge, "下周六下午两点深圳60人AI路演，预算2万，两小时")
    assert result.questions == []
    assert result.assumptions == []
    assert result.brief.starts_at == datetime(2026, 11, 28, 6, 0, tzinfo=UTC)
    assert result.brief.ends_at == datetime(2026, 11, 28, 8, 0, tzinfo=UTC)


def test_a_vague_brief_asks_at_most_three_questions_each_with_its_default(knowledge: KnowledgeBase) -> None:
    result = settled(knowledge, "帮我办个活动")
    assert [question.field for question in result.questions] == ["starts_on", "budget_cents", "headcount"]
    assert result.questions[0].default == result.brief.starts_on.isoformat()
    assert result.questions[2].default == str(result.brief.headcount)
    assert any("深圳" in line for line in result.assumptions)
    assert result.brief.budget_cents is None


def test_the_default_day_is_a_free_saturday_or_a_wednesday_online(knowledge: KnowledgeBase) -> None:
    offline = settled(knowledge, "聚会").brief
    assert (offline.starts_on, offline.local_start.time()) == (date(2026, 11, 28), time(14))
    online = settled(knowledge, "线上讲座").brief
    assert (online.starts_on, online.local_start.time()) == (date(2026, 11, 25), time(20))


def test_the_default_day_is_never_a_holiday_or_a_swapped_working_day(knowledge: KnowledgeBase) -> None:
    # On 22 September 2026 the first Saturday ten days ahead is 3 October, a holiday; 10 October is worked in exchange.
    around = replace(AROUND, now=datetime(2026, 9, 22, 2, 0, tzinfo=UTC))
    assert settled(knowledge, "聚会", around).brief.starts_on == date(2026, 10, 17)


@pytest.mark.parametrize(
    "text", ["昨天的沙龙 2026-11-15", "11月1日办沙龙", "本周一早上9点沙龙", "上周六沙龙", "2020-01-01 沙龙"]
)
def test_a_past_day_is_refused_with_a_sentence_in_both_languages(knowledge: KnowledgeBase, text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        settled(knowledge, text)
    assert caught.value.data["reason"] == "date_in_past"
    sentence = caught.value.data["sentence"]
    assert isinstance(sentence, dict)
    assert "过去" in sentence["zh-CN"]
    assert "past" in sentence["en"]


def test_later_today_is_not_past(knowledge: KnowledgeBase) -> None:
    assert settled(knowledge, "今晚8点线上直播聊定价").brief.starts_on == date(2026, 11, 16)


def test_days_are_those_of_the_community_and_not_of_utc(knowledge: KnowledgeBase) -> None:
    # 17:00 UTC on the 16th is one in the morning of the 17th in Shanghai.
    around = replace(AROUND, now=datetime(2026, 11, 16, 17, 0, tzinfo=UTC))
    assert settled(knowledge, "明天沙龙", around).brief.starts_on == date(2026, 11, 18)


def test_a_day_too_far_ahead_is_refused(knowledge: KnowledgeBase) -> None:
    with pytest.raises(InvalidInput) as caught:
        settled(knowledge, "2031-01-01 沙龙")
    assert caught.value.data["reason"] == "date_too_far"


@pytest.mark.parametrize(
    ("text", "reason"), [("30分钟的黑客松", "duration_too_short"), ("20小时的线上讲座", "duration_too_long")]
)
def test_a_length_that_the_format_cannot_fill_is_refused(knowledge: KnowledgeBase, text: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        settled(knowledge, text)
    assert caught.value.data["reason"] == reason


def test_a_contradiction_becomes_a_question_that_names_both_sides(knowledge: KnowledgeBase) -> None:
    result = settled(knowledge, "11月28日周五 60人 100人 沙龙 深圳 预算2万 下午两点 两小时 主题AI")
    texts = {question.field: question.text for question in result.questions}
    assert "周五" in texts["starts_on"]
    assert "60人" in texts["headcount"]
    assert "100人" in texts["headcount"]


def test_a_budget_in_another_currency_is_asked_about_and_never_converted(knowledge: KnowledgeBase) -> None:
    result = settled(knowledge, "沙龙 预算$500")
    question = next(q for q in result.questions if q.field == "budget_cents")
    assert (result.brief.budget_cents, result.brief.currency, question.default) == (None, "CNY", None)
    assert "500 美元" in question.text
    assert "budget_cents" not in {item.field for item in result.understood}


def test_a_budget_in_the_communitys_own_currency_is_its_cap(knowledge: KnowledgeBase) -> None:
    around = replace(AROUND, locale="en", currency="USD")
    reading = read_brief("salon for 20 people in Shenzhen, budget $500", around.local_now, currency="USD")
    result = settle(reading, knowledge.playbook("salon", "en", "USD"), around)
    assert (result.brief.budget_cents, result.brief.currency) == (50_000, "USD")
    fields = make_brief({"format": "salon", "budget_cents": 50_000, "currency": "eur"})
    asked = settle(BriefReading(fields), knowledge.playbook("salon", "en", "USD"), around)
    assert asked.brief.budget_cents is None
    assert any("€500" in question.text and "USD" in question.text for question in asked.questions)


def test_questions_are_in_the_language_of_the_community(knowledge: KnowledgeBase) -> None:
    result = settled(knowledge, "帮我办个活动", replace(AROUND, locale="en"))
    assert all(question.text.isascii() or "“" in question.text for question in result.questions)


def test_holidays_late_ends_and_odd_sizes_are_pointed_out(knowledge: KnowledgeBase) -> None:
    around = replace(AROUND, now=datetime(2026, 9, 1, 2, 0, tzinfo=UTC))
    text = " ".join(settled(knowledge, "10月1日晚上9点聚会 200人 三小时 深圳", around).assumptions)
    assert "国庆" in text
    assert "00:00" in text
    assert "200 人" in text
    swapped = settled(knowledge, "10月10日聚会 深圳", around).assumptions
    assert any("调休" in line for line in swapped)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"headcount": 1}, "headcount"), ({"headcount": 5001}, "headcount"), ({"headcount": float("nan")}, "headcount"),
        ({"headcount": "many"}, "headcount"), ({"duration_minutes": 14}, "duration_minutes"),
        ({"duration_minutes": 4321}, "duration_minutes"), ({"budget_cents": -1}, "budget_cents"),
        ({"budget_cents": 1_000_000_001}, "budget_cents"), ({"budget_cents": float("inf")}, "budget_cents"),
        ({"topic": "好" * 201}, "topic"), ({"starts_on": "2026-02-30"}, "starts_on"), ({"start_time": "14:00+08:00"}, "start_time"),
        ({"surprise": 1}, "surprise"), ({"goals": ["a"] * 6}, "goals"), ({"goals": ["a" * 301]}, "goals"), ({"format": "../x"}, "format"),
    ],
)  # fmt: skip
def test_a_field_out_of_bounds_is_refused_by_name(values: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        make_brief(values)
    assert caught.value.data["field"] == field


def test_two_days_are_days_with_a_night_between_them(knowledge: KnowledgeBase) -> None:
    hackathon = settled(knowledge, "12月12日 黑客松 两天 80人 深圳")
    # 09:30 to 20:30 and, on the second day, 09:30 to 18:00.
    assert (hackathon.brief.daily_minutes, hackathon.brief.duration_minutes) == (660, 1440 + 510)
    assert any("09:30–20:30" in line and "18:00" in line for line in hackathon.assumptions)
    class_ = settled(knowledge, "12月5日到6日训练营，每天9点到17点，30人，深圳")
    assert (class_.brief.daily_minutes, class_.brief.duration_minutes) == (480, 1440 + 480)


def test_a_day_of_several_must_suit_the_format(knowledge: KnowledgeBase) -> None:
    with pytest.raises(InvalidInput) as caught:
        settled(knowledge, "12月5日到6日线上直播，每天9点到20点")
    assert caught.value.data["reason"] == "duration_too_long"


def test_a_closed_event_is_for_those_invited(knowledge: KnowledgeBase) -> None:
    brief = settled(knowledge, "闭门会聊涨价，10人，上海").brief
    assert (brief.closed, brief.audience) == (True, "受邀成员")
