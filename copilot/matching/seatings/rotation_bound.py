"""The relaxation of a rotation as an integer program: every rule holds exactly, only the gain is counted from above.

Members who share a group now know one another. So the new pairs of a group are at most its pairs less those of the same
origin, and at most the unknown people each arrival finds listed there plus the pairs of arrivals of different origin.
Who of these arrivals met in older rounds is left out; that is all the bound gives away. Its solution is a rotation that
keeps every rule, so it also is where the search starts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from copilot.matching.optimum import Stopwatch, make_solver

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

Ints = NDArray[np.int64]
_MOST_DEALS = 50_000


@dataclass(frozen=True)
class Task:
    """A rotation to plan by position, with everything whole.

    Attributes:
        at: (n,) group of each member now.
        groups: how many groups.
        unknown: (n, n) whether two members never shared a group.
        least, largest: bounds on the size of a group.
        features: (f, n) what a group sums over its members: a city as 0 or 1, activity in thousandths, stars.
        low, high: (f, groups) bounds on the sums less the fair share of the feature by size; times n.
        blocks: members who share a group afterwards.
        stays: members who stay where they are.
        most_moves: how many may change groups.
        forbidden: (n, n) who may share a group only where both are already and stay.
    """

    at: Ints
    groups: int
    unknown: NDArray[np.bool_]
    least: int
    largest: int
    features: Ints
    low: Ints
    high: Ints
    blocks: Sequence[Sequence[int]]
    stays: NDArray[np.bool_]
    most_moves: int
    forbidden: NDArray[np.bool_]

    def gain(self, to: Ints) -> int:
        """Return how many pairs share a group for the first time."""
        shared = to[:, None] == to[None, :]
        return int((self.unknown & shared).sum()) // 2

    def excess(self, to: Ints) -> Ints:
        """Return (f, groups): sums less the fair share by size, times n."""
        return excess(self.features, to, self.groups)

    def allows(self, to: Ints) -> bool:
        """Whether a rotation keeps every rule."""
        sizes = np.bincount(to, minlength=self.groups)
        beyond = self.excess(to)
        return bool(
            (sizes >= self.least).all()
            and (sizes <= self.largest).all()
            and (beyond >= self.low).all()
            and (beyond <= self.high).all()
            and all(len(set(to[list(block)].tolist())) == 1 for block in self.blocks)
            and (to == self.at)[self.stays].all()
            and int((to != self.at).sum()) <= self.most_moves
            and not self._brings_together(to)
        )

    def _brings_together(self, to: Ints) -> bool:
        shared = self.forbidden & (to[:, None] == to[None, :])
        stayed = to == self.at
        return bool((shared & ~(stayed[:, None] & stayed[None, :])).any())


def excess(features: Ints, to: Ints, groups: int) -> Ints:
    """Return (f, groups): what each group sums less its fair share, which is the total by size; times n."""
    inside = (to[:, None] == np.arange(groups)[None, :]).astype(np.int64)
    fair: Ints = np.outer(features.sum(axis=1), inside.sum(axis=0))
    beyond: Ints = len(to) * (features @ inside) - fair
    return beyond


@dataclass(frozen=True)
class Relaxed:
    """What the relaxation found: a rotation that keeps every rule, if any, and what none exceeds.

    `is_impossible` says that no rotation keeps the rules.
    """

    to: Ints | None
    bound: float
    is_impossible: bool


def ceiling(task: Task) -> int:
    """Return new pairs that no rotation exceeds, from sizes and moves alone: instant, where CP-SAT may need its time.

    A group of s people with a arrivals has at most a * s - a * (a + 1) / 2 pairs that hold an arrival, less those of
    arrivals of one origin, which are fewest when origins share evenly. Sizes and arrivals are dealt out to the groups
    at the highest sum; where there are too many ways to do so, every group is taken to be as large as allowed.
    """
    width = task.largest - task.least + 1
    spare, limit = len(task.at) - task.groups * task.least, min(task.most_moves, len(task.at))
    if width * (task.largest + 1) * task.groups > _MOST_DEALS or (spare + 1) * (limit + 1) > 10 * _MOST_DEALS:
        counts = [[_most_new(arrivals, task.largest, task.groups)] for arrivals in range(task.largest + 1)]
        spare = 0
    else:
        sizes = range(task.least, task.largest + 1)
        counts = [[_most_new(arrivals, size, task.groups) for size in sizes] for arrivals in range(task.largest + 1)]
    best = np.full((spare + 1, limit + 1), -np.inf)
    best[0, 0] = 0.0
    for _ in range(task.groups):
        after = np.full_like(best, -np.inf)
        for arrivals, row in enumerate(counts[: limit + 1]):
            for larger, pairs in enumerate(row[: spare + 1]):
                dealt = best[: spare + 1 - larger, : limit + 1 - arrivals] + pairs
                there = after[larger:, arrivals:]
                np.maximum(there, dealt, out=there)
        best = after
    return int(best[spare].max())


def _most_new(arrivals: int, size: int, groups: int) -> float:
    if arrivals > size or (groups == 1 and arrivals):
        return -np.inf
    each, more = divmod(arrivals, max(1, groups - 1))
    same = more * (each + 1) * each // 2 + (groups - 1 - more) * each * (each - 1) // 2
    return arrivals * size - arrivals * (arrivals + 1) // 2 - same


def relax(task: Task, hint: Ints | None, watch: Stopwatch, share: float, seed: int) -> Relaxed:
    """Solve the relaxation within `share` (0-1) of the watch, from the rotation `hint`.

    Without a hint only the rules are solved, and the bound is the ceiling.
    """
    from ortools.sat.python import cp_model  # takes a second or more to import, so only when something is solved

    model = cp_model.CpModel()
    in_group = [[model.new_bool_var("") for _ in range(task.groups)] for _ in task.at]
    _add_rules(model, task, in_group)
    most = ceiling(task)
    if hint is not None:
        model.maximize(sum(_new_pairs(model, task, in_group, group) for group in range(task.groups)))
    likely = task.at if hint is None else hint
    for member, row in enumerate(in_group):
        for group, is_in in enumerate(row):
            model.add_hint(is_in, bool(likely[member] == group))
    solver = make_solver(watch.left(share), seed)
    status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return Relaxed(None, 0.0, is_impossible=True)
    bound = float(most if hint is None else min(most, np.floor(solver.best_objective_bound + 1e-6)))
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return Relaxed(None, bound, is_impossible=False)
    to = np.asarray([[solver.value(is_in) for is_in in row] for row in in_group], dtype=np.int64).argmax(axis=1)
    return Relaxed(to, bound, is_impossible=False)


def _add_rules(model: cp_model.CpModel, task: Task, in_group: list[list[cp_model.IntVar]]) -> None:
    count = len(task.at)
    for row in in_group:
        model.add_exactly_one(row)
    for block in task.blocks:
        for member in block[1:]:
            for one, other in zip(in_group[block[0]], in_group[member], strict=True):
                model.add(one == other)
    for member in np.flatnonzero(task.stays).tolist():
        model.add(in_group[member][int(task.at[member])] == 1)
    for first, second in np.argwhere(np.triu(task.forbidden)).tolist():
        for group in range(task.groups):
            if not task.at[first] == task.at[second] == group:
                model.add_bool_or([in_group[first][group].negated(), in_group[second][group].negated()])
    moved = [1 - row[int(home)] for row, home in zip(in_group, task.at, strict=True)]
    model.add(sum(moved) <= task.most_moves)
    totals = task.features.sum(axis=1)
    for group in range(task.groups):
        column = [row[group] for row in in_group]
        size = model.new_int_var(task.least, task.largest, "")
        model.add(size == sum(column))
        for feature, total in enumerate(totals.tolist()):
            held = sum(
                count * weight * column[one] for one, weight in enumerate(task.features[feature].tolist()) if weight
            )
            low, high = int(task.low[feature, group]), int(task.high[feature, group])
            model.add_linear_constraint(held - total * size, low, high)


def _new_pairs(
    model: cp_model.CpModel, task: Task, in_group: list[list[cp_model.IntVar]], group: int
) -> cp_model.IntVar:
    """Return a number that is at least the new pairs of a group and as low as the relaxation can tell."""
    most = task.largest * (task.largest - 1) // 2
    count = len(task.at)
    strangers = task.unknown[:, task.at == group].sum(axis=1).tolist()
    same_origin: list[cp_model.IntVar] = []
    arrivals: list[cp_model.IntVar] = []
    same_arrivals: list[cp_model.IntVar] = []
    for origin in range(task.groups):
        members = np.flatnonzero(task.at == origin).tolist()
        number = model.new_int_var(0, min(len(members), task.largest), "")
        model.add(number == sum(in_group[member][group] for member in members))
        pairs = model.new_int_var(0, most, "")
        # C(n, 2) from below by its chords: exact at whole numbers.
        for slope in range(min(len(members), task.largest)):
            model.add(pairs >= slope * number - slope * (slope + 1) // 2)
        same_origin.append(pairs)
        if origin != group:
            arrivals.append(number)
            same_arrivals.append(pairs)
    new = model.new_int_var(0, most, "")
    size_pairs = _pairs_of(model, sum(row[group] for row in in_group), task.least, task.largest)
    model.add(new <= size_pairs - sum(same_origin))
    limit = min(task.most_moves, task.largest)
    arrival_pairs = _pairs_of(model, sum(arrivals), 0, limit)
    found = sum(strangers[member] * in_group[member][group] for member in range(count) if task.at[member] != group)
    model.add(new <= found + arrival_pairs - sum(same_arrivals))
    return new


def _pairs_of(model: cp_model.CpModel, number: cp_model.LinearExpr | int, least: int, largest: int) -> cp_model.IntVar:
    """Return C(number, 2) for a number between bounds, from the list of its values."""
    values = range(least, largest + 1)
    pairs = model.new_int_var(0, max(1, largest * (largest - 1) // 2), "")
    is_value = [model.new_bool_var("") for _ in values]
    model.add_exactly_one(is_value)
    model.add(sum(value * one for value, one in zip(values, is_value, strict=True)) == number)
    model.add(sum(value * (value - 1) // 2 * one for value, one in zip(values, is_value, strict=True)) == pairs)
    return pairs
