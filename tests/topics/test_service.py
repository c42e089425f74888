"""Topics end to end without a model: evidence or silence, one member per question, consent, scope, storage."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from copilot.clock import FixedClock
from copilot.community.erasure import erase_member
from copilot.community.import_messages import take_back
from copilot.community.store import Store
from copilot.community.tables import AuditEntry, Community, Message, ProfileText, TopicSuggestion
from copilot.errors import Denied, InvalidInput, NotFound
from tests.conftest import NOW
from tests.topics.conftest import BOOKS, MOULD, MOULDER, PRINTER, START, Room


def stored(room: Room) -> list[TopicSuggestion]:
    with room.store.read("c") as unit:
        return list(unit.session.scalars(select(TopicSuggestion).order_by(TopicSuggestion.id)))


def test_a_topic_binds_an_open_question_to_what_the_member_knows(asked: Room) -> None:
    answer = asked.service().suggest("c", "chen", actor="op")
    (topic,) = answer.topics
    assert (topic.demand.question_id, topic.demand.kind, topic.demand.asker_name) == ("q-mould", "unanswered", "yoyo")
    assert [cited.id for cited in topic.evidence] == ["chen-has-0"]
    assert topic.demand.quote in MOULD
    assert topic.evidence[0].quote in MOULDER
    assert topic.fit >= 0.5
    assert all(part in topic.message for part in ("宝安老陈", "yoyo", "启航大群", topic.demand.quote))
    assert topic.drafted_by == answer.drafted_by == "playbook"
    assert all(check.passed for check in answer.checks)
    assert answer.note is not None
    assert answer.note.code == "fewer"


def test_it_is_stored_with_what_it_rests_on(asked: Room) -> None:
    service = asked.service()
    (topic,) = service.suggest("c", "chen", actor="op").topics
    (row,) = stored(asked)
    assert (row.id, row.member_id, row.question_id, row.status, row.created_by) == (
        topic.id, "chen", "q-mould", "suggested", "op",
    )  # fmt: skip
    assert [q["id"] for q in row.snapshot["questions"]] == ["q-mould"]
    assert service.get("c", topic.id).topic == topic
    assert [item.topic.id for item in service.history("c", member_id="chen").items] == [topic.id]
    with asked.store.read("c") as unit:
        assert [(e.actor, e.action) for e in unit.session.scalars(select(AuditEntry))] == [("op", "topics:suggest")]


def test_asking_again_gives_the_same_topic_and_no_second_row(asked: Room) -> None:
    service = asked.service()
    first = service.suggest("c", "chen").topics
    assert service.suggest("c", "chen").topics == first
    assert len(stored(asked)) == 1


def test_a_member_without_matching_words_gets_no_topic_and_a_reason(asked: Room) -> None:
    answer = asked.service().suggest("c", "bass")
    assert answer.topics == []
    assert answer.note is not None
    assert answer.note.code == "nothing_fits"
    assert "3 个" in answer.note.sentence
    assert stored(asked) == []


def test_swapping_what_two_members_know_swaps_their_topics(asked: Room) -> None:
    service = asked.service()
    before = {m: [t.demand.question_id for t in service.suggest("c", m).topics] for m in ("chen", "ink")}
    assert before == {"chen": ["q-mould"], "ink": ["q-books"]}
    with asked.store.write("c") as unit:
        for row in unit.session.scalars(select(TopicSuggestion)).all():
            unit.session.delete(row)
        texts = unit.get_many(ProfileText, ["chen-has-0", "ink-has-0"])
        texts["chen-has-0"].text, texts["ink-has-0"].text = PRINTER, MOULDER
    asked._embed("has", [("chen-has-0", "chen", PRINTER), ("ink-has-0", "ink", MOULDER)])
    after = {m: [t.demand.question_id for t in service.suggest("c", m).topics] for m in ("chen", "ink")}
    assert after == {"chen": ["q-books"], "ink": ["q-mould"]}


def test_a_question_goes_to_one_member_a_month(asked: Room, clock: FixedClock) -> None:
    asked.member("chen2", [MOULDER])
    service = asked.service()
    assert service.suggest("c", "chen").topics
    assert service.suggest("c", "chen2").topics == []
    clock.advance(timedelta(days=31))
    assert [t.demand.question_id for t in service.suggest("c", "chen2").topics] == ["q-mould"]


def test_the_same_question_asked_in_other_words_is_taken_too(asked: Room) -> None:
    asked.member("chen2", [MOULDER])
    again = MOULD.replace("请教做过模具的老师傅", "再请教做过模具的老师")
    asked.say("q-mould-2", "yoyo", again, asks=True)
    (topic,) = asked.service().suggest("c", "chen").topics
    assert {topic.demand.question_id, *topic.demand.same_ids} == {"q-mould", "q-mould-2"}
    assert asked.service().suggest("c", "chen2").topics == []


def test_what_the_member_declined_is_not_proposed_again(asked: Room) -> None:
    service = asked.service()
    service.suggest("c", "chen")
    with asked.store.write("c") as unit:
        unit.session.scalars(select(TopicSuggestion)).one().status = "declined"
    assert service.suggest("c", "chen").topics == []


def test_an_answer_given_in_chat_is_worth_a_post(asked: Room) -> None:
    asked.say("a-books", "bass", "点读版先找印刷厂要隐形码样张，首批三千册以内都要谈开机费。", reply_to_id="q-books")
    (topic,) = asked.service().suggest("c", "bass").topics
    assert topic.demand.kind == "answered_by_member"
    assert [(cited.kind, cited.id) for cited in topic.evidence] == [("answer", "a-books")]


def test_nobody_is_asked_to_answer_their_own_question(asked: Room) -> None:
    asked.member("maker", [MOULDER])
    asked.say("q-own", "maker", "请教大家，注塑件飞边一直修不掉，保压和合模力先动哪个？", asks=True)
    topics = asked.service().suggest("c", "maker").topics
    assert "q-own" not in {t.demand.question_id for t in topics}


@pytest.mark.parametrize(
    ("fields", "reason"), [({"consent_ai": False}, "no_ai_consent"), ({"visibility": "hidden"}, "hidden")]
)
def test_without_consent_or_hidden_the_member_is_left_alone(room: Room, fields: dict[str, object], reason: str) -> None:
    room.member("chen", [MOULDER], **fields)
    with pytest.raises(Denied) as caught:
        room.service().suggest("c", "chen")
    assert caught.value.data["reason"] == reason


@pytest.mark.parametrize("fields", [{"consent_ai": False}, {"visibility": "hidden"}])
def test_the_words_of_an_asker_without_consent_are_not_used(room: Room, fields: dict[str, object]) -> None:
    room.member("yoyo", **fields)
    room.member("chen", [MOULDER])
    room.say("q", "yoyo", MOULD, asks=True)
    assert room.service().suggest("c", "chen").topics == []


@pytest.mark.slow
def test_an_asker_whom_only_operators_see_is_not_named(room: Room) -> None:
    room.member("yoyo", visibility="operators")
    room.member("chen", [MOULDER])
    room.say("q", "yoyo", MOULD, asks=True)
    (topic,) = room.service().suggest("c", "chen").topics
    assert topic.demand.asker_name == ""
    assert "yoyo" not in topic.message + topic.opening + topic.reason
    assert "有位成员" in topic.message


def test_a_name_that_is_an_advert_is_left_out(room: Room) -> None:
    room.member("yoyo", name="小优 微信 youyou_888")
    room.member("chen", [MOULDER])
    room.say("q", "yoyo", MOULD, asks=True)
    (topic,) = room.service().suggest("c", "chen").topics
    assert "youyou" not in topic.model_dump_json()


def test_recalled_and_hidden_questions_are_never_used(asked: Room) -> None:
    with asked.store.write("c") as unit:
        unit.get(Message, "q-mould").hidden_at = NOW
        take_back(unit, unit.get(Message, "q-books"), NOW)
    assert asked.service().suggest("c", "chen").topics == []
    assert asked.service().suggest("c", "ink").topics == []


def test_a_topic_goes_when_its_question_is_recalled_or_its_asker_erased(asked: Room) -> None:
    service = asked.service()
    service.suggest("c", "chen"), service.suggest("c", "ink")
    assert len(stored(asked)) == 2
    with asked.store.write("c") as unit:
        take_back(unit, unit.get(Message, "q-books"), NOW)
    assert [row.question_id for row in stored(asked)] == ["q-mould"]
    erase_member(asked.store, "c", "yoyo", requested_by="op")
    assert stored(asked) == []


def test_a_member_whose_words_are_not_indexed_yet_is_told_so(asked: Room) -> None:
    asked.member("late", [MOULDER], indexed=False)
    answer = asked.service().suggest("c", "late")
    assert (answer.topics, answer.note and answer.note.code) == ([], "not_indexed_yet")


def test_questions_that_are_not_indexed_yet_are_told_so(room: Room) -> None:
    room.member("yoyo")
    room.member("chen", [MOULDER])
    room.say("q", "yoyo", MOULD, asks=True, indexed=False)
    answer = room.service().suggest("c", "chen")
    assert (answer.topics, answer.note and answer.note.code) == ([], "not_indexed_yet")


def test_an_empty_room_an_empty_profile_and_a_quiet_room_say_why(room: Room) -> None:
    room.member("chen", [MOULDER])
    room.member("blank")
    first = room.service().suggest("c", "chen").note
    room.say("m", "blank", "今天食堂的面不错")
    second = room.service().suggest("c", "chen").note
    room.say("q", "chen", MOULD, asks=True)
    third = room.service().suggest("c", "blank").note
    assert [note and note.code for note in (first, second, third)] == ["no_messages", "no_demand", "no_evidence"]


def test_questions_older_than_the_window_of_data_are_left(room: Room) -> None:
    room.member("yoyo")
    room.member("chen", [MOULDER])
    room.say("q", "yoyo", MOULD, asks=True, at=START - timedelta(days=40))
    room.say("m", "yoyo", "早", at=START)
    assert room.service().suggest("c", "chen").topics == []


def test_another_communitys_chat_and_members_do_not_exist_here(asked: Room, store: Store) -> None:
    with store.system(write=True) as session:
        session.add(Community(id="d", slug="other", name="另一个", locale="en", created_at=NOW))
    service = asked.service()
    with pytest.raises(NotFound):
        service.suggest("d", "chen")
    with pytest.raises(NotFound):
        service.suggest("nowhere", "chen")
    with pytest.raises(NotFound):
        service.history("nowhere")
    assert service.history("d").items == []
    assert service.reluctant("d") == []


@pytest.mark.parametrize("n", [0, -1, 11])
def test_the_number_of_topics_is_bounded(asked: Room, n: int) -> None:
    with pytest.raises(InvalidInput):
        asked.service().suggest("c", "chen", n)


def test_an_english_community_is_written_to_in_english(asked: Room) -> None:
    with asked.store.system(write=True) as session:
        session.get_one(Community, "c").locale = "en"
    (topic,) = (answer := asked.service().suggest("c", "chen")).topics
    assert "nobody has answered" in topic.reason
    assert all(check.passed for check in answer.checks)
    assert answer.note is not None
    assert "topics asked for" in answer.note.sentence


@pytest.mark.slow
def test_long_texts_control_characters_and_links_do_no_harm(room: Room) -> None:
    room.member("yoyo", name="y\x07o{know}yo")
    room.member("chen", [MOULDER + "{ask}" + "很" * 600])
    room.say(
        "q", "yoyo", "请教各位：" + BOOKS + "\x00\n</data>" + "模具缩水" * 150 + "？见 https://a.example/x", asks=True
    )
    answer = room.service().suggest("c", "chen")
    assert all(check.passed for check in answer.checks)


def test_those_who_know_and_stay_silent_come_first(asked: Room) -> None:
    asked.member("silent", ["会做一件事", "还会另一件", "第三件也行"])
    asked.member("talker", ["会说", "会聊"])
    asked.member("boss", ["管场地", "管人"], role="operator")
    asked.member("no_ai", ["会很多", "会更多"], consent_ai=False)
    for n in range(9):
        asked.say(f"t{n}", "talker", "又是我")
    found = asked.service().reluctant("c")
    assert [(r.member_id, r.known_texts, r.messages, r.score) for r in found] == [("silent", 3, 0, 3.0)]
    assert "3 条" in found[0].reason


def test_who_was_asked_within_the_month_is_marked(asked: Room) -> None:
    asked.member("chen3", [MOULDER, "修模也行"])
    asked.service().suggest("c", "chen3")
    assert [(r.member_id, r.suggested_at) for r in asked.service().reluctant("c")] == [("chen3", NOW)]
