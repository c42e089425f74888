"""Atmosphere: does a quarrel show, does it vanish when times are shuffled, and is nothing said of a silent room?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

from copilot.atmosphere.models import AtmosphereReading
from copilot.community.tables import Message
from eval.controls import shuffled_sample
from eval.scores import Figure, difference, share, unscored
from eval.suite import WORST, Findings, Suite
from eval.world import World, Worlds

_ZONE = timezone(timedelta(hours=8))
_START = datetime(2026, 10, 19, tzinfo=_ZONE)
_STEP = timedelta(days=2)
_WINDOWS = 14
# The sample's authors wrote a quarrel about valuations into these two days of the main channel.
_CHANNEL, QUARREL = "main", datetime(2026, 11, 2, tzinfo=_ZONE)
_NIGHT = timedelta(hours=3), timedelta(hours=5)
_THIN = 5
_ROUNDING = 2e-4  # three shares of four decimals


def measure(worlds: Worlds) -> Findings:
    """Read the main channel in two-day windows, as it is and with its times shuffled; then the nights of all channels."""
    world = worlds.shared()
    readings = read_windows(world)
    figures = quarrel_figures("atmosphere", readings)
    figures += quarrel_figures("atmosphere.control_shuffled", read_windows(shuffled_sample(worlds)))
    figures += [*_soundness(world, list(readings.values())), _silence(world)]
    return Findings(figures, _by_satisfaction(readings))


def read_windows(world: World) -> dict[datetime, AtmosphereReading]:
    """Return a reading of the main channel for every two days, by the window's start."""
    channel_id = world.channels()[_CHANNEL]
    starts = [_START + number * _STEP for number in range(_WINDOWS)]
    return {at: world.services.atmosphere.read(world.community_id, channel_id, at, at + _STEP) for at in starts}


def quarrel_figures(name: str, readings: dict[datetime, AtmosphereReading]) -> list[Figure]:
    """Return by how much satisfaction lies lower in the quarrel than elsewhere, and than what share of windows."""
    names = (f"{name}.quarrel_drop", f"{name}.quarrel_below_others")
    quarrel = satisfaction(readings[QUARREL])
    others = [value for at, found in readings.items() if at != QUARREL and (value := satisfaction(found)) is not None]
    if quarrel is None or not others:
        return [unscored(one, "no reading of the quarrel or of nothing else") for one in names]
    return [
        difference(names[0], [value - quarrel for value in others]),
        share(names[1], sum(quarrel < value for value in others), len(others)),
    ]


def satisfaction(reading: AtmosphereReading) -> float | None:
    """Return the headline of satisfaction, None without a reading."""
    found = reading.dimensions.get("satisfaction")
    return found.headline.value if found is not None else None


def _soundness(world: World, readings: Sequence[AtmosphereReading]) -> list[Figure]:
    """Shares sum to 1, every interval holds its value, and evidence lies inside the window it is shown for."""
    with world.services.store.read(world.community_id) as unit:
        measures = [(r, m) for r in readings for d in r.dimensions.values() for m in d.measures]
        rows = unit.get_many(Message, [i for _, m in measures for i in m.evidence])
    sums = [
        sum(part.value or 0.0 for part in (r.sentiment.negative, r.sentiment.neutral, r.sentiment.positive))
        for r in readings
        if r.sentiment is not None
    ]
    held = [
        m.low <= m.value <= m.high
        for _, m in measures
        if m.value is not None and m.low is not None and m.high is not None
    ]
    shown = [i in rows and r.window.start <= rows[i].sent_at < r.window.end for r, m in measures for i in m.evidence]
    return [
        share("atmosphere.shares_sum_to_one", sum(abs(total - 1) <= _ROUNDING for total in sums), len(sums)),
        share("atmosphere.intervals_hold_values", sum(held), len(held)),
        share("atmosphere.evidence_in_window", sum(shown), len(shown)),
    ]


def _silence(world: World) -> Figure:
    """Of nights with hardly a message nothing may be said."""
    silent = thin = 0
    for channel_id in world.channels().values():
        for day in range(_WINDOWS * _STEP.days):
            start, end = (_START + timedelta(days=day) + hours for hours in _NIGHT)
            reading = world.services.atmosphere.read(world.community_id, channel_id, start, end)
            if reading.counts.messages < _THIN:
                thin += 1
                silent += reading.no_reading is not None and not reading.dimensions and reading.sentiment is None
    return share("atmosphere.thin_windows_silent", silent, thin)


def _by_satisfaction(readings: dict[datetime, AtmosphereReading]) -> list[dict[str, object]]:
    """Return every window, the least satisfied first and those without a reading last."""
    ordered = sorted(readings, key=lambda at: ((value := satisfaction(readings[at])) is None, value or 0.0))
    rows: list[dict[str, object]] = [
        {
            "from": at.date().isoformat(),
            "satisfaction": satisfaction(readings[at]),
            "messages": readings[at].counts.messages,
        }
        for at in ordered
    ]
    return rows[:WORST]


SUITE = Suite("atmosphere", 1, "the quarrel in the sample, shuffled times, silent nights", measure, "shuffled sample")
