"""An index whose vectors are kept in memory as well: what is read again and again is read there.

For an index that this process alone writes to, so that what passes through here is all that ever changes. The inner index
stays what is durable and what searches large collections; small ones are searched in memory, exactly, those of a middle size
by a sketch. A collection that is not read yet, or does not fit, is asked of the inner index: answers are the same, only slower.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from copilot.errors import CopilotError
from copilot.vectors.held import Held
from copilot.vectors.index import (
    OwnedVectors,
    VectorHit,
    VectorIndex,
    VectorItem,
    check_aspect,
    check_hits,
    unit_matrix,
    wrong_width,
)

# Up to so many rows a product with all of them is faster than a search graph, and a collection is read at once.
SMALL = 4_000
# Up to so many a product with their sketches is.
MIDDLE = 40_000
_PAGE = 1_000
_ROW_OVERHEAD = 400  # bytes of a row beside its numbers: id, owner, places in two dictionaries
_MEGABYTE = 1_000_000
_ROUNDS = 5
_log = logging.getLogger(__name__)
_Key = tuple[str, str]


class StoredIndex(VectorIndex, Protocol):
    """An index that can be read as a whole and searched without naming owners."""

    def nearest(self, community_id: str, aspect: str, vectors: NDArray[np.float32], n: int) -> list[list[VectorHit]]:
        """Return what `query` does, with empty owners."""
        ...

    def items(self, community_id: str, aspect: str, record_ids: Sequence[str]) -> list[VectorItem]:
        """Return whole records; ids the index does not hold are absent."""
        ...

    def count(self, community_id: str, aspect: str) -> int:
        """Return how many records there are."""
        ...


class RememberedIndex:
    """Reads from memory what it can, writes through. Safe to share between threads."""

    def __init__(self, inner: StoredIndex, memory_mb: int, small: int = SMALL, middle: int = MIDDLE) -> None:
        """Remember up to `memory_mb` of `inner`.

        Collections of up to `small` rows are searched in memory, of up to `middle` rows by a sketch, larger ones by `inner`.
        """
        self._inner = inner
        self._middle = middle
        self._small = small
        self._bytes = memory_mb * _MEGABYTE
        self._held: dict[_Key, Held] = {}
        self._writing = threading.RLock()  # memory and inner index change together
        self._reading: set[_Key] = set()
        self._refused: set[_Key] = set()
        self._closed = False

    def upsert(self, community_id: str, aspect: str, items: Sequence[VectorItem]) -> None:
        """Write vectors; see `VectorIndex.upsert`."""
        with self._writing:
            self._inner.upsert(community_id, aspect, items)
            held = self._held.get((community_id, aspect))
            if held is not None and items:
                matrix = unit_matrix([item.vector for item in items])
                held.put(
                    VectorItem(item.record_id, item.owner_id, item.text_hash, vector)
                    for item, vector in zip(items, matrix, strict=True)
                )
                if not self._fits(held):
                    self._refuse((community_id, aspect))

    def delete(self, community_id: str, aspect: str, record_ids: Sequence[str]) -> None:
        """Remove records; see `VectorIndex.delete`."""
        with self._writing:
            self._inner.delete(community_id, aspect, record_ids)
            if (held := self._held.get((community_id, aspect))) is not None:
                held.remove(record_ids)

    def query(self, community_id: str, aspect: str, vectors: NDArray[np.float32], n: int) -> list[list[VectorHit]]:
        """Return the nearest records; see `VectorIndex.query`."""
        held = self._whole(community_id, aspect)
        if held is None:
            return self._inner.query(community_id, aspect, vectors, n)
        if len(held) > max(self._small, self._middle):
            rows = self._inner.nearest(community_id, aspect, vectors, n)
            return [held.owned(row) for row in rows]
        check_hits(n)
        queries = unit_matrix(vectors)
        if len(held) and len(queries) and queries.shape[1] != held.width():
            raise wrong_width(queries.shape[1], held.width())
        return held.search(queries, n) if len(held) <= self._small else held.search_sketched(queries, n)

    def fetch(self, community_id: str, aspect: str, record_ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return vectors by id; see `VectorIndex.fetch`."""
        held = self._whole(community_id, aspect)
        return self._inner.fetch(community_id, aspect, record_ids) if held is None else held.fetch(record_ids)

    def of_owners(self, community_id: str, aspect: str, owner_ids: Sequence[str]) -> OwnedVectors | None:
        """Return the vectors of these owners; see `VectorIndex.of_owners`."""
        held = self._whole(community_id, aspect)
        return None if held is None else held.of_owners(owner_ids)

    def scan(self, community_id: str, aspect: str) -> dict[str, str]:
        """Return all ids and hashes, as the inner index has them."""
        return self._inner.scan(community_id, aspect)

    def drop(self, community_id: str, aspect: str | None = None) -> None:
        """Remove an aspect or a community; see `VectorIndex.drop`."""
        with self._writing:
            self._inner.drop(community_id, aspect)
            for key in [key for key in self._held if key[0] == community_id and aspect in {None, key[1]}]:
                del self._held[key]
            self._refused -= {key for key in self._refused if key[0] == community_id}

    def drop_other_embedders(self, community_id: str) -> int:
        """Remove what other embedders made; nothing of it is in memory."""
        return self._inner.drop_other_embedders(community_id)

    def purge(self, community_id: str) -> None:
        """Leave nothing readable of deleted records; memory lets go of them when they are deleted."""
        self._inner.purge(community_id)

    def close(self) -> None:
        """Close the inner index and forget everything."""
        self._closed = True
        with self._writing:
            self._inner.close()
            self._held.clear()

    def _whole(self, community_id: str, aspect: str) -> Held | None:
        """Return the collection if all of it is in memory; if not, have it read, a large one by a thread of its own."""
        check_aspect(aspect)
        if not self._bytes:
            return None
        key = (community_id, aspect)
        if (held := self._held.get(key)) is not None and held.is_whole:
            return held
        with self._writing:
            if self._closed or key in self._reading or key in self._refused:
                return None
            count = self._inner.count(community_id, aspect)
            self._reading.add(key)
            if count <= self._small:
                self._read(key)
                return self._held.get(key)
        threading.Thread(target=self._read, args=(key,), daemon=True).start()
        return None

    def _read(self, key: _Key) -> None:
        """Read a collection into memory, page by page, while others write to it: they write to both."""
        try:
            held = self._held[key] = Held()
            for _ in range(_ROUNDS):
                self._read_missing(key, held)
                with self._writing:
                    if key in self._refused or self._held.get(key) is not held:
                        return  # too large, or dropped meanwhile
                    if len(held) == self._inner.count(*key):
                        if self._small < len(held) <= self._middle:
                            held.sketch()  # here, so that no request waits for it
                        held.is_whole = True
                        return
            _log.warning("%s of community %s changes faster than it can be read into memory", key[1], key[0])
        except CopilotError as error:
            _log.warning("%s of community %s was not read into memory: %s", key[1], key[0], error.message)
        finally:
            with self._writing:
                self._reading.discard(key)
                if (left := self._held.get(key)) is not None and not left.is_whole:
                    del self._held[key]

    def _read_missing(self, key: _Key, held: Held) -> None:
        missing = held.lacking(self._inner.scan(*key))
        for start in range(0, len(missing), _PAGE):
            with self._writing:
                if self._closed or self._held.get(key) is not held:
                    return
                held.put(self._inner.items(*key, missing[start : start + _PAGE]), only_new=True)
                if not self._fits(held, len(missing) - start):
                    self._refuse(key)
                    return

    def _fits(self, held: Held, more: int = 0) -> bool:
        taken = sum(len(other) * (other.row_bytes() + _ROW_OVERHEAD) for other in self._held.values())
        return taken + more * (held.row_bytes() + _ROW_OVERHEAD) <= self._bytes

    def _refuse(self, key: _Key) -> None:
        self._refused.add(key)
        self._held.pop(key, None)
        _log.warning(
            "%s of community %s does not fit into memory beside the others and is read from disk: "
            "set COPILOT_VECTORS__MEMORY_MB higher", key[1], key[0],
        )  # fmt: skip
