"""What members take back while a model writes is neither stored nor returned."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from copilot.community.import_messages import take_back
from copilot.community.store import Unit
from copilot.community.tables import Member, Message, ProfileText
from copilot.errors import Denied, NotFound
from copilot.topics.models import TopicSet
from tests.conftest import NOW
from tests.topics.conftest import MOULD, PRINTER, Room
from tests.topics.test_llm_draft import answer_of
from tests.topics.test_service import stored

Change = Callable[[Unit], None]


def suggest_while(room: Room, change: Change, answers: int = 1) -> TopicSet:
    """Ask for topics of `chen`; `change` happens while the model writes its first answer."""
    waiting = [change]

    def is_cancelled() -> bool:
        if waiting and room.chat.seen:
            with room.store.write("c") as unit:
                waiting.pop()(unit)
        return False

    try:
        return room.service([answer_of()] * answers).suggest("c", "chen", is_cancelled=is_cancelled)
    finally:
        assert not waiting


def of_member(member_id: str, **values: Any) -> Change:
    def change(unit: Unit) -> None:
        for name, value in values.items():
            setattr(unit.get(Member, member_id), name, value)

    return change


def delete_evidence(unit: Unit) -> None:
    unit.session.delete(unit.get(ProfileText, "chen-has-0"))


@pytest.mark.parametrize("values", [{"consent_ai": False}, {"visibility": "hidden"}])
def test_a_member_who_withdraws_gets_no_topic(asked: Room, values: dict[str, object]) -> None:
    with pytest.raises(Denied):
        suggest_while(asked, of_member("chen", **values))
    assert stored(asked) == []


def test_a_member_who_is_gone_gets_no_topic(asked: Room) -> None:
    with pytest.raises(NotFound):
        suggest_while(asked, lambda unit: unit.session.delete(unit.get(Member, "chen")))
    assert stored(asked) == []


def hide_question(unit: Unit) -> None:
    unit.get(Message, "q-mould").hidden_at = NOW


@pytest.mark.parametrize(
    "change",
    [
        of_member("yoyo", consent_ai=False),
        of_member("yoyo", visibility="hidden"),
        lambda unit: unit.session.delete(unit.get(Member, "yoyo")),
        lambda unit: take_back(unit, unit.get(Message, "q-mould"), NOW),
        hide_question,
        delete_evidence,
    ],
    ids=["no AI", "hidden", "gone", "recalled", "moderated", "no evidence"],
)
def test_words_that_were_taken_back_are_not_kept(asked: Room, change: Change) -> None:
    answer = suggest_while(asked, change)
    assert answer.topics == []
    assert MOULD not in answer.model_dump_json()
    assert stored(asked) == []


def test_a_question_that_was_asked_twice_is_drafted_anew_when_one_of_them_is_recalled(asked: Room) -> None:
    again = MOULD.replace("请教做过模具的老师傅", "再请教做过模具的老师")
    asked.say("q-mould-2", "duoduo", again, asks=True)
    answer = suggest_while(asked, lambda unit: take_back(unit, unit.get(Message, "q-mould"), NOW), answers=2)
    (topic,) = answer.topics
    assert (topic.demand.question_id, topic.demand.same_ids) == ("q-mould-2", [])
    assert len(stored(asked)) == 1


def test_an_asker_who_wants_to_be_seen_by_operators_only_is_no_longer_named(asked: Room) -> None:
    answer = suggest_while(asked, of_member("yoyo", visibility="operators"), answers=2)
    (topic,) = answer.topics
    assert topic.demand.asker_name == ""
    assert "yoyo" not in topic.message
    assert len(asked.chat.seen) == 2


def test_a_profile_sentence_that_was_rewritten_is_not_quoted(asked: Room) -> None:
    def rewrite(unit: Unit) -> None:
        unit.get(ProfileText, "chen-has-0").text = PRINTER

    answer = suggest_while(asked, rewrite, answers=2)
    assert [cited.quote in PRINTER for topic in answer.topics for cited in topic.evidence] == [True]


def test_changes_that_take_nothing_back_cost_no_second_draft(asked: Room) -> None:
    answer = suggest_while(asked, of_member("yoyo", city="上海"))
    assert len(answer.topics) == len(stored(asked)) == 1
    assert len(asked.chat.seen) == 1
