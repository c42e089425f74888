"""Rooms that never were: days of a figure with known noise, a shift put in or not, and what the alert's test says of them."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from copilot.atmosphere.baselines import Point
from copilot.atmosphere.changes import Dated, excursions
from copilot.atmosphere.thresholds import DAYS, Watch

Noise = Literal["steady", "weekly", "heavy", "swinging"]
_MONDAY = date(2026, 1, 5)
# In standard deviations of a day: what a weekly pattern adds from Monday to Sunday.
_WEEK = (0.0, 0.15, 0.3, 0.15, 0.0, -1.2, -1.5)
_FREEDOM = 5  # of Student's t: single days stray far
_CARRIED = 0.3  # of a swinging room's deviation that is still there the next day


@dataclass(frozen=True)
class Shift:
    """A fall of `size` standard deviations from day `first` on, for `days` days."""

    size: float
    first: int
    days: int


def noise(kind: Noise, days: int, draw: random.Random) -> list[float]:
    """Return deviations of standard deviation 1, without the weekly pattern."""
    found: list[float] = []
    carried = 0.0
    for _ in range(days):
        value = draw.gauss(0, 1)
        if kind == "heavy":
            spread = math.sqrt(sum(draw.gauss(0, 1) ** 2 for _ in range(_FREEDOM)) / _FREEDOM)
            value = value / spread / math.sqrt(_FREEDOM / (_FREEDOM - 2))
        if kind == "swinging":
            carried = _CARRIED * carried + math.sqrt(1 - _CARRIED**2) * value
            value = carried
        found.append(value)
    return found


def room(
    kind: Noise, days: int, draw: random.Random, shift: Shift | None = None, order: Callable[[list[float]], None] | None = None
) -> list[Dated]:  # fmt: skip
    """Return a room's days; `order` rearranges the deviations, with what was put in, before weekdays are added."""
    values = noise(kind, days, draw)
    if shift is not None:
        for day in range(shift.first, min(shift.first + shift.days, days)):
            values[day] -= shift.size
    if order is not None:
        order(values)
    pattern = _WEEK if kind == "weekly" else (0.0,) * 7
    return [
        Dated(_MONDAY + timedelta(days=n), Point(value + pattern[n % 7], 0.0, n % 7)) for n, value in enumerate(values)
    ]


def openings(series: Sequence[Dated], watch: Watch) -> list[int]:
    """Return the days, by number, on which a fall opened an alert."""
    found = excursions(series, bad=-1, history=DAYS, watch=watch)
    return [(one.opened_on - _MONDAY).days for one in found]


@dataclass(frozen=True)
class FalseAlarms:
    """Alerts without a change, over room-weeks in which there was a baseline."""

    alarms: int
    weeks: int


def false_alarms(kind: Noise, rooms: int, weeks: int, seed: int, watch: Watch) -> FalseAlarms:
    """Return what opened in rooms where nothing ever changed."""
    draw = random.Random(seed)  # noqa: S311  # a simulation, no secret
    alarms = sum(len(openings(room(kind, 7 * weeks, draw), watch)) for _ in range(rooms))
    return FalseAlarms(alarms, rooms * (weeks - math.ceil(DAYS.least / 7)))


def delays(
    kind: Noise, rooms: int, shift: Shift, seed: int, watch: Watch, *, shuffled: bool = False
) -> list[int | None]:
    """Return, by room, after how many days of the shift an alert opened (1: at the end of its first day), or None.

    Only alerts that open during the shift count. `shuffled` deals the days out anew, shift and all: a control.
    """
    draw = random.Random(seed)  # noqa: S311  # as above
    found: list[int | None] = []
    for _ in range(rooms):
        series = room(kind, shift.first + shift.days, draw, shift, draw.shuffle if shuffled else None)
        during = [day - shift.first + 1 for day in openings(series, watch) if day >= shift.first]
        found.append(min(during, default=None))
    return found
