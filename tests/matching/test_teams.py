"""Teams: every slot is filled or named, teams differ, and small ones are as good as counting them all."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from copilot.errors import InvalidInput, TooLarge
from copilot.matching.optimum import Matrix, Status
from copilot.matching.teams.models import ProposedTeam, Slot, TeamRequest, TeamSettings, TeamWeights
from copilot.matching.teams.planning import greedy_team, plan_teams

ONLY_FIT = TeamWeights(fit=1.0, affinity=0.0, city=0.0, resources=0.0)


def names(count: int) -> list[str]:
    return [f"m{one}" for one in range(count)]


def slots(count: int) -> list[Slot]:
    return [Slot(id=f"s{one}", label=f"slot {one}") for one in range(count)]


def request(fit: Matrix, **fields: Any) -> TeamRequest:
    return TeamRequest(slots(fit.shape[1]), names(fit.shape[0]), fit, **fields)


def random_request(count: int, width: int, seed: int, **fields: Any) -> TeamRequest:
    rng = np.random.default_rng(seed)
    affinity = rng.random((count, count))
    cities = [("上海", "北京")[place] for place in rng.integers(0, 2, count)]
    return request(
        np.round(rng.random((count, width)), 3), affinity=np.round((affinity + affinity.T) / 2.0, 3), cities=cities,
        city="上海", **fields,
    )  # fmt: skip


def filled(team: ProposedTeam) -> list[str]:
    return [slot.member_id for slot in team.slots]


def best_by_counting(asked: TeamRequest, chosen: TeamSettings) -> float | None:
    """Return the highest score of a first team, by the definition in `TeamWeights`, or nothing."""
    width, people = len(asked.slots), list(asked.candidates)
    asker = people.index(asked.asker) if asked.asker is not None else None
    forbidden = {frozenset((people.index(one), people.index(other))) for one, other in asked.forbidden}
    assert asked.affinity is not None and asked.cities is not None
    size = width + (asker is not None)
    pairs = max(1, size * (size - 1) // 2)
    weights = chosen.weights
    whole = weights.fit + weights.affinity + weights.city
    best: float | None = None
    for fillers in product(range(len(people)), repeat=width):
        team = sorted({*fillers} | ({asker} if asker is not None else set()))
        if any(fillers.count(one) > chosen.slots_per_person for one in fillers):
            continue
        if any(asked.fit[one, slot] < chosen.floor for slot, one in enumerate(fillers)):
            continue
        if any(frozenset((one, other)) in forbidden for one in team for other in team if one < other):
            continue
        fit = sum(asked.fit[one, slot] for slot, one in enumerate(fillers)) / width
        city = sum(asked.cities[one] == asked.city for one in fillers) / width
        company = sum(asked.affinity[one, other] for one in team for other in team if one < other) / pairs
        score = (weights.fit * fit + weights.city * city + weights.affinity * company) / whole
        best = score if best is None else max(best, float(score))
    return best


def test_the_team_gives_up_the_best_person_for_a_slot_nobody_else_fills() -> None:
    # m0 is best for both, m1 only for the first: 0.9 + 0.8 = 1.7 beats what greedy by slot could give, 0.95 + nothing.
    asked = request(np.array([[0.95, 0.8], [0.9, 0.1]]))
    plan = plan_teams(asked, TeamSettings(teams=1, weights=ONLY_FIT))
    assert filled(plan.teams[0]) == ["m1", "m0"]
    assert plan.teams[0].score == pytest.approx(0.85) and plan.teams[0].status is Status.OPTIMAL


@settings(max_examples=40)
@given(
    st.integers(1, 6), st.integers(1, 3), st.integers(0, 10_000), st.integers(1, 2), st.booleans(),
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=3),
)  # fmt: skip
def test_the_first_team_is_as_good_as_counting_them_all(
    count: int, width: int, seed: int, per_person: int, has_asker: bool, barred: list[tuple[int, int]]
) -> None:
    forbidden = [(f"m{one}", f"m{other}") for one, other in barred if one < other < count]
    asked = random_request(count, width, seed, asker="m0" if has_asker else None, forbidden=forbidden)
    chosen = TeamSettings(teams=1, slots_per_person=per_person, weights=TeamWeights(fit=0.55, affinity=0.3))
    best = best_by_counting(asked, chosen)
    plan = plan_teams(asked, chosen)
    if best is None:
        assert plan.teams == () and plan.uncovered
        return
    team = plan.teams[0]
    assert team.score == pytest.approx(best, abs=1e-5)
    assert team.status is Status.OPTIMAL and team.gap == 0.0
    assert not has_asker or "m0" in team.members
    greedy = greedy_team(asked, chosen)
    assert greedy is None or greedy.score <= team.score + 1e-5


def test_greedy_loses_where_company_counts() -> None:
    # The best for each slot cannot stand one another: 0.5 * 0.9 + 0.5 * 0 = 0.45 against 0.5 * 0.8 + 0.5 * 1 = 0.9.
    fit = np.array([[0.9, 0.0], [0.0, 0.9], [0.8, 0.0], [0.0, 0.8]])
    affinity = np.zeros((4, 4))
    affinity[2, 3] = affinity[3, 2] = 1.0
    weights = TeamWeights(fit=0.5, affinity=0.5, city=0.0, resources=0.0)
    asked, chosen = request(fit, affinity=affinity), TeamSettings(teams=1, weights=weights)
    assert plan_teams(asked, chosen).teams[0].score == pytest.approx(0.9)
    greedy = greedy_team(asked, chosen)
    assert greedy is not None and greedy.score == pytest.approx(0.45)


@pytest.mark.slow
def test_teams_share_no_more_than_is_allowed_and_nobody_is_in_too_many() -> None:
    plan = plan_teams(
        random_request(30, 4, 5, asker="m0"), TeamSettings(teams=5, most_shared=1, exposure_limit=2, floor=0.2)
    )
    assert len(plan.teams) == 5
    for place, team in enumerate(plan.teams):
        assert "m0" in team.members
        for other in plan.teams[:place]:
            assert len((set(team.members) & set(other.members)) - {"m0"}) <= 1
    counts = {name: sum(name in team.members for team in plan.teams) for name in names(30)[1:]}
    assert max(counts.values()) <= 2
    values = [team.value for team in plan.teams]
    assert values == sorted(values, reverse=True)


def test_overlap_costs_what_is_stated() -> None:
    fit = np.array([[0.9, 0.0], [0.0, 0.9], [0.85, 0.0]])
    chosen = TeamSettings(teams=2, most_shared=2, weights=ONLY_FIT, overlap_penalty=0.1)
    plan = plan_teams(request(fit), chosen)
    assert plan.teams[1].shared == ("m1",) and filled(plan.teams[1]) == ["m2", "m1"]
    assert plan.teams[1].score == pytest.approx(0.875) and plan.teams[1].value == pytest.approx(0.775)
    assert plan_teams(request(fit), TeamSettings(teams=2, most_shared=0, weights=ONLY_FIT)).exhausted


def test_the_same_people_are_no_second_team() -> None:
    plan = plan_teams(request(np.array([[0.9, 0.8], [0.8, 0.9]])), TeamSettings(teams=3, most_shared=12))
    assert len(plan.teams) == 1 and plan.exhausted


def test_a_slot_with_nobody_is_named_instead_of_a_bad_team() -> None:
    plan = plan_teams(request(np.array([[0.9, 0.2], [0.8, 0.3]])), TeamSettings())
    assert plan.teams == ()
    (hole,) = plan.uncovered
    assert (hole.slot_id, hole.label, hole.reason, hole.best_id, hole.best_fit) == ("s1", "slot 1", "nobody", "m1", 0.3)


def test_a_slot_whose_people_may_not_take_part_says_so() -> None:
    fit = np.array([[0.9, 0.0], [0.0, 0.9]])
    barred = plan_teams(request(fit, exposure={"m1": 3}), TeamSettings(exposure_limit=3))
    assert [(hole.slot_id, hole.reason) for hole in barred.uncovered] == [("s1", "barred")]
    apart = plan_teams(request(fit, asker="m0", forbidden=[("m0", "m1")]), TeamSettings())
    assert [(hole.slot_id, hole.reason) for hole in apart.uncovered] == [("s1", "barred")]


def test_slots_that_need_the_same_person_are_contested() -> None:
    plan = plan_teams(request(np.array([[0.9, 0.9], [0.0, 0.0]])), TeamSettings())
    assert len(plan.uncovered) == 1 and plan.uncovered[0].reason == "contested"
    both = plan_teams(request(np.array([[0.9, 0.9], [0.0, 0.0]])), TeamSettings(slots_per_person=2))
    assert both.teams[0].members == ("m0",)


def test_the_asker_is_in_the_team_even_without_a_slot() -> None:
    plan = plan_teams(request(np.array([[0.0], [0.9]]), asker="m0"), TeamSettings(teams=1))
    assert plan.teams[0].members == ("m0", "m1") and filled(plan.teams[0]) == ["m1"]


def test_the_preferred_city_decides_between_equals() -> None:
    asked = request(np.array([[0.8], [0.8]]), cities=["北京", "上海"], city="上海")
    team = plan_teams(asked, TeamSettings(teams=1)).teams[0]
    assert filled(team) == ["m1"] and team.slots[0].in_city and team.parts["city"] == 1.0


def test_each_slot_says_who_else_could_and_what_supports_it() -> None:
    fit = np.array([[0.9, 0.0], [0.0, 0.9], [0.7, 0.0], [0.6, 0.0]])
    support = np.array([[0.9, 0.8], [0.7, 0.2]])
    asked = request(fit, resources=["r0", "r1"], resource_fit=support, forbidden=[("m1", "m2")])
    first, second = plan_teams(asked, TeamSettings(teams=1)).teams[0].slots
    # m2 fits better than m3 but may not join m1. r1 to the first and r0 to the second: 0.7 + 0.8 over 0.9 + nothing.
    assert (first.alternative_id, first.alternative_fit) == ("m3", 0.6)
    assert (first.resource_id, second.resource_id) == ("r1", "r0")
    assert second.alternative_id is None


def test_no_slots_and_no_candidates_give_no_team() -> None:
    assert plan_teams(request(np.zeros((3, 0))), TeamSettings()).teams == ()
    empty = plan_teams(request(np.zeros((0, 2))), TeamSettings())
    assert [hole.best_id for hole in empty.uncovered] == [None, None]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -0.1, 1.1])
def test_wrong_numbers_are_refused(value: float) -> None:
    wrong = np.full((3, 2), value)
    with pytest.raises(InvalidInput, match="fit"):
        plan_teams(request(wrong), TeamSettings())
    with pytest.raises(InvalidInput, match="affinity"):
        plan_teams(request(np.ones((3, 2)), affinity=np.full((3, 3), value)), TeamSettings())


def test_wrong_requests_are_refused() -> None:
    fit = np.ones((3, 2))
    with pytest.raises(InvalidInput, match="symmetric"):
        plan_teams(request(fit, affinity=np.triu(np.ones((3, 3)), 1)), TeamSettings())
    with pytest.raises(InvalidInput, match="shape"):
        plan_teams(TeamRequest(slots(1), names(3), fit), TeamSettings())
    with pytest.raises(InvalidInput, match="asker"):
        plan_teams(request(fit, asker="nobody"), TeamSettings())
    with pytest.raises(InvalidInput, match="forbidden"):
        plan_teams(request(fit, forbidden=[("m0", "nobody")]), TeamSettings())
    with pytest.raises(InvalidInput, match="cities"):
        plan_teams(request(fit, cities=["上海"]), TeamSettings())
    with pytest.raises(InvalidInput, match="exposure"):
        plan_teams(request(fit, exposure={"m0": -1}), TeamSettings())
    with pytest.raises(TooLarge, match="slots"):
        plan_teams(request(np.ones((3, 13))), TeamSettings())
    with pytest.raises(ValidationError, match="sum to"):
        TeamWeights(fit=0.9, affinity=0.9)


def test_the_same_seed_gives_the_same_teams() -> None:
    found = [plan_teams(random_request(15, 3, 8), TeamSettings(seed=4)) for _ in range(2)]
    assert [team.members for team in found[0].teams] == [team.members for team in found[1].teams]


@pytest.mark.slow
def test_the_time_limit_is_kept() -> None:
    plan = plan_teams(random_request(120, 6, 1), TeamSettings(teams=2, time_limit_seconds=1.5))
    assert plan.seconds < 5.0 and len(plan.teams) == 2
    assert all(0.0 <= team.gap <= 1.0 and team.value <= team.bound for team in plan.teams)
