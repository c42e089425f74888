"""Stores what was read, day by day and week by week, for the whole, each group and each channel; the past on first sight.

Every run renews this and the last week, and older weeks whose messages or models have changed since.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from copilot.atmosphere.history import length_of
from copilot.atmosphere.periods import Period, days_of, weeks_back
from copilot.atmosphere.points import points
from copilot.atmosphere.reader import Reader
from copilot.atmosphere.rooms import Room, groups, of_channel, whole
from copilot.atmosphere.thresholds import Bounds, Thresholds
from copilot.atmosphere.windows import Stretch, load
from copilot.community.conversation import count_lines, latest_sent_at, visible
from copilot.community.ids import derived_id
from copilot.community.store import Store, Unit
from copilot.community.tables import AtmosphereSnapshot, Channel, Message, Reading
from copilot.errors import TooLarge

_DAY = timedelta(days=1)


class Snapshots:
    """Writes `AtmosphereSnapshot`; running twice changes nothing."""

    def __init__(self, store: Store, reader: Reader, thresholds: Thresholds, bounds: Bounds) -> None:
        self._store = store
        self._reader = reader
        self._thresholds = thresholds
        self._bounds = bounds

    def write(self, community_id: str) -> int:
        """Store the days and weeks up to the newest message; return how many rows are new or changed.

        Raises:
            NotFound: no such community.
        """
        with self._store.read(community_id) as unit:
            room = whole(unit)
            newest, oldest = latest_sent_at(unit), _first_sent_at(unit)
            version = _model_version(unit)
        if newest is None or oldest is None:
            return 0
        changed = 0
        last = newest.astimezone(room.zone).date()
        for at, period in enumerate(weeks_back(newest, self._bounds.weeks_back, room.zone)):
            if period.end <= oldest:
                break
            with self._store.read(community_id) as unit:
                if at >= self._bounds.weeks_renewed and not _is_outdated(unit, period, version):
                    continue
                try:
                    stretch = load(unit, period, None, self._thresholds, self._bounds.most_messages)
                except TooLarge:
                    break  # a week beyond the bound is not read, nor anything before it
                rooms = self._rooms(unit, room, stretch, period)
            days = [
                day
                for day in days_of(period, room.zone)
                if day.end > oldest and day.start.astimezone(room.zone).date() <= last
            ]
            changed += self._store_rows(community_id, rooms, stretch, [*days, period])
        return changed

    def _rooms(self, unit: Unit, room: Room, stretch: Stretch, period: Period) -> list[Room]:
        """Return the whole, the groups, and the channels in which most was said or of which something is stored."""
        counts: dict[str, int] = {}
        for item in stretch.said:
            counts[item.channel_id] = counts.get(item.channel_id, 0) + 1
        busiest = sorted(counts, key=lambda name: (-counts[name], name))[: self._bounds.most_rooms]
        # What was recalled must not keep the reading it had.
        stored = unit.session.scalars(
            select(AtmosphereSnapshot.channel_id)
            .where(AtmosphereSnapshot.channel_id.is_not(None), AtmosphereSnapshot.window_start >= period.start)
            .where(AtmosphereSnapshot.window_start < period.end)
            .distinct()
        )
        names = sorted({*busiest, *(name for name in stored if name is not None)})
        channels = unit.get_many(Channel, names)
        grouped = groups(room, unit.session.scalars(select(Channel)))[: self._bounds.most_rooms]
        return [room, *grouped, *(of_channel(room, channels[name]) for name in names if name in channels)]

    def _store_rows(self, community_id: str, rooms: list[Room], stretch: Stretch, periods: list[Period]) -> int:
        rows = [row for room in rooms for row in self._rows(room, room.part(stretch), periods)]
        with self._store.write(community_id) as unit:
            written = unit.upsert(AtmosphereSnapshot, [{**row, "created_at": unit.now} for row in rows])
        return len(written.inserted) + len(written.updated)

    def _rows(self, room: Room, part: Stretch, periods: list[Period]) -> Iterator[dict[str, Any]]:
        """Yield snapshots' columns; an id follows from what was read, so that there is one per room and window."""
        for period in periods:
            window = part.window(period)
            yield {
                "id": derived_id("snap", room.community_id, room.key, period.start.isoformat(), period.end.isoformat()),
                "channel_id": room.channel_id,
                "group": room.group,
                "window_start": period.start,
                "window_end": period.end,
                "content": self._reader.read(room, window).model_dump(mode="json"),
                "points": points(window) if length_of(period.start, period.end) == _DAY else {},
            }


def _first_sent_at(unit: Unit) -> datetime | None:
    return unit.session.scalar(select(Message.sent_at).where(visible()).order_by(Message.sent_at).limit(1))


def _model_version(unit: Unit) -> str | None:
    """Return the model that read last."""
    return unit.session.scalar(select(Reading.model_version).order_by(Reading.read_at.desc()).limit(1))


def _is_outdated(unit: Unit, period: Period, version: str | None) -> bool:
    """Return whether what is stored of a past week no longer says what its messages say."""
    rows = unit.session.scalars(
        select(AtmosphereSnapshot).where(
            AtmosphereSnapshot.window_start == period.start, AtmosphereSnapshot.window_end == period.end,
            AtmosphereSnapshot.channel_id.is_(None), AtmosphereSnapshot.group == "",
        )
    )  # fmt: skip
    stored = rows.first()
    if stored is None:
        return True
    if stored.content["counts"]["messages"] != count_lines(unit, period.start, period.end):
        return True
    read_by = (stored.content.get("sentiment") or {}).get("model_versions") or []
    return bool(read_by) and read_by != [version]
