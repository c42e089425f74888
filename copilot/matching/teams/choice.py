"""One team as an integer program, the greedy team beside it, and which slots no team can cover together.

Everything is by position and in whole steps (`optimum.STEPS` make a score of 1), so that values compare exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from copilot.matching.optimum import make_solver

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Team:
    """Who fills each slot, and all members ascending: the asker may be one without a slot."""

    slots: tuple[int, ...]
    members: tuple[int, ...]


@dataclass(frozen=True)
class Pool:
    """Candidates and rules.

    Attributes:
        is_open: (m, s) whether a candidate may fill a slot: fit, exposure and the asker's forbidden pairs allow it.
        slot_value: (m, s) steps for filling a slot.
        pair_value: (m, m) steps for two in one team, symmetric, diagonal 0.
        forbidden: (m, m) who is never in one team.
        asker: who is in every team, or -1.
        exposure: (m,) in how many teams each is before this plan.
        exposure_limit, slots_per_person, most_shared: see `TeamSettings`.
        overlap_cost: steps for each member who is in an earlier team.
    """

    is_open: NDArray[np.bool_]
    slot_value: Ints
    pair_value: Ints
    forbidden: NDArray[np.bool_]
    asker: int
    exposure: Ints
    exposure_limit: int
    slots_per_person: int
    most_shared: int
    overlap_cost: int

    @property
    def slots(self) -> int:
        """How many slots there are."""
        return int(self.is_open.shape[1])

    def team(self, slots: Sequence[int]) -> Team:
        """Return the team that fills the slots so; the asker belongs to it."""
        people = set(slots) | ({self.asker} if self.asker >= 0 else set())
        return Team(tuple(slots), tuple(sorted(people)))

    def open_after(self, earlier: Sequence[Team]) -> NDArray[np.bool_]:
        """Return (m, s): who may fill what when the earlier teams stand."""
        exposure = self.exposure.copy()
        for team in earlier:
            exposure[list(team.members)] += 1
        has_room = exposure < self.exposure_limit
        if self.asker >= 0:
            has_room[self.asker] = True
        return self.is_open & has_room[:, None]

    def shared(self, team: Team, earlier: Sequence[Team]) -> list[int]:
        """Return the members who are in an earlier team, the asker aside."""
        before = {one for found in earlier for one in found.members} - {self.asker}
        return [one for one in team.members if one in before]

    def value(self, team: Team, earlier: Sequence[Team]) -> int:
        """Return the steps of a team, overlap taken off."""
        people = np.asarray(team.members, dtype=np.int64)
        total = int(self.slot_value[list(team.slots), np.arange(self.slots)].sum())
        total += int(self.pair_value[np.ix_(people, people)].sum()) // 2
        return total - self.overlap_cost * len(self.shared(team, earlier))

    def allows(self, team: Team, earlier: Sequence[Team], is_open: NDArray[np.bool_]) -> bool:
        """Whether a team keeps every rule; `is_open` is `open_after(earlier)`."""
        people = np.asarray(team.members, dtype=np.int64)
        shared = (len((set(team.members) & set(found.members)) - {self.asker}) for found in earlier)
        return bool(
            is_open[list(team.slots), np.arange(self.slots)].all()
            and max(team.slots.count(one) for one in team.slots) <= self.slots_per_person
            and not self.forbidden[np.ix_(people, people)].any()
            and all(count <= self.most_shared for count in shared)
            and all(team.members != found.members for found in earlier)
        )


def greedy(pool: Pool, earlier: Sequence[Team]) -> Team | None:
    """Return the team that fills the slot with the fewest people first, each with who adds most; the baseline.

    Nothing where a slot is left with nobody: it never goes back.
    """
    is_open = pool.open_after(earlier)
    order = sorted(range(pool.slots), key=lambda slot: (int(is_open[:, slot].sum()), slot))
    filled: dict[int, int] = {}
    people = {pool.asker} if pool.asker >= 0 else set()
    for slot in order:
        best = max(
            ((_added(pool, people, one, slot, earlier), -one) for one in np.flatnonzero(is_open[:, slot]).tolist()
             if _joins(pool, people, list(filled.values()), one, earlier)),
            default=None,
        )  # fmt: skip
        if best is None:
            return None
        filled[slot] = -best[1]
        people.add(-best[1])
    team = pool.team([filled[slot] for slot in range(pool.slots)])
    return team if pool.allows(team, earlier, is_open) else None


def _added(pool: Pool, people: set[int], one: int, slot: int, earlier: Sequence[Team]) -> int:
    added = int(pool.slot_value[one, slot])
    if one not in people:
        added += int(pool.pair_value[one, sorted(people)].sum())
        added -= pool.overlap_cost * any(one in found.members for found in earlier)
    return added


def _joins(pool: Pool, people: set[int], filling: list[int], one: int, earlier: Sequence[Team]) -> bool:
    if filling.count(one) >= pool.slots_per_person or pool.forbidden[one, sorted(people)].any():
        return False
    if one in people:
        return True
    joined = (people | {one}) - {pool.asker}
    return all(len(joined & set(found.members)) <= pool.most_shared for found in earlier)


def _improved(pool: Pool, team: Team, earlier: Sequence[Team], is_open: NDArray[np.bool_]) -> Team:
    """Return a team that no single replacement makes better."""
    value = pool.value(team, earlier)
    while True:
        options = (option for option in _replacements(pool, team, is_open) if pool.allows(option, earlier, is_open))
        best = max(options, key=lambda option: pool.value(option, earlier), default=team)
        if pool.value(best, earlier) <= value:
            return team
        team, value = best, pool.value(best, earlier)


def _replacements(pool: Pool, team: Team, is_open: NDArray[np.bool_]) -> Iterator[Team]:
    for slot in range(pool.slots):
        for one in np.flatnonzero(is_open[:, slot]).tolist():
            if one != team.slots[slot]:
                yield pool.team([*team.slots[:slot], one, *team.slots[slot + 1 :]])


def alternative(pool: Pool, team: Team, slot: int, earlier: Sequence[Team]) -> int | None:
    """Return who else, not in the team, fits a slot best and may take it; nobody gives nothing."""
    is_open = pool.open_after(earlier)
    options = [one for one in np.flatnonzero(is_open[:, slot]).tolist() if one not in team.members]
    for one in sorted(options, key=lambda one: (-int(pool.slot_value[one, slot]), one)):
        if pool.allows(pool.team([*team.slots[:slot], one, *team.slots[slot + 1 :]]), earlier, is_open):
            return int(one)
    return None


def solve_team(pool: Pool, earlier: Sequence[Team], seconds: float, seed: int) -> tuple[Team | None, int | None]:
    """Return the best team found beside the earlier ones, and what no team exceeds, in steps.

    No team and no bound: there is none. No team but a bound: the time was too short to tell.
    """
    from ortools.sat.python import cp_model  # takes a second or more to import, so only when something is solved

    is_open = pool.open_after(earlier)
    known = greedy(pool, earlier)
    if known is not None:
        known = _improved(pool, known, earlier, is_open)
        is_open = _promising(pool, is_open, pool.value(known, earlier))
    model = cp_model.CpModel()
    fills, is_in = _add_team(model, pool, is_open, earlier)
    for slot in range(pool.slots):
        model.add_exactly_one(one for (_, filled), one in fills.items() if filled == slot)
    before = {one for found in earlier for one in found.members} - {pool.asker}
    terms = [int(pool.slot_value[place]) * one for place, one in fills.items()]
    terms += [-pool.overlap_cost * one for member, one in is_in.items() if member in before]
    model.maximize(sum(terms) + sum(_pair_terms(model, pool, is_in)))
    if known is not None:
        for (member, slot), one in fills.items():
            model.add_hint(one, known.slots[slot] == member)
        for member, one in is_in.items():
            model.add_hint(one, member in known.members)
    solver = make_solver(seconds, seed)
    solver.parameters.linearization_level = 2  # the limit on pairs is what proves; a linear program sees it
    status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return (known, pool.value(known, earlier)) if known is not None else (None, None)
    found = known
    if status in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        chosen = {slot: member for (member, slot), one in fills.items() if solver.value(one)}
        solved = pool.team([chosen[slot] for slot in range(pool.slots)])
        if found is None or pool.value(solved, earlier) > pool.value(found, earlier):
            found = solved
    value = 0 if found is None else pool.value(found, earlier)
    bound = min(int(np.floor(solver.best_objective_bound + 1e-6)), _ceiling(pool, is_open))
    return found, max(value, bound)


def _promising(pool: Pool, is_open: NDArray[np.bool_], value: int) -> NDArray[np.bool_]:
    """Return (m, s): who may fill a slot in a team worth `value` or more, judged from the best of everything else.

    A member brings the slot's value and half of their best pairs. Whoever drops out takes pairs along, so that others
    may drop out in the next turn.
    """
    while True:
        brings, always = _brings(pool, is_open)
        best = np.where(is_open, brings, -1).max(axis=0)
        most = brings + (best.sum() - best)[None, :] + always
        promising: NDArray[np.bool_] = is_open & (most >= 2 * value)
        if (promising == is_open).all():
            return promising
        is_open = promising


def _brings(pool: Pool, is_open: NDArray[np.bool_]) -> tuple[Ints, int]:
    """Return (m, s) what each may bring to a slot, and what the asker brings anyway; in half steps, to stay whole."""
    others = pool.slots - (0 if pool.asker >= 0 else 1)
    people = np.flatnonzero(is_open.any(axis=1))
    if pool.asker >= 0:
        people = np.union1d(people, [pool.asker])
    company = np.zeros(len(is_open), dtype=np.int64)
    company[people] = -np.sort(-pool.pair_value[np.ix_(people, people)], axis=1)[:, :others].sum(axis=1)
    return 2 * pool.slot_value + company[:, None], int(company[pool.asker]) if pool.asker >= 0 else 0


def _ceiling(pool: Pool, is_open: NDArray[np.bool_]) -> int:
    """Return steps that no team of these people exceeds: instant, where CP-SAT may need its time."""
    brings, always = _brings(pool, is_open)
    return (int(np.where(is_open, brings, 0).max(axis=0).sum()) + always) // 2


def _add_team(
    model: cp_model.CpModel, pool: Pool, is_open: NDArray[np.bool_], earlier: Sequence[Team]
) -> tuple[dict[tuple[int, int], cp_model.IntVar], dict[int, cp_model.IntVar]]:
    """Add the rules; return who fills which slot and who is in the team. That slots are filled is left to the caller."""
    fills = {(int(one), int(slot)): model.new_bool_var("") for one, slot in np.argwhere(is_open)}
    members = {member for member, _ in fills} | ({pool.asker} if pool.asker >= 0 else set())
    is_in = {member: model.new_bool_var("") for member in sorted(members)}
    for member, one in is_in.items():
        filled = [fills[member, slot] for slot in range(pool.slots) if (member, slot) in fills]
        model.add(sum(filled) <= pool.slots_per_person)
        for is_filled in filled:
            model.add_implication(is_filled, one)
        model.add(one == 1) if member == pool.asker else model.add_bool_or([*filled, one.negated()])
    for first, second in np.argwhere(np.triu(pool.forbidden)).tolist():
        if first in is_in and second in is_in:
            model.add_bool_or([is_in[first].negated(), is_in[second].negated()])
    for found in earlier:
        there = [is_in[one] for one in found.members if one in is_in and one != pool.asker]
        model.add(sum(there) <= pool.most_shared)
        if all(one in is_in for one in found.members):
            outside = [one for member, one in is_in.items() if member not in found.members]
            inside = [is_in[one].negated() for one in found.members]
            model.add_bool_or([*outside, *inside])
    return fills, is_in


def _pair_terms(
    model: cp_model.CpModel, pool: Pool, is_in: dict[int, cp_model.IntVar]
) -> Iterator[cp_model.LinearExpr]:
    members = list(is_in)
    pairs: dict[int, list[cp_model.IntVar]] = {member: [] for member in members}
    for place, first in enumerate(members):
        for second in members[place + 1 :]:
            worth = int(pool.pair_value[first, second])
            if worth > 0 and not pool.forbidden[first, second]:
                both = model.new_bool_var("")
                pairs[first].append(both)
                pairs[second].append(both)
                model.add_implication(both, is_in[first])
                model.add_implication(both, is_in[second])
                yield worth * both
    # Nobody has more pairs than the team has others: without it the relaxation pairs everyone with everyone.
    others = pool.slots - (0 if pool.asker >= 0 else 1)
    for member, theirs in pairs.items():
        model.add(sum(theirs) <= others * is_in[member])


def contested(pool: Pool, seconds: float, seed: int) -> list[int]:
    """Return the slots that stay empty in a team that fills as many as can be: each has people, but not all at once."""
    from ortools.sat.python import cp_model  # takes a second or more to import, so only when something is solved

    model = cp_model.CpModel()
    fills, _ = _add_team(model, pool, pool.open_after(()), ())
    for slot in range(pool.slots):
        model.add_at_most_one(one for (_, filled), one in fills.items() if filled == slot)
    model.maximize(sum(fills.values()))
    solver = make_solver(seconds, seed)
    if solver.solve(model) not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return list(range(pool.slots))
    filled = {slot for (_, slot), one in fills.items() if solver.value(one)}
    return [slot for slot in range(pool.slots) if slot not in filled]
