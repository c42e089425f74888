"""Atmosphere as the rest of the system sees it: read a window, read day by day, store snapshots, see who answers whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from copilot.atmosphere.advice import suggest
from copilot.atmosphere.dimensions import dimensions, sentiment
from copilot.atmosphere.models import AtmosphereReading, Counts, NoReading, NoReadingCode, ReplyPair, Window
from copilot.atmosphere.periods import Asked, Period, local_days, resolve
from copilot.atmosphere.replies import top_reply_pairs
from copilot.atmosphere.thresholds import Bounds, Thresholds
from copilot.atmosphere.windows import SpokenWindow, Stretch, load
from copilot.atmosphere.wording import NO_READING, Locale
from copilot.community.conversation import latest_sent_at
from copilot.community.ids import derived_id
from copilot.community.store import Store, Unit
from copilot.community.tables import AtmosphereSnapshot, Channel
from copilot.errors import InvalidInput
from copilot.knowledge import KnowledgeBase


@dataclass(frozen=True)
class _Room:
    """What is read: a channel or, without one, the whole community."""

    community_id: str
    locale: Locale
    zone: ZoneInfo
    channel_id: str | None = None
    channel_name: str | None = None


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
        self._knowledge = knowledge
        self._thresholds = thresholds or Thresholds()
        self._bounds = bounds or Bounds()

    def read(
        self,
        community_id: str,
        channel_id: str | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> AtmosphereReading:
        """Read [start, end): by default the seven days up to the newest message.

        Raises:
            NotFound: no such community or channel.
            InvalidInput: a naive or absurd time, start not before end, more than 366 days, or too many messages.
        """
        with self._store.read(community_id) as unit:
            room = _room(unit, channel_id)
            newest = latest_sent_at(unit, channel_id)
            period = resolve(Asked(start, end), newest, unit.now, self._bounds)
            stretch = self._load(unit, period, channel_id)
        return self._reading(room, stretch.window(period))

    def days(
        self,
        community_id: str,
        channel_id: str | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> list[AtmosphereReading]:
        """Read every local day that [start, end) touches, whole; by default the last seven up to the newest message.

        Raises:
            NotFound: no such community or channel.
            InvalidInput: as `read`, or more than 92 days.
        """
        with self._store.read(community_id) as unit:
            room = _room(unit, channel_id)
            newest = latest_sent_at(unit, channel_id)
            periods = local_days(Asked(start, end), newest, unit.now, room.zone, self._bounds)
            stretch = self._load(unit, Period(periods[0].start, periods[-1].end), channel_id)
        return [self._reading(room, stretch.window(day)) for day in periods]

    def snapshot(self, community_id: str) -> int:
        """Store the readings of the last seven local days, of all channels together and of each; return how many changed.

        A day is stored once and renewed while answers, readings or recalls still change it; running twice changes
        nothing.

        Raises:
            NotFound: no such community.
        """
        with self._store.read(community_id) as unit:
            room = _room(unit, None)
            newest = latest_sent_at(unit)
            if newest is None:
                return 0
            periods = local_days(Asked(None, None), newest, unit.now, room.zone, self._bounds)
            stretch = self._load(unit, Period(periods[0].start, periods[-1].end), None)
            # A day whose messages have all been recalled must not keep the reading it had.
            stored = unit.session.scalars(
                select(AtmosphereSnapshot.channel_id)
                .where(AtmosphereSnapshot.window_start >= periods[0].start, AtmosphereSnapshot.channel_id.is_not(None))
                .distinct()
            )
            channels = sorted({*stretch.channel_ids, *(name for name in stored if name is not None)})
            rooms = {channel.id: _room_of(room, channel) for channel in unit.get_many(Channel, channels).values()}
        rows = [self._row(room, stretch, day, community_id) for day in periods]
        for channel_id, channel_room in rooms.items():
            part = stretch.of_channel(channel_id)
            rows.extend(self._row(channel_room, part, day, community_id) for day in periods)
        with self._store.write(community_id) as unit:
            written = unit.upsert(AtmosphereSnapshot, [{**row, "created_at": unit.now} for row in rows])
        return len(written.inserted) + len(written.updated)

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
            _room(unit, channel_id)
            return top_reply_pairs(unit, channel_id, n)

    def _load(self, unit: Unit, period: Period, channel_id: str | None) -> Stretch:
        return load(unit, period, channel_id, self._thresholds, self._bounds.most_messages)

    def _reading(self, room: _Room, window: SpokenWindow) -> AtmosphereReading:
        reading = AtmosphereReading(
            community_id=room.community_id, locale=room.locale, window=_shown(room, window), counts=_counts(window)
        )
        reading.no_reading = self._no_reading(room.locale, reading.counts)
        if reading.no_reading is None:
            reading.sentiment = sentiment(window)
            reading.dimensions = dimensions(window)
            reading.suggestion = suggest(
                self._knowledge, room.locale, reading.dimensions,
                is_whole_week=room.channel_id is None and window.end - window.start >= self._bounds.usual,
            )  # fmt: skip
        return reading

    def _no_reading(self, locale: Locale, counts: Counts) -> NoReading | None:
        code: NoReadingCode
        if counts.messages == 0:
            code = "no_messages"
        elif counts.messages < self._thresholds.least_messages:
            code = "too_few_messages"
        elif counts.speakers < self._thresholds.least_speakers:
            code = "too_few_speakers"
        else:
            return None
        sentence = NO_READING[locale][code].format(
            messages=counts.messages, speakers=counts.speakers,
            least_messages=self._thresholds.least_messages, least_speakers=self._thresholds.least_speakers,
        )  # fmt: skip
        return NoReading(code=code, sentence=sentence)

    def _row(self, room: _Room, stretch: Stretch, day: Period, community_id: str) -> dict[str, Any]:
        """Return a snapshot's columns; its id follows from what was read, so that there is one per room and day."""
        bounds = (day.start.isoformat(), day.end.isoformat())
        return {
            "id": derived_id("snap", community_id, room.channel_id or "", *bounds),
            "channel_id": room.channel_id,
            "window_start": day.start,
            "window_end": day.end,
            "content": self._reading(room, stretch.window(day)).model_dump(mode="json"),
        }


def _room(unit: Unit, channel_id: str | None) -> _Room:
    row = unit.community()
    locale: Locale = "en" if row.locale == "en" else "zh-CN"
    room = _Room(row.id, locale, ZoneInfo(row.timezone))
    return room if channel_id is None else _room_of(room, unit.get(Channel, channel_id))


def _room_of(room: _Room, channel: Channel) -> _Room:
    return _Room(room.community_id, room.locale, room.zone, channel.id, channel.name)


def _shown(room: _Room, window: SpokenWindow) -> Window:
    return Window(
        start=window.start.astimezone(room.zone), end=window.end.astimezone(room.zone), timezone=room.zone.key,
        channel_id=room.channel_id, channel_name=room.channel_name,
    )  # fmt: skip


def _counts(window: SpokenWindow) -> Counts:
    messages, read = len(window.said), len(window.read)
    return Counts(
        messages=messages, messages_read=read, coverage=round(read / messages, 4) if messages else None,
        speakers=len(window.by_speaker), known_members=window.known_members,
        questions=sum(item.is_question for item in window.said),
    )  # fmt: skip
