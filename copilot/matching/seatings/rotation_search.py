"""Improves a rotation on the true number of new acquaintances: members change places while every rule holds."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from copilot.matching.optimum import Stopwatch
from copilot.matching.seatings.rotation_bound import Ints, Task

_STEPS, _PATIENCE, _REST = 2_000, 150, 10
# Best changes of a step whose balance is checked.
_CHECKED = 400


def improve(task: Task, start: Ints, watch: Stopwatch, share: float) -> Ints:
    """Return the best rotation met on a walk of best changes from `start`, which must keep every rule.

    A change is two members who change places, or one who moves where sizes allow it. Members tied together stay where
    `start` has them. The walk ends after 150 steps without a better rotation, or with `share` (0-1) of the watch.
    """
    walk = _Walk(task, start)
    best, gained, best_gained, since = start.copy(), 0, 0, 0
    for step in range(_STEPS):
        if since > _PATIENCE or not watch.left(share):
            break
        change = walk.best_change(step, needed=best_gained - gained)
        if change is None:
            break
        gained += walk.apply(change, step)
        since += 1
        if gained > best_gained:
            best, best_gained, since = walk.to.copy(), gained, 0
    return best


def gather(task: Task) -> Ints | None:
    """Return the rotation that only brings together who is pinned together, each changing places with one like them.

    Nothing where that does not lead to a rotation that keeps every rule.
    """
    walk = _Walk(task, task.at)
    for block in task.blocks:
        homes = Counter(int(walk.to[one]) for one in block)
        kept = [int(walk.to[one]) for one in block if task.stays[one]]
        for group in kept or [home for home, _ in homes.most_common()]:
            changes = [walk.exchange(one, group) for one in block if walk.to[one] != group]
            if all(changes):
                break
    return walk.to if task.allows(walk.to) else None


class _Walk:
    """A rotation and what each change of it would bring. A change is (member, partner or -1, group)."""

    def __init__(self, task: Task, start: Ints) -> None:
        self._task = task
        self.to = start.copy()
        self._members = np.arange(len(start))
        self._unknown = task.unknown.astype(np.float64)
        inside = (start[:, None] == np.arange(task.groups)[None, :]).astype(np.float64)
        self._company = self._unknown @ inside
        # Stricter than the rule where two come back to the group they share today; the relaxation is not.
        self._forbidden = task.forbidden.astype(np.float64)
        self._foes = self._forbidden @ inside
        self._excess = task.excess(start)
        self._sizes = np.bincount(start, minlength=task.groups)
        self._away = (task.at[:, None] != np.arange(task.groups)[None, :]).astype(np.float64)
        self._resting_until = np.zeros(len(start), dtype=np.int64)
        self._fixed = task.stays.copy()
        for block in task.blocks:
            self._fixed[list(block)] = True

    def best_change(self, step: int, needed: int) -> tuple[int, int, int] | None:
        """Return the change that brings most; a resting member only takes part in one that brings over `needed`."""
        options = [self._best_swap(step, needed), self._best_move(step, needed)]
        found = [option for option in options if option is not None]
        return max(found, key=lambda option: option[0])[1] if found else None

    def apply(self, change: tuple[int, int, int], step: int) -> int:
        """Make a change and return what it brings."""
        member, partner, group = change
        before = self.to[member]
        brought = self._company[member, group] - self._company[member, before]
        pairs = [(member, group)]
        if partner >= 0:
            brought += self._company[partner, before] - self._company[partner, group]
            brought -= 2.0 * self._unknown[member, partner]
            pairs.append((partner, int(before)))
        for one, entered in pairs:
            left = self.to[one]
            self._company[:, left] -= self._unknown[one]
            self._company[:, entered] += self._unknown[one]
            self._foes[:, left] -= self._forbidden[one]
            self._foes[:, entered] += self._forbidden[one]
            self.to[one] = entered
            self._resting_until[one] = step + 1 + _REST
        self._excess = self._task.excess(self.to)
        self._sizes = np.bincount(self.to, minlength=self._task.groups)
        return int(brought)

    def exchange(self, member: int, group: int) -> bool:
        """Let a member change places with the one of `group` who is most like them; whether somebody could."""
        partners = np.flatnonzero((self.to == group) & ~self._fixed & (self.to == self._task.at))
        features = self._task.features
        shift = len(self.to) * (features[:, partners] - features[:, [member]])
        here = np.full(len(partners), self.to[member])
        fits = self._fits(here, shift) & self._fits(self.to[partners], -shift)
        own = self._forbidden[member, partners]
        fits &= (self._foes[member, group] - own <= 0) & (self._foes[partners, self.to[member]] - own <= 0)
        if not fits.any():
            return False
        strain = np.where(fits, np.abs(shift).sum(axis=0), np.iinfo(np.int64).max)
        self.apply((member, int(partners[int(strain.argmin())]), group), 0)
        return True

    def _moves_left(self) -> int:
        return self._task.most_moves - int((self.to != self._task.at).sum())

    def _barred(self, step: int) -> NDArray[np.bool_]:
        return self._fixed | (self._resting_until > step)

    def _best_swap(self, step: int, needed: int) -> tuple[float, tuple[int, int, int]] | None:
        there = self._company[:, self.to]
        own = self._company[self._members, self.to]
        gain = there + there.T - own[:, None] - own[None, :] - 2.0 * self._unknown
        away = self._away[:, self.to]
        home = self._away[self._members, self.to]
        more = away + away.T - home[:, None] - home[None, :]
        gain[(more > self._moves_left()) | (self.to[:, None] == self.to[None, :])] = -np.inf
        gain[self._fixed, :] = gain[:, self._fixed] = -np.inf
        foes = self._foes[:, self.to] - self._forbidden
        gain[(foes > 0) | (foes.T > 0)] = -np.inf
        resting = self._barred(step)
        rested = gain <= needed
        gain[rested & (resting[:, None] | resting[None, :])] = -np.inf
        gain[np.tril_indices(len(gain))] = -np.inf
        chosen = _largest(gain)
        one, other = np.divmod(chosen, len(gain))
        if not len(one):
            return None
        task = self._task
        shift = len(self.to) * (task.features[:, other] - task.features[:, one])
        fits = self._fits(self.to[one], shift) & self._fits(self.to[other], -shift)
        if not fits.any():
            return None
        place = int(fits.argmax())
        member, partner = int(one[place]), int(other[place])
        return float(gain[member, partner]), (member, partner, int(self.to[partner]))

    def _best_move(self, step: int, needed: int) -> tuple[float, tuple[int, int, int]] | None:
        task = self._task
        if task.least == task.largest:
            return None
        gain = self._company - self._company[self._members, self.to][:, None]
        more = self._away - self._away[self._members, self.to][:, None]
        gain[more > self._moves_left()] = -np.inf
        gain[:, self._sizes >= task.largest] = -np.inf
        gain[(self._sizes <= task.least)[self.to], :] = -np.inf
        gain[self._members, self.to] = -np.inf
        gain[self._fixed, :] = -np.inf
        gain[self._foes > 0] = -np.inf
        gain[self._barred(step)[:, None] & (gain <= needed)] = -np.inf
        chosen = _largest(gain)
        one, group = np.divmod(chosen, task.groups)
        if not len(one):
            return None
        shift = len(self.to) * task.features[:, one] - task.features.sum(axis=1)[:, None]
        fits = self._fits(self.to[one], -shift) & self._fits(group, shift)
        if not fits.any():
            return None
        place = int(fits.argmax())
        return float(gain[one[place], group[place]]), (int(one[place]), -1, int(group[place]))

    def _fits(self, groups: Ints, shift: Ints) -> NDArray[np.bool_]:
        """Whether each of the groups (k,) stays in balance with its shift (f, k)."""
        excess = self._excess[:, groups] + shift
        low, high = self._task.low[:, groups], self._task.high[:, groups]
        fits: NDArray[np.bool_] = np.all((excess >= low) & (excess <= high), axis=0)
        return fits


def _largest(gain: NDArray[np.float64]) -> Ints:
    """Return the places of the largest finite values in the flattened array, largest first; ties by place."""
    flat = gain.ravel()
    if not len(flat):
        return np.zeros(0, dtype=np.int64)
    most = min(_CHECKED, len(flat))
    # All that are at least as large as the last one kept, so that ties do not depend on the partition.
    cut = np.partition(flat, len(flat) - most)[len(flat) - most]
    places = (
        np.flatnonzero((flat >= cut) & np.isfinite(flat)) if np.isfinite(cut) else np.flatnonzero(np.isfinite(flat))
    )
    return places[np.argsort(-flat[places], kind="stable")][:_CHECKED]
