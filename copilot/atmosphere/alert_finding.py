"""What is worth an alert by the stored days and the newest messages: changes of a figure, and threads. Reads only."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from copilot.atmosphere.alert_models import AlertContent
from copilot.atmosphere.baselines import Point
from copilot.atmosphere.changes import Dated, Excursion, excursions
from copilot.atmosphere.history import length_of
from copilot.atmosphere.models import DimensionName
from copilot.atmosphere.periods import Period
from copilot.atmosphere.points import WATCHED, Watched
from copilot.atmosphere.quarrels import Quarrel, QuarrelSigns, quarrels, usual_share
from copilot.atmosphere.rooms import Room, of_channel
from copilot.atmosphere.thresholds import DAYS, Alerting, Bounds, Thresholds, Watch
from copilot.atmosphere.windows import load
from copilot.community.conversation import latest_sent_at
from copilot.community.ids import derived_id
from copilot.community.store import Unit
from copilot.community.tables import AtmosphereSnapshot, Channel
from copilot.errors import TooLarge

_DAY = timedelta(days=1)
THREAD = "heat"  # the measure of a thread


@dataclass(frozen=True)
class Candidate:
    """What may become an alert, or goes on as one."""

    id: str
    kind: str
    room: Room
    dimension: DimensionName
    measure: str
    opened_at: datetime
    closed_at: datetime | None
    seriousness: float
    content: AlertContent


@dataclass(frozen=True)
class Finder:
    """Looks at one community."""

    watch: Watch
    rules: Alerting
    signs: QuarrelSigns
    thresholds: Thresholds
    bounds: Bounds

    def changes(self, unit: Unit, whole: Room) -> list[Candidate]:
        """Return the changes of the last weeks, in the whole, groups and channels; those that are over have an end."""
        newest = latest_sent_at(unit)
        if newest is None:
            return []
        found: list[Candidate] = []
        for room, days in self._days_of_rooms(unit, whole, newest):
            for watched in WATCHED:
                series = _series(days, watched.measure)
                found += [
                    self._change(room, watched, one, days)
                    for one in excursions(series, bad=watched.bad, history=DAYS, watch=self.watch)
                    if one.opened_on > series[-1].day - self.rules.reach
                ]
        return found

    def threads(self, unit: Unit, whole: Room) -> list[Candidate]:
        """Return the threads of the last days that had the signs of a quarrel; older messages say what is usual."""
        newest = latest_sent_at(unit)
        if newest is None:
            return []
        period = Period(newest - self.rules.threads_reach, newest + timedelta(microseconds=1))
        try:
            stretch = load(unit, period, None, self.thresholds, self.bounds.most_messages)
        except TooLarge:
            return []  # a room that writes this much has people who watch it
        found = quarrels(stretch.said, usual_share(stretch.said, self.signs), self.signs)
        channels = unit.get_many(Channel, {one.channel_id for one in found})
        return [
            self._thread(of_channel(whole, channels[one.channel_id]), one, newest)
            for one in found
            if one.opened_at >= period.start
        ]

    def _days_of_rooms(
        self, unit: Unit, whole: Room, newest: datetime
    ) -> Iterator[tuple[Room, list[tuple[date, AtmosphereSnapshot]]]]:
        """Yield rooms with their stored days that are over, oldest first."""
        rows = unit.session.scalars(
            select(AtmosphereSnapshot)
            .where(AtmosphereSnapshot.window_end <= newest + self.rules.late_evening)
            .where(AtmosphereSnapshot.window_start >= newest - self.bounds.weeks_back * timedelta(days=7))
            .order_by(AtmosphereSnapshot.window_start)
        )
        by_room: dict[tuple[str | None, str], list[tuple[date, AtmosphereSnapshot]]] = {}
        for row in rows:
            if length_of(row.window_start, row.window_end) == _DAY:
                day = row.window_start.astimezone(whole.zone).date()
                by_room.setdefault((row.channel_id, row.group), []).append((day, row))
        channels = unit.get_many(Channel, {channel_id for channel_id, _ in by_room if channel_id is not None})
        for (channel_id, group), days in by_room.items():
            if channel_id is None:
                room = Room(whole.community_id, whole.locale, whole.zone, whole.kind, group=group)
            else:
                room = of_channel(whole, channels[channel_id])
            yield room, days

    def _change(
        self, room: Room, watched: Watched, one: Excursion, days: list[tuple[date, AtmosphereSnapshot]]
    ) -> Candidate:
        content = AlertContent(
            days=[day.isoformat() for day in one.days], value=round(one.value, 4), middle=round(one.usual.middle, 4),
            spread=round(one.usual.spread, 4), windows=one.usual.n, peak=round(one.peak, 2), level=one.level,
            evidence=_evidence(watched, one, days),
        )  # fmt: skip
        weight = self.rules.weights[watched.dimension]
        return Candidate(
            id=derived_id("alr", room.community_id, room.key, watched.measure, one.opened_on.isoformat()),
            kind="change", room=room, dimension=watched.dimension, measure=watched.measure,
            opened_at=_end_of(one.opened_on, room), content=content,
            closed_at=None if one.closed_on is None else _end_of(one.closed_on, room),
            seriousness=round(one.peak / one.level * weight, 3),
        )  # fmt: skip

    def _thread(self, room: Room, one: Quarrel, newest: datetime) -> Candidate:
        noughts, level = -math.log10(one.chance), -math.log10(self.signs.chance)
        content = AlertContent(
            value=round(len(one.heated_ids) / len(one.message_ids), 4), peak=round(noughts, 2), level=round(level, 2),
            messages=len(one.message_ids), heated=len(one.heated_ids), people=one.people, evidence=one.message_ids,
        )  # fmt: skip
        is_over = newest - one.last_at > self.rules.thread_lasts
        return Candidate(
            id=derived_id("alr", room.community_id, "thread", one.root_id), kind="thread", room=room,
            dimension="satisfaction", measure=THREAD, opened_at=one.opened_at, content=content,
            closed_at=one.last_at + self.rules.thread_lasts if is_over else None,
            seriousness=round(noughts / level * self.rules.thread_weight, 3),
        )  # fmt: skip


def _series(days: list[tuple[date, AtmosphereSnapshot]], measure: str) -> list[Dated]:
    """Return a figure day by day, with the days between of which nothing is stored."""
    found: list[Dated] = []
    for day, row in days:
        while found and found[-1].day + _DAY < day:
            found.append(Dated(found[-1].day + _DAY, None))
        stored = (row.points or {}).get(measure)
        found.append(Dated(day, None if stored is None else Point(stored[0], stored[1], day.weekday())))
    return found


def _evidence(watched: Watched, one: Excursion, days: list[tuple[date, AtmosphereSnapshot]]) -> list[str]:
    """Return the three messages that moved the figure most on the newest days that opened the alert."""
    wanted = set(one.days[: one.days.index(one.opened_on) + 1])
    found: list[str] = []
    for day, row in reversed(days):
        if day in wanted:
            content = row.content
            if watched.measure == "net_sentiment":
                found += ((content.get("sentiment") or {}).get("negative") or {}).get("evidence", [])
                continue
            measures = (content.get("dimensions", {}).get(watched.dimension) or {}).get("measures", [])
            found += next((item["evidence"] for item in measures if item["name"] == watched.measure), [])
    return list(dict.fromkeys(found))[:3]


def _end_of(day: date, room: Room) -> datetime:
    return datetime.combine(day + _DAY, time.min, room.zone)
