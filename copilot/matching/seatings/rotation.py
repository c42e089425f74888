"""Rotation of parallel groups: a preview of who changes to which group, so that many meet new people.

A greedy search gives a first rotation, CP-SAT the relaxation with its bound (`rotation_bound.py`), a local search
improves the better of the two on the true count. Nothing is changed by itself: the answer is the diff.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from copilot.errors import InvalidInput, TooLarge
from copilot.matching.optimum import (
    Impossible,
    NotFoundInTime,
    Status,
    Stopwatch,
    checked_ids,
    joined,
    load_solver,
    placed_pairs,
    relative_gap,
    together,
)
from copilot.matching.seatings.rotation_bound import Ints, Task, excess, relax
from copilot.matching.seatings.rotation_models import (
    Attendee,
    Balance,
    GroupBalance,
    Move,
    Rotation,
    RotationRequest,
    RotationSettings,
)
from copilot.matching.seatings.rotation_search import gather, improve

MAX_MEMBERS, MAX_GROUPS, MAX_VALUES = 1_000, 30, 60
_ACTIVITY_STEPS = 1_000
# Shares of the time limit by which a start is found, the first search and the relaxation end.
_RULES_SHARE, _FIRST_SHARE, _RELAX_SHARE = 0.3, 0.45, 0.75


def plan_rotation(request: RotationRequest, settings: RotationSettings) -> Rotation:
    """Return the rotation with the most new acquaintances found within the time limit; nobody gives an empty one.

    Raises:
        InvalidInput: ids are unknown or twice, or limits contradict one another.
        TooLarge: more members, groups, or cities and industries than can be planned.
        Impossible: no rotation keeps the rules.
        NotFoundInTime: none was found within the limit, and none was ruled out.
    """
    load_solver()
    watch = Stopwatch(settings.time_limit_seconds)
    places = checked_ids([member.id for member in request.members], MAX_MEMBERS, "members")
    names = list(dict.fromkeys(member.group for member in request.members))
    if len(names) > MAX_GROUPS:
        raise TooLarge(f"there are {len(names)} groups; the limit is {MAX_GROUPS}", field="groups", limit=MAX_GROUPS)
    if not request.members:
        balance = Balance(groups=(), worst_count=0.0, worst_activity=0.0)
        return Rotation(
            moves=(), groups={}, new_acquaintances=0, bound=0, gap=0.0, status=Status.OPTIMAL,
            before=balance, after=balance, seconds=watch.spent(),
        )  # fmt: skip
    task = _read(request, settings, places, names)
    to, bound = _solve(task, settings, watch)
    return _answer(request, task, names, to, bound, watch)


def _solve(task: Task, settings: RotationSettings, watch: Stopwatch) -> tuple[Ints, int]:
    """Return the best rotation found and the bound."""
    start = task.at if task.allows(task.at) else gather(task)
    if start is None:
        found = relax(task, None, watch, _RULES_SHARE, settings.seed)
        if found.is_impossible:
            raise Impossible("no rotation keeps the sizes, the pins, the moves and the balance", rule="rotation")
        if found.to is None:
            raise NotFoundInTime(
                "no rotation that keeps the rules was found in time",
                rule="rotation", seconds=settings.time_limit_seconds,
            )  # fmt: skip
        start = found.to
    first = improve(task, start, watch, _FIRST_SHARE)
    relaxed = relax(task, first, watch, _RELAX_SHARE, settings.seed)
    starts = [first] if relaxed.to is None else [first, relaxed.to]
    better = [improve(task, to, watch, 1.0) if task.gain(to) < relaxed.bound else to for to in starts]
    return max(better, key=task.gain), int(relaxed.bound)


def _read(request: RotationRequest, settings: RotationSettings, places: dict[str, int], names: list[str]) -> Task:
    members = request.members
    at = np.asarray([names.index(member.group) for member in members], dtype=np.int64)
    sizes = np.bincount(at, minlength=len(names))
    least = int(sizes.min()) if settings.least is None else settings.least
    largest = int(sizes.max()) if settings.largest is None else settings.largest
    if least > largest or least * len(names) > len(members) or largest * len(names) < len(members):
        raise InvalidInput(
            f"{len(members)} members do not fit into {len(names)} groups of {least} to {largest}", field="largest"
        )
    groupings = [
        *request.history,
        [[members[one].id for one in np.flatnonzero(at == g).tolist()] for g in range(len(names))],
    ]
    known = np.zeros((len(members), len(members)), dtype=np.bool_)
    for grouping in groupings:
        known |= together(grouping, places)
    np.fill_diagonal(known, val=True)
    features, is_count = _features(members)
    stays = np.zeros(len(members), dtype=np.bool_)
    for name in request.pinned_members:
        if name not in places:
            raise InvalidInput(f"pinned_members names {name!r}, who is in no group", field="pinned_members", ids=[name])
        stays[places[name]] = True
    blocks = [
        block
        for block in joined(sorted(placed_pairs(request.pinned_pairs, places, "pinned_pairs")), len(members))
        if len(block) > 1
    ]
    for block in blocks:
        homes = {names[at[one]] for one in block if stays[one]}
        if len(homes) > 1 or len(block) > largest:
            ids = [members[one].id for one in block]
            raise Impossible(
                "members pinned together cannot share a group", rule="pinned_pairs", field="pinned_pairs", members=ids
            )
    forbidden = np.zeros_like(known)
    for one, other in placed_pairs(request.forbidden, places, "forbidden"):
        forbidden[one, other] = forbidden[other, one] = True
    for block in blocks:
        _refuse_tied(members, block, forbidden)
    most_moves = len(members) if settings.most_moves is None else min(settings.most_moves, len(members))
    now = excess(features, at, len(names))
    low, high = _limits(now, features.sum(axis=1), is_count, len(members), settings)
    return Task(
        at=at, groups=len(names), unknown=~known, least=least, largest=largest, features=features, low=low,
        high=high, blocks=blocks, stays=stays, most_moves=most_moves, forbidden=forbidden,
    )  # fmt: skip


def _refuse_tied(members: Sequence[Attendee], block: Sequence[int], forbidden: NDArray[np.bool_]) -> None:
    """Raise where two of those pinned together must not be brought together."""
    for one, other in combinations(block, 2):
        if forbidden[one, other]:
            raise Impossible(
                f"{members[one].id!r} and {members[other].id!r} are pinned together and must not share a group",
                rule="pinned_pairs", field="pinned_pairs", members=[members[one].id, members[other].id],
            )  # fmt: skip


def _features(members: Sequence[Attendee]) -> tuple[Ints, NDArray[np.bool_]]:
    """Return (f, n) what groups sum, and (f,) whether it counts people; the last one is activity."""
    columns: list[list[int]] = []
    for value in ("city", "industry"):
        values = [str(getattr(member, value)) for member in members]
        known = sorted(set(values) - {""})
        if len(known) > MAX_VALUES:
            raise TooLarge(
                f"there are {len(known)} different values of {value}; the limit is {MAX_VALUES}",
                field=value, limit=MAX_VALUES,
            )  # fmt: skip
        columns += [[int(found == name) for found in values] for name in known]
    columns.append([int(member.is_star) for member in members])
    # In thousandths of the most active member: whole numbers that stay small.
    most = max(member.activity for member in members) or 1.0
    columns.append([round(member.activity / most * _ACTIVITY_STEPS) for member in members])
    is_count = np.asarray([True] * (len(columns) - 1) + [False])
    return np.asarray(columns, dtype=np.int64), is_count


def _limits(
    now: Ints, totals: Ints, is_count: NDArray[np.bool_], count: int, settings: RotationSettings
) -> tuple[Ints, Ints]:
    """Return (f, groups) twice: how far below and above its fair share a group may be, times n."""
    fair = totals / now.shape[1]
    people = np.where(is_count, settings.count_tolerance, 0.0)
    allowed = np.floor(np.maximum(people, settings.share_tolerance * fair) * count + 1e-6).astype(np.int64)[:, None]
    return np.minimum(-allowed, now), np.maximum(allowed, now)


def _balance(request: RotationRequest, task: Task, names: Sequence[str], to: Ints) -> Balance:
    groups = []
    for group, name in enumerate(names):
        here = [member for member, at in zip(request.members, to, strict=True) if at == group]
        groups.append(
            GroupBalance(
                group=name, size=len(here),
                cities=dict(sorted(Counter(member.city for member in here if member.city).items())),
                industries=dict(sorted(Counter(member.industry for member in here if member.industry).items())),
                activity=round(sum(member.activity for member in here), 6),
                stars=sum(member.is_star for member in here),
            )
        )  # fmt: skip
    distance = np.abs(task.excess(to)) / len(task.at)
    fair_activity = task.features[-1].sum() / task.groups
    return Balance(
        groups=tuple(groups),
        worst_count=round(float(distance[:-1].max()), 6),
        worst_activity=round(float(distance[-1].max() / fair_activity), 6) if fair_activity else 0.0,
    )


def _answer(
    request: RotationRequest, task: Task, names: Sequence[str], to: Ints, bound: int, watch: Stopwatch
) -> Rotation:
    members = request.members
    shared = task.unknown & (to[:, None] == to[None, :])
    gain = task.gain(to)
    bound = max(bound, gain)
    moves = [
        Move(
            member_id=members[one].id, from_group=names[task.at[one]], to_group=names[to[one]],
            new_acquaintances=int(shared[one].sum()),
        )
        for one in np.flatnonzero(to != task.at).tolist()
    ]  # fmt: skip
    return Rotation(
        moves=tuple(moves),
        groups={name: tuple(members[one].id for one in np.flatnonzero(to == g).tolist()) for g, name in enumerate(names)},
        new_acquaintances=gain, bound=bound, gap=relative_gap(gain, bound),
        status=Status.OPTIMAL if gain == bound else Status.FEASIBLE,
        before=_balance(request, task, names, task.at), after=_balance(request, task, names, to),
        seconds=watch.spent(),
    )  # fmt: skip
