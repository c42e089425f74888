"""Whose text a record is, remembered: an index that one process alone writes to need not be asked again for each hit."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence

# About 170 bytes a record: 70 MB for 100,000 members with four texts each that are searched.
REMEMBERED = 1_000_000


class Owners:
    """Owner ids by collection and record id, at most `most` of them; safe to share between threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._by_collection: dict[str, dict[str, str]] = {}
        self._count = 0
        self._lock = threading.Lock()

    def set(self, collection: str, owners: Iterable[tuple[str, str]]) -> None:
        """Remember (record id, owner id) of what is about to be written."""
        with self._lock:
            held = self._by_collection.setdefault(collection, {})
            before = len(held)
            held.update(owners)
            self._count += len(held) - before
            self._trim()

    def learn(self, collection: str, owners: Iterable[tuple[str, str]]) -> None:
        """Remember (record id, owner id) as read; what was written meanwhile is newer and stays."""
        with self._lock:
            held = self._by_collection.setdefault(collection, {})
            before = len(held)
            for record_id, owner_id in owners:
                held.setdefault(record_id, owner_id)
            self._count += len(held) - before
            self._trim()

    def known(self, collection: str, record_ids: Sequence[str]) -> dict[str, str]:
        """Return the owners of those records that are known, by record id."""
        with self._lock:
            held = self._by_collection.get(collection, {})
            return {record_id: held[record_id] for record_id in record_ids if record_id in held}

    def drop(self, collection: str, record_ids: Iterable[str]) -> None:
        """Forget single records."""
        with self._lock:
            held = self._by_collection.get(collection, {})
            self._count -= sum(held.pop(record_id, None) is not None for record_id in record_ids)

    def forget(self, collection: str) -> None:
        """Forget a whole collection."""
        with self._lock:
            self._count -= len(self._by_collection.pop(collection, {}))

    def _trim(self) -> None:
        """Begin anew when there are too many; what is asked for most comes back first."""
        if self._count > self._most:
            self._by_collection.clear()
            self._count = 0
