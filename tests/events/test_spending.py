"""What was spent is kept beside the plan, line by line, and the review compares the two in the plan's currency."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from copilot.clock import FixedClock
from copilot.community.store import Store
from copilot.community.tables import AuditEntry, Event
from copilot.errors import InvalidInput, NotFound
from copilot.events.life.lifecycle import EventLife
from copilot.events.reviews.models import Written
from copilot.events.reviews.review import ReviewService
from copilot.events.reviews.spending import SpendingDesk, SpentLine, SpentRecord
from copilot.events.service import EventService
from tests.conftest import NOW
from tests.events.life import add_event, operator

BRIEF = "12月12日下午两点深圳60人AI路演，预算2万，两小时"


@pytest.fixture
def event_id(store: Store, service: EventService, peopled: str) -> str:
    plan = service.draft(peopled, BRIEF, actor="op")
    return EventLife(store).publish(peopled, plan.id, actor=operator(peopled)).event.id


def record(*lines: tuple[str, int, str]) -> SpentRecord:
    return SpentRecord(lines=[SpentLine(key=key, spent_cents=cents, title=title) for key, cents, title in lines])


def test_before_anything_is_recorded_the_plan_alone_is_shown(store: Store, peopled: str, event_id: str) -> None:
    shown = SpendingDesk(store).get(peopled, event_id)
    assert (shown.currency, shown.spent_cents, shown.over_cents, shown.cap_cents) == ("CNY", None, None, 2_000_000)
    assert shown.planned_cents == sum(line.planned_cents or 0 for line in shown.lines) > 0
    assert all(line.spent_cents is None for line in shown.lines)


def test_lines_are_compared_and_a_second_record_replaces_the_first(store: Store, peopled: str, event_id: str) -> None:
    desk, actor = SpendingDesk(store), operator(peopled)
    first = desk.get(peopled, event_id).lines[0]
    assert first.planned_cents is not None
    desk.record(peopled, event_id, record((first.key, 1, "")), actor=actor)
    paid = first.planned_cents + 5_000
    shown = desk.record(peopled, event_id, record((first.key, paid, ""), ("taxi", 3_000, " 打车 ")), actor=actor)
    by_key = {line.key: line for line in shown.lines}
    assert (by_key[first.key].spent_cents, by_key[first.key].over_cents) == (paid, 5_000)
    assert (by_key["taxi"].title, by_key["taxi"].planned_cents, by_key["taxi"].over_cents) == ("打车", None, None)
    assert shown.spent_cents == paid + 3_000
    assert shown.over_cents == shown.spent_cents - (shown.planned_cents or 0)
    with store.read(peopled) as unit:
        assert unit.get(Event, event_id).spent_cents == shown.spent_cents
        audited = unit.session.scalars(select(AuditEntry).where(AuditEntry.action == "event.spending_recorded")).all()
        assert [entry.data["lines"] for entry in audited] == [1, 2]


def test_the_review_shows_the_comparison_and_learns_from_a_line_that_ran_over(
    store: Store, clock: FixedClock, peopled: str, event_id: str
) -> None:
    desk, actor = SpendingDesk(store), operator(peopled)
    first = desk.get(peopled, event_id).lines[0]
    assert first.planned_cents is not None
    desk.record(peopled, event_id, record((first.key, first.planned_cents * 2 + 200_000, "")), actor=actor)
    reviews = ReviewService(store)
    with pytest.raises(NotFound):  # money alone is no review
        reviews.get(peopled, event_id)
    clock.advance(timedelta(days=40))
    made = reviews.make(peopled, event_id, actor=actor)
    assert made.spending is not None
    assert made.spending.over_cents is not None
    assert "line_over" in {lesson.key for lesson in made.lessons}
    assert any(first.title in lesson.text and "元" in lesson.text for lesson in made.lessons)
    # Recording after the review, and reviewing again, lose nothing of each other.
    desk.record(peopled, event_id, record((first.key, first.planned_cents, "")), actor=actor)
    again = reviews.make(peopled, event_id, Written(summary="好"), actor=actor)
    assert again.spending is not None
    assert again.spending.spent_cents == first.planned_cents
    assert "line_over" not in {lesson.key for lesson in again.lessons}
    assert reviews.get(peopled, event_id).summary == "好"


def test_an_imported_event_has_no_plan_to_compare_with(store: Store, community: str) -> None:
    event_id = add_event(
        store,
        community,
        capacity=None,
        budget_cents=100_000,
        starts_at=NOW - timedelta(days=2),
        ends_at=NOW - timedelta(days=1),
    )
    desk, actor = SpendingDesk(store), operator(community)
    assert desk.get(community, event_id).lines == []
    shown = desk.record(community, event_id, record(("venue", 80_000, "场地")), actor=actor)
    assert (shown.planned_cents, shown.cap_cents, shown.spent_cents, shown.over_cents) == (None, 100_000, 80_000, None)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [((("venue", 1, "场地"), ("venue", 2, "场地")), "spent_twice"), ((("nothing_planned", 1, " "),), "spent_untitled")],
)
def test_lines_that_nobody_could_read_are_refused(
    store: Store, community: str, lines: tuple[tuple[str, int, str], ...], reason: str
) -> None:
    event_id = add_event(store, community, capacity=None)
    with pytest.raises(InvalidInput) as caught:
        SpendingDesk(store).record(community, event_id, record(*lines), actor=operator(community))
    assert caught.value.data["reason"] == reason
    assert SpendingDesk(store).get(community, event_id).spent_cents is None


def test_an_event_of_another_community_is_not_there(store: Store, peopled: str, event_id: str) -> None:
    with pytest.raises(NotFound):
        SpendingDesk(store).get(peopled, "evt_of_others")
