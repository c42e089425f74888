"""The reading of a brief is scored field by field, without reading it again."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from copilot.events.briefs.brief import Brief, BriefReading, Doubt
from eval.scorers.briefs import score_brief


def case(**values: Any) -> dict[str, Any]:
    return {"expected": {}, "unsaid": [], "topic_words": [], "doubts": []} | values


def test_said_fields_are_right_or_wrong_by_their_plain_value() -> None:
    brief = Brief(starts_on=date(2026, 12, 5), start_time=time(14, 0), headcount=50)
    expected = {"starts_on": "2026-12-05", "start_time": "14:00", "headcount": 80}
    score = score_brief(case(expected=expected), BriefReading(brief))

    assert (score.right, score.said) == (2, 3)
    assert score.wrong == [("headcount", 80, 50)]


def test_a_field_read_wrongly_is_misread_and_one_not_read_is_not() -> None:
    score = score_brief(case(expected={"headcount": 80, "city": "Shanghai"}), BriefReading(Brief(headcount=12)))

    assert (score.right, score.misread, score.said) == (0, 1, 2)


def test_any_of_several_acceptable_values_is_right() -> None:
    assert score_brief(case(expected={"headcount": [20, 25, 30]}), BriefReading(Brief(headcount=25))).right == 1


def test_a_value_nobody_said_is_invented() -> None:
    score = score_brief(case(unsaid=["city", "budget_cents"]), BriefReading(Brief(city="Shanghai")))

    assert (score.invented, score.unsaid) == (1, 2)


def test_no_budget_and_a_budget_of_nothing_are_not_the_same() -> None:
    score = score_brief(case(unsaid=["budget_cents"]), BriefReading(Brief(budget_cents=0)))

    assert score.invented == 1


def test_contradictions_and_topic_words_must_be_named() -> None:
    doubt = Doubt("headcount", "several_values", ("50", "80"), "50")
    reading = BriefReading(Brief(topic="AI 出海"), doubts=(doubt,))
    score = score_brief(case(topic_words=["AI", "硬件"], doubts=["headcount", "online"]), reading)

    assert (score.topics_kept, score.topics) == (1, 2)
    assert (score.doubts_named, score.doubts) == (1, 2)
