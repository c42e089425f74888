"""Rounds: everyone is seated, nobody meets again, the total is the best there is on instances small enough to count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.errors import InvalidInput, TooLarge
from copilot.matching.optimum import Impossible, Matrix, NotFoundInTime, Status
from copilot.matching.seatings.round_models import Groups, Round, RoundRequest, RoundSettings
from copilot.matching.seatings.rounds import plan_round, plan_rounds, table_sizes
from tests.timing import seconds_of_work

Pair = tuple[str, str]


def random_scores(count: int, seed: int) -> Matrix:
    values = np.random.default_rng(seed).random((count, count))
    return np.round((values + values.T) / 2.0, 6)


def names(count: int) -> list[str]:
    return [f"m{member}" for member in range(count)]


def request(count: int, seed: int = 0, **fields: Any) -> RoundRequest:
    return RoundRequest(names(count), random_scores(count, seed), **fields)


def pairs_of(groups: Groups) -> set[Pair]:
    return {pair for group in groups for pair in combinations(sorted(group), 2)}


def seatings(people: Sequence[int], sizes: Sequence[int]) -> Iterator[list[tuple[int, ...]]]:
    """Yield every way to seat people, slowly."""
    if not people:
        yield []
        return
    for size in sorted(set(sizes)):
        left = list(sizes)
        left.remove(size)
        for others in combinations(people[1:], size - 1):
            group = (people[0], *others)
            rest = [one for one in people if one not in group]
            for seating in seatings(rest, left):
                yield [group, *seating]


def best_by_counting(count: int, scores: Matrix, sizes: Sequence[int], barred: set[Pair], tied: set[Pair]) -> float:
    """Return the highest total of all seatings that keep the rules, or minus infinity."""
    best = -np.inf
    for seating in seatings(range(count), sizes):
        met = {(f"m{one}", f"m{other}") for group in seating for one, other in combinations(group, 2)}
        if not met & barred and tied <= met:
            total = sum(scores[one, other] for group in seating for one, other in combinations(group, 2))
            best = max(best, float(total))
    return best


def assert_all_are_seated_once(found: Round, count: int) -> None:
    assert sorted(name for group in found.groups for name in group) == sorted(names(count))


@pytest.mark.parametrize(
    ("count", "size", "odd", "sizes"),
    [
        (0, 2, "smaller", []),
        (2, 2, "smaller", [2]),
        (3, 2, "smaller", [3]),
        (7, 2, "smaller", [3, 2, 2]),
        (4, 3, "smaller", [2, 2]),
        (8, 3, "smaller", [3, 3, 2]),
        (8, 3, "larger", [4, 4]),
        (5, 8, "smaller", [5]),
        (11, 8, "larger", [6, 5]),
        (15, 8, "smaller", [8, 7]),
        (17, 8, "larger", [9, 8]),
        (3, 3, "smaller", [3]),
    ],
)
def test_tables_differ_by_one_seat_at_most(count: int, size: int, odd: Any, sizes: list[int]) -> None:
    assert table_sizes(count, size, odd) == sizes


@given(st.integers(2, 200), st.integers(2, 20), st.sampled_from(["smaller", "larger"]))
def test_table_sizes_seat_everyone_and_nobody_alone(count: int, size: int, odd: Any) -> None:
    sizes = table_sizes(count, size, odd)
    assert sum(sizes) == count and min(sizes) >= 2 and max(sizes) - min(sizes) <= 1 and max(sizes) <= size + 1


def test_pairs_of_four_are_the_best_of_three_ways() -> None:
    scores = np.zeros((4, 4))
    for one, other, score in ((0, 1, 0.9), (2, 3, 0.1), (0, 2, 0.6), (1, 3, 0.5), (0, 3, 0.2), (1, 2, 0.2)):
        scores[one, other] = scores[other, one] = score
    # 0.9 + 0.1 = 1.0, 0.6 + 0.5 = 1.1, 0.2 + 0.2 = 0.4: taking the best pair first would lose
    found = plan_round(RoundRequest(names(4), scores), RoundSettings())
    assert found.groups == (("m0", "m2"), ("m1", "m3"))
    assert found.total == pytest.approx(1.1)
    assert found.status is Status.OPTIMAL and found.gap == 0.0


@pytest.mark.slow
@settings(max_examples=40)
@given(st.integers(2, 8), st.sampled_from([2, 3]), st.integers(0, 10_000), st.data())
def test_pairs_and_threes_are_as_good_as_counting_them_all(
    count: int, size: int, seed: int, data: st.DataObject
) -> None:
    every = [(f"m{one}", f"m{other}") for one, other in combinations(range(count), 2)]
    barred = set(data.draw(st.lists(st.sampled_from(every), max_size=3)))
    tied = set(data.draw(st.lists(st.sampled_from(every), max_size=1))) - barred
    asked = request(count, seed, forbidden=sorted(barred), wanted=sorted(tied))
    best = best_by_counting(count, asked.scores, table_sizes(count, size), barred, tied)
    if best == -np.inf:
        with pytest.raises(Impossible):
            plan_round(asked, RoundSettings(size=size))
        return
    found = plan_round(asked, RoundSettings(size=size))
    assert_all_are_seated_once(found, count)
    assert found.status is Status.OPTIMAL
    assert found.total == pytest.approx(best, abs=1e-5)
    assert tied <= pairs_of(found.groups) and not barred & pairs_of(found.groups)


@settings(max_examples=15)
@given(st.integers(4, 9), st.sampled_from([4, 5]), st.integers(0, 10_000))
def test_the_bound_of_tables_is_never_below_the_best(count: int, size: int, seed: int) -> None:
    asked = request(count, seed)
    best = best_by_counting(count, asked.scores, table_sizes(count, size), set(), set())
    found = plan_round(asked, RoundSettings(size=size))
    assert_all_are_seated_once(found, count)
    assert found.total == pytest.approx(best, abs=1e-5)
    assert found.bound >= best - 1e-5


def test_nobody_gives_no_groups_and_one_alone_is_refused() -> None:
    nobody = plan_round(RoundRequest([], np.zeros((0, 0))), RoundSettings())
    assert nobody.groups == () and nobody.status is Status.OPTIMAL
    with pytest.raises(InvalidInput, match="at least two"):
        plan_round(request(1), RoundSettings())


def test_two_make_a_pair_and_three_a_three() -> None:
    assert plan_round(request(2), RoundSettings()).groups == (("m0", "m1"),)
    assert plan_round(request(3), RoundSettings()).groups == (("m0", "m1", "m2"),)


@pytest.mark.slow
@pytest.mark.parametrize(("count", "size"), [(24, 2), (25, 2), (24, 3), (32, 4)])
def test_six_rounds_repeat_nobody_and_leave_nobody_out(count: int, size: int) -> None:
    asked = request(count, 1)
    plan = plan_rounds(asked, RoundSettings(size=size, no_repeat_rounds=6, time_limit_seconds=2.0), 6)
    met: set[Pair] = set()
    for found in plan.rounds:
        assert_all_are_seated_once(found, count)
        assert not pairs_of(found.groups) & met and found.repeats == ()
        met |= pairs_of(found.groups)
    assert plan.total <= plan.bound + 1e-5


def test_who_was_in_the_three_is_not_in_the_next() -> None:
    plan = plan_rounds(request(9, 5), RoundSettings(no_repeat_rounds=3), 3)
    threes = [next(set(group) for group in found.groups if len(group) == 3) for found in plan.rounds]
    assert not threes[0] & threes[1] and not threes[1] & threes[2]
    assert all(found.odd_again == () for found in plan.rounds)


def test_who_must_be_in_the_three_again_is_named() -> None:
    # With five people two of the three in the next three are from the last one at least: 3 of 5 and 3 of 5 share one.
    last = [("m0", "m1", "m2"), ("m3", "m4")]
    found = plan_round(request(5, 2, history=[last]), RoundSettings(no_repeat_rounds=0))
    assert len(found.odd_again) == 1 and found.status is Status.OPTIMAL


def test_a_dead_end_is_left_by_another_start() -> None:
    # Three rounds of six people can leave two triangles, in which nobody is left to be paired; five rounds are possible.
    for seed in range(6):
        plan = plan_rounds(request(6, seed), RoundSettings(no_repeat_rounds=5), 5)
        assert len({pair for found in plan.rounds for pair in pairs_of(found.groups)}) == 15


def test_a_round_without_repeats_that_does_not_exist_is_refused_or_has_the_fewest() -> None:
    history = [[("m0", "m1"), ("m2", "m3")], [("m0", "m2"), ("m1", "m3")], [("m0", "m3"), ("m1", "m2")]]
    asked = request(4, history=history)
    with pytest.raises(Impossible, match="meeting again") as refused:
        plan_round(asked, RoundSettings(no_repeat_rounds=3))
    pairs = refused.value.data["pairs"]
    assert refused.value.data["rule"] == "repeats" and isinstance(pairs, list) and len(pairs) == 2
    found = plan_round(asked, RoundSettings(no_repeat_rounds=3, allow_repeats=True))
    assert set(found.repeats) == pairs_of(found.groups) and len(found.repeats) == 2
    assert plan_round(asked, RoundSettings(no_repeat_rounds=2)).groups == (("m0", "m1"), ("m2", "m3"))


def test_tables_without_repeats_that_are_not_found_say_so() -> None:
    asked = request(8, history=[[names(8)]])
    with pytest.raises((NotFoundInTime, Impossible)) as refused:
        plan_round(asked, RoundSettings(size=4, time_limit_seconds=0.5))
    assert refused.value.data["rule"] == "repeats"


def test_unknown_ids_of_history_are_ignored() -> None:
    asked = request(4, history=[[("m0", "gone"), ("left", "m1", "m2")]])
    assert ("m1", "m2") not in pairs_of(plan_round(asked, RoundSettings()).groups)


def test_wanted_pairs_may_meet_each_time() -> None:
    plan = plan_rounds(request(8, wanted=[("m0", "m1")]), RoundSettings(no_repeat_rounds=4), 4)
    assert all(("m0", "m1") in pairs_of(found.groups) and found.repeats == () for found in plan.rounds)


def test_wanted_pairs_are_kept_at_large_tables() -> None:
    wanted = [("m0", "m1"), ("m1", "m2"), ("m7", "m9"), ("m20", "m30")]
    found = plan_round(request(40, 3, wanted=wanted, forbidden=[("m0", "m7")]), RoundSettings(size=8))
    assert set(wanted) <= pairs_of(found.groups) and ("m0", "m7") not in pairs_of(found.groups)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"wanted": [("m0", "m1")], "forbidden": [("m1", "m0")]}, "must not"),
        ({"wanted": [("m0", "m1"), ("m1", "m2")], "forbidden": [("m0", "m2")]}, "must not"),
        ({"wanted": [("m0", "m1"), ("m1", "m2")]}, "tied together"),
        ({"forbidden": [("m0", f"m{other}") for other in range(1, 6)]}, "forbidden"),
    ],
)
def test_contradictions_are_named(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(Impossible, match=said):
        plan_round(request(6, **fields), RoundSettings())


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        (np.full((4, 4), np.nan), "finite"),
        (np.full((4, 4), np.inf), "finite"),
        (np.full((4, 4), 1.5), "from 0 to 1"),
        (np.triu(np.full((4, 4), 0.5), 1), "symmetric"),
        (np.zeros((3, 3)), "shape"),
    ],
)
def test_wrong_scores_are_refused(scores: Matrix, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        plan_round(RoundRequest(names(4), scores), RoundSettings())


def test_wrong_ids_are_refused() -> None:
    with pytest.raises(InvalidInput, match="different"):
        plan_round(RoundRequest(["a", "a"], np.zeros((2, 2))), RoundSettings())
    with pytest.raises(InvalidInput, match="not take part"):
        plan_round(request(4, forbidden=[("m0", "nobody")]), RoundSettings())
    with pytest.raises(InvalidInput, match="itself"):
        plan_round(request(4, wanted=[("m0", "m0")]), RoundSettings())
    with pytest.raises(TooLarge):
        plan_round(RoundRequest(names(601), np.zeros((601, 601))), RoundSettings())
    with pytest.raises(InvalidInput, match="rounds"):
        plan_rounds(request(4), RoundSettings(), 0)


@pytest.mark.parametrize("size", [2, 3, 5])
def test_the_same_seed_gives_the_same_round(size: int) -> None:
    found = [plan_round(request(21, 4), RoundSettings(size=size, seed=3)) for _ in range(2)]
    assert found[0].groups == found[1].groups and found[0].bound == found[1].bound


@pytest.mark.slow
@pytest.mark.parametrize(("size", "limit"), [(3, 1.0), (8, 0.5)])
def test_the_time_limit_is_kept(size: int, limit: float) -> None:
    found = plan_round(request(120, 2), RoundSettings(size=size, time_limit_seconds=limit))
    assert_all_are_seated_once(found, 120)
    assert found.seconds < limit + 2.0


@pytest.mark.slow
def test_a_hundred_pairs_are_settled_in_seconds() -> None:
    asked = request(200, 1)
    assert seconds_of_work(lambda: plan_round(asked, RoundSettings(time_limit_seconds=30.0)), repeats=1) < 5.0
