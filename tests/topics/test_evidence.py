"""What speaks for a member: resources, things told in chat, events; and one record for one topic."""

from __future__ import annotations

from datetime import timedelta

import pytest

from copilot.community.store import Store
from copilot.community.tables import CheckIn, Event, Member, Resource
from copilot.topics.evidence import attended_by, resources_of, told_by, told_kind
from copilot.topics.quotes import subject
from copilot.vectors.index import VectorItem
from tests.conftest import NOW
from tests.topics.conftest import BOOKS, MOULD, MOULDER, Room, line

GUIDE = "注塑缩水、飞边、保压和减胶怎么判断，附样件照片"


def own(store: Store, record_id: str, **fields: object) -> None:
    values = {"title": "模具缩水印排查手册", "description": GUIDE, "type": "data", "owner_id": "gu"} | fields
    with store.write("c") as unit:
        unit.add(Resource(id=record_id, code=record_id, created_at=NOW, **values))


def embed(room: Room, record_id: str, text: str) -> None:
    (vector,) = room.embedder.embed_documents([text])
    room.index.upsert("c", "resource", [VectorItem(record_id, record_id, "h", vector)])


def test_what_a_member_lends_or_sells_is_evidence(asked: Room, store: Store) -> None:
    asked.member("gu", name="老顾")
    own(store, "res-1")
    embed(asked, "res-1", f"模具缩水印排查手册 {GUIDE}")
    (topic,) = asked.service().suggest("c", "gu").topics
    assert topic.demand.question_id == "q-mould"
    assert [(cited.kind, cited.id) for cited in topic.evidence] == [("sells", "res-1")]
    assert "手里有" in topic.message
    assert "手里有" in topic.reason


@pytest.mark.parametrize(
    "fields",
    [{"status": "withdrawn"}, {"expires_on": NOW.date() - timedelta(days=1)}, {"description": "加微信 vx: gu_2026x"}],
    ids=["withdrawn", "expired", "with a contact"],
)
def test_what_is_gone_or_holds_a_contact_is_not_cited(asked: Room, store: Store, fields: dict[str, object]) -> None:
    asked.member("gu")
    own(store, "res-1", **fields)
    with store.read("c") as unit:
        assert resources_of(unit, "gu") == []


def test_events_of_the_last_year_count_once_checked_in(asked: Room, store: Store) -> None:
    with store.write("c") as unit:
        for number, days in enumerate((10, 400)):
            at = NOW - timedelta(days=days)
            unit.add(
                Event(id=f"e{number}", code=f"e{number}", title=f"模具缩水夜谈{number}", format="salon", starts_at=at,
                      ends_at=at, created_at=at)
            )  # fmt: skip
            unit.session.flush()
            unit.add(CheckIn(id=f"chk{number}", event_id=f"e{number}", member_id="chen", checked_in_at=at))
    with store.read("c") as unit:
        assert [(item.id, item.text) for item in attended_by(unit, "chen")] == [("chk0", "模具缩水夜谈0")]
    (topic,) = asked.service().suggest("c", "chen").topics
    assert [(cited.kind, cited.id) for cited in topic.evidence][-1] == ("attended", "chk0")


def test_verbs_in_the_first_person_tell_of_trying_and_building() -> None:
    assert told_kind("我们试过三家识别服务，表格跨页都断。") == "tried"
    assert told_kind("I tried two vendors last year.") == "tried"
    assert told_kind("我写过五套对账，最大的一套每天两百万笔。") == "built"
    assert told_kind("We shipped it in March.") == "built"
    assert told_kind("你们试过三家吗") is None
    assert told_kind("今天天气不错") is None


def test_only_ones_own_harmless_statements_are_told() -> None:
    text = "我们测过，同一批合同，工作二十年以上的律师漏项率比三年以下的低一半多"
    window = [
        line("mine", "chen", 1, text),
        line("other", "ink", 2, text),
        line("asks", "chen", 3, text + "？", asks=True),
        line("bad", "chen", 4, text, flagged_score=0.9),
        line("short", "chen", 5, "我们测过，不行"),
        line("contact", "chen", 6, text + "，详情 https://a.example/x"),
    ]
    assert [item.id for item in told_by("chen", window, 0.6)] == ["mine"]


def test_one_record_speaks_for_one_topic(asked: Room) -> None:
    asked.say("q-mould-2", "shao", "请教各位：注塑件飞边和缩水一起出现，保压怎么调才对？", asks=True)
    topics = asked.service().suggest("c", "chen", 5).topics
    first = [topic.evidence[0].id for topic in topics]
    assert len(first) == len(set(first)) == 1


def test_a_question_with_little_in_common_is_not_offered(asked: Room, store: Store) -> None:
    with store.write("c") as unit:
        assert unit.get(Member, "bass")
    assert asked.service().suggest("c", "bass").topics == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (MOULD, "减胶改筋还是调保压"),
        (BOOKS, "印刷要加什么工序"),
        ("请教各位：合同怎么签？", "合同怎么签"),
        ("Has anyone tried extracting tables from scanned sheets?", "tried extracting tables from scanned sheets"),
    ],
)
def test_titles_name_what_is_asked(text: str, expected: str) -> None:
    found = subject(text, 24 if ord(text[0]) > 255 else 64)
    assert found in text
    assert expected in found
    assert len(found) <= 64


def test_a_title_never_pastes_a_whole_question(asked: Room) -> None:
    (topic,) = asked.service().suggest("c", "chen").topics
    assert MOULDER
    assert all(MOULD not in title for title in topic.titles)
    assert 0 < len(topic.demand.subject) <= 24
    assert topic.incentives
    assert {offer.kind for offer in topic.incentives} <= {"exposure", "red_packet", "prize", "card"}
