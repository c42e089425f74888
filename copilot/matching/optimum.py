"""What rounds, rotations and teams share: checked scores, pairs by position, time limits, status and gap of a solution.

Every optimiser here answers with a total, a proven bound and the gap between them. "Optimal" is only said where the
bound was proven to be the total on scores of six decimals.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from copilot.errors import InvalidInput, TooLarge

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

Matrix = NDArray[np.float64]
Unit = Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False)]
Seconds = Annotated[float, Field(gt=0.0, le=600.0, allow_inf_nan=False)]
# Solvers count in whole numbers: a score of 1 is this many steps.
STEPS = 1_000_000
_SYMMETRY = 1e-6
_Key = TypeVar("_Key")


class Status(StrEnum):
    """How good a solution is known to be."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"


class Impossible(InvalidInput):
    """No solution keeps every hard rule; `data["rule"]` names the rule, `data` the members that show it."""

    code = "no_solution"


class NotFoundInTime(InvalidInput):
    """The time limit was too short to find a solution or to rule it out; `data["seconds"]` is the limit."""

    code = "no_solution_in_time"


class Stopwatch:
    """Measures one run against its limit, in seconds of wall time."""

    def __init__(self, limit_seconds: float) -> None:
        self._started = time.monotonic()
        self._limit = limit_seconds

    def spent(self) -> float:
        """Return the seconds since the start."""
        return time.monotonic() - self._started

    def left(self, share: float = 1.0) -> float:
        """Return the seconds until `share` (0-1) of the limit is used, at least 0."""
        return max(0.0, self._limit * share - self.spent())


def relative_gap(total: float, bound: float) -> float:
    """Return how far `total` may be from the best, as a share of the bound: 0 is proven best; 0 for a bound of 0."""
    return max(0.0, (bound - total) / bound) if bound > 0.0 else 0.0


def checked_ids(ids: Sequence[str], most: int, field: str) -> dict[str, int]:
    """Return the position of each id.

    Raises:
        InvalidInput: an id occurs twice or is empty.
        TooLarge: there are more than `most`.
    """
    if len(ids) > most:
        raise TooLarge(f"{field} holds {len(ids)}; the limit is {most}", field=field, limit=most)
    places = {name: place for place, name in enumerate(ids)}
    if len(places) < len(ids) or "" in places:
        raise InvalidInput(f"{field} must be different and not empty", field=field)
    return places


def checked_shares(values: Matrix, shape: tuple[int, ...], field: str) -> Matrix:
    """Return `values` as float64 on six decimals.

    Raises:
        InvalidInput: the shape differs from `shape`, or a value is not a number from 0 to 1.
    """
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"{field} must be numbers", field=field) from error
    if array.shape != shape:
        raise InvalidInput(f"{field} has shape {array.shape}, not {shape}", field=field)
    if not (np.isfinite(array).all() and (array >= 0.0).all() and (array <= 1.0).all()):
        raise InvalidInput(f"{field} must be finite and from 0 to 1", field=field)
    return np.round(array, 6)


def checked_symmetric(values: Matrix, count: int, field: str) -> Matrix:
    """Return a symmetric matrix (n, n) of 0-1 on six decimals with a diagonal of 0; what stood there is ignored.

    Raises:
        InvalidInput: as `checked_shares`, or [a, b] and [b, a] differ by more than 1e-6.
    """
    array = checked_shares(values, (count, count), field)
    if count and np.abs(array - array.T).max() > _SYMMETRY * 1.5:
        raise InvalidInput(f"{field} must be symmetric", field=field)
    array = np.round((array + array.T) / 2.0, 6)
    np.fill_diagonal(array, 0.0)
    return array


def placed_pairs(pairs: Iterable[tuple[str, str]], places: Mapping[str, int], field: str) -> set[tuple[int, int]]:
    """Return pairs of ids as pairs of positions, the smaller first.

    Raises:
        InvalidInput: a pair names an unknown id or one id twice.
    """
    found: set[tuple[int, int]] = set()
    for one, other in pairs:
        unknown = [name for name in (one, other) if name not in places]
        if unknown:
            raise InvalidInput(f"{field} names {unknown[0]!r}, who does not take part", field=field, ids=unknown)
        if one == other:
            raise InvalidInput(f"{field} pairs {one!r} with itself", field=field, ids=[one])
        first, second = sorted((places[one], places[other]))
        found.add((first, second))
    return found


def joined(pairs: Iterable[tuple[int, int]], count: int) -> list[list[int]]:
    """Return the members 0 to count-1 in blocks that the pairs tie together, each ascending, by first member."""
    root = list(range(count))

    def top(member: int) -> int:
        while root[member] != member:
            root[member] = root[root[member]]
            member = root[member]
        return member

    for one, other in pairs:
        first, second = sorted((top(one), top(other)))
        root[second] = first
    blocks: dict[int, list[int]] = {}
    for member in range(count):
        blocks.setdefault(top(member), []).append(member)
    return list(blocks.values())


def together(groups: Iterable[Sequence[_Key]], places: Mapping[_Key, int]) -> NDArray[np.bool_]:
    """Return (n, n): who shared one of the groups. Unknown ids are ignored; nobody has met themselves."""
    met = np.zeros((len(places), len(places)), dtype=np.bool_)
    for group in groups:
        here = [places[name] for name in group if name in places]
        met[np.ix_(here, here)] = True
    np.fill_diagonal(met, val=False)
    return met


def load_solver() -> None:
    """Import CP-SAT, once a process and before the stopwatch starts: it takes seconds that no limit should pay for."""
    import_module("ortools.sat.python.cp_model")


def make_solver(seconds: float, seed: int) -> cp_model.CpSolver:
    """Return a CP-SAT solver of one thread, which gives the same answer each time it ends before `seconds`."""
    from ortools.sat.python import cp_model  # takes a second or more to import, so only when something is solved

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_time_in_seconds = max(0.05, seconds)
    return solver


def floor_step(value: float) -> float:
    """Return a bound that totals on six decimals cannot exceed, from a real one: rounded down, spared 1e-7."""
    return math.floor(value * STEPS + 0.1) / STEPS
