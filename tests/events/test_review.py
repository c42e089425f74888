"""A review reads what is on record, says nothing of thin data, and hands its lessons to the next plan."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from copilot.clock import FixedClock
from copilot.community.erasure import erase_member
from copilot.community.store import Store
from copilot.community.tables import (
    Channel,
    Event,
    EventFeedback,
    EventReview,
    Introduction,
    Match,
    Message,
    Resource,
    ResourceUse,
)
from copilot.errors import Conflict, NotFound
from copilot.events.history import past_events
from copilot.events.reviews.models import ReviewView, Written
from copilot.events.reviews.review import ReviewService, read_review
from tests.conftest import NOW
from tests.events.life import END, START, add_event, add_members, attended, operator

COMMENTS = ["音响一直啸叫", "话筒坏了两次", "很好", "学到了", ""]


def say(store: Store, community: str, sender: str, at: Any, number: int, reply_to: str | None = None) -> str:
    message_id = f"msg_{number:04d}"
    with store.write(community) as unit:
        if unit.find(Channel, "chn") is None:
            unit.add(Channel(id="chn", platform="t", external_id="x", name="x", created_at=NOW))
            unit.session.flush()
        unit.add(
            Message(
                id=message_id, channel_id="chn", external_id=message_id, sender_id=sender, sent_at=at,
                text="看这里 https://example.org" if number % 5 == 0 else "好", mentions=[], reply_to_id=reply_to,
            )
        )  # fmt: skip
    return message_id


def feedback(store: Store, community: str, event_id: str, ratings: list[int]) -> None:
    with store.write(community) as unit:
        for number, rating in enumerate(ratings):
            unit.add(
                EventFeedback(
                    id=f"efb_{number}", event_id=event_id, member_id=f"mem_{community}_{number:03d}", rating=rating,
                    comment=COMMENTS[number % len(COMMENTS)], created_at=END,
                )
            )  # fmt: skip


@pytest.fixture
def reviews(store: Store) -> ReviewService:
    return ReviewService(store)


@pytest.fixture
def held(store: Store, community: str, clock: FixedClock) -> str:
    """20 signed up, 10 came of 16 wanted, 5 gave feedback; twenty days ago."""
    people = add_members(store, community, 20)
    event_id = add_event(
        store, community, 25, headcount=16, budget_cents=100_000, spent_cents=90_000
    )  # fmt: skip
    attended(store, community, event_id, people[:10], people[10:])
    feedback(store, community, event_id, [2, 2, 5, 4, 4])
    clock.advance(END - clock.now() + timedelta(days=20))
    return event_id


def test_figures_are_those_of_the_records(community: str, held: str, reviews: ReviewService) -> None:
    found = reviews.make(community, held, actor=operator(community))
    came, rated = found.attendance, found.satisfaction
    assert came is not None and rated is not None and found.feedback_share is not None
    assert (came.signed_up, came.came, came.of_goal.value) == (20, 10, 0.625)
    # Wilson of 10 in 20: 0.5 -+ 0.2007
    assert (came.no_show.value, came.no_show.low, came.no_show.high) == (0.5, 0.2993, 0.7007)
    assert (rated.value, rated.n, found.feedback_share.value) == (3.4, 5, 0.5)
    assert rated.low is not None and rated.high is not None and rated.low < 3.4 < rated.high
    assert [(theme.label, theme.mood) for theme in found.themes] == [("音响与设备", "bad")]
    assert found.interaction is None and found.notes == ["这段时间的聊天记录不全"]


def test_three_lessons_follow_and_enter_the_next_snapshot(
    store: Store, community: str, held: str, reviews: ReviewService
) -> None:
    found = reviews.make(community, held, actor=operator(community))
    assert [lesson.key for lesson in found.lessons] == ["no_show_high", "theme_bad", "rating_low"]
    assert "同样要到 16 人就开放约 32 个名额" in found.lessons[0].text
    with store.read(community) as unit:
        [event] = past_events(unit, unit.now)
        assert event.lessons == [lesson.text for lesson in found.lessons]
        assert unit.get(Event, held).status == "finished"


def test_what_people_wrote_comes_first_and_survives_another_review(
    store: Store, community: str, held: str, reviews: ReviewService
) -> None:
    with store.write(community) as unit:
        unit.add(EventReview(event_id=held, summary="导入的小结", lessons=["导入的教训"], created_at=NOW))
    imported = reviews.get(community, held)
    assert imported.attendance is None and [lesson.rests_on for lesson in imported.lessons] == ["operator"]
    for _ in range(2):
        found = reviews.make(community, held, actor=operator(community))
        assert found.summary == "导入的小结"
        assert [lesson.rests_on for lesson in found.lessons] == ["operator", "figures", "音响与设备", "figures"]
    written = Written(summary="改过的", lessons=[" 先试  音响 "])
    found = reviews.make(community, held, written, actor=operator(community))
    assert (found.summary, found.lessons[0].text) == ("改过的", "先试 音响")
    assert reviews.get(community, held) == found


def test_interaction_before_and_after_is_counted_among_attendees(
    store: Store, community: str, held: str, reviews: ReviewService
) -> None:
    number = 0
    for day in (-14, 14):
        say(store, community, "mem_c_019", (START if day < 0 else END) + timedelta(days=day, minutes=day), number)
        number += 1
    for person in range(10):
        first = say(store, community, f"mem_c_{person:03d}", START - timedelta(days=2), number)
        number += 1
        for _ in range(2):
            other = f"mem_c_{(person + 1) % 10:03d}"
            say(store, community, other, END + timedelta(days=1), number, reply_to=first)
            number += 1
    seen = reviews.make(community, held, actor=operator(community)).interaction
    assert seen is not None
    assert (seen.days, seen.messages_before, seen.messages_after) == (14, 10, 20)
    assert (seen.replies_before, seen.replies_after, seen.pairs_after) == (0, 20, 10)
    # Each wrote one message more in fourteen days.
    assert (seen.change.value, seen.change.low, seen.change.high, seen.change.n) == (0.071, 0.071, 0.071, 10)


def test_relations_born_between_attendees_are_counted_and_others_are_not(
    store: Store, community: str, held: str, reviews: ReviewService
) -> None:
    with store.write(community) as unit:
        unit.add(Resource(id="res_1", code="R", type="funding", title="t", owner_id="mem_c_000", created_at=NOW))
        for number, (asker, target) in enumerate([(0, 1), (2, 3), (0, 15)]):
            unit.add(
                Match(
                    id=f"mat_{number}", member_id=f"mem_c_{asker:03d}", kind="member", target_id=f"mem_c_{target:03d}",
                    score=0.5, created_at=END, updated_at=END,
                )
            )  # fmt: skip
            unit.session.flush()
            unit.add(
                Introduction(
                    id=f"int_{number}", match_id=f"mat_{number}", asker_id=f"mem_c_{asker:03d}",
                    target_id=f"mem_c_{target:03d}", created_at=END, updated_at=END, expires_at=END,
                    revealed_at=END if number == 0 else None,
                )
            )  # fmt: skip
        unit.add(ResourceUse(id="use_1", resource_id="res_1", member_id="mem_c_004", lent_at=END))
        unit.add(ResourceUse(id="use_2", resource_id="res_1", member_id="mem_c_015", lent_at=END))
    born = reviews.make(community, held, actor=operator(community)).relations
    assert born is not None
    assert (born.introductions, born.connected, born.cooperations) == (2, 1, 1)


def test_thin_data_gives_no_reading_but_a_reason(
    store: Store, community: str, clock: FixedClock, reviews: ReviewService
) -> None:
    event_id = add_event(store, community, 5)
    clock.advance(END - clock.now())
    found = reviews.make(community, event_id, actor=operator(community))
    assert found.attendance is not None and found.satisfaction is not None
    figures = [found.attendance.of_goal, found.attendance.no_show, found.satisfaction]
    assert all(figure.value is None and figure.low is None and figure.why_none for figure in figures)
    assert (found.lessons, found.themes, found.relations) == ([], [], None)


def test_an_event_that_is_not_over_or_was_cancelled_is_not_reviewed(
    store: Store, community: str, clock: FixedClock, reviews: ReviewService
) -> None:
    coming = add_event(store, community, 5)
    off = add_event(store, community, 5, "evt_2", status="cancelled")
    with pytest.raises(Conflict) as refused:
        reviews.make(community, coming, actor=operator(community))
    assert refused.value.data["reason"] == "not_over"
    clock.advance(END - clock.now())
    with pytest.raises(Conflict):
        reviews.make(community, off, actor=operator(community))
    with pytest.raises(NotFound):
        reviews.get(community, coming)


def test_words_of_who_is_erased_leave_a_stored_review(
    store: Store, community: str, held: str, reviews: ReviewService
) -> None:
    reviews.make(community, held, actor=operator(community))
    assert "啸叫" not in str(_stored(store, community, held).content), "words are not copied out of comments"
    erase_member(store, community, "mem_c_000", requested_by="t", readers={EventReview: read_review})
    after = reviews.get(community, held)
    assert [quote.text for quote in after.themes[0].quotes] == ["话筒坏了两次"]


def test_comments_of_those_who_keep_them_from_machines_are_not_read(
    store: Store, community: str, clock: FixedClock, reviews: ReviewService
) -> None:
    people = add_members(store, community, 6, consent_ai=False)
    event_id = add_event(store, community, 10)
    attended(store, community, event_id, people, [])
    feedback(store, community, event_id, [2, 2, 2, 2, 2])
    clock.advance(END - clock.now())
    found: ReviewView = reviews.make(community, event_id, actor=operator(community))
    assert found.themes == [] and found.satisfaction is not None and found.satisfaction.value == 2.0


def test_an_english_community_reads_english(store: Store, english: str, clock: FixedClock) -> None:
    event_id = add_event(store, english, 10)
    people = add_members(store, english, 8)
    attended(store, english, event_id, people[:4], people[4:])
    clock.advance(END - clock.now())
    found = ReviewService(store).make(english, event_id, actor=operator(english))
    assert found.lessons[0].text.startswith("8 signed up and 4 came; 50% did not.")
    assert found.notes == ["only 0 days have passed; 3 are needed"]


def _stored(store: Store, community: str, event_id: str) -> EventReview:
    with store.read(community) as unit:
        return unit.get(EventReview, event_id)
