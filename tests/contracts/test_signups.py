"""Places are never given twice, whoever asks at once; the waiting list moves up by itself. On both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select

from copilot.clock import FixedClock
from copilot.community.erasure import erase_member
from copilot.community.member_export import export_member
from copilot.community.store import Store
from copilot.community.tables import AuditEntry, Event, EventFeedback, EventPlan, EventReview, Signup
from copilot.errors import InvalidInput, RateLimited
from copilot.events.life.checkins import CheckInDesk
from copilot.events.life.feedback import FeedbackBox
from copilot.events.life.lifecycle import EventLife
from copilot.events.life.models import Feedback
from copilot.events.life.signups import SignupDesk
from copilot.events.models import Budget, PlanContent
from tests.events.life import END, START, add_event, add_members, attended, oneself, operator

WORKERS = 4


@pytest.fixture
def plan_content() -> dict[str, Any]:
    """A plan that names nobody."""
    return PlanContent(
        language="zh-CN", title="沙龙", goal="认识人", format="salon", topic="AI", audience="成员", starts_at=START,
        ends_at=END, timezone="Asia/Shanghai", online=False, city="深圳", place="", headcount=20, open_places=25,
        venue=None, agenda=[], roles=[], resources=[],
        budget=Budget(lines=[], total_cents=0, reserve_cents=0, cap_cents=None), promotion=[], risks=[],
        prep_tasks=[], follow_up=[], run_sheet=[], feedback_questions=[], interactions=[], metrics=[], lessons=[],
        citations=[], to_confirm=[],
    ).model_dump(mode="json")  # fmt: skip


def statuses(store: Store, event_id: str) -> dict[str, int]:
    with store.read("a") as unit:
        rows = unit.session.execute(
            select(Signup.status, func.count()).where(Signup.event_id == event_id).group_by(Signup.status)
        )
        return {str(status): int(count) for status, count in rows}


def test_many_at_once_never_get_more_places_than_there_are(any_store: Store) -> None:
    people, event_id = add_members(any_store, "a", 24), add_event(any_store, "a", 7)
    desk, start = SignupDesk(any_store), Barrier(WORKERS)

    def work(mine: list[str]) -> None:
        start.wait()
        for member_id in mine:
            desk.sign_up("a", event_id, member_id, actor=oneself("a", member_id))

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(work, [people[number::WORKERS] for number in range(WORKERS)]))
    assert statuses(any_store, event_id) == {"going": 7, "waitlisted": 17}


def test_cancelling_and_signing_up_at_once_keeps_every_place_taken_and_none_twice(any_store: Store) -> None:
    people, event_id = add_members(any_store, "a", 20), add_event(any_store, "a", 5)
    desk, start = SignupDesk(any_store), Barrier(WORKERS)
    for member_id in people[:10]:
        desk.sign_up("a", event_id, member_id, actor=oneself("a", member_id))
    with any_store.read("a") as unit:
        seated = list(unit.session.scalars(select(Signup.member_id).where(Signup.status == "going")))
    leaving, coming = seated[:4], people[10:]

    def leave(mine: list[str]) -> None:
        start.wait()
        for member_id in mine:
            desk.cancel("a", event_id, member_id, actor=oneself("a", member_id))

    def join(mine: list[str]) -> None:
        start.wait()
        for member_id in mine:
            desk.sign_up("a", event_id, member_id, actor=oneself("a", member_id))

    with ThreadPoolExecutor(WORKERS) as pool:
        work = [pool.submit(leave, leaving[:2]), pool.submit(leave, leaving[2:])]
        work += [pool.submit(join, coming[:5]), pool.submit(join, coming[5:])]
        for task in work:
            task.result()
    assert statuses(any_store, event_id) == {"going": 5, "waitlisted": 11, "cancelled": 4}
    with any_store.read("a") as unit:
        moved = unit.session.scalar(
            select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "signup.moved_up")
        )
    assert moved == 4, "each place that came free went to exactly one"


def test_the_longest_waiting_moves_up_and_who_comes_back_is_last(any_store: Store, clock: FixedClock) -> None:
    people, event_id = add_members(any_store, "a", 4), add_event(any_store, "a", 1)
    desk = SignupDesk(any_store)
    for member_id in people:
        desk.sign_up("a", event_id, member_id, actor=operator("a"))
        clock.advance(timedelta(minutes=1))
    cancelled = desk.cancel("a", event_id, people[0], actor=operator("a"))
    assert (cancelled.signup.status, cancelled.moved_up) == ("cancelled", 1)
    clock.advance(timedelta(minutes=1))
    again = desk.sign_up("a", event_id, people[0], actor=operator("a"))
    assert (again.status, again.position) == ("waitlisted", 3)
    page = desk.list("a", event_id, actor=operator("a"))
    shown = [(item.member_id, item.status.value, item.position) for item in page.items]
    assert shown == [
        (people[1], "going", None),
        (people[2], "waitlisted", 1),
        (people[3], "waitlisted", 2),
        (people[0], "waitlisted", 3),
    ]
    assert page.items[0].moved_up_at is not None


def test_the_same_member_signing_up_twice_at_once_has_one_sign_up(any_store: Store) -> None:
    [member_id], event_id = add_members(any_store, "a", 1), add_event(any_store, "a", 3)
    desk, start = SignupDesk(any_store), Barrier(2)

    def work(_number: int) -> str:
        start.wait()
        return desk.sign_up("a", event_id, member_id, actor=oneself("a", member_id)).id

    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(work, range(2)))) == 1
    assert statuses(any_store, event_id) == {"going": 1}


def test_wrong_codes_are_counted_although_they_are_refused(any_store: Store, clock: FixedClock) -> None:
    [member_id], event_id = add_members(any_store, "a", 1), add_event(any_store, "a", 3)
    actor, desk = oneself("a", member_id), CheckInDesk(any_store)
    SignupDesk(any_store).sign_up("a", event_id, member_id, actor=actor)
    clock.advance(START - clock.now())
    outcomes = []
    for _ in range(7):
        try:
            desk.check_in_by_code("a", event_id, member_id, "WRONG1", actor=actor)
        except (InvalidInput, RateLimited) as error:
            outcomes.append(error.code)
    assert outcomes == ["invalid_input"] * 4 + ["rate_limited"] * 3
    code = desk.code("a", event_id).code
    with pytest.raises(RateLimited) as refused:
        desk.check_in_by_code("a", event_id, member_id, code, actor=actor)
    assert refused.value.data["retry_after_seconds"] == 900
    clock.advance(timedelta(minutes=15))
    code = desk.code("a", event_id).code
    assert desk.check_in_by_code("a", event_id, member_id, code, actor=actor).came == 1


def test_who_is_erased_leaves_no_sign_up_check_in_or_word_behind(any_store: Store, clock: FixedClock) -> None:
    people, event_id = add_members(any_store, "a", 2), add_event(any_store, "a", 3, starts_at=clock.now())
    attended(any_store, "a", event_id, people, [])
    box = FeedbackBox(any_store)
    box.give("a", event_id, people[0], Feedback(rating=2, comment="音响一直在啸叫"), actor=oneself("a", people[0]))
    with any_store.read("a") as unit:
        exported = export_member(unit, people[0])["records"]
    assert [row["comment"] for row in exported["event_feedback"]] == ["音响一直在啸叫"]
    assert len(exported["signup"]) == len(exported["check_in"]) == 1
    erase_member(any_store, "a", people[0], requested_by="t")
    with any_store.read("a") as unit:
        assert unit.session.scalars(select(EventFeedback)).all() == []
        assert [row.member_id for row in unit.session.scalars(select(Signup))] == [people[1]]


def test_a_place_that_an_erasure_frees_goes_to_who_waits(any_store: Store, clock: FixedClock) -> None:
    people, event_id = add_members(any_store, "a", 3), add_event(any_store, "a", 1)
    desk = SignupDesk(any_store)
    for member_id in people:
        desk.sign_up("a", event_id, member_id, actor=operator("a"))
        clock.advance(timedelta(minutes=1))
    erase_member(any_store, "a", people[0], requested_by="t")
    assert (desk.settle("a"), desk.settle("a")) == (1, 0)
    page = desk.list("a", event_id, actor=operator("a"))
    assert [(item.member_id, item.status.value, item.position) for item in page.items] == [
        (people[1], "going", None),
        (people[2], "waitlisted", 1),
    ]


def test_sign_ups_of_one_community_are_not_seen_from_another(any_store: Store) -> None:
    people, event_id = add_members(any_store, "a", 1), add_event(any_store, "a", 3)
    SignupDesk(any_store).sign_up("a", event_id, people[0], actor=operator("a"))
    with any_store.read("b") as unit:
        for table in (Event, Signup, EventReview):
            assert unit.session.scalars(select(table)).all() == []


def test_two_who_publish_at_once_make_one_event(any_store: Store, plan_content: dict[str, Any]) -> None:
    with any_store.write("a") as unit:
        unit.add(
            EventPlan(id="plan_1", series_id="ser_1", drafted_by="playbook", content=plan_content, created_at=unit.now)
        )
    life, start = EventLife(any_store), Barrier(2)

    def work(_number: int) -> str:
        start.wait()
        return life.publish("a", "plan_1", actor=operator("a")).change

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(work, range(2))) == ["created", "unchanged"]
    with any_store.read("a") as unit:
        assert len(unit.session.scalars(select(Event)).all()) == 1
