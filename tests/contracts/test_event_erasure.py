"""Of events, plans, topics and outreach: what a member is given of it, and what is left when they have gone."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from copilot.community.access import Actor
from copilot.community.erasure import erase_member
from copilot.community.member_export import export_member
from copilot.community.models import Role
from copilot.community.store import Store, Unit
from copilot.community.tables import (
    CalendarFeed,
    Channel,
    CheckIn,
    Erasure,
    Event,
    EventDoor,
    EventFeedback,
    EventPlan,
    EventReview,
    IdempotencyRecord,
    Member,
    Message,
    Outreach,
    OutreachPause,
    Scoped,
    Signup,
    TopicPost,
    TopicSuggestion,
)
from copilot.events.reviews.review import ReviewService, read_review
from tests.conftest import NOW

WORDS = {"ann": "茶歇太短了，想多聊二十分钟", "bo": "茶歇很好，点心后排也够分"}
NOTES = {"ann": "我修过三十台留声机，最难的是找喇叭", "bo": "我办过十场线下沙龙，最难的是找场地"}
HERS = (CheckIn, EventFeedback, Outreach, OutreachPause, Signup, TopicPost, TopicSuggestion)
SECRETS = ("door-secret", "feed-token-hash")


@pytest.fixture
def store(any_store: Store) -> Store:
    """Ann and Bo signed up, came, said what they thought, were asked for topics and wrote; a plan named Ann once."""
    with any_store.write("a") as unit:
        add_people(unit)
        for name in ("ann", "bo"):
            add_evening(unit, name)
            add_writing(unit, name)
        add_plan(unit)
        unit.add(
            CalendarFeed(id="fed_1", name="members", token_hash=SECRETS[1], hint="…", created_at=NOW, created_by="key")
        )
        unit.audit("key_1", "event.feedback_given", ("event_feedback", "efb_ann"), event_id="evt_1")
        unit.audit("key_1", "event.feedback_given", ("event_feedback", "efb_bo"), event_id="evt_1")
    return any_store


def add_people(unit: Unit) -> None:
    for name in ("ann", "bo", "cy"):
        unit.add(Member(id=f"mem_{name}", platform="wechat", external_id=name, name=name.title(), created_at=NOW))
    unit.add(Channel(id="main", platform="wechat", external_id="main", name="main", created_at=NOW))
    unit.session.flush()
    for name, sender in (("1", "cy"), ("2", "ann")):
        unit.add(
            Message(
                id=f"msg_q{name}", channel_id="main", external_id=name, sender_id=f"mem_{sender}", sent_at=NOW,
                text=f"怎么找到合适的人来一起做这件事呢？{name}",
            )
        )  # fmt: skip
    start = NOW - timedelta(days=1)
    unit.add(
        Event(
            id="evt_1", code="E1", title="沙龙", format="salon", starts_at=start, ends_at=start + timedelta(hours=2),
            speaker_ids=["mem_ann"], created_at=NOW,
        )
    )  # fmt: skip
    unit.session.flush()
    unit.add(EventDoor(event_id="evt_1", secret=SECRETS[0]))


def add_evening(unit: Unit, name: str) -> None:
    who = {"event_id": "evt_1", "member_id": f"mem_{name}"}
    unit.add(Signup(id=f"sgn_{name}", **who, signed_up_at=NOW, moved_up_at=NOW, wrong_codes=2, wrong_codes_since=NOW))
    unit.add(CheckIn(id=f"chk_{name}", **who, checked_in_at=NOW))
    unit.add(
        EventFeedback(
            id=f"efb_{name}", **who, rating=3, comment=WORDS[name], created_at=NOW,
            answers=[{"question": "下次想听什么？", "answer": f"{name} 的回答"}],
        )
    )  # fmt: skip


def add_writing(unit: Unit, name: str, question: str = "msg_q1") -> None:
    who = f"mem_{name}"
    unit.add(
        TopicSuggestion(
            id=f"top_{name}", member_id=who, question_id=question, drafted_by="playbook", created_at=NOW,
            snapshot={"member": {"id": who, "name": name.title()}}, content={"evidence": [{"quote": NOTES[name]}]},
        )
    )  # fmt: skip
    unit.session.flush()
    unit.add(
        Outreach(
            id=f"out_{name}", member_id=who, topic_id=f"top_{name}", draft=f"{name.title()}，想听你讲讲", created_at=NOW,
            reason="w", week="2026-W47",
        )
    )  # fmt: skip
    unit.add(OutreachPause(member_id=who, created_at=NOW))
    unit.add(
        TopicPost(
            id=f"pst_{name}", topic_id=f"top_{name}", member_id=who, notes=NOTES[name], drafted_by="playbook",
            content={"markdown": NOTES[name]}, created_at=NOW,
        )
    )  # fmt: skip


def add_plan(unit: Unit) -> None:
    """The second version names Ann in what it changed and locked, and no id of hers stands in it."""
    first = {"candidates": [{"kind": "member", "id": "mem_ann", "name": "Ann", "text": "x"}]}
    for version, snapshot in ((1, first), (2, {})):
        unit.add(
            EventPlan(
                id=f"plan_{version}", series_id="plan_1", version=version, snapshot=snapshot, content={},
                drafted_by="playbook", created_at=NOW, locks=["title"],
                change={"kind": "revised", "request": "不要 Ann 讲", "sentences": ["讲者：Ann → Bo"]} if version > 1 else {},
            )
        )  # fmt: skip
    for key, body in (
        ("1", '{"id":"plan_2","sentences":["讲者：Ann → Bo"]}'),
        ("2", '{"id":"efb_ann"}'),
        ("3", '{"id":"x"}'),
    ):
        unit.add(IdempotencyRecord(api_key_id="k", key=key, request_hash="h", body=body, created_at=NOW))


def export(store: Store, member_id: str) -> dict[str, Any]:
    with store.read("a") as unit:
        records: dict[str, Any] = export_member(unit, member_id)["records"]
    return records


def reviewed(store: Store) -> EventReview:
    ReviewService(store).make("a", "evt_1", actor=Actor("a", "op", Role.OPERATOR, frozenset()))
    with store.read("a") as unit:
        return unit.get(EventReview, "evt_1")


def test_a_member_is_given_each_of_their_rows_and_none_of_anybody_elses(store: Store) -> None:
    found = export(store, "mem_ann")
    for table in HERS:
        assert [row["member_id"] for row in found[table.__tablename__]] == ["mem_ann"], table
    (signup,), (feedback,), (post,) = found["signup"], found["event_feedback"], found["topic_post"]
    assert {"moved_up_at", "wrong_codes", "cancelled_at"} <= signup.keys()
    assert feedback["answers"] == [{"question": "下次想听什么？", "answer": "ann 的回答"}]
    assert post["notes"] == NOTES["ann"]
    assert [row["subject_id"] for row in found["audit_entry"]] == ["efb_ann"]
    said = json.dumps(found, ensure_ascii=False)
    assert not any(word in said for word in (WORDS["bo"], NOTES["bo"], "bo 的回答", "mem_bo", *SECRETS))


def test_of_plans_and_reviews_a_member_is_given_the_places_that_name_them(store: Store) -> None:
    reviewed(store)
    parts = {(row["table"], row["id"]): row["parts"] for row in export(store, "mem_ann")["documents"]}
    assert parts.keys() == {
        ("event_plan", "plan_1"),
        ("event_plan", "plan_2"),
        ("event", "evt_1"),
        ("event_review", "evt_1"),
    }
    assert {part["path"]: part["value"] for part in parts["event_plan", "plan_2"]} == {
        "change.request": ["Ann"], "change.sentences[0]": ["Ann"],
    }  # fmt: skip
    assert "efb_bo" not in json.dumps(list(parts.values()))


def test_what_a_member_did_said_and_wrote_goes_with_them_and_others_rows_stay(store: Store) -> None:
    erase_member(store, "a", "mem_ann", requested_by="key_1")
    with store.read("a") as unit:
        for table in HERS:
            assert [row.member_id for row in unit.session.scalars(select(table))] == ["mem_bo"], table
        assert unit.get(Event, "evt_1").speaker_ids == ["erased"]


def test_no_version_of_a_plan_and_no_stored_answer_names_who_is_gone(store: Store) -> None:
    counts = erase_counts(store, "mem_ann")
    with store.read("a") as unit:
        second = unit.get(EventPlan, "plan_2")
        assert second.change == {
            "kind": "revised", "request": "不要 [erased] 讲", "sentences": ["讲者：[erased] → Bo"],
        }  # fmt: skip
        assert second.locks == ["title"]
        assert set(unit.session.scalars(select(IdempotencyRecord.key))) == {"3"}
    assert counts["replays_dropped"] == 2


def test_a_review_keeps_its_figures_and_loses_the_quotes_of_who_is_gone(store: Store) -> None:
    assert "efb_ann" in json.dumps(reviewed(store).content)
    before = ReviewService(store).get("a", "evt_1")
    assert {quote[:5] for quote in quotes(before)} == {WORDS["ann"][:5], WORDS["bo"][:5]}
    erase_member(store, "a", "mem_ann", requested_by="key_1", readers={EventReview: read_review})
    after = ReviewService(store).get("a", "evt_1")
    assert {quote[:5] for quote in quotes(after)} == {WORDS["bo"][:5]}
    assert after.satisfaction == before.satisfaction
    with store.read("a") as unit:
        assert "efb_ann" not in json.dumps(unit.get(EventReview, "evt_1").content)


def test_topics_and_messages_about_a_question_go_with_who_asked_it(store: Store) -> None:
    with store.write("a") as unit:
        unit.get(TopicSuggestion, "top_bo").question_id = "msg_q2"
    erase_member(store, "a", "mem_ann", requested_by="key_1")
    with store.read("a") as unit:
        for table in (TopicSuggestion, Outreach, TopicPost):
            assert unit.session.scalars(select(table)).all() == [], table


def test_nothing_of_the_gone_member_stands_in_any_table(store: Store) -> None:
    reviewed(store)
    erase_member(store, "a", "mem_ann", requested_by="key_1")
    with store.read("a") as unit:
        rows = [row for mapper in Scoped.registry.mappers for row in everything(unit, mapper.class_)]
    # The proof, and the log of who did what, keep ids of records: they say that something was, not what.
    kept = [row for row in rows if row.__tablename__ not in {"audit_entry", "erasure", "stale_mark"}]
    said = json.dumps(
        [{c.key: str(getattr(row, c.key)) for c in row.__mapper__.columns} for row in kept], ensure_ascii=False
    )
    assert len(kept) > 10
    assert not any(word in said for word in ("mem_ann", "efb_ann", "Ann", WORDS["ann"], NOTES["ann"], "ann 的回答"))


def everything(unit: Unit, table: type[Any]) -> list[Any]:
    return list(unit.session.scalars(select(table))) if issubclass(table, Scoped) else []


def quotes(review: Any) -> set[str]:
    return {quote.text for theme in review.themes for quote in theme.quotes}


def erase_counts(store: Store, member_id: str) -> dict[str, Any]:
    erasure_id = erase_member(store, "a", member_id, requested_by="key_1")
    with store.read("a") as unit:
        return dict(unit.get(Erasure, erasure_id).counts)
