"""Seats members at tables by local search: whoever gains most by changing places does, and may not change back at once.

Smaller tables are filled up with empty chairs that count as people of no worth, so that changing places with a chair is
a move to the smaller table.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from copilot.matching.optimum import Matrix, Stopwatch
from copilot.matching.seatings.partition import Seating

_REST = 8


def search_seating(seating: Seating, rng: np.random.Generator, steps: int, watch: Stopwatch) -> list[list[int]] | None:
    """Return groups of the wanted sizes at a high worth, blocks kept whole; nothing where the blocks do not fit.

    Args:
        seating: what is to be placed.
        rng: decides the start and the shakes; the same generator state gives the same seating in the same steps.
        steps: how many changes of places at most.
        watch: ends the search early; then the best so far is returned.
    """
    start = _start(seating, rng)
    if start is None:
        return None
    tables, fixed = start
    worth = _with_chairs(seating, len(tables))
    count = len(seating.worth)
    best = _change_places(worth, tables, fixed, rng, steps, watch)
    return [sorted(np.flatnonzero(best[:count] == table).tolist()) for table in range(best.max(initial=-1) + 1)]


def _start(seating: Seating, rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.bool_]] | None:
    """Return the table of each member and chair, at random but for the blocks, and who may not leave their table."""
    sizes = sorted((size for size, number in seating.sizes.items() for _ in range(number)), reverse=True)
    largest, count = sizes[0], len(seating.worth)
    chairs = largest * len(sizes) - count
    tables = np.full(count + chairs, -1, dtype=np.int64)
    fixed = np.zeros(count + chairs, dtype=np.bool_)
    room = list(sizes)
    for block in sorted((block for block in seating.blocks if len(block) > 1), key=lambda block: (-len(block), block)):
        fits = [table for table in range(len(room)) if room[table] >= len(block)]
        if not fits:
            return None
        seated = [np.flatnonzero(tables[:count] == table) for table in range(len(room))]
        strain = [float(seating.worth[np.ix_(np.asarray(block), seated[table])].sum()) for table in range(len(room))]
        # The tightest empty table first, so that large blocks still find room; company only where it is bearable.
        table = max(fits, key=lambda table: (strain[table] >= 0.0, room[table] == sizes[table], -room[table]))
        tables[block], room[table] = table, room[table] - len(block)
        fixed[block] = True
    singles = rng.permutation(np.flatnonzero(tables[:count] < 0))
    tables[singles] = np.repeat(np.arange(len(room)), room)
    tables[count:] = [table for table, size in enumerate(sizes) for _ in range(largest - size)]
    return tables, fixed


def _with_chairs(seating: Seating, tables: int) -> Matrix:
    """Return worth (m + c, m + c): tolls stand between members and the chairs that mark the smaller tables."""
    count, largest = len(seating.worth), max(seating.sizes)
    worth = np.zeros((tables, tables))
    worth[:count, :count] = seating.worth
    # A member of the odd table pays; where the odd tables are the larger ones, that is who sits with no chair.
    toll = seating.toll if seating.odd == largest else -seating.toll
    worth[:count, count:] = toll[:, None]
    worth[count:, :count] = toll[None, :]
    worth[count:, count:] = -1e3 * (1.0 + np.abs(worth).max(initial=0.0))
    np.fill_diagonal(worth, 0.0)
    return worth


def _change_places(
    worth: Matrix,
    tables: NDArray[np.int64],
    fixed: NDArray[np.bool_],
    rng: np.random.Generator,
    steps: int,
    watch: Stopwatch,
) -> NDArray[np.int64]:
    """Return the best seating met on a walk of at most `steps` best changes (tabu search, Glover 1989)."""
    count = len(tables)
    at = np.zeros((count, int(tables.max(initial=-1)) + 1))
    at[np.arange(count), tables] = 1.0
    company = worth @ at  # (member, table): what the member is worth to those at the table
    best, gained, best_gained = tables.copy(), 0.0, 0.0
    resting_until = np.zeros(count, dtype=np.int64)
    for step in range(steps):
        if not watch.left():
            break
        there = company[:, tables]
        own = company[np.arange(count), tables]
        gain = there + there.T - own[:, None] - own[None, :] - 2.0 * worth
        gain[tables[:, None] == tables[None, :]] = -np.inf
        gain[fixed, :] = gain[:, fixed] = -np.inf
        one, other = divmod(int(gain.argmax()), count)
        if gained + gain[one, other] <= best_gained + 1e-9:
            resting = resting_until > step
            gain[resting, :] = gain[:, resting] = -np.inf
            one, other = divmod(int(gain.argmax()), count)
        if not np.isfinite(gain[one, other]):
            if not (resting_until > step).any():
                break  # nobody can move at all
            continue
        gained += float(gain[one, other])
        left, entered = tables[one], tables[other]
        shift = worth[:, other] - worth[:, one]
        company[:, left] += shift
        company[:, entered] -= shift
        tables[one], tables[other] = entered, left
        resting_until[[one, other]] = step + 1 + rng.integers(_REST // 2, _REST, size=2, endpoint=True)
        if gained > best_gained + 1e-9:
            best, best_gained = tables.copy(), gained
    return best
