"""What earlier snapshots say is usual, written into a reading's measures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from copilot.atmosphere.baselines import Point, Usual, usual
from copilot.atmosphere.intervals import Z95
from copilot.atmosphere.models import AtmosphereReading, Baseline, Measure
from copilot.atmosphere.rooms import Room
from copilot.atmosphere.thresholds import DAYS, WEEKS, History
from copilot.community.store import Unit
from copilot.community.tables import AtmosphereSnapshot

_HOUR = timedelta(hours=1)
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
# Counts and waiting times vary by factors, not by steps.
_BY_FACTORS = frozenset({"count", "seconds"})


@dataclass(frozen=True)
class Earlier:
    """One earlier window: its measures by name as (value, low, high), and its weekday."""

    start: datetime
    end: datetime
    weekday: int
    measures: dict[str, tuple[float, float | None, float | None]]


def length_of(start: datetime, end: datetime) -> timedelta | None:
    """Return a day or a week, allowing for the hour of summer time, or None for a window that has no like."""
    return next((one for one in (_DAY, _WEEK) if abs(end - start - one) <= _HOUR), None)


def earlier(unit: Unit, room: Room, before: datetime, length: timedelta, most: int) -> list[Earlier]:
    """Return the newest `most` stored windows of this room and length that end by `before`, oldest first."""
    same = AtmosphereSnapshot.channel_id.is_(None) if room.channel_id is None else (
        AtmosphereSnapshot.channel_id == room.channel_id
    )  # fmt: skip
    rows = unit.session.scalars(
        select(AtmosphereSnapshot)
        .where(same, AtmosphereSnapshot.group == room.group, AtmosphereSnapshot.window_end <= before)
        .where(AtmosphereSnapshot.window_start >= before - (most + 1) * length)
        .order_by(AtmosphereSnapshot.window_start.desc())
    )
    alike = (row for row in rows if length_of(row.window_start, row.window_end) == length)
    found = [_earlier(room, row) for row, _ in zip(alike, range(most), strict=False)]
    return found[::-1]


def set_baselines(reading: AtmosphereReading, known: Sequence[Earlier]) -> None:
    """Write into every measure what is usual by those of `known` that end before the reading's window begins."""
    start, end = reading.window.start, reading.window.end
    length = length_of(start, end)
    if length is None:
        for measure in _measures(reading):
            measure.baseline = Baseline(n=0, reason="odd_window")
        return
    rules = WEEKS if length == _WEEK else DAYS
    before = [item for item in known if item.end <= start]
    weekday = 0 if length == _WEEK else start.weekday()
    for measure in _measures(reading):
        measure.baseline = _baseline(measure, before, weekday, rules)


def _measures(reading: AtmosphereReading) -> list[Measure]:
    return [measure for dimension in reading.dimensions.values() for measure in dimension.measures]


def _baseline(measure: Measure, before: Sequence[Earlier], weekday: int, rules: History) -> Baseline:
    by_factors = measure.unit in _BY_FACTORS
    past = [
        _point(item.measures[measure.name], item.weekday, by_factors)
        for item in before
        if measure.name in item.measures
    ]
    found = usual(past, weekday, rules)
    if found is None:
        return Baseline(n=len(past), reason="too_little_history")
    residual = None
    if measure.value is not None:
        here = _point((measure.value, measure.low, measure.high), weekday, by_factors)
        residual = round(found.residual(here), 2)
    low, middle, high = (_shown(found, side, measure) for side in (-Z95, 0.0, Z95))
    return Baseline(n=found.n, middle=middle, low=low, high=high, residual=residual, by_weekday=found.by_weekday)


def _point(figure: tuple[float, float | None, float | None], weekday: int, by_factors: bool) -> Point:
    value, low, high = figure
    if by_factors:
        return Point(math.log1p(value), 0.0, weekday)
    error = 0.0 if low is None or high is None else (high - low) / (2 * Z95)
    return Point(value, error, weekday)


def _shown(found: Usual, side: float, measure: Measure) -> float:
    value = found.middle + side * found.spread
    if measure.unit in _BY_FACTORS:
        return round(max(0.0, math.expm1(value)), 1)
    least, most = {"share": (0.0, 1.0), "net": (-1.0, 1.0)}.get(measure.unit, (-math.inf, math.inf))
    return round(max(least, min(most, value)), 4)


def _earlier(room: Room, row: AtmosphereSnapshot) -> Earlier:
    content: dict[str, Any] = row.content
    found = {
        item["name"]: (item["value"], item["low"], item["high"])
        for dimension in content.get("dimensions", {}).values()
        for item in dimension["measures"]
        if item["value"] is not None
    }
    # Quiet days have no reading, and are what says how busy this room usually is.
    found.setdefault("active_members", (content["counts"]["speakers"], None, None))
    found.setdefault("messages", (content["counts"]["messages"], None, None))
    return Earlier(
        row.window_start, row.window_end, row.window_start.astimezone(room.zone).weekday(), found
    )  # fmt: skip
