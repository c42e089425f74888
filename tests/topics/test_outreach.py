"""Whom to ask: quota, rest, fair turns, opt-out, the operator's clicks, and that what worked feeds back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from copilot.clock import FixedClock
from copilot.community.erasure import erase_member
from copilot.community.store import Store
from copilot.community.tables import AuditEntry, Member, Outreach, TopicSuggestion
from copilot.errors import Conflict, Denied, InvalidInput, NotFound
from copilot.topics.outcomes import Outcome, learn
from copilot.topics.outreach import OutreachService
from tests.conftest import NOW
from tests.topics.conftest import MOULDER, PRINTER, Room

MORE = "办公室有一台旧打印机，周末可以来用。"


@pytest.fixture
def service(asked: Room) -> OutreachService:
    """Two members know something and say nothing; the third only sings."""
    asked.member("mei", [MOULDER, MORE], name="阿梅")
    asked.member("wen", [PRINTER, MORE], name="阿文")
    return OutreachService(asked.store, asked.service())


def sent(service: OutreachService) -> list[str]:
    """Plan a list and say that all of it was sent; return the members."""
    items = service.plan("c", 5, actor="op").items
    for item in items:
        if item.status == "draft":
            service.click("c", item.id, "sent", actor="op")
    return sorted(item.member_id for item in items)


def test_a_list_says_whom_to_ask_why_now_and_with_what_words(service: OutreachService) -> None:
    week = service.plan("c", 5, actor="op")
    assert week.week == "2026-W47"
    assert [item.member_id for item in week.items] == ["mei", "wen"] or [item.member_id for item in week.items] == [
        "wen",
        "mei",
    ]
    for item in week.items:
        assert item.status == "draft"
        assert item.member_name in item.message
        assert "问" in item.why_now
        assert item.best_hour is None, "they never wrote anything"
        assert "看不出" in item.timing
    assert week.note.startswith("本周只列出 2 位")


def test_planning_again_adds_nobody_and_a_full_list_stays(service: OutreachService) -> None:
    first = service.plan("c", 1)
    assert len(first.items) == 1
    assert first.note == ""
    assert service.plan("c", 1).items == first.items
    assert len(service.plan("c", 5).items) == 2


def test_nobody_is_asked_twice_in_three_weeks(service: OutreachService, clock: FixedClock) -> None:
    assert sent(service) == ["mei", "wen"]
    clock.advance(timedelta(days=8))
    again = service.plan("c", 5)
    assert (again.items, again.resting) == ([], 2)


def test_a_member_who_opted_out_is_left_out_and_their_drafts_go(service: OutreachService) -> None:
    service.plan("c", 5)
    assert service.pause("c", "mei", paused=True, actor="mei").paused
    assert [item.member_id for item in service.listed("c").items] == ["wen"]
    assert service.plan("c", 5).paused == 1
    assert not service.pause("c", "mei", paused=False).paused
    assert {item.member_id for item in service.plan("c", 5).items} == {"mei", "wen"}


def test_what_is_on_a_list_is_not_sent_to_whom_opted_out_meanwhile(service: OutreachService, store: Store) -> None:
    item = service.plan("c", 5).items[0]
    with store.write("c") as unit:
        unit.get(Member, item.member_id).consent_ai = False
    with pytest.raises(Denied):
        service.click("c", item.id, "sent")


def test_the_topic_follows_the_clicks_and_each_is_audited(service: OutreachService, store: Store) -> None:
    item = service.plan("c", 1, actor="op").items[0]
    for status in ("sent", "accepted", "published"):
        assert service.click("c", item.id, status, actor="op").status == status
    assert service.click("c", item.id, "published").status == "published", "the same click changes nothing"
    with store.read("c") as unit:
        assert unit.get(TopicSuggestion, item.topic_id).status == "published"
        row = unit.get(Outreach, item.id)
        assert (row.sent_at, row.sent_hour) == (NOW, 10)
        entries = unit.session.scalars(select(AuditEntry).where(AuditEntry.action == "topics:outreach"))
        assert [entry.data.get("after") for entry in entries] == [None, "sent", "accepted", "published"]


def test_a_status_that_does_not_follow_is_refused_in_both_languages(service: OutreachService) -> None:
    item = service.plan("c", 1).items[0]
    with pytest.raises(Conflict) as refused:
        service.click("c", item.id, "published")
    assert set(refused.value.data["sentence"]) == {"zh-CN", "en"}


def test_a_declined_question_may_go_to_somebody_else(service: OutreachService, asked: Room) -> None:
    item = next(item for item in service.plan("c", 5).items if item.member_id == "mei")
    service.click("c", item.id, "sent")
    assert asked.service().suggest("c", "chen").topics == []
    service.click("c", item.id, "declined")
    assert [t.demand.question_id for t in asked.service().suggest("c", "chen").topics] == ["q-mould"]
    assert asked.service().suggest("c", "mei").topics == [], "who said no is not asked the same again"


def test_wrong_input_is_refused(service: OutreachService) -> None:
    for quota in (0, 21):
        with pytest.raises(InvalidInput):
            service.plan("c", quota)
    with pytest.raises(NotFound):
        service.plan("nowhere", 1)
    with pytest.raises(NotFound):
        service.click("c", "out_missing", "sent")
    with pytest.raises(NotFound):
        service.pause("c", "nobody", paused=True)


@pytest.mark.slow
def test_an_erased_member_leaves_no_place_on_a_list(service: OutreachService, store: Store) -> None:
    service.plan("c", 5)
    service.pause("c", "wen", paused=True)
    erase_member(store, "c", "mei", requested_by="admin")
    erase_member(store, "c", "wen", requested_by="admin")
    assert service.listed("c").items == []


def test_rates_are_pulled_towards_the_average() -> None:
    found = learn(
        [Outcome("pitfalls", 9, True)] * 3 + [Outcome("pitfalls", 20, False)] + [Outcome("debate", 20, False)] * 4
    )
    # Average (3 + 1) / (8 + 2) = .4; pitfalls (3 + 6 x .4) / (4 + 6) = .54; debate (0 + 2.4) / 10 = .24.
    assert (found.asked, found.yes, found.average) == (8, 3, 0.4)
    assert {rate.key: rate.rate for rate in found.frameworks} == {"debate": 0.24, "pitfalls": 0.54}
    # Hours: 9 (3 + 2.4) / 9 = .6; 20 (0 + 2.4) / 11 = .2182.
    assert {rate.key: rate.rate for rate in found.hours} == {"9": 0.6, "20": 0.2182}
    assert found.liking() == pytest.approx({"debate": -0.16, "pitfalls": 0.14})


def test_without_answers_nothing_is_preferred(service: OutreachService) -> None:
    found = service.learned("c")
    assert (found.asked, found.average, found.frameworks, found.liking()) == (0, 0.5, [], {})


def test_silence_of_a_week_counts_as_no_yes(service: OutreachService, clock: FixedClock) -> None:
    sent(service)
    assert service.learned("c").asked == 0
    clock.advance(timedelta(days=7, minutes=1))
    assert (service.learned("c").asked, service.learned("c").yes) == (2, 0)


def test_a_framework_that_members_like_wins_where_cues_are_close(asked: Room) -> None:
    plain = asked.frameworks.choose("zh-CN", "这批货怎么处理", "")
    assert plain.key == "interview"
    assert asked.frameworks.choose("zh-CN", "这批货怎么处理", "", liking={"debate": 0.2}).key == "debate"
    assert asked.frameworks.choose("zh-CN", "申请流程第一步", "", liking={"debate": 0.2}).key == "checklist"
