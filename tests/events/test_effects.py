"""Retention beside alike members: pairs by hand, planted differences found, none invented."""

from __future__ import annotations

from datetime import timedelta

import pytest

from copilot.clock import FixedClock
from copilot.community.store import Store
from copilot.community.tables import Channel, Member, Message
from copilot.events.reviews.effects import EffectService, Person, effect_of, pair_up
from tests.conftest import NOW
from tests.events.life import END, START, add_event, add_members, attended


def person(name: str, messages: int, tenure_days: float, stayed: bool = True) -> Person:
    return Person(name, messages, tenure_days, stayed)


def test_the_nearest_of_the_same_cell_is_taken_once() -> None:
    attendees = [person("a", 5, 100), person("b", 6, 100), person("c", 0, 100)]
    others = [person("x", 6, 100), person("y", 10, 200), person("z", 50, 100), person("w", 0, 10)]
    pairs = [(one.id, other.id) for one, other in pair_up(attendees, others)]
    assert pairs == [("b", "x"), ("a", "y")], "c has nobody as silent and as long here"


@pytest.mark.parametrize(("gap", "expected"), [(1.0, 1.0), (0.0, 0.0)])
def test_a_planted_difference_is_found_and_none_is_invented(gap: float, expected: float) -> None:
    pairs = [
        (person(f"a{number}", 5, 100, True), person(f"o{number}", 5, 100, gap == 0.0)) for number in range(25)
    ]  # fmt: skip
    found = effect_of(pairs, (3, 2), "zh-CN")
    assert (found.difference.value, found.pairs, found.people, found.unmatched) == (expected, 25, 25, 2)
    assert "相关" in found.sentence and "因果" in found.sentence


def test_few_pairs_or_few_people_give_no_reading() -> None:
    same = [(person("a", 5, 100), person(f"o{number}", 5, 100)) for number in range(30)]
    for pairs in ([], same):
        found = effect_of(pairs, (1, 0), "en")
        assert found.difference.value is None and found.attendees.why_none.startswith("Only")


def test_the_store_is_read_within_the_windows(store: Store, community: str, clock: FixedClock) -> None:
    people = add_members(store, community, 48)
    event_id = add_event(store, community, 60)
    attended(store, community, event_id, people[:24], people[46:])
    with store.write(community) as unit:
        unit.add(Channel(id="chn", platform="t", external_id="x", name="x", created_at=NOW))
        unit.session.flush()
        for number, member_id in enumerate(people):
            unit.get(Member, member_id).joined_at = START - timedelta(days=100)
            # All wrote once before; of those who came 18 of 24 stayed, of the others 6 of 22.
            stayed = number < 18 or 24 <= number < 30
            for at in [START - timedelta(days=3)] + (
                [END + timedelta(days=5)] if stayed else [END + timedelta(days=31)]
            ):
                message_id = f"msg_{number}_{at.toordinal()}"
                unit.add(
                    Message(
                        id=message_id, channel_id="chn", external_id=message_id, sender_id=member_id, sent_at=at,
                        text="x", mentions=[],
                    )
                )  # fmt: skip
    service = EffectService(store)
    clock.advance(END - clock.now() + timedelta(days=29))
    assert service.read(community).events == 0, "not everybody had thirty days yet"
    clock.advance(timedelta(days=2))
    found = service.read(community)
    assert (found.events, found.pairs, found.unmatched) == (1, 22, 2), "who signed up and missed it is on neither side"
    assert found.others.value == pytest.approx(6 / 22, abs=1e-4)
    assert found.difference.low is not None and found.difference.low > 0.1


def test_a_community_without_events_has_no_reading(store: Store, english: str) -> None:
    found = EffectService(store).read(english)
    assert (found.events, found.pairs, found.difference.value) == (0, 0, None)
