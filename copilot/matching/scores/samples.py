"""Values made of a sample of a community: kept while they fit, renewed without anybody waiting for it.

A small community is looked at for every request, so that its newest text counts at once. Of a large one a text more or less
changes little: it is looked at every few seconds, by a thread of its own, while the value at hand goes on serving.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from copilot.errors import CopilotError

T = TypeVar("T")
_MAX_AGE = timedelta(minutes=10)
# A sample is drawn again when the number of records has moved by more than this share.
_DRIFT = 0.02
# Up to so many records a sample is drawn in some 50 ms.
SMALL = 1_000
_GLANCE = timedelta(seconds=5)
_COMMUNITIES = 32
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Drawn(Generic[T]):
    """A value and whether the sample it is made of was whole; one that was not is soon drawn anew."""

    value: T
    is_complete: bool = True


@dataclass(frozen=True)
class _Entry(Generic[T]):
    drawn: Drawn[T]
    size: int
    made_at: datetime
    seen_at: datetime

    def still_fits(self, size: int, now: datetime) -> bool:
        is_young = timedelta(0) <= now - self.made_at <= _MAX_AGE
        return self.drawn.is_complete and is_young and abs(size - self.size) <= _DRIFT * self.size

    def needs_no_glance(self, now: datetime) -> bool:
        return timedelta(0) <= now - self.seen_at < _GLANCE


class Samples(Generic[T]):
    """The latest value of each community. Safe to share between threads; each value is made by one of them at a time."""

    def __init__(
        self,
        count: Callable[[str], int],
        draw: Callable[[str], Drawn[T]],
        now: Callable[[], datetime],
        *,
        small: int = SMALL,
    ) -> None:
        """Keep values.

        Args:
            count: how many records a community has that a sample is drawn from; may stop counting beyond the sample.
            draw: draws a sample and makes the value.
            now: the time.
            small: up to how many records a community is looked at for every request.
        """
        self._count = count
        self._draw = draw
        self._now = now
        self._small = small
        self._entries: OrderedDict[str, _Entry[T]] = OrderedDict()
        self._lock = threading.Lock()
        self._making: dict[str, threading.Lock] = {}

    def of(self, community_id: str) -> T:
        """Return the value of a community. Only its very first one is waited for, and every one of a small community."""
        entry = self._entries.get(community_id)
        if entry is None or entry.size <= self._small:
            return self._renewed(community_id).drawn.value
        making = self._making_of(community_id)
        if not entry.needs_no_glance(self._now()) and making.acquire(blocking=False):
            threading.Thread(target=self._renew_aside, args=(community_id, making), daemon=True).start()
        return entry.drawn.value

    def _renewed(self, community_id: str) -> _Entry[T]:
        """Return the entry that fits now, made anew if need be."""
        size = self._count(community_id)
        entry = self._entries.get(community_id)
        if entry is not None and entry.still_fits(size, self._now()):
            return entry
        with self._making_of(community_id):
            return self._make(community_id, size)

    def _make(self, community_id: str, size: int) -> _Entry[T]:
        """Return the entry for a community of `size`; whoever waited for another to make it takes that one."""
        now = self._now()
        entry = self._entries.get(community_id)
        if entry is None or not entry.still_fits(size, now):
            entry = _Entry(self._draw(community_id), size, now, now)
        self._keep(community_id, replace(entry, seen_at=now))
        return entry

    def _renew_aside(self, community_id: str, making: threading.Lock) -> None:
        try:
            self._make(community_id, self._count(community_id))
        except CopilotError as error:
            # The old value serves on; the next request tries again.
            _log.warning("the sample of community %s could not be renewed: %s", community_id, error.message)
        finally:
            making.release()

    def _keep(self, community_id: str, entry: _Entry[T]) -> None:
        with self._lock:
            self._entries[community_id] = entry
            self._entries.move_to_end(community_id)
            while len(self._entries) > _COMMUNITIES:
                self._entries.popitem(last=False)

    def _making_of(self, community_id: str) -> threading.Lock:
        with self._lock:
            return self._making.setdefault(community_id, threading.Lock())
