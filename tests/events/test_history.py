from __future__ import annotations

from datetime import UTC, datetime, timedelta

from copilot.community.store import Store
from copilot.community.tables import Event
from copilot.events.history import PastEvent, cited_events, past_events, slot_turnouts, turnout, usual_headcount
from tests.events.conftest import NOW


def past(number: int, event_format: str, signups: int, came: int) -> PastEvent:
    return PastEvent(
        id=f"evt_{number}",
        title="t",
        format=event_format,
        starts_at=NOW - timedelta(days=number),
        signups=signups,
        checked_in=came,
    )


def test_past_events_carry_counts_ratings_and_lessons(store: Store, peopled: str) -> None:
    with store.read(peopled) as unit:
        found = past_events(unit, unit.now)
    assert [event.id for event in found] == ["evt_c_0", "evt_c_1", "evt_c_2"]
    assert (found[0].signups, found[0].checked_in, found[0].ratings, found[0].rating_mean) == (7, 5, 1, 4.0)
    assert found[0].lessons == ["第1期签到太慢，排队二十分钟"]


def test_events_to_come_and_cancelled_ones_teach_nothing(store: Store, community: str) -> None:
    with store.write(community) as unit:
        for number, (days, status) in enumerate([(3, "published"), (-3, "cancelled")]):
            start = NOW + timedelta(days=days)
            unit.add(
                Event(
                    id=f"evt_x{number}",
                    code=f"x{number}",
                    title="t",
                    format="salon",
                    starts_at=start,
                    ends_at=start,
                    status=status,
                    created_at=NOW,
                )
            )
    with store.read(community) as unit:
        assert past_events(unit, unit.now) == []


def test_turnout_by_hand() -> None:
    # (15 + 12) of (20 + 20) came.
    rate = turnout([past(1, "salon", 20, 15), past(2, "salon", 20, 12)], "salon")
    assert rate is not None
    assert (rate.rate, rate.events, rate.same_format) == (0.675, 2, True)


def test_too_few_of_the_format_fall_back_to_all_formats() -> None:
    rate = turnout([past(1, "salon", 20, 15), past(2, "meetup", 20, 5)], "salon")
    assert rate is not None
    assert (rate.rate, rate.same_format) == (0.5, False)


def test_thin_data_gives_no_rate() -> None:
    assert turnout([], "salon") is None
    assert turnout([past(1, "salon", 50, 40)], "salon") is None
    assert turnout([past(1, "salon", 3, 3), past(2, "salon", 3, 3)], "salon") is None
    assert turnout([past(1, "salon", 50, 0), past(2, "salon", 50, 0)], "salon") is None


def test_more_people_than_sign_ups_count_as_all() -> None:
    rate = turnout([past(1, "salon", 10, 30), past(2, "salon", 10, 10)], "salon")
    assert rate is not None
    assert rate.rate == 1.0


def test_the_usual_head_count_is_the_median_of_those_who_came() -> None:
    assert usual_headcount([past(1, "salon", 30, 20), past(2, "salon", 60, 0), past(3, "salon", 40, 36)], "salon") == 36
    assert usual_headcount([], "salon") is None


def test_at_most_five_events_of_the_format_are_cited() -> None:
    events = [past(n, "salon" if n % 2 else "meetup", 10, 8) for n in range(20)]
    assert len(cited_events(events, "salon")) == 5
    assert {event.format for event in cited_events(events, "salon")} == {"salon"}


def test_turn_out_by_part_of_the_week_by_hand() -> None:
    # Wednesday evenings: 18 of 20 came; Saturday afternoons: 10 of 20; one Friday is an anecdote.
    def held(day: int, hour: int, came: int) -> PastEvent:
        at = datetime(2026, 10, day, hour, tzinfo=UTC)
        return PastEvent(id=f"e{day}", title="t", format="salon", starts_at=at, signups=10, checked_in=came, ratings=0)

    past = [held(7, 11, 9), held(14, 11, 9), held(10, 6, 5), held(17, 6, 5), held(16, 11, 10)]
    slots = slot_turnouts(past, "Asia/Shanghai")
    assert [(slot.weekday, slot.part, slot.rate) for slot in slots] == [(2, 2, 0.9), (5, 1, 0.5)]
    assert slots[1].holds(datetime(2026, 11, 28, 14, tzinfo=UTC))
    assert not slots[1].holds(datetime(2026, 11, 28, 19, tzinfo=UTC))
