"""What members did lately and how it went, on every database; of this community only, whatever was recalled or is open."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from copilot.community.store import Store, Unit
from copilot.community.tables import Channel, Endorsement, Introduction, Match, Member, Message, Resource, ResourceUse
from copilot.matching.track_record import Track, read_tracks, recency, trust
from tests.conftest import NOW
from tests.contracts.conftest import member as values


def _people(unit: Unit, community: str) -> None:
    for name in ("ann", "bo", "cy"):
        unit.add(Member(**values(f"{community}-{name}")))
    unit.session.flush()


def _message(unit: Unit, sender: str, number: int, ago: timedelta, **more: object) -> None:
    unit.add(
        Message(
            id=f"{sender}-{number}", channel_id=f"{unit.community_id}-chn", external_id=f"{sender}-{number}", sender_id=sender,
            sent_at=NOW - ago, text="在", **more,
        )
    )  # fmt: skip


@pytest.fixture
def store(any_store: Store) -> Store:
    for community in ("a", "b"):
        with any_store.write(community) as unit:
            _people(unit, community)
            unit.add(Channel(id=f"{community}-chn", platform="t", external_id="1", name="大厅", created_at=NOW))
            unit.session.flush()
            for number, days in enumerate([1, 29, 31, 179, 181]):
                _message(unit, f"{community}-ann", number, timedelta(days=days))
            _message(unit, f"{community}-ann", 9, timedelta(hours=1), recalled_at=NOW)
            _message(unit, f"{community}-bo", 0, timedelta(days=100))
    return any_store


def test_messages_are_counted_for_a_month_and_remembered_for_half_a_year(store: Store) -> None:
    with store.read("a") as unit:
        found = read_tracks(unit, ["a-ann", "a-bo", "a-cy", "b-ann", "nobody"])
    assert found == {
        "a-ann": Track(2, NOW - timedelta(days=1), 0),
        "a-bo": Track(0, NOW - timedelta(days=100), 0),
    }


def test_connected_introductions_returned_resources_and_endorsements_count_once_each(store: Store) -> None:
    ends = {"created_at": NOW, "updated_at": NOW, "expires_at": NOW}
    with store.write("a") as unit:
        for number, (asker, target, status) in enumerate(
            [("a-ann", "a-bo", "connected"), ("a-cy", "a-ann", "declined"), ("a-bo", "a-cy", "waiting")]
        ):
            unit.add(Match(id=f"match{number}", member_id=asker, kind="member", target_id=target, score=0.5,
                           created_at=NOW, updated_at=NOW))  # fmt: skip
            unit.session.flush()
            unit.add(Introduction(id=f"i{number}", match_id=f"match{number}", asker_id=asker, target_id=target,
                                  status=status, **ends))  # fmt: skip
        unit.add(Resource(id="desk", code="desk", type="people", title="工位", owner_id="a-ann", created_at=NOW))
        unit.session.flush()
        unit.add(ResourceUse(id="u1", resource_id="desk", member_id="a-bo", lent_at=NOW, returned_at=NOW))
        unit.add(ResourceUse(id="u2", resource_id="desk", member_id="a-cy", lent_at=NOW))
        unit.add(Endorsement(id="e1", by_id="a-bo", member_id="a-ann", created_at=NOW))
    with store.read("a") as unit:
        deeds = {name: track.deeds for name, track in read_tracks(unit, ["a-ann", "a-bo", "a-cy"]).items()}
    # ann: introduced, lent, endorsed; bo: introduced, returned; cy: still has the desk
    assert deeds == {"a-ann": 3, "a-bo": 2}
    with store.read("b") as unit:
        assert read_tracks(unit, ["a-ann", "a-bo", "a-cy"]) == {}


def test_recency_halves_every_month_by_days_of_the_calendar() -> None:
    def moment(days: float) -> datetime:
        return NOW - timedelta(days=days)

    assert recency(NOW, []) == recency(NOW, [None]) == 0.0
    midnight = NOW.replace(hour=0, minute=0)
    assert recency(NOW, [midnight, moment(50)]) == 1.0 == recency(NOW, [NOW + timedelta(days=3)])
    assert recency(NOW, [midnight - timedelta(seconds=1)]) == pytest.approx(0.5 ** (1 / 30))
    whole_day = [midnight - timedelta(days=30), midnight - timedelta(days=29, seconds=1)]
    assert [recency(NOW, [one]) for one in whole_day] == pytest.approx([0.5, 0.5])
    assert recency(NOW, whole_day[:1]) == recency(NOW.replace(hour=23, minute=59), whole_day[:1])
    assert recency(NOW, [None, moment(60)]) == pytest.approx(0.25)


def test_trust_begins_at_nothing_and_saturates() -> None:
    assert [trust(deeds) for deeds in (0, 2, 4)] == [0.0, 0.5, 0.75]
    assert trust(1) == pytest.approx(0.2929, abs=1e-4) and trust(10**4) <= 1.0
