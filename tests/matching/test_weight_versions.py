"""Versions of weights: learnt, activated, taken back, and never guessed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select

from copilot.clock import FixedClock
from copilot.community.store import Store
from copilot.community.tables import AuditEntry, Match, MatchFeedback, Member, ScoreWeights
from copilot.errors import Conflict, NotFound
from copilot.matching.learning.fitting import LearningRules
from copilot.matching.learning.outcomes import Outcome, OutcomeKind, outcomes
from copilot.matching.learning.service import WeightService
from copilot.matching.learning.versions import VersionStatus, active_weights, add_version, lock_versions
from copilot.matching.scores.scoring import Weights
from tests.conftest import NOW
from tests.matching.conftest import World
from tests.matching.outcome_records import simulate, true_weights

PRIOR = Weights()
TRUTH = true_weights(PRIOR)
RULES = LearningRules(strengths=(1.0, 10.0), resamples=500)


def write(store: Store, found: Sequence[Outcome]) -> None:
    """Store outcomes as members' words."""
    verdicts = {OutcomeKind.ACCEPTED: "accept", OutcomeKind.IGNORED: "ignore", OutcomeKind.DECLINED: "reject"}
    with store.write("c") as unit:
        for member_id in sorted({member for item in found for member in (item.member_id, item.target_id)}):
            if unit.find(Member, member_id) is None:
                unit.add(
                    Member(
                        id=member_id, platform="test", external_id=member_id, name=member_id, created_at=NOW,
                        consent_match=True,
                    )
                )  # fmt: skip
        unit.session.flush()
        for item in found:
            unit.add(
                Match(
                    id=item.match_id, member_id=item.member_id, kind="member", target_id=item.target_id, score=0.5,
                    components={}, reasons=[], status="accepted", created_at=NOW, updated_at=NOW,
                )
            )  # fmt: skip
        unit.session.flush()
        for item in found:
            unit.add(
                MatchFeedback(
                    id=f"mfb_{item.match_id}", match_id=item.match_id, member_id=item.member_id,
                    verdict=verdicts[item.outcome], score=0.5, components=item.components, created_at=item.decided_at,
                )
            )  # fmt: skip


@pytest.fixture
def service(store: Store, community: str) -> WeightService:
    return WeightService(store, rules=RULES)


def shares_in_force(store: Store) -> dict[str, float]:
    with store.read("c") as unit:
        return active_weights(unit, PRIOR)[1].shares()


def force(store: Store, *, city: float) -> int:
    with store.write("c") as unit:
        lock_versions(unit)
        weights = true_weights(PRIOR, {"relevance": 0.9 - city, "city": city})
        return add_version(unit, weights, {}, is_better=True, actor="op").version


@pytest.mark.slow
def test_what_outcomes_teach_is_put_in_force_and_rolling_back_restores_the_scores_exactly(
    store: Store, service: WeightService
) -> None:
    write(store, simulate(500, TRUTH))
    before = shares_in_force(store)
    result = service.learn("c", actor="op")
    assert result.result == "activated", result.figures
    assert result.version is not None
    assert (result.version.version, result.version.status, result.in_force.version) == (1, "active", 1)
    assert "版本 1" in result.sentence
    assert result.version.figures["compared_with"] == 0
    assert shares_in_force(store) == result.version.shares != before
    assert service.roll_back("c", actor="op").version == 0
    assert shares_in_force(store) == before == PRIOR.shares()
    assert service.versions("c").items[0].status == VersionStatus.ROLLED_BACK
    with store.read("c") as unit:
        actions = [row.action for row in unit.session.scalars(select(AuditEntry))]
    assert sorted(actions) == ["weights.activated", "weights.activated", "weights.learnt"]


@pytest.mark.slow
def test_learning_again_from_the_same_outcomes_is_not_better_than_itself(store: Store, service: WeightService) -> None:
    write(store, simulate(500, TRUTH))
    first = service.learn("c", actor="op")
    again = service.learn("c", actor="op")
    assert (again.result, again.in_force.version) == ("rejected", 1)
    assert first.version is not None
    assert again.version is not None
    assert again.version.shares == first.version.shares
    with pytest.raises(Conflict) as caught:
        service.activate("c", 2, actor="op")
    assert caught.value.data["reason"] == "not_better"


@pytest.mark.slow
def test_noise_is_kept_as_a_record_and_changes_no_score(store: Store, service: WeightService) -> None:
    write(store, simulate(300, None))
    result = service.learn("c", actor="op")
    assert result.result == "rejected"
    assert shares_in_force(store) == PRIOR.shares()
    assert [item.status for item in service.versions("c").items] == ["rejected"]


def test_too_few_outcomes_are_told_in_numbers_and_nothing_is_stored(store: Store, service: WeightService) -> None:
    write(store, simulate(50, TRUTH))
    result = service.learn("c", actor="op")
    assert (result.result, result.version) == ("not_enough", None)
    assert "35" in result.sentence
    assert "60" in result.sentence
    assert service.versions("c").items == []


def test_versions_come_back_in_the_order_they_were_in_force(
    store: Store, service: WeightService, clock: FixedClock
) -> None:
    for city in (0.1, 0.2, 0.3):
        force(store, city=city)
        clock.advance(timedelta(hours=1))
    service.activate("c", 1, actor="op")
    assert shares_in_force(store)["city"] == 0.1
    assert [service.roll_back("c", actor="op").version for _ in range(3)] == [3, 2, 0]
    with pytest.raises(Conflict) as caught:
        service.roll_back("c", actor="op")
    assert caught.value.data["reason"] == "nothing_active"
    assert service.activate("c", 2, actor="op").version == 2
    assert service.activate("c", 0, actor="op").shares == PRIOR.shares()
    with pytest.raises(NotFound):
        service.activate("c", 9, actor="op")


def test_a_version_of_another_score_is_not_used_and_cannot_come_back(
    store: Store, service: WeightService, caplog: pytest.LogCaptureFixture
) -> None:
    force(store, city=0.2)
    with store.write("c") as unit:
        unit.session.scalars(select(ScoreWeights)).one().weights = {"relevance": 0.8, "city": 0.2}
    assert service.in_force("c").version == 0
    assert "another score" in caplog.text
    assert [item.is_usable for item in service.versions("c").items] == [False]
    service.activate("c", 0, actor="op")
    with pytest.raises(Conflict) as caught:
        service.activate("c", 1, actor="op")
    assert caught.value.data["reason"] == "other_score"


def test_matches_are_scored_by_the_version_in_force_and_as_before_after_going_back(pair: World) -> None:
    service = WeightService(pair.store)

    def scored() -> tuple[dict[str, float], int]:
        found = {item.target_id: item.score for item in pair.service.match("c", "mem_hotpot").items}
        with pair.store.read("c") as unit:
            rows = unit.session.scalars(select(Match).where(Match.member_id == "mem_hotpot"))
            return found, next(row.weights_version for row in rows if row.target_id == "mem_trucker")

    before = scored()
    version = force(pair.store, city=0.5)
    learnt = scored()
    assert learnt[0]["mem_trucker"] != before[0]["mem_trucker"]
    assert (before[1], learnt[1]) == (0, version)
    service.roll_back("c", actor="op")
    assert scored() == before


def test_who_switched_off_ai_or_hid_is_not_learnt_from(store: Store, community: str) -> None:
    write(store, simulate(6, TRUTH, members=3))
    with store.write("c") as unit:
        unit.get(Member, "mem_0").consent_ai = False
        unit.get(Member, "mem_t1").visibility = "hidden"
    found = list(outcomes(store, "c", most=100))
    assert [item.match_id for item in found] == ["match_00002", "match_00004", "match_00005"]
    assert [item.match_id for item in outcomes(store, "c", most=2, newest_first=True)] == ["match_00005", "match_00004"]


def test_the_last_word_on_a_match_is_its_outcome(pair: World, clock: FixedClock) -> None:
    match_id = pair.service.match("c", "mem_hotpot").items[0].match_id
    pair.service.feedback("c", match_id, "mem_hotpot", "reject")
    clock.advance(timedelta(minutes=1))
    pair.service.feedback("c", match_id, "mem_hotpot", "accept")
    [said] = outcomes(pair.store, "c", most=10)
    assert (said.outcome, said.member_id, said.target_id) == ("accepted", "mem_hotpot", "mem_trucker")
    assert {"forward", "backward", "city"} <= set(said.components)
    theirs = next(i for i in pair.service.match("c", "mem_trucker").items if i.target_id == "mem_hotpot")
    pair.service.feedback("c", theirs.match_id, "mem_trucker", "accept")
    assert [item.outcome for item in outcomes(pair.store, "c", most=10)] == ["connected", "connected"]
