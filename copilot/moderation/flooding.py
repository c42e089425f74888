"""Patterns over several messages of one sender: many in a short time, and the same text pasted again and again."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache

from copilot.community.models import Category
from copilot.language.normalise import Normalised, normalise
from copilot.moderation.contacts import find_contacts
from copilot.moderation.detectors import RuleDetector
from copilot.moderation.models import SEVERITY, MessageInput, Signal

RECENT_LIMIT = 60  # earlier messages of a sender that are looked at
REPOST_WINDOW = timedelta(hours=72)
_FLOOD_WINDOW = timedelta(seconds=60)
FLOOD_COUNT = 10  # people write five or six short lines in a row; ten in a minute is more than anybody reads
_REPOST_COUNT = 3
_REPOST_COUNT_WITH_CONTACT = 2
_REPOST_WEIGHT = 45  # shorter texts (greetings, "received", stickers) are repeated by everybody
_HAN_WEIGHT = 2.5  # one Han character says as much as two or three Latin letters
_SIMILAR = 0.7  # share of common letter trigrams from which two texts count as the same
_CHAIN_MARKS = ("#接龙", "接龙", "1. ", "1.")


class FloodDetector(RuleDetector):
    """Ten or more messages in one channel within a minute.

    Every message from the tenth on carries the category; only the tenth opens a case, so that one burst is one case.
    """

    name = "flood-window"
    version = "1"
    category = Category.SPAM

    def find_one(self, message: MessageInput, _plain: Normalised) -> list[Signal]:
        """Return a signal that spans the whole message, or nothing."""
        times = [e.sent_at for e in message.recent if e.channel_id == message.channel_id] + [message.sent_at]
        count = sum(message.sent_at - at <= _FLOOD_WINDOW for at in times)
        if count < FLOOD_COUNT:
            return []
        before = sum(times[-2] - at <= _FLOOD_WINDOW for at in times[:-1])
        score = min(0.95, 0.7 + 0.02 * (count - FLOOD_COUNT))
        return [_whole(self, message, score, opens_case=before < FLOOD_COUNT)]


class RepostDetector(RuleDetector):
    """The same long text for the third time within three days, in any channel, small changes ignored.

    With a contact in it the second time is enough. Later copies carry the category, but open a case only in a channel
    that had none. Sign-up chains, which everybody copies, do not count.
    """

    name = "repost-window"
    version = "3"
    category = Category.SPAM

    def find_one(self, message: MessageInput, plain: Normalised) -> list[Signal]:
        """Return a signal that spans the whole message, or nothing."""
        shingles = _shingles(message.text)
        if _weight(plain.text) < _REPOST_WEIGHT or plain.text.startswith(_CHAIN_MARKS):
            return []
        alike = [
            earlier
            for earlier in message.recent
            if message.sent_at - earlier.sent_at <= REPOST_WINDOW
            and 0.5 <= (len(earlier.text) + 1) / (len(message.text) + 1) <= 2
            and _overlap(shingles, _shingles(earlier.text)) >= _SIMILAR
        ]
        count = 1 + len(alike)
        # A link is no contact here: whoever answers often gives the same link often.
        reaches_out = any(contact.kind != "link" for contact in find_contacts(plain))
        enough = _REPOST_COUNT_WITH_CONTACT if reaches_out else _REPOST_COUNT
        if count < enough:
            return []
        seen = {earlier.channel_id for earlier in alike}
        channels = len(seen | {message.channel_id})
        is_news = count == enough or message.channel_id not in seen
        score = min(0.97, 0.7 + 0.06 * (count - enough) + 0.06 * (channels - 1))
        return [_whole(self, message, score, opens_case=is_news)]


def _whole(detector: RuleDetector, message: MessageInput, score: float, *, opens_case: bool) -> Signal:
    return Signal(
        category=detector.category,
        score=score,
        start=0,
        end=len(message.text),
        detector=detector.name,
        version=detector.version,
        opens_case=opens_case,
        severity=SEVERITY[detector.category],
    )


def _weight(text: str) -> float:
    return sum(1.0 if c.isascii() else _HAN_WEIGHT for c in text if c.isalnum())


@lru_cache(maxsize=8_192)
def _shingles(text: str) -> frozenset[str]:
    letters = "".join(c for c in normalise(text[:2_000]).text if c.isalnum())
    return frozenset(letters[i : i + 3] for i in range(len(letters) - 2))


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one and other else 0.0
