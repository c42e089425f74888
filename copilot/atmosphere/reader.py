"""Makes the reading of one window: counts, sentiment, five dimensions, targets, one step; or the reason for none. Pure."""

from __future__ import annotations

from datetime import timedelta

from copilot.atmosphere.advice import suggest
from copilot.atmosphere.dimensions import dimensions, sentiment
from copilot.atmosphere.models import AtmosphereReading, Counts, NoReading, NoReadingCode, Window
from copilot.atmosphere.rooms import Room
from copilot.atmosphere.targets import set_targets
from copilot.atmosphere.thresholds import Thresholds
from copilot.atmosphere.windows import SpokenWindow
from copilot.atmosphere.wording import NO_READING, Locale
from copilot.knowledge import KnowledgeBase

# A week with the change to summer time has an hour less.
_WEEK = timedelta(days=7) - timedelta(hours=1)


class Reader:
    """Reads windows by one set of thresholds."""

    def __init__(self, knowledge: KnowledgeBase, thresholds: Thresholds) -> None:
        self._knowledge = knowledge
        self._thresholds = thresholds

    def read(self, room: Room, window: SpokenWindow) -> AtmosphereReading:
        """Return the reading, without what is usual: that takes earlier windows."""
        reading = AtmosphereReading(
            community_id=room.community_id, locale=room.locale, kind=room.kind, window=_shown(room, window),
            counts=_counts(window),
        )  # fmt: skip
        reading.no_reading = self._no_reading(room.locale, reading.counts)
        if reading.no_reading is None:
            reading.sentiment = sentiment(window)
            reading.dimensions = dimensions(window)
            is_whole_week = room.is_whole and window.end - window.start >= _WEEK
            set_targets(reading, is_whole_week=is_whole_week)
            reading.suggestion = suggest(
                self._knowledge, room.locale, room.kind, reading.dimensions, is_whole_week=is_whole_week
            )
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


def _shown(room: Room, window: SpokenWindow) -> Window:
    return Window(
        start=window.start.astimezone(room.zone), end=window.end.astimezone(room.zone), timezone=room.zone.key,
        channel_id=room.channel_id, channel_name=room.channel_name, group=room.group or None,
    )  # fmt: skip


def _counts(window: SpokenWindow) -> Counts:
    messages, read = len(window.said), len(window.read)
    return Counts(
        messages=messages, messages_read=read, coverage=round(read / messages, 4) if messages else None,
        speakers=len(window.by_speaker), known_members=window.known_members,
        questions=sum(item.is_question for item in window.said),
    )  # fmt: skip
