"""Whatever the mix of rules: exactly those appear whom no rule forbids, asked of the whole service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from copilot.community.ids import new_id
from copilot.community.models import RuleKind
from copilot.community.tables import Match, Member, PairRule, ResourceUse, StaleMark
from copilot.matching.models import Exclusion
from copilot.matching.records import match_id
from copilot.matching.service import MatchingService
from copilot.settings import MatchingSettings
from tests.conftest import NOW
from tests.matching.conftest import COLD, TRUCK, World

ME = "mem_me"
OTHERS = tuple(f"mem_other{number}" for number in range(4))
CROWD = ("mem_crowd0", "mem_crowd1")
CAP = 2


@dataclass(frozen=True)
class Past:
    status: str
    days: float


@dataclass(frozen=True)
class Rule:
    kind: RuleKind
    is_mine: bool
    days: float
    has_ended: bool


@dataclass(frozen=True)
class Case:
    """What is on record between me and one other."""

    consent_match: bool | None
    consent_ai: bool
    visibility: str
    rules: tuple[Rule, ...]
    mine: Past | None
    theirs: Past | None
    shown_to: int

    def is_open(self) -> bool:
        return self.consent_match is True and self.consent_ai and self.visibility == "community"

    def may_appear(self) -> bool:
        """The rules in other words than the code's."""
        standing = {rule.kind: rule for rule in self.rules if not rule.has_ended}
        if not self.is_open() or RuleKind.BLOCKED in standing or RuleKind.CANNOT_MATCH in standing:
            return False
        if self.mine and self.mine.status == "accepted":
            return False
        must = standing.get(RuleKind.MUST_MATCH)
        for past in (self.mine, self.theirs):
            said_no = past is not None and past.status in {"ignored", "rejected"} and past.days < 30
            if said_no and not (must and past and past.days > must.days):
                return False
        if must:
            return True
        shown = self.mine is not None and self.mine.status == "proposed"
        if shown and self.mine and 30 <= self.mine.days < 60:
            return False
        is_fresh = shown and self.mine is not None and self.mine.days < 30
        return is_fresh or self.shown_to < CAP


PASTS = st.none() | st.builds(
    Past, st.sampled_from(["proposed", "accepted", "ignored", "rejected"]), st.sampled_from([0.5, 10, 29.5, 31, 59, 61])
)
RULES = st.lists(
    st.builds(Rule, st.sampled_from(RuleKind), st.booleans(), st.sampled_from([0.2, 5, 40]), st.booleans()),
    max_size=2, unique_by=lambda rule: rule.kind,
)  # fmt: skip
# Mostly open: otherwise hardly anybody ever appears.
CASES = st.builds(
    Case,
    consent_match=st.sampled_from([True, True, True, True, False, None]),
    consent_ai=st.sampled_from([True, True, True, False]),
    visibility=st.sampled_from(["community", "community", "community", "operators", "hidden"]),
    rules=RULES.map(tuple),
    mine=PASTS,
    theirs=PASTS,
    shown_to=st.integers(0, CAP),
)


@pytest.fixture
def crowd(world: World) -> World:
    """Everybody has what everybody wants: whoever is left out is left out by a rule."""
    for name in (ME, *OTHERS, *CROWD):
        world.member(name.removeprefix("mem_"), [COLD[0], TRUCK[0]], [COLD[1], TRUCK[1]])
    limits = MatchingSettings(exposure_cap=CAP)
    world.service = MatchingService(world.store, world.index, world.embedder, limits=limits)
    return world


def _put(world: World, cases: list[Case]) -> None:
    with world.store.write("c") as unit:
        for table in (Match, PairRule, StaleMark):
            unit.session.execute(delete(table))
        for other, case in zip(OTHERS, cases, strict=True):
            row = unit.get(Member, other)
            row.consent_match, row.consent_ai, row.visibility = case.consent_match, case.consent_ai, case.visibility
            for rule in case.rules:
                pair = (ME, other) if rule.is_mine or rule.kind is not RuleKind.BLOCKED else (other, ME)
                unit.add(
                    PairRule(
                        id=new_id("rule"), kind=rule.kind.value, first_id=pair[0], second_id=pair[1], note="",
                        created_by="t", created_at=NOW - timedelta(days=rule.days),
                        expires_at=NOW if rule.has_ended else None,
                    )
                )  # fmt: skip
            _proposal(unit, ME, other, case.mine)
            _proposal(unit, other, ME, case.theirs)
            for member_id in CROWD[: case.shown_to]:
                _proposal(unit, member_id, other, Past("proposed", 1))


def _proposal(unit: Any, to: str, target: str, past: Past | None) -> None:
    if past is None:
        return
    at = NOW - timedelta(days=past.days)
    unit.add(
        Match(
            id=match_id("c", to, "member", target), member_id=to, kind="member", target_id=target, score=0.5,
            components={}, reasons=[], status=past.status, created_at=at, proposed_at=at, updated_at=at,
        )
    )  # fmt: skip


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(cases=st.lists(CASES, min_size=len(OTHERS), max_size=len(OTHERS)))
def test_exactly_those_appear_whom_no_rule_forbids(crowd: World, cases: list[Case]) -> None:
    _put(crowd, cases)
    found = crowd.service.match("c", ME, n=50)
    shown = [item.target_id for item in found.items if item.target_id in OTHERS]
    assert set(shown) == {other for other, case in zip(OTHERS, cases, strict=True) if case.may_appear()}
    required = {item.target_id for item in found.items if item.required}
    assert [item.target_id in required for item in found.items] == sorted(
        (item.target_id in required for item in found.items), reverse=True
    ), "who is required comes first"
    again = crowd.service.match("c", ME, n=50)
    assert [item.target_id for item in again.items] == [item.target_id for item in found.items], (
        "looking changes nothing"
    )


def _rule(world: World, kind: RuleKind, first: str, second: str) -> None:
    with world.store.write("c") as unit:
        unit.add(
            PairRule(
                id=new_id("rule"), kind=kind.value, first_id=first, second_id=second, created_by="t", created_at=NOW
            )
        )


def test_who_must_match_is_proposed_first_even_when_nothing_fits(pair: World) -> None:
    before = pair.service.match("c", "mem_hotpot")
    assert "mem_painter" not in [item.target_id for item in before.items]
    _rule(pair, RuleKind.MUST_MATCH, "mem_painter", "mem_hotpot")
    after = pair.service.match("c", "mem_hotpot")
    assert (after.items[0].target_id, after.items[0].required) == ("mem_painter", True)
    assert [item.target_id for item in after.items[1:]] == [item.target_id for item in before.items]
    assert pair.service.match("c", "mem_painter").items[0].target_id == "mem_hotpot", "and the other way round"


def test_a_proposal_nobody_answers_goes_comes_back_and_counts_anew(pair: World) -> None:
    def proposed_at() -> Any:
        with pair.store.read("c") as unit:
            return unit.get(Match, match_id("c", "mem_hotpot", "member", "mem_trucker")).proposed_at

    assert pair.targets("mem_hotpot")[0] == "mem_trucker"
    pair.clock.advance(timedelta(days=29))
    assert pair.targets("mem_hotpot")[0] == "mem_trucker" and proposed_at() == NOW, "looking again is no new proposal"
    pair.clock.advance(timedelta(days=1))
    assert "mem_trucker" not in pair.targets("mem_hotpot")
    pair.clock.advance(timedelta(days=30))
    assert pair.targets("mem_hotpot")[0] == "mem_trucker" and proposed_at() == NOW + timedelta(days=60)


def test_nobody_is_proposed_to_more_than_the_cap(crowd: World) -> None:
    # Seven who all fit: without a cap each would be shown to six.
    everybody = (ME, *OTHERS, *CROWD)
    for member_id in everybody:
        crowd.service.match("c", member_id, n=50)
    with crowd.store.read("c") as unit:
        rows = list(unit.session.scalars(select(Match)))
    shown = {member_id: sum(row.target_id == member_id for row in rows) for member_id in everybody}
    assert max(shown.values()) == CAP


def test_a_full_resource_is_not_offered(pair: World) -> None:
    pair.resource("fleet", "冷链车队，隔天到成都", "二十八台冷藏车全程温控", capacity=1)
    assert pair.targets("mem_hotpot", kind="resource") == ["res_fleet"]
    with pair.store.write("c") as unit:
        unit.add(ResourceUse(id="use", resource_id="res_fleet", member_id="mem_coach", lent_at=NOW, returned_at=None))
    found = pair.service.match("c", "mem_hotpot", "resource")
    assert (found.items, found.excluded) == ([], {Exclusion.FULL: 1})


def test_what_a_blocked_member_offers_is_not_offered_and_they_see_nothing_of_the_block(pair: World) -> None:
    pair.resource("fleet", "冷链车队，隔天到成都", "二十八台冷藏车全程温控", owner_id="mem_trucker")
    _rule(pair, RuleKind.BLOCKED, "mem_trucker", "mem_hotpot")
    found = pair.service.match("c", "mem_hotpot", "resource")
    assert (found.items, found.excluded) == ([], {Exclusion.BLOCKED: 1})
    assert "mem_trucker" not in pair.targets("mem_hotpot") and "mem_hotpot" not in pair.targets("mem_trucker")
