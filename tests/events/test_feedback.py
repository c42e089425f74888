"""Who may say what of an event, and who reads it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from copilot.clock import FixedClock
from copilot.community.store import Store
from copilot.errors import Conflict, InvalidInput
from copilot.events.life.feedback import FeedbackBox
from copilot.events.life.models import Answer, Feedback
from tests.events.life import END, START, add_event, add_members, attended, oneself, operator

QUESTION = "最有用的一点是什么？"


@pytest.fixture
def held(store: Store, community: str, clock: FixedClock) -> str:
    """An event that just ended: members 0 and 1 came, 2 did not."""
    people = add_members(store, community, 3)
    event_id = add_event(store, community, 5, feedback_questions=[QUESTION])
    attended(store, community, event_id, people[:2], people[2:])
    clock.advance(END - clock.now())
    return event_id


def test_an_attendee_answers_and_answers_again(store: Store, community: str, held: str) -> None:
    box, actor = FeedbackBox(store), oneself(community, "mem_c_000")
    box.give(community, held, "mem_c_000", Feedback(rating=3, comment="还行"), actor=actor)
    answer = Answer(question=QUESTION, answer="提问环节")
    said = box.give(
        community, held, "mem_c_000", Feedback(rating=5, comment="想明白了，很好", answers=[answer]), actor=actor
    )
    assert (said.rating, said.member_id) == (5, "mem_c_000")
    page = box.list(community, held, actor=operator(community))
    assert [(item.rating, item.comment, item.member_id) for item in page.items] == [(5, "想明白了，很好", None)]
    assert page.items[0].answers[0].answer == "提问环节"
    assert box.form(community, held).questions == [QUESTION]


def test_only_those_who_came_are_heard(store: Store, community: str, held: str) -> None:
    with pytest.raises(Conflict) as refused:
        FeedbackBox(store).give(community, held, "mem_c_002", Feedback(rating=1), actor=oneself(community, "mem_c_002"))
    assert refused.value.data["reason"] == "only_attendees"


@pytest.mark.parametrize("wrong", [{"rating": 0}, {"rating": 6}, {"rating": 4, "comment": "长" * 2001}])
def test_values_out_of_bounds_are_no_feedback(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Feedback.model_validate(wrong)


def test_answers_to_other_questions_or_twice_are_refused(store: Store, community: str, held: str) -> None:
    box, good = FeedbackBox(store), Answer(question=QUESTION, answer="好")
    for answers in ([Answer(question="别的问题", answer="x")], [good, good]):
        with pytest.raises(InvalidInput):
            box.give(
                community, held, "mem_c_000", Feedback(rating=4, answers=answers), actor=operator(community)
            )  # fmt: skip


def test_the_form_opens_with_the_event_and_closes_a_month_later(
    store: Store, community: str, held: str, clock: FixedClock
) -> None:
    box = FeedbackBox(store)
    for at in (START - timedelta(seconds=1), END + timedelta(days=30, seconds=1)):
        clock.advance(at - clock.now())
        with pytest.raises(Conflict) as refused:
            box.give(community, held, "mem_c_000", Feedback(rating=4), actor=operator(community))
        assert refused.value.data["reason"] == "feedback_closed"
