"""On every database: a topic is stored only while all that it rests on still stands."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from copilot.community.demand import DemandKind
from copilot.community.erasure import erase_member
from copilot.community.import_messages import take_back
from copilot.community.member_export import export_member
from copilot.community.store import Store, Unit
from copilot.community.tables import (
    CheckIn,
    Event,
    Member,
    Message,
    Outreach,
    OutreachPause,
    ProfileText,
    Resource,
    Scoped,
    TopicPost,
    TopicSuggestion,
)
from copilot.topics.outcomes import learned
from copilot.topics.records import still_stands
from copilot.topics.snapshot import AskedQuestion, CommunityView, Evidence, MemberView, Pairing, TopicSnapshot
from tests.conftest import NOW
from tests.vectors.records import member, question

ASKED, SAID, ANSWERED = "模具缩水怎么办？", "开了二十六年模具厂", "先看保压"


@pytest.fixture
def snapshot(any_store: Store) -> TopicSnapshot:
    with any_store.write("a") as unit:
        member(unit, "expert", {"has": [SAID]})
        member(unit, "asker")
        member(unit, "second")
        question(unit, "q1", ASKED + "急", "asker")
        question(unit, "q2", "再问：" + ASKED, "second")
        question(unit, "a1", ANSWERED, "expert")
    return TopicSnapshot(
        now=NOW, wanted=1, community=CommunityView(id="a", name="a", locale="zh-CN", timezone="Asia/Shanghai"),
        member=MemberView(id="expert", name="expert"),
        questions=(
            AskedQuestion(
                alias="Q1", id="q1", kind=DemandKind.UNANSWERED, channel_id="chn", channel_name="闲聊",
                asker_id="asker", asker_name="asker", asked_at=NOW, text=ASKED, same_ids=("q2",), askers=2,
            ),
        ),
        evidence=(
            Evidence(alias="E1", id="expert-has-0", member_id="expert", kind="has", text=SAID),
            Evidence(alias="E2", id="a1", member_id="expert", kind="answer", text=ANSWERED),
        ),
        pairings=(Pairing(question="Q1", evidence=("E1", "E2"), fit=0.9),),
    )  # fmt: skip


def put(table: type[Scoped], record_id: str, **values: object) -> Callable[[Unit], None]:
    def change(unit: Unit) -> None:
        row = unit.get(table, record_id)
        for name, value in values.items():
            setattr(row, name, value)

    return change


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        put(Member, "expert", consent_ai=False),
        put(Member, "asker", consent_ai=False),
        put(Member, "asker", visibility="operators"),
        put(Member, "second", visibility="hidden"),
        put(Message, "q1", hidden_at=NOW),
        put(Message, "q1", text="算了，不问了"),
        put(Message, "q2", recalled_at=NOW),
        put(Message, "a1", hidden_at=NOW),
        put(ProfileText, "expert-has-0", text="改行了"),
        lambda unit: unit.session.delete(unit.get(Member, "expert")),
    ],
)
def test_what_was_taken_back_no_longer_stands(
    any_store: Store, snapshot: TopicSnapshot, change: Callable[[Unit], None]
) -> None:
    with any_store.write("a") as unit:
        assert still_stands(unit, snapshot, ["q1"])
        change(unit)
        unit.session.flush()
        assert not still_stands(unit, snapshot, ["q1"])


def test_the_records_of_another_community_do_not_stand(any_store: Store, snapshot: TopicSnapshot) -> None:
    with any_store.write("b") as unit:
        assert not still_stands(unit, snapshot, ["q1"])


@pytest.mark.slow
def test_a_recall_that_comes_while_a_topic_is_stored_waits_and_takes_it_away(
    any_store: Store, snapshot: TopicSnapshot
) -> None:
    def recall() -> None:
        with any_store.write("a") as other:
            take_back(other, other.get(Message, "q1"), NOW)

    recalling = threading.Thread(target=recall)
    with any_store.write("a") as unit:
        assert still_stands(unit, snapshot, ["q1"])
        recalling.start()
        recalling.join(0.5)
        assert recalling.is_alive()
        unit.add(
            TopicSuggestion(
                id="t", member_id="expert", question_id="q1", snapshot={}, content={}, checks=[], drafted_by="playbook",
                status="suggested", created_by="op", created_at=NOW, llm_call_ids=[],
            )
        )  # fmt: skip
    recalling.join(10)
    assert not recalling.is_alive()
    with any_store.read("a") as unit:
        assert unit.find(TopicSuggestion, "t") is None


def test_a_resource_and_an_event_stand_until_they_change(any_store: Store, snapshot: TopicSnapshot) -> None:
    with any_store.write("a") as unit:
        unit.add(
            Resource(
                id="r1", code="r1", type="data", title="排查手册", description="缩水", owner_id="expert", created_at=NOW
            )
        )
        unit.add(
            Event(id="e1", code="e1", title="模具夜谈", format="salon", starts_at=NOW, ends_at=NOW, created_at=NOW)
        )
        unit.session.flush()
        unit.add(CheckIn(id="k1", event_id="e1", member_id="expert", checked_in_at=NOW))
        unit.session.flush()
        cited = (
            Evidence(alias="E1", id="r1", member_id="expert", kind="sells", text="排查手册\n缩水"),
            Evidence(alias="E2", id="k1", member_id="expert", kind="attended", text="模具夜谈"),
        )
        found = snapshot.model_copy(update={"evidence": cited})
        assert still_stands(unit, found, ["q1"])
        unit.get(Resource, "r1").owner_id = "asker"
        unit.session.flush()
        assert not still_stands(unit, found, ["q1"])
        unit.get(Resource, "r1").owner_id = "expert"
        unit.session.delete(unit.get(CheckIn, "k1"))
        unit.session.flush()
        assert not still_stands(unit, found, ["q1"])


def test_outreach_and_posts_go_with_their_topic_and_are_exported(any_store: Store, snapshot: TopicSnapshot) -> None:
    with any_store.write("a") as unit:
        unit.add(
            TopicSuggestion(
                id="t", member_id="expert", question_id="q1", snapshot=snapshot.model_dump(mode="json"), content={},
                checks=[], drafted_by="playbook", status="suggested", created_by="op", created_at=NOW, llm_call_ids=[],
            )
        )  # fmt: skip
        unit.session.flush()
        unit.add(
            Outreach(
                id="o", member_id="expert", topic_id="t", draft="愿意讲两句吗？", status="sent", week="2026-W47", sent_at=NOW,
                sent_hour=10, framework="pitfalls", created_at=NOW,
            )
        )  # fmt: skip
        unit.add(
            TopicPost(id="p", topic_id="t", member_id="expert", notes="先看保压", drafted_by="playbook", created_at=NOW)
        )
        unit.add(OutreachPause(member_id="second", created_at=NOW))
    with any_store.read("a") as unit:
        assert learned(unit).asked == 0, "too early for an answer"
        exported = export_member(unit, "expert")["records"]
        assert {"outreach", "topic_post", "topic_suggestion"} <= exported.keys()
        assert exported["topic_post"][0]["notes"] == "先看保压"
        assert export_member(unit, "second")["records"]["outreach_pause"]
    with any_store.read("b") as unit:
        assert unit.find(Outreach, "o") is None
        assert unit.find(TopicPost, "p") is None
    erase_member(any_store, "a", "second", requested_by="admin")
    with any_store.write("a") as unit:
        assert unit.find(OutreachPause, "second") is None
        take_back(unit, unit.get(Message, "q1"), NOW)
    with any_store.read("a") as unit:
        assert unit.find(TopicSuggestion, "t") is None
        assert unit.find(Outreach, "o") is None
        assert unit.find(TopicPost, "p") is None
