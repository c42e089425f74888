"""Unit-days of one resource: how many units were there to be had, and how many were out, day by day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from copilot.resources.figures.records import Shelf, Use

Days = NDArray[np.int64]
_OFFERED = frozenset({"available", "confidential"})


@dataclass(frozen=True)
class UnitDays:
    """By day from the first of the period, each (days,): units out, units there to be had, and whether it was on offer."""

    used: Days
    available: Days
    offered: NDArray[np.bool_]

    def between(self, first: int, end: int) -> UnitDays:
        """Return the days from one place to another, the last one not included."""
        return UnitDays(self.used[first:end], self.available[first:end], self.offered[first:end])


def unit_days(shelf: Shelf, uses: Sequence[Use], start: date, end: date) -> UnitDays:
    """Count one resource's unit-days from `start` to `end`, both included.

    A unit is out on the day it was handed over, and on every later day at whose end it was not back. What is out counts
    as there to be had, so nothing is used more than it is available, also where a unit went out twice in a day. A unit
    that was spent or lost is there no more, until the owner says that there are more.
    """
    count = (end - start).days + 1
    offered = _offered(shelf, start, count)
    used, gone = np.zeros(count, np.int64), np.zeros(count, np.int64)
    for use in uses:
        if use.handed_on is None:
            continue
        # Days (from the first of the period) on which it is out, the last one not included.
        out_from = (use.handed_on - start).days
        if use.mode == "grant":
            _add(gone, out_from + 1, count, use.units)
            continue
        until = use.back_on or (use.closed_on if use.status == "lost" else None)
        out_until = count if until is None else max(out_from + 1, (until - start).days)
        _add(used, out_from, out_until, use.units)
        if use.status == "lost" and use.back_on is None:
            _add(gone, out_until, count, use.units)
    if shelf.capacity is None or shelf.mode != "lend":
        # Nothing to divide by: no limit, or units that are spent instead of lent.
        return UnitDays(np.zeros(count, np.int64), np.zeros(count, np.int64), offered)
    free = np.maximum(0, _capacity(shelf, start, count) - _closed(shelf, start, count) - gone)
    return UnitDays(used, np.maximum(np.where(offered, free, 0), used), offered)


def _add(days: Days, first: int, end: int, units: int) -> None:
    days[max(0, first) : max(0, end)] += units


def _offered(shelf: Shelf, start: date, count: int) -> NDArray[np.bool_]:
    """Return on which days it could be asked for, by its status at each day's end."""
    found = np.full(count, shelf.status in _OFFERED)
    for change in shelf.changes:
        if change.field == "status":
            found[: max(0, (change.on - start).days)] = change.before in _OFFERED
    found[: max(0, (shelf.created_on - start).days)] = False
    if shelf.expires_on is not None:
        found[max(0, (shelf.expires_on - start).days + 1) :] = False
    return found


def _capacity(shelf: Shelf, start: date, count: int) -> Days:
    found = np.full(count, shelf.capacity or 0, np.int64)
    for change in shelf.changes:
        if change.field == "capacity":
            # Before there was a limit, there was nothing to divide by: those days count for what was out alone.
            found[: max(0, (change.on - start).days)] = change.before or 0
    return found


def _closed(shelf: Shelf, start: date, count: int) -> Days:
    found = np.zeros(count, np.int64)
    for first, last, units in shelf.closures:
        # More than any capacity: the whole resource.
        _add(found, (first - start).days, (last - start).days + 1, 10**9 if units is None else units)
    return found
