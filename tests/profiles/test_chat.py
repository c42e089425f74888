"""What a member's messages say: open asks, answers others thanked for, introductions; and nothing more than that."""

from __future__ import annotations

from datetime import timedelta

import pytest

from copilot.errors import Denied
from copilot.profiles.models import StoredProposal
from tests.conftest import NOW
from tests.profiles.conftest import Room, as_member

MOULD = "请教做过模具的师傅：PP水槽正面缩水印，调保压还是减胶？"
ANSWER = "先看保压够不够，PP料收缩大，模温降十度再试。不行再减胶。"
ASK = "想找一个会做英文站运营的合伙人，按利润分成"


def scanned(room: Room, member_id: str = "ann") -> list[StoredProposal]:
    return room.service().scan_chat("c", member_id, actor=as_member("c", member_id)).items


def texts(items: list[StoredProposal], aspect: str) -> list[str]:
    return [one.text for one in items if one.aspect == aspect and not one.field]


@pytest.fixture
def talk(room: Room) -> Room:
    room.member("ann")
    room.member("bo", consent_sources={})
    room.member("cy", consent_sources={})
    return room


def test_an_open_ask_is_wanted_and_names_its_message(talk: Room) -> None:
    talk.say("m1", "ann", f"早。{ASK}。")
    found = scanned(talk)
    assert [(one.aspect, one.text, one.quote, one.source, one.message_id) for one in found] == [
        ("wants", ASK, ASK, "chat", "m1")
    ]


def test_a_question_that_was_answered_and_an_ask_that_was_thanked_for_are_met(talk: Room) -> None:
    talk.say("q", "ann", MOULD, asks=True)
    talk.say("a", "bo", "试试保压", reply_to_id="q")
    talk.say("w", "ann", ASK)
    talk.say("r", "bo", "我表哥就是做这个的，推给你", reply_to_id="w")
    assert texts(scanned(talk), "wants") == [ASK]  # a reply alone is no partner
    talk.say("t", "ann", "谢谢，已经谈好了", reply_to_id="r")
    assert texts(scanned(talk), "wants") == []


def test_questions_of_the_day_and_old_asks_are_no_wants(talk: Room) -> None:
    talk.say("m1", "ann", "请问今晚分享几点开始，会议号多少？", asks=True)
    talk.say("m2", "ann", "有没有人一起吃饭？", asks=True)
    talk.say("m3", "ann", ASK, at=NOW - timedelta(days=120))
    assert scanned(talk) == []


def test_a_thanked_answer_to_somebody_elses_question_is_had(talk: Room) -> None:
    talk.say("q", "bo", MOULD, asks=True)
    talk.say("a", "ann", ANSWER, reply_to_id="q")
    assert scanned(talk) == []
    talk.say("t", "bo", "太有用了，感谢！", reply_to_id="a")
    found = scanned(talk)
    assert [(one.aspect, one.message_id) for one in found] == [("has", "a")]
    assert found[0].quote in ANSWER


def test_thanks_by_mention_and_many_replies_count_too(talk: Room) -> None:
    talk.say("q", "bo", MOULD, asks=True)
    talk.say("a", "ann", ANSWER, mentions=["bo"])
    talk.say("t", "bo", "学到了", mentions=["ann"])
    talk.say("q2", "bo", "谁知道义乌到波兰的铁路专线多少钱一方？", asks=True)
    talk.say("a2", "ann", "义乌到华沙上个月一千八一方，旺季要两千二，提前两周订舱", reply_to_id="q2")
    for number, sender in enumerate(["bo", "cy", "bo"]):
        talk.say(f"r{number}", sender, "那拼箱呢", reply_to_id="a2")
    assert {one.message_id for one in scanned(talk)} == {"a", "a2"}


@pytest.mark.parametrize(
    "thanks",
    [
        {"text": "谢谢你全家", "sender": "bo"},
        {"text": "no thanks", "sender": "bo"},
        {"text": "呵呵谢谢", "sender": "bo", "negative": 0.8},
        {"text": "谢谢自己", "sender": "ann"},
        {"text": "那拼箱呢", "sender": "bo"},
    ],
)
def test_what_is_no_thanks_does_not_count(talk: Room, thanks: dict[str, object]) -> None:
    talk.say("q", "bo", MOULD, asks=True)
    talk.say("a", "ann", ANSWER, reply_to_id="q")
    talk.say("t", str(thanks["sender"]), str(thanks["text"]), reply_to_id="a", negative=thanks.get("negative", 0.1))
    assert scanned(talk) == []


def test_an_answer_to_ones_own_question_or_to_no_question_is_nothing(talk: Room) -> None:
    talk.say("q", "ann", MOULD, asks=True)
    talk.say("a", "ann", ANSWER, reply_to_id="q")
    talk.say("t", "bo", "谢谢", reply_to_id="a")
    talk.say("s", "bo", "今天厂里停电")
    talk.say("a2", "ann", ANSWER, reply_to_id="s")
    talk.say("t2", "bo", "谢谢", reply_to_id="a2")
    assert texts(scanned(talk), "has") == []


def test_an_introduction_in_chat_is_read_as_one_and_a_greeting_is_not(talk: Room) -> None:
    talk.say("hi", "ann", "大家好，请问这个群可以发招聘信息吗？想先问问管理员", asks=True)
    talk.say("intro", "ann", "大家好，我在佛山做五金模具，开厂十四年。可以帮大家打样。想找懂线上接单的合伙人。")
    found = [one for one in scanned(talk) if one.message_id == "intro"]
    assert {one.field or one.aspect for one in found} == {"is", "has", "wants", "city", "industry"}
    assert all(one.source == "chat" for one in found)


def test_recalled_hidden_and_other_peoples_messages_are_not_read(talk: Room) -> None:
    talk.say("m1", "ann", ASK, recalled_at=NOW)
    talk.say("m2", "ann", ASK, hidden_at=NOW)
    talk.say("m3", "bo", ASK)
    talk.say("m4", "ann", "朋友想找一个会做英文站运营的合伙人")
    assert scanned(talk) == []


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"consent_sources": {}}, "chat_consent"),
        ({"consent_sources": {"chat": False}}, "chat_consent"),
        ({"consent_sources": {"chat": "yes"}}, "chat_consent"),
        ({"consent_ai": False}, "ai_consent"),
        ({"visibility": "hidden"}, "ai_consent"),
    ],
)
def test_nothing_is_read_without_a_yes(room: Room, values: dict[str, object], reason: str) -> None:
    actor = room.member("ann", **values)
    room.say("m1", "ann", ASK)
    with pytest.raises(Denied) as refused:
        room.service().scan_chat("c", "ann", actor=actor)
    assert refused.value.data["reason"] == reason
    assert set(refused.value.data["sentence"]) == {"zh-CN", "en"}


def test_a_member_who_never_spoke_gets_a_note(talk: Room) -> None:
    answer = talk.service().scan_chat("c", "ann", actor=as_member("c", "ann"))
    assert answer.items == []
    assert answer.note is not None and answer.note.code == "nothing_found"
