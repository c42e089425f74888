"""Alerts: false alarms against the stated rate, how soon a change is seen, and the sample's quarrel against shuffled times."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import numpy as np

from copilot.atmosphere.alert_finding import Candidate, Finder
from copilot.atmosphere.alert_models import AlertView
from copilot.atmosphere.quarrels import QuarrelSigns
from copilot.atmosphere.rooms import whole
from copilot.atmosphere.thresholds import Alerting, Bounds, Thresholds, Watch
from eval.alert_simulation import Noise, Shift, delays, false_alarms
from eval.controls import shuffled_sample
from eval.metrics.intervals import SEED
from eval.scores import Better, Figure, count, mean, share, unscored
from eval.suite import Findings, Suite
from eval.world import World, Worlds

_NOISES: tuple[Noise, ...] = ("steady", "weekly", "heavy", "swinging")
_ROOMS, _WEEKS = 150, 16
_SHIFTED_ROOMS, _HISTORY_DAYS, _SHIFT_DAYS = 150, 28, 7
_ZONE = timezone(timedelta(hours=8))
# The sample's authors wrote a quarrel about valuations into these two days of the main channel, and a shorter one
# between two members into the morning of the eleventh.
_QUARREL = (datetime(2026, 11, 2, tzinfo=_ZONE), datetime(2026, 11, 4, tzinfo=_ZONE))
_SECOND = (datetime(2026, 11, 11, tzinfo=_ZONE), datetime(2026, 11, 12, tzinfo=_ZONE))


def measure(worlds: Worlds) -> Findings:
    """Simulate rooms without and with a shift; then look for alerts in the sample, as it is and with times shuffled."""
    watch = Watch()
    figures = [false_alarm_figure(kind, watch) for kind in _NOISES]
    for size in (2, 3):
        figures += detected_figures(f"alerts.shift_{size}sd", size, watch, shuffled=False)
    figures += detected_figures("alerts.control_shuffled.shift_3sd", 3, watch, shuffled=True)[:1]
    with worlds.fresh() as world:
        found = _alerts(world)
        figures += [*_sample("alerts.sample", found), _mood_level("alerts.sample", world)]
    shuffled = shuffled_sample(worlds)
    figures += _sample("alerts.control_shuffled.sample", _alerts(shuffled))
    figures.append(_mood_level("alerts.control_shuffled.sample", shuffled))
    rows: list[dict[str, object]] = [
        {"opened": one.opened_at.isoformat(), "kind": one.kind, "measure": one.measure, "seriousness": one.seriousness}
        for one in found
    ]
    return Findings(figures, rows)


def false_alarm_figure(kind: Noise, watch: Watch, rooms: int = _ROOMS) -> Figure:
    """Return alerts a room-week where nothing ever changed."""
    found = false_alarms(kind, rooms, _WEEKS, SEED, watch)
    return share(f"alerts.false_alarms_a_week.{kind}", found.alarms, found.weeks, better="lower")


def detected_figures(
    name: str, size: float, watch: Watch, *, shuffled: bool, rooms: int = _SHIFTED_ROOMS
) -> list[Figure]:
    """Return in how many rooms a shift was seen, and after how many days."""
    shift = Shift(size, _HISTORY_DAYS, _SHIFT_DAYS)
    found = delays("steady", rooms, shift, SEED, watch, shuffled=shuffled)
    seen = [float(days) for days in found if days is not None]
    better: Better = "lower" if shuffled else "higher"
    return [
        share(f"{name}.detected", len(seen), len(found), better=better),
        mean(f"{name}.delay_days", seen, better="lower") if seen else unscored(f"{name}.delay_days", "never seen", "lower"),
    ]  # fmt: skip


def _alerts(world: World) -> list[AlertView]:
    world.services.atmosphere.snapshot(world.community_id)
    world.services.alerts.look(world.community_id)
    return world.services.alerts.listed(world.community_id, limit=200).items


def _sample(name: str, found: list[AlertView]) -> list[Figure]:
    """Return whether the mood and a thread were seen in the quarrel, and how many alerts fell outside both quarrels."""
    mood = any(one.measure == "net_sentiment" and _is_in(one, _QUARREL) for one in found)
    thread = any(one.kind == "thread" and _is_in(one, _QUARREL) for one in found)
    others = [one for one in found if not _is_in(one, _QUARREL) and not _is_in(one, _SECOND)]
    return [
        count(f"{name}.quarrel_mood_opened", float(mood), 1, better="higher"),
        count(f"{name}.quarrel_thread_shown", float(thread), 1, better="higher"),
        count(f"{name}.other_alerts", float(len(others)), 4 * 7, better="lower"),
    ]


def _mood_level(name: str, world: World) -> Figure:
    """Return the largest share of the level, by twentieths, at which the mood of the quarrel opens an alert: 1 is an alert.

    One quarrel is one case: whether it crosses the level says less than how near it comes.
    """
    usual = Watch()
    level = 0.0
    for share_of_level in np.arange(20, 0, -1) / 20:
        watch = replace(usual, open_at=tuple((least, at * share_of_level) for least, at in usual.open_at))
        finder = Finder(watch, Alerting(), QuarrelSigns(), Thresholds(), Bounds())
        with world.services.store.read(world.community_id) as unit:
            changes = finder.changes(unit, whole(unit))
        if any(one.measure == "net_sentiment" and _is_in(one, _QUARREL) for one in changes):
            level = float(share_of_level)
            break
    return count(f"{name}.quarrel_mood_level", level, 1, better="higher")


def _is_in(one: AlertView | Candidate, period: tuple[datetime, datetime]) -> bool:
    # A day's alert opens at the day's end, which is the next day's first moment.
    return period[0] < one.opened_at <= period[1]


SUITE = Suite(
    "alerts", 1, "false alarms, delay of detection, the sample's quarrel, shuffled times", measure, "shuffled sample"
)
