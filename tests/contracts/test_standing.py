"""What is on record between members, as the rules are told it: read from rows, in as many queries for one as for many."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from copilot.clock import FixedClock
from copilot.community.ids import new_id
from copilot.community.models import RuleKind
from copilot.community.prepared import Prepared
from copilot.community.store import Store, Unit
from copilot.community.tables import Event, Match, Member, PairRule, Resource, ResourceUse, Signup
from copilot.matching.models import Exclusion
from copilot.matching.records import Party, match_id, read_member, read_resources, read_setting
from copilot.matching.rules.standing import (
    forbidden_pairs,
    judge,
    judge_askers,
    judge_pair,
    must_pairs,
    must_partners,
)
from copilot.settings import MatchingSettings
from tests.conftest import NOW
from tests.contracts.conftest import member


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


class Desk:
    """Writes what is on record in community `a`, and judges."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.limits = MatchingSettings(exposure_cap=3)

    def members(self, *names: str, **fields: Any) -> None:
        with self.store.write("a") as unit:
            for name in names:
                unit.add(Member(**member(name, **({"consent_match": True, "visibility": "community"} | fields))))

    def resource(self, name: str, **fields: Any) -> None:
        with self.store.write("a") as unit:
            unit.add(Resource(id=name, code=name, type="people", title=name, created_at=NOW, **fields))

    def proposed(
        self, to: str, target: str, status: str = "proposed", days: float = 1, kind: str = "member", **more: Any
    ) -> None:
        fields = {"created_at": ago(days), "proposed_at": ago(days), "updated_at": ago(days)} | more
        with self.store.write("a") as unit:
            unit.add(
                Match(
                    id=match_id("a", to, kind, target), member_id=to, kind=kind, target_id=target, score=0.5,
                    components={}, reasons=[], status=status, **fields,
                )
            )  # fmt: skip

    def rule(self, kind: RuleKind, first: str, second: str, **fields: Any) -> str:
        values = {"id": new_id("rule"), "note": "", "created_by": first, "created_at": ago(1)} | fields
        with self.store.write("a") as unit:
            unit.add(PairRule(kind=kind.value, first_id=first, second_id=second, **values))
        return str(values["id"])

    def judged(self, asker: str, *targets: str) -> dict[str, list[str]]:
        """Judge members or resources, and check that the other way round and one by one say the same."""
        with self.store.read("a") as unit:
            setting = read_setting(unit, self.limits)
            me = read_member(unit, asker)
            parties = list(read_resources(unit, targets).values()) or [read_member(unit, name) for name in targets]
            found = judge(unit, setting, me, parties)
            for party in parties:
                assert judge_askers(unit, setting, [me], party) == {asker: found[party.id]}
                assert [ground.code for ground in judge_pair(unit, setting, me, party)] == found[party.id]
            return {key: [code.value for code in codes] for key, codes in found.items()}

    @contextmanager
    def reading(self) -> Iterator[Unit]:
        with self.store.read("a") as unit:
            yield unit


@pytest.fixture
def desk(any_store: Store) -> Desk:
    desk = Desk(any_store)
    desk.members("me", "one", "two", "three")
    return desk


def test_a_block_holds_both_ways_and_only_between_the_two(desk: Desk) -> None:
    desk.rule(RuleKind.BLOCKED, "one", "me")
    assert desk.judged("me", "one", "two") == {"one": ["blocked"], "two": []}
    assert desk.judged("one", "me", "two") == {"me": ["blocked"], "two": []}


def test_what_a_blocked_member_owns_is_kept_away_too(desk: Desk) -> None:
    desk.resource("mine", owner_id="one")
    desk.resource("ours")
    desk.rule(RuleKind.BLOCKED, "me", "one")
    assert desk.judged("me", "mine", "ours") == {"mine": ["blocked"], "ours": []}


def test_rules_end_by_themselves_and_stay_in_their_community(desk: Desk, any_store: Store, clock: FixedClock) -> None:
    desk.rule(RuleKind.CANNOT_MATCH, "me", "one", expires_at=NOW + timedelta(days=1))
    assert desk.judged("me", "one") == {"one": ["cannot_match"]}
    clock.advance(timedelta(days=1))
    assert desk.judged("me", "one") == {"one": []}
    with any_store.write("b") as unit:
        unit.add(Member(**member("stranger", consent_match=True, visibility="community")))
        assert must_partners(unit, "stranger") == set()


def test_history_of_both_directions_counts(desk: Desk) -> None:
    desk.proposed("one", "me", "rejected", days=2)
    desk.proposed("me", "two", "accepted")
    desk.proposed("me", "three", days=31)
    assert desk.judged("me", "one", "two", "three") == {
        "one": ["recently_proposed"], "two": ["awaiting_answer"], "three": ["unanswered"],
    }  # fmt: skip
    desk.proposed("two", "me", "accepted")
    assert desk.judged("two", "me") == {"me": ["already_connected"]}
    assert desk.judged("me", "two") == {"two": ["already_connected"]}


def test_rows_of_the_first_schema_were_proposed_when_they_were_made(desk: Desk) -> None:
    desk.proposed("me", "one", created_at=ago(31), updated_at=ago(1), proposed_at=None)
    assert desk.judged("me", "one") == {"one": ["unanswered"]}


def test_exposure_counts_members_within_the_days_who_did_not_decline(desk: Desk) -> None:
    desk.members("a1", "a2", "a3", "a4")
    desk.proposed("a1", "one", days=29)
    desk.proposed("a2", "one", "accepted", days=29)
    desk.proposed("a3", "one", days=31)
    desk.proposed("a4", "one", "rejected", days=2)
    assert desk.judged("me", "one") == {"one": []}, "two of three"
    desk.proposed("two", "one", days=1)
    assert desk.judged("me", "one", "two") == {"one": ["exposure"], "two": []}
    assert desk.judged("two", "one") == {"one": []}, "who is shown somebody goes on seeing them"
    desk.rule(RuleKind.MUST_MATCH, "me", "one")
    assert desk.judged("me", "one") == {"one": []}


def test_places_are_those_in_use_and_those_promised(desk: Desk) -> None:
    desk.resource("room", owner_id="three", capacity=2)
    assert desk.judged("me", "room") == {"room": []}
    with desk.store.write("a") as unit:
        unit.add(ResourceUse(id="u1", resource_id="room", member_id="one", lent_at=ago(90), returned_at=None))
        unit.add(ResourceUse(id="u2", resource_id="room", member_id=None, lent_at=ago(9), returned_at=ago(8)))
    assert desk.judged("me", "room") == {"room": []}, "one open use; the other is over"
    desk.proposed("one", "room", "accepted", days=5, kind="resource")
    assert desk.judged("me", "room") == {"room": []}, "this one's use counts already"
    desk.proposed("two", "room", "accepted", days=31, kind="resource")
    assert desk.judged("me", "room") == {"room": []}, "a yes holds a place for thirty days"
    desk.members("four")
    desk.proposed("four", "room", "accepted", days=5, kind="resource")
    assert desk.judged("me", "room") == {"room": ["full"]}
    with desk.store.write("a") as unit:
        unit.add(ResourceUse(id="u3", resource_id="room", member_id="four", lent_at=ago(4), returned_at=ago(1)))
    assert desk.judged("me", "room") == {"room": []}, "a promise kept and over holds nothing"


def test_seats_and_who_takes_part_are_read_from_sign_ups(desk: Desk) -> None:
    begins = NOW + timedelta(days=1)
    with desk.store.write("a") as unit:
        for name, fields in {"talk": {"speaker_ids": ["three"]}, "walk": {}, "full": {"capacity": 1}}.items():
            unit.add(
                Event(
                    id=name, code=name, title=name, format="talk", starts_at=begins, ends_at=begins, created_at=NOW,
                    **({"capacity": 2, "speaker_ids": []} | fields),
                )
            )  # fmt: skip
        unit.session.flush()
        signed = [
            ("talk", "me", "going"),
            ("walk", "me", "cancelled"),
            ("full", "one", "going"),
            ("full", "two", "waitlisted"),
        ]
        for number, (name, who, status) in enumerate(signed):
            unit.add(Signup(id=f"s{number}", event_id=name, member_id=who, status=status, signed_up_at=NOW))
    parties = [
        Party(id=name, kind="event", name=name, person_id=None, consent_match=True, consent_ai=True,
              visibility="community", status="published", starts_at=begins, ends_at=begins, capacity=capacity)
        for name, capacity in (("talk", 2), ("walk", 2), ("full", 1))
    ]  # fmt: skip
    with desk.reading() as unit:
        setting = read_setting(unit)
        people = {name: read_member(unit, name) for name in ("me", "two", "three")}
        found = {name: judge(unit, setting, person, parties) for name, person in people.items()}
        turned = {party.id: judge_askers(unit, setting, list(people.values()), party) for party in parties}
    assert found == {
        "me": {"talk": [Exclusion.ALREADY_JOINED], "walk": [], "full": [Exclusion.FULL]},
        "two": {"talk": [], "walk": [], "full": [Exclusion.ALREADY_JOINED, Exclusion.FULL]},
        "three": {"talk": [Exclusion.ALREADY_JOINED], "walk": [], "full": [Exclusion.FULL]},
    }
    assert turned == {event: {name: found[name][event] for name in people} for event in ("talk", "walk", "full")}


def test_pairs_for_rounds_follow_the_same_rules_and_forget_what_only_counts_for_proposals(desk: Desk) -> None:
    desk.members("closed", consent_match=None)
    desk.members("a1", "a2", "a3")
    for asker in ("a1", "a2", "a3"):
        desk.proposed(asker, "one")  # at the cap: still welcome in a round
    desk.proposed("me", "two", "accepted")
    desk.proposed("two", "me", "accepted")
    desk.proposed("three", "one", "rejected", days=3)
    desk.rule(RuleKind.BLOCKED, "two", "one")
    desk.rule(RuleKind.MUST_MATCH, "one", "two")
    desk.rule(RuleKind.MUST_MATCH, "me", "three")
    desk.rule(RuleKind.MUST_MATCH, "closed", "me")
    people = ["three", "two", "one", "me", "closed", "mem_gone"]
    with desk.reading() as unit:
        found = forbidden_pairs(unit, read_setting(unit), people)
        assert found == {
            ("closed", "me"): [Exclusion.CONSENT], ("closed", "one"): [Exclusion.CONSENT],
            ("closed", "three"): [Exclusion.CONSENT], ("closed", "two"): [Exclusion.CONSENT],
            ("one", "three"): [Exclusion.RECENTLY_PROPOSED], ("one", "two"): [Exclusion.BLOCKED],
        }  # fmt: skip
        assert must_pairs(unit, people) == {("me", "three")}, "a block and a missing consent win"
        assert must_pairs(unit, ["me", "one"]) == set() and forbidden_pairs(unit, read_setting(unit), []) == {}
        assert must_partners(unit, "me") == {"three", "closed"}


class _Counting(Unit):
    """A unit that counts the prepared statements it is asked for and what its session says beside them."""

    def __init__(self, session: Session, community_id: str, now: datetime, *, may_write: bool) -> None:
        super().__init__(session, community_id, now, may_write=may_write)
        self.asked = 0
        event.listen(session.connection(), "before_cursor_execute", self._count)

    def rows(self, prepared: Prepared, **values: object) -> list[Any]:
        self._count()
        return super().rows(prepared, **values)

    def _count(self, *_statement: object) -> None:
        self.asked += 1


@pytest.mark.slow
def test_the_number_of_queries_does_not_grow_with_the_number_of_targets(desk: Desk) -> None:
    names = [f"m{number}" for number in range(300)]
    desk.members(*names)
    for name in names[:150]:
        desk.proposed("me", name, "rejected")
    counts = []
    with desk.reading() as unit:
        setting, me = read_setting(unit), read_member(unit, "me")
        parties = [read_member(unit, name) for name in names]
        for chosen in (parties[:2], parties):
            counting = _Counting(unit.session, unit.community_id, unit.now, may_write=False)
            found = judge(counting, setting, me, chosen)
            counts.append(counting.asked)
    assert 0 < counts[0] == counts[1] <= 6
    assert sum(bool(codes) for codes in found.values()) == 150
