"""Complementary teams for a goal: every slot is filled, the people fit one another, and several teams differ.

One team after another is chosen by CP-SAT as the best that is left, so the first is the best of all. A slot that cannot
be filled is named; a team with a hole is never offered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from copilot.errors import InvalidInput
from copilot.matching.optimum import (
    STEPS,
    Matrix,
    NotFoundInTime,
    Status,
    Stopwatch,
    checked_ids,
    checked_shares,
    checked_symmetric,
    load_solver,
    placed_pairs,
    relative_gap,
)
from copilot.matching.teams.choice import Pool, Team, alternative, contested, greedy, solve_team
from copilot.matching.teams.models import (
    MAX_SLOTS,
    FilledSlot,
    ProposedTeam,
    TeamPlan,
    TeamRequest,
    TeamSettings,
    TeamWeights,
    UncoveredSlot,
)

MAX_CANDIDATES, MAX_RESOURCES = 300, 300


def plan_teams(request: TeamRequest, settings: TeamSettings) -> TeamPlan:
    """Return up to `settings.teams` teams, best first; no slots give none.

    Raises:
        InvalidInput: ids, shapes or numbers are wrong.
        NotFoundInTime: the time limit ended before a first team was found or ruled out.
    """
    load_solver()
    watch = Stopwatch(settings.time_limit_seconds)
    task = _read(request, settings)
    holes = _uncovered(request, task)
    planned: list[ProposedTeam] = []
    earlier: list[Team] = []
    is_exhausted = not request.slots
    while request.slots and not holes and len(planned) < settings.teams and not is_exhausted:
        found, bound = solve_team(task.pool, earlier, watch.left((len(planned) + 1) / settings.teams), settings.seed)
        if found is None and bound is None and not planned:
            holes = _contested(request, task, watch, settings)
        elif found is None and not planned:
            raise NotFoundInTime("no team was found in time", rule="team", seconds=settings.time_limit_seconds)
        elif found is None:
            is_exhausted = True
        else:
            planned.append(_propose(request, task, found, earlier, bound))
            earlier.append(found)
    return TeamPlan(
        teams=tuple(planned), uncovered=tuple(holes), exhausted=is_exhausted or bool(holes), seconds=watch.spent()
    )


def greedy_team(request: TeamRequest, settings: TeamSettings) -> ProposedTeam | None:
    """Return the team that filling slot by slot gives, for comparison with the first of `plan_teams`.

    Its bound is its own value: nothing is proven. Nothing where it ends in a slot with nobody left.

    Raises:
        InvalidInput: as `plan_teams`.
    """
    task = _read(request, settings)
    found = greedy(task.pool, ()) if request.slots else None
    return None if found is None else _propose(request, task, found, [], None)


@dataclass(frozen=True)
class _Task:
    """The request by position: the pool, and what the parts of a score are made of."""

    pool: Pool
    fit: Matrix
    affinity: Matrix
    in_city: NDArray[np.bool_]
    resource_fit: Matrix
    weights: Mapping[str, float]
    pairs: int
    floor: float


def _read(request: TeamRequest, settings: TeamSettings) -> _Task:
    places = checked_ids(request.candidates, MAX_CANDIDATES, "candidates")
    slots = checked_ids([slot.id for slot in request.slots], MAX_SLOTS, "slots")
    things = checked_ids(request.resources, MAX_RESOURCES, "resources")
    count, width = len(places), len(slots)
    fit = checked_shares(request.fit, (count, width), "fit")
    affinity = np.zeros((count, count))
    if request.affinity is not None:
        affinity = checked_symmetric(request.affinity, count, "affinity")
    resource_fit = np.zeros((len(things), width))
    if request.resource_fit is not None:
        resource_fit = checked_shares(request.resource_fit, (len(things), width), "resource_fit")
    cities = request.cities if request.cities is not None else [""] * count
    if len(cities) != count:
        raise InvalidInput(f"{len(cities)} cities for {count} candidates", field="cities")
    if request.asker is not None and request.asker not in places:
        raise InvalidInput(f"asker names {request.asker!r}, who is no candidate", field="asker", ids=[request.asker])
    asker = -1 if request.asker is None else places[request.asker]
    forbidden = np.zeros((count, count), dtype=np.bool_)
    for one, other in placed_pairs(request.forbidden, places, "forbidden"):
        forbidden[one, other] = forbidden[other, one] = True
    in_city = np.asarray([bool(city) and city == request.city for city in cities], dtype=np.bool_)
    weights = _weights(request, settings.weights)
    people = width + (asker >= 0)
    pairs = max(1, people * (people - 1) // 2)
    is_open = (fit >= settings.floor) & ~(forbidden[:, [asker]] if asker >= 0 else np.zeros((count, 1), dtype=np.bool_))
    slot_value = (weights["fit"] * fit + weights["city"] * in_city[:, None]) / max(1, width)
    pool = Pool(
        is_open=is_open, slot_value=_steps(slot_value), pair_value=_steps(weights["affinity"] * affinity / pairs),
        forbidden=forbidden, asker=asker,
        exposure=np.asarray([_exposure(request, name) for name in request.candidates], dtype=np.int64),
        exposure_limit=settings.exposure_limit, slots_per_person=settings.slots_per_person,
        most_shared=settings.most_shared, overlap_cost=round(settings.overlap_penalty * STEPS),
    )  # fmt: skip
    return _Task(pool, fit, affinity, in_city, resource_fit, weights, pairs, settings.floor)


def _exposure(request: TeamRequest, name: str) -> int:
    count = request.exposure.get(name, 0)
    if count < 0:
        raise InvalidInput(f"exposure of {name!r} is below 0", field="exposure", ids=[name])
    return count


def _weights(request: TeamRequest, weights: TeamWeights) -> dict[str, float]:
    """Return the shares of the parts that exist; the shares of those that do not go to the others."""
    exists = {
        "fit": True,
        "affinity": request.affinity is not None,
        "city": bool(request.city) and request.cities is not None,
        "resources": bool(request.resources) and request.resource_fit is not None,
    }
    shares = {name: float(getattr(weights, name)) * is_there for name, is_there in exists.items()}
    whole = sum(shares.values())
    if whole <= 0.0:
        raise InvalidInput("the weights leave nothing to choose by", field="weights")
    return {name: share / whole for name, share in shares.items()}


def _steps(values: Matrix) -> NDArray[np.int64]:
    return np.rint(values * STEPS).astype(np.int64)


def _uncovered(request: TeamRequest, task: _Task) -> list[UncoveredSlot]:
    """Return the slots with nobody above the floor who may be in a team."""
    is_open = task.pool.open_after(())
    return [
        _hole(request, task, slot, "barred" if (task.fit[:, slot] >= task.floor).any() else "nobody")
        for slot in range(task.pool.slots)
        if not is_open[:, slot].any()
    ]


def _contested(request: TeamRequest, task: _Task, watch: Stopwatch, settings: TeamSettings) -> list[UncoveredSlot]:
    return [_hole(request, task, slot, "contested") for slot in contested(task.pool, watch.left(), settings.seed)]


def _hole(
    request: TeamRequest, task: _Task, slot: int, reason: Literal["nobody", "barred", "contested"]
) -> UncoveredSlot:
    best = int(task.fit[:, slot].argmax()) if len(task.fit) else None
    return UncoveredSlot(
        slot_id=request.slots[slot].id, label=request.slots[slot].label, reason=reason,
        best_id=None if best is None else request.candidates[best],
        best_fit=0.0 if best is None else float(task.fit[best, slot]),
    )  # fmt: skip


def _resources(task: _Task) -> dict[int, int]:
    """Return the resource of each slot at the highest sum of fits, one slot a resource; below the floor there is none."""
    from scipy.optimize import linear_sum_assignment  # a third of a second

    useful = np.where(task.resource_fit >= task.floor, task.resource_fit, 0.0)
    rows, slots = linear_sum_assignment(useful, maximize=True)
    return {int(slot): int(row) for row, slot in zip(rows, slots, strict=True) if useful[row, slot] > 0.0}


def _propose(
    request: TeamRequest, task: _Task, team: Team, earlier: Sequence[Team], bound_steps: int | None
) -> ProposedTeam:
    pool, names, width = task.pool, request.candidates, task.pool.slots
    supports = _resources(task)
    filled = [_fill(request, task, team, slot, (earlier, supports)) for slot in range(width)]
    people = np.asarray(team.members, dtype=np.int64)
    parts = {
        "fit": sum(slot.fit for slot in filled) / width,
        "affinity": float(task.affinity[np.ix_(people, people)].sum()) / 2.0 / task.pairs,
        "city": sum(slot.in_city for slot in filled) / width,
        "resources": sum(slot.resource_fit or 0.0 for slot in filled) / width,
    }
    extra = task.weights["resources"] * parts["resources"]
    steps = pool.value(team, earlier)
    value = steps / STEPS + extra
    # What no team exceeds; the resources are the same for all teams.
    bound = value if bound_steps is None else max(steps, bound_steps) / STEPS + extra
    is_best = bound_steps is not None and bound_steps <= steps
    return ProposedTeam(
        members=tuple(names[one] for one in team.members), slots=tuple(filled),
        score=min(1.0, round(sum(task.weights[name] * part for name, part in parts.items()), 6)),
        value=round(value, 6), bound=round(bound, 6), gap=0.0 if is_best else min(1.0, relative_gap(value, bound)),
        status=Status.OPTIMAL if is_best else Status.FEASIBLE,
        parts={name: min(1.0, round(part, 6)) for name, part in parts.items()},
        shared=tuple(names[one] for one in pool.shared(team, earlier)),
    )  # fmt: skip


def _fill(
    request: TeamRequest, task: _Task, team: Team, slot: int, beside: tuple[Sequence[Team], Mapping[int, int]]
) -> FilledSlot:
    earlier, supports = beside
    member = team.slots[slot]
    other = alternative(task.pool, team, slot, earlier)
    support = supports.get(slot)
    return FilledSlot(
        slot_id=request.slots[slot].id, member_id=request.candidates[member], fit=float(task.fit[member, slot]),
        in_city=bool(task.in_city[member]),
        alternative_id=None if other is None else request.candidates[other],
        alternative_fit=None if other is None else float(task.fit[other, slot]),
        resource_id=None if support is None else request.resources[support],
        resource_fit=None if support is None else float(task.resource_fit[support, slot]),
    )  # fmt: skip
