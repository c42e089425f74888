"""Places members in groups of two and three at the highest total, with proof: a set partition by column generation.

A linear program over few groups prices all others; the groups it lacks are added until none improves it. Its prices
bound every seating (Lagrange), and a group whose reduced worth is further below the best of its size than the bound is
above the best seating known cannot be in a better one. What is left is small enough to settle exactly (HiGHS).

Blossom matching settles pairs alone; this settles pairs, one three among pairs, and threes by one method and its bound
holds whenever it is stopped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, vstack

from copilot.matching.optimum import STEPS, Matrix, Stopwatch, floor_step

Groups = NDArray[np.int64]
# Columns added a member in each turn; few keep the program small, many save turns.
_AT_FIRST, _ADDED = 8, {2: 4, 3: 3}
# Share of the time by which the prices are made.
_PRICING = 0.4
# Groups a first member, groups in all, share of the time: first a good choice of few groups, then the proof with all.
_CHOICES = ((64, 1_500, 0.75), (2_000, 40_000, 1.0))
_LIKELY = 1_500
_TOLERANCE = 1e-7
_INFEASIBLE = 2  # SciPy's number for it


@dataclass(frozen=True)
class Seating:
    """What is to be placed.

    Attributes:
        worth: (n, n) symmetric value of two members in one group; penalties for what should not be are inside.
        sizes: how many groups of each size; sizes times numbers is n.
        blocks: members that share a group, each of one or more; all members occur once.
        odd: the size that counts as odd, or 0 where all groups are alike.
        toll: (n,) what it costs when this member is in a group of the odd size.
    """

    worth: Matrix
    sizes: Mapping[int, int]
    blocks: Sequence[Sequence[int]]
    odd: int
    toll: Matrix

    def value(self, groups: Sequence[Sequence[int]]) -> float:
        """Return the worth of a seating, tolls taken off."""
        total = 0.0
        for group in groups:
            rows = np.asarray(group, dtype=np.int64)
            total += float(self.worth[np.ix_(rows, rows)].sum()) / 2.0
            if len(group) == self.odd:
                total -= float(self.toll[rows].sum())
        return total


@dataclass(frozen=True)
class Proof:
    """A seating and what no seating exceeds."""

    groups: list[list[int]]
    value: float
    bound: float


class _Pricer:
    """Finds groups by their reduced worth: what they are worth beyond the prices of their members."""

    def __init__(self, seating: Seating) -> None:
        self._seating = seating
        self._free = np.asarray([block[0] for block in seating.blocks if len(block) == 1], dtype=np.int64)
        self._twos = [block for block in seating.blocks if len(block) == 2]
        # Row by row, so that the pairs among the first m are a prefix.
        self._rows, self._columns = np.tril_indices(len(self._free), -1)

    def worths(self, groups: Groups) -> Matrix:
        """Return the worth of groups (c, size), shape (c,)."""
        worth, size = self._seating.worth, groups.shape[1]
        total = np.zeros(len(groups))
        for one in range(size):
            for other in range(one + 1, size):
                total += worth[groups[:, one], groups[:, other]]
        if size == self._seating.odd:
            total -= self._seating.toll[groups].sum(axis=1)
        return total

    def search(self, size: int, prices: Matrix, each: int, floor: float) -> tuple[Groups, float]:
        """Return groups with reduced worth over `floor`, and the best reduced worth of all groups of this size.

        Args:
            size: 2 or 3.
            prices: (n,) price of each member.
            each: how many, the best, for every first member; 0 for all.
            floor: reduced worth that groups must exceed.
        """
        charged = prices + self._seating.toll if size == self._seating.odd else prices
        found: list[Groups] = [np.zeros((0, size), dtype=np.int64)]
        best = -np.inf
        for place in range(size - 1, len(self._free)):
            first = self._free[place]
            others = self._free[:place]
            side = self._seating.worth[first, others] - charged[others]
            if size == 2:
                reduced = side - charged[first]
            else:
                rows, columns = (side_of[: place * (place - 1) // 2] for side_of in (self._rows, self._columns))
                reduced = self._seating.worth[others[rows], others[columns]]
                reduced += side[rows] + side[columns] - charged[first]
            best = max(best, float(reduced.max()))
            kept = _best(reduced, each, floor)
            if len(kept):
                seats = (others[kept],) if size == 2 else (others[rows[kept]], others[columns[kept]])
                found.append(np.column_stack([np.full(len(kept), first), *seats]))
        fixed = self._with_blocks(size)
        if len(fixed):
            reduced = self.worths(fixed) - prices[fixed].sum(axis=1)
            best = max(best, float(reduced.max()))
            found.append(fixed[reduced > floor])
        return np.concatenate(found), best

    def _with_blocks(self, size: int) -> Groups:
        """Return the groups that hold a block of two or more; few, for there are few wishes."""
        groups = [list(block) for block in self._seating.blocks if len(block) == size]
        if size == 3:
            groups += [[*block, int(one)] for block in self._twos for one in self._free]
        return np.asarray(groups, dtype=np.int64).reshape(-1, size)


def _best(reduced: Matrix, each: int, floor: float) -> Groups:
    over = np.flatnonzero(reduced > floor)
    if each and len(over) > each:
        over = over[np.argpartition(reduced[over], -each)[-each:]]
    return over


class Partition:
    """One search with proof: groups, prices of members and the bound these give."""

    def __init__(self, seating: Seating, known: Sequence[Sequence[int]], watch: Stopwatch) -> None:
        """Start from the seating `known` of the wanted sizes; `watch` ends the search."""
        self._seating, self._watch = seating, watch
        self._pricer = _Pricer(seating)
        self._known = [sorted(group) for group in known]
        self._value = seating.value(self._known)
        self._groups: dict[int, Groups] = {}
        self._prices = np.zeros(len(seating.worth))
        self._best: dict[int, float] = {}
        self._bound = np.inf

    def solve(self) -> Proof:
        """Return the best seating found and the lowest bound proven before the time is up."""
        for size, number in self._seating.sizes.items():
            known = np.asarray([group for group in self._known if len(group) == size], dtype=np.int64)
            near, _ = self._pricer.search(size, self._prices, _AT_FIRST, -np.inf)
            self._groups[size] = np.concatenate([known.reshape(number, size), near])
        while self._is_open(_PRICING) and self._turn():
            pass
        for each, most, share in _CHOICES:
            if self._is_open() and self._best:
                self._choose(each, most, share)
        return Proof(self._known, self._value, max(self._value, self._bound))

    def _is_open(self, share: float = 1.0) -> bool:
        return self._bound - self._value > 0.5 / STEPS and self._watch.left(share) > 0.0

    def _turn(self) -> bool:
        """Price the members by a linear program over the groups at hand, add better groups; whether there were any."""
        solved = self._relax()
        if solved is None:
            return False
        prices, floors = solved
        bound, added, best = float(prices.sum()), 0, {}
        for size, number in self._seating.sizes.items():
            each = _ADDED[size]
            groups, best[size] = self._pricer.search(size, prices, each, floors[size] + _TOLERANCE)
            self._groups[size] = np.concatenate([self._groups[size], groups])
            bound += number * best[size]
            added += len(groups)
        if floor_step(bound) < self._bound:
            self._bound, self._prices, self._best = floor_step(bound), prices, best
        return added > 0

    def _relax(self) -> tuple[Matrix, dict[int, float]] | None:
        """Return the price of each member and of each size's count; nothing where the solver gives up."""
        groups, worths = self._columns(self._groups)
        table, wanted = self._rules(groups)
        seconds = max(0.05, self._watch.left())
        from scipy.optimize import linprog  # a third of a second

        solved = linprog(-worths, A_eq=table, b_eq=wanted, method="highs-ds", options={"time_limit": seconds})
        if solved.status != 0:
            return None
        duals = -np.asarray(solved.eqlin.marginals, dtype=np.float64)
        floors = dict.fromkeys(self._seating.sizes, 0.0)
        if len(floors) > 1:
            floors[next(iter(floors))] = float(duals[-1])
        return duals[: len(self._prices)], floors

    def _rules(self, groups: Sequence[Sequence[int]]) -> tuple[csc_array, Matrix]:
        """Return (rules, groups) and how often each rule holds: each member once, and the number of groups of a size.

        With two sizes the number of one fixes that of the other.
        """
        count, sizes = len(self._prices), list(self._seating.sizes)
        members = np.fromiter((member for group in groups for member in group), dtype=np.int64)
        starts = np.concatenate([[0], np.cumsum([len(group) for group in groups])])
        table = csc_array((np.ones(len(members)), members, starts), shape=(count, len(groups)))
        wanted = np.ones(count)
        if len(sizes) > 1:
            is_first = csc_array(np.asarray([[float(len(group) == sizes[0]) for group in groups]]))
            return vstack([table, is_first], format="csc"), np.append(wanted, self._seating.sizes[sizes[0]])
        return table, wanted

    def _columns(self, by_size: Mapping[int, Groups]) -> tuple[list[list[int]], Matrix]:
        groups = [group for found in by_size.values() for group in found.tolist()]
        return groups, np.concatenate([self._pricer.worths(found) for found in by_size.values()])

    def _choose(self, each: int, most: int, share: float) -> None:
        """Choose among the `most` likeliest groups that a better seating may hold, at most `each` a first member.

        Where these are all there are, the outcome also lowers the bound.
        """
        slack = self._bound - self._value + _TOLERANCE
        found, is_whole = [], True
        for size in self._seating.sizes:
            groups, _ = self._pricer.search(size, self._prices, each, self._best[size] - slack)
            lost = self._best[size] - self._pricer.worths(groups) + self._prices[groups].sum(axis=1)
            is_whole = is_whole and np.bincount(groups[:, 0], minlength=1).max() < each
            found.append((groups, lost))
        every = np.sort(np.concatenate([lost for _, lost in found]))
        is_whole = is_whole and len(every) <= most
        if not len(every):
            self._bound = self._value
            return
        cut = every[(len(every) if is_whole else min(_LIKELY, len(every))) - 1]
        options, worths = self._columns({groups.shape[1]: groups[lost <= cut] for groups, lost in found})
        table, wanted = self._rules(options)
        from scipy.optimize import Bounds, LinearConstraint, milp  # a third of a second

        solved = milp(
            -worths,
            constraints=LinearConstraint(table, wanted, wanted),
            integrality=np.ones(len(options)),
            bounds=Bounds(0.0, 1.0),
            options={"time_limit": max(0.05, self._watch.left(share)), "mip_rel_gap": 0.0},
        )
        if solved.x is not None:
            chosen = [sorted(group) for group, is_in in zip(options, solved.x, strict=True) if is_in > 0.5]
            value = self._seating.value(chosen)
            if value > self._value + 0.5 / STEPS:
                self._known, self._value = chosen, value
        if is_whole and solved.mip_dual_bound is not None and np.isfinite(solved.mip_dual_bound):
            # All groups left out would end below the best seating known.
            self._bound = min(self._bound, max(self._value, floor_step(-solved.mip_dual_bound)))
        elif is_whole and solved.status == _INFEASIBLE:
            self._bound = self._value
