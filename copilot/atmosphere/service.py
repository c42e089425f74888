"""Atmosphere as the rest of the system sees it: read a window, read day by day, store snapshots, see who answers whom."""

from __future__ import annotations

from datetime import datetime

from copilot.atmosphere.history import earlier, length_of, set_baselines
from copilot.atmosphere.models import AtmosphereReading, ReplyPair
from copilot.atmosphere.periods import Asked, Period, local_days, local_weeks, resolve
from copilot.atmosphere.reader import Reader
from copilot.atmosphere.replies import top_reply_pairs
from copilot.atmosphere.rooms import Room, find_room, for_reader
from copilot.atmosphere.snapshots import Snapshots
from copilot.atmosphere.thresholds import DAYS, WEEKS, Bounds, Thresholds
from copilot.atmosphere.windows import load
from copilot.community.conversation import latest_sent_at
from copilot.community.store import Store, Unit
from copilot.errors import InvalidInput
from copilot.knowledge import KnowledgeBase


class AtmosphereService:
    """Feature key `atmosphere`. Reads groups, never persons: no figure is about one member."""

    def __init__(
        self,
        store: Store,
        knowledge: KnowledgeBase,
        thresholds: Thresholds | None = None,
        bounds: Bounds | None = None,
    ) -> None:
        self._store = store
        self._thresholds = thresholds or Thresholds()
        self._reader = Reader(knowledge, self._thresholds)
        self._bounds = bounds or Bounds()

    def read(
        self,
        community_id: str,
        channel_id: str | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        *,
        group: str | None = None,
    ) -> AtmosphereReading:
        """Read [start, end): by default the seven days up to the newest message.

        Raises:
            NotFound: no such community or channel.
            InvalidInput: a naive or absurd time, start not before end, more than 366 days, or too many messages.
        """
        with self._store.read(community_id) as unit:
            room = for_reader(unit, find_room(unit, channel_id, group))
            period = resolve(Asked(start, end), latest_sent_at(unit, channel_id), unit.now, self._bounds)
            return self._readings(unit, room, [period])[0]

    def days(
        self,
        community_id: str,
        channel_id: str | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        *,
        group: str | None = None,
    ) -> list[AtmosphereReading]:
        """Read every local day that [start, end) touches, whole; by default the last seven up to the newest message.

        Raises:
            NotFound: no such community or channel.
            InvalidInput: as `read`, or more than 92 days.
        """
        with self._store.read(community_id) as unit:
            room = find_room(unit, channel_id, group)
            newest = latest_sent_at(unit, channel_id)
            periods = local_days(Asked(start, end), newest, unit.now, room.zone, self._bounds)
            return self._readings(unit, room, periods)

    def weeks(
        self,
        community_id: str,
        channel_id: str | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        *,
        group: str | None = None,
    ) -> list[AtmosphereReading]:
        """Read every local week, Monday to Monday, that [start, end) touches; by default the last four.

        Raises:
            NotFound: no such community, channel or group.
            InvalidInput: as `read`.
        """
        with self._store.read(community_id) as unit:
            room = find_room(unit, channel_id, group)
            newest = latest_sent_at(unit, channel_id)
            periods = local_weeks(Asked(start, end), newest, unit.now, room.zone, self._bounds)
            return self._readings(unit, room, periods)

    def snapshot(self, community_id: str) -> int:
        """Store the readings of days and weeks, of the whole, groups and channels; return how many rows changed.

        The first time thirteen weeks back, then the last two and whatever has changed before; running twice changes
        nothing.

        Raises:
            NotFound: no such community.
        """
        return Snapshots(self._store, self._reader, self._thresholds, self._bounds).write(community_id)

    def reply_pairs(self, community_id: str, channel_id: str | None = None, n: int = 10) -> list[ReplyPair]:
        """Return who replies to whom most, over all visible messages, most first; hidden members are left out.

        Raises:
            NotFound: no such community or channel.
            InvalidInput: n outside 1-100.
        """
        if not 1 <= n <= self._bounds.most_pairs:
            most = self._bounds.most_pairs
            raise InvalidInput(f"n must be between 1 and {most}", field="n", limit=most)
        with self._store.read(community_id) as unit:
            find_room(unit, channel_id, None)
            return top_reply_pairs(unit, channel_id, n)

    def _readings(self, unit: Unit, room: Room, periods: list[Period]) -> list[AtmosphereReading]:
        """Read these windows of a room, in order, and say of every measure what is usual before each."""
        whole_stretch = Period(periods[0].start, periods[-1].end)
        stretch = load(unit, whole_stretch, room.channel_id, self._thresholds, self._bounds.most_messages)
        part = room.part(stretch)
        readings = [self._reader.read(room, part.window(period)) for period in periods]
        last = readings[-1].window
        length = length_of(last.start, last.end)
        known = []
        if length is not None:
            rules = WEEKS if length == self._bounds.usual else DAYS
            known = earlier(unit, room, last.start, length, rules.most + len(readings))
        for reading in readings:
            set_baselines(reading, known)
        return readings
