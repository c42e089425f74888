"""Coffee and table rounds: everyone is seated, nobody meets again too soon, the scores at the tables sum high.

Groups of two and three are settled with proof (`partition.py`), larger tables by local search beside a bound. What
must not be is priced so high that no score outweighs it, in this order: forbidden pairs, repeats, being in the odd
group twice in a row. A round that still holds a forbidden pair or, unless allowed, a repeat is refused, never returned.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from copilot.errors import InvalidInput
from copilot.matching.optimum import (
    STEPS,
    Impossible,
    Matrix,
    NotFoundInTime,
    Status,
    Stopwatch,
    checked_ids,
    checked_symmetric,
    joined,
    placed_pairs,
    relative_gap,
    together,
)
from copilot.matching.seatings.partition import Partition, Seating
from copilot.matching.seatings.round_models import MAX_ROUNDS, Groups, Round, RoundPlan, RoundRequest, RoundSettings
from copilot.matching.seatings.search import search_seating

MAX_MEMBERS = 600
# Starts of a plan that ran into a dead end; each prefers other pairs a little more.
_ATTEMPTS = 12
_NOISE = 0.1
_LEAST_SECONDS = 0.5


def table_sizes(count: int, size: int, odd_tables: Literal["smaller", "larger"] = "smaller") -> list[int]:
    """Return the sizes of the groups of `count` members, largest first; they differ by one at most.

    Too few members for tables of `size` and its neighbour give tables as even as possible; nobody gives none.

    Raises:
        InvalidInput: one member cannot meet anybody.
    """
    if count == 0:
        return []
    if count == 1:
        raise InvalidInput("a round needs at least two members", field="members", limit=2)
    larger = odd_tables == "larger" or size == 2
    tables = max(1, count // size if larger else -(-count // size))
    if -(-count // tables) > size + 1:
        tables = -(-count // size)
    if count // tables < 2:
        tables = count // 2
    least, more = divmod(count, tables)
    return [least + 1] * more + [least] * (tables - more)


def plan_round(request: RoundRequest, settings: RoundSettings) -> Round:
    """Return the best round found for the members; nobody in the request gives a round with no groups.

    Raises:
        InvalidInput: ids, pairs or scores are wrong, or there is only one member.
        Impossible: no round keeps the rules; `rule` is `forbidden`, `wanted` or `repeats`, `members` or `pairs` names
            the cause.
        NotFoundInTime: no round that keeps the rules was found, and none was ruled out either.
    """
    return _plan(request, settings, request.scores)


def plan_rounds(request: RoundRequest, settings: RoundSettings, rounds: int) -> RoundPlan:
    """Return `rounds` (1-52) rounds in sequence, each the best found after the ones before it.

    The best first rounds can leave no later one without repeats. Then the plan is begun anew with scores shaken a
    little (totals and bounds remain those of the true scores), up to 11 times.

    Raises:
        InvalidInput: as `plan_round`, or `rounds` is out of bounds.
        Impossible, NotFoundInTime: as `plan_round`, and no new start helped.
    """
    if not 1 <= rounds <= MAX_ROUNDS:
        raise InvalidInput(f"rounds must be between 1 and {MAX_ROUNDS}", field="rounds", limit=MAX_ROUNDS)
    watch = Stopwatch(settings.time_limit_seconds * rounds)
    rng = np.random.default_rng(settings.seed)
    preferred = request.scores
    for attempt in range(_ATTEMPTS):
        try:
            planned = _sequence(request, settings, preferred, (rounds, watch))
        except (Impossible, NotFoundInTime) as error:
            is_last = attempt == _ATTEMPTS - 1 or not watch.left()
            if is_last or error.data.get("rule") != "repeats" or not error.data.get("earlier"):
                raise
            noise = rng.random((len(request.members), len(request.members))) * _NOISE * (attempt + 1)
            preferred = np.clip(np.asarray(request.scores, dtype=np.float64) - (noise + noise.T) / 2.0, 0.0, 1.0)
            continue
        total, bound = sum(found.total for found in planned), sum(found.bound for found in planned)
        return RoundPlan(
            rounds=tuple(planned), total=total, bound=bound, gap=relative_gap(total, bound), seconds=watch.spent()
        )
    raise AssertionError("the last attempt returns or raises")


def _sequence(
    request: RoundRequest, settings: RoundSettings, preferred: Matrix, extent: tuple[int, Stopwatch]
) -> list[Round]:
    rounds, watch = extent
    history: list[Groups] = list(request.history)
    planned: list[Round] = []
    for _ in range(rounds):
        try:
            first = () if planned else request.wanted_first
            # A new start has what the others left, so that all of them keep the limit of the whole.
            limit = max(_LEAST_SECONDS, min(settings.time_limit_seconds, watch.left()))
            limited = settings.model_copy(update={"time_limit_seconds": limit})
            found = _plan(replace(request, history=history, wanted_first=first), limited, preferred)
        except (Impossible, NotFoundInTime) as error:
            error.data["earlier"] = len(planned)
            raise
        planned.append(found)
        history.append(found.groups)
    return planned


@dataclass(frozen=True)
class _Rules:
    """The request by position: what is priced and how high."""

    scores: Matrix
    forbidden: NDArray[np.bool_]
    repeats: NDArray[np.bool_]
    blocks: list[list[int]]
    tired: NDArray[np.bool_]
    sizes: list[int]
    odd: int

    def seating(self, preferred: Matrix) -> Seating:
        """Return the scores with penalties, each so high that no gain below it outweighs it."""
        pairs = sum(size * (size - 1) // 2 for size in self.sizes)
        toll = pairs + 1.0
        seats = self.sizes.count(self.odd) * self.odd
        repeat = toll + toll * min(seats, int(self.tired.sum()))
        never = repeat * (pairs + 1.0)
        worth = preferred - repeat * self.repeats - never * self.forbidden
        return Seating(worth, Counter(self.sizes), self.blocks, self.odd, toll * self.tired.astype(np.float64))


def _plan(request: RoundRequest, settings: RoundSettings, preferred: Matrix) -> Round:
    watch = Stopwatch(settings.time_limit_seconds)
    places = checked_ids(request.members, MAX_MEMBERS, "members")
    scores = checked_symmetric(request.scores, len(places), "scores")
    rules = _read_rules(request, settings, places, scores)
    if not rules.sizes:
        return _answer(request, rules, [], 0.0, watch)
    shaken = scores if preferred is request.scores else checked_symmetric(preferred, len(places), "scores")
    seating = rules.seating(shaken)
    groups, is_proven, bound = _solve(seating, settings, watch)
    _refuse(request, settings, rules, groups, is_proven=is_proven)
    true = rules.seating(scores)
    # The penalties that remain are as low as can be, so what the bound leaves above them is a bound on the scores.
    priced = bound + _score(groups, scores) - true.value(groups) if shaken is scores else np.inf
    return _answer(request, rules, groups, min(priced, _partner_bound(rules, groups)), watch)


def _solve(seating: Seating, settings: RoundSettings, watch: Stopwatch) -> tuple[list[list[int]], bool, float]:
    """Return groups, whether they are proven best, and the bound on their worth (infinite without proof)."""
    count = len(seating.worth)
    is_small = max(seating.sizes) <= 3
    steps = 3 * count if is_small else 30 * count + 500
    share = Stopwatch(settings.time_limit_seconds * (0.2 if is_small else 0.9))
    groups = search_seating(seating, np.random.default_rng(settings.seed), steps, share)
    if groups is None:
        raise Impossible("the wanted pairs do not fit into the groups", rule="wanted", field="wanted")
    if not is_small:
        return groups, len(seating.sizes) == 1 and len(groups) == 1, np.inf
    proof = Partition(seating, groups, watch).solve()
    return proof.groups, proof.bound - proof.value < 0.5 / STEPS, proof.bound


def _read_rules(request: RoundRequest, settings: RoundSettings, places: dict[str, int], scores: Matrix) -> _Rules:
    members = request.members
    sizes = table_sizes(len(members), settings.size, settings.odd_tables)
    forbidden = placed_pairs(request.forbidden, places, "forbidden")
    wanted = placed_pairs([*request.wanted, *request.wanted_first], places, "wanted")
    blocks = joined(sorted(wanted), len(members))
    together_pairs = {pair for block in blocks for pair in combinations(block, 2)}
    for one, other in sorted(together_pairs & forbidden):
        raise Impossible(
            f"{members[one]!r} and {members[other]!r} are to share a group and must not",
            rule="wanted", field="wanted", members=[members[one], members[other]],
        )  # fmt: skip
    for block in blocks:
        if len(block) > sizes[0]:
            names = [members[member] for member in block]
            raise Impossible(
                f"{len(block)} members are tied together; the largest group has {sizes[0]}",
                rule="wanted", field="wanted", members=names,
            )  # fmt: skip
    never = _matrix(forbidden, len(members))
    met = np.zeros_like(never)
    if settings.no_repeat_rounds:
        for earlier in request.history[-settings.no_repeat_rounds :]:
            met |= together(earlier, places)
    for one, other in together_pairs:
        met[one, other] = met[other, one] = False
    odd = next((size for size in sizes if size != settings.size), 0) if settings.size in sizes else 0
    return _Rules(scores, never, met, blocks, _tired(request, settings, places), sizes, odd)


def _matrix(pairs: Iterable[tuple[int, int]], count: int) -> NDArray[np.bool_]:
    array = np.zeros((count, count), dtype=np.bool_)
    for one, other in pairs:
        array[one, other] = array[other, one] = True
    return array


def _tired(request: RoundRequest, settings: RoundSettings, places: dict[str, int]) -> NDArray[np.bool_]:
    """Return (n,): who was in an odd group last time, that is one not of the usual size of that round."""
    tired = np.zeros(len(places), dtype=np.bool_)
    last = request.history[-1] if request.history else ()
    counts = Counter(len(group) for group in last)
    usual = settings.size if settings.size in counts else max(counts, key=lambda size: counts[size], default=0)
    for group in last:
        if len(group) != usual:
            tired[[places[name] for name in group if name in places]] = True
    return tired


def _pairs_of(groups: Iterable[Sequence[int]]) -> list[tuple[int, int]]:
    return [pair for group in groups for pair in combinations(sorted(group), 2)]


def _score(groups: Sequence[Sequence[int]], scores: Matrix) -> float:
    return float(sum(scores[one, other] for one, other in _pairs_of(groups)))


def _refuse(
    request: RoundRequest, settings: RoundSettings, rules: _Rules, groups: list[list[int]], *, is_proven: bool
) -> None:
    """Raise where the groups break a rule: these are the fewest breaks that were found."""
    pairs = _pairs_of(groups)
    names = request.members
    for rule, table in (("forbidden", rules.forbidden), ("repeats", rules.repeats)):
        broken = [[names[one], names[other]] for one, other in pairs if table[one, other]]
        if not broken or (rule == "repeats" and settings.allow_repeats):
            continue
        said = "sharing a group that is forbidden" if rule == "forbidden" else "meeting again"
        if is_proven:
            raise Impossible(f"there is no round without {len(broken)} pairs {said}", rule=rule, pairs=broken)
        raise NotFoundInTime(
            f"no round without pairs {said} was found; the fewest are {len(broken)}",
            rule=rule, pairs=broken, seconds=settings.time_limit_seconds,
        )  # fmt: skip


def _partner_bound(rules: _Rules, groups: Sequence[Sequence[int]]) -> float:
    """Return half the sum of each member's best partners: a seat gives no member more.

    The larger groups go to those who gain most by one partner more. Repeats count as allowed where the round has some.
    """
    has_repeats = any(rules.repeats[one, other] for one, other in _pairs_of(groups))
    barred = rules.forbidden if has_repeats else rules.forbidden | rules.repeats
    allowed = np.where(barred, 0.0, rules.scores)
    best = -np.sort(-allowed, axis=1)
    least, largest = rules.sizes[-1], rules.sizes[0]
    few = best[:, : least - 1].sum(axis=1)
    more = np.sort(best[:, : largest - 1].sum(axis=1) - few)[::-1]
    return float(few.sum() + more[: largest * rules.sizes.count(largest)].sum()) / 2.0


def _answer(request: RoundRequest, rules: _Rules, groups: list[list[int]], bound: float, watch: Stopwatch) -> Round:
    names = request.members
    total = _score(groups, rules.scores)
    # A bound is never below what was reached but for the last digits of sums.
    bound = max(total, bound)
    is_best = bound - total < 0.5 / STEPS
    tired = [member for group in groups if len(group) == rules.odd for member in group if rules.tired[member]]
    return Round(
        groups=tuple(sorted(tuple(names[member] for member in group) for group in groups)),
        total=round(total, 6), bound=round(bound, 6), gap=0.0 if is_best else relative_gap(total, bound),
        status=Status.OPTIMAL if is_best else Status.FEASIBLE,
        repeats=tuple((names[one], names[other]) for one, other in _pairs_of(groups) if rules.repeats[one, other]),
        odd_again=tuple(names[member] for member in sorted(tired)), seconds=watch.spent(),
    )  # fmt: skip
