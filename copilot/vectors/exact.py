"""An exact index in memory: the oracle that approximate indexes are measured against, and a fast one for evaluation."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from copilot.vectors.index import (
    OwnedVectors,
    VectorHit,
    VectorItem,
    check_aspect,
    check_hits,
    ranked,
    unit_matrix,
    wrong_width,
)


@dataclass(frozen=True)
class _Record:
    owner_id: str
    text_hash: str
    vector: NDArray[np.float32]


class ExactIndex:
    """Brute force over float32 rows; safe to share between threads, gone with the process."""

    def __init__(self) -> None:
        self._records: dict[tuple[str, str], dict[str, _Record]] = {}
        self._lock = threading.Lock()

    def upsert(self, community_id: str, aspect: str, items: Sequence[VectorItem]) -> None:
        """Write vectors; see `VectorIndex.upsert`."""
        check_aspect(aspect)
        if not items:
            return
        matrix = unit_matrix([item.vector for item in items])
        with self._lock:
            records = self._records.setdefault((community_id, aspect), {})
            self._check_width(records, matrix)
            for item, vector in zip(items, matrix, strict=True):
                records[item.record_id] = _Record(item.owner_id, item.text_hash, vector)

    def delete(self, community_id: str, aspect: str, record_ids: Sequence[str]) -> None:
        """Remove records; see `VectorIndex.delete`."""
        with self._lock:
            records = self._of(community_id, aspect)
            for record_id in record_ids:
                records.pop(record_id, None)

    def query(self, community_id: str, aspect: str, vectors: NDArray[np.float32], n: int) -> list[list[VectorHit]]:
        """Return the nearest records; see `VectorIndex.query`."""
        check_hits(n)
        queries = unit_matrix(vectors)
        with self._lock:
            records = dict(self._of(community_id, aspect))
        if not records:
            return [[] for _ in queries]
        self._check_width(records, queries)
        similarities = np.clip(queries @ np.stack([record.vector for record in records.values()]).T, -1.0, 1.0)
        return [
            ranked(
                [
                    VectorHit(record_id, record.owner_id, float(similarity))
                    for (record_id, record), similarity in zip(records.items(), row, strict=True)
                ]
            )[:n]
            for row in similarities
        ]

    def fetch(self, community_id: str, aspect: str, record_ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return vectors by id; see `VectorIndex.fetch`."""
        with self._lock:
            records = self._of(community_id, aspect)
            return {record_id: records[record_id].vector.copy() for record_id in record_ids if record_id in records}

    def of_owners(self, community_id: str, aspect: str, owner_ids: Sequence[str]) -> OwnedVectors:
        """Return the vectors of these owners; see `VectorIndex.of_owners`."""
        places = {owner_id: place for place, owner_id in enumerate(owner_ids)}
        with self._lock:
            records = [record for record in self._of(community_id, aspect).values() if record.owner_id in places]
            vectors = np.stack([record.vector for record in records]) if records else np.zeros((0, 0), dtype=np.float32)
        return OwnedVectors(np.asarray([places[record.owner_id] for record in records], dtype=np.intp), vectors)

    def scan(self, community_id: str, aspect: str) -> dict[str, str]:
        """Return all ids and hashes; see `VectorIndex.scan`."""
        with self._lock:
            return {record_id: record.text_hash for record_id, record in self._of(community_id, aspect).items()}

    def drop(self, community_id: str, aspect: str | None = None) -> None:
        """Remove an aspect or a community; see `VectorIndex.drop`."""
        if aspect is not None:
            check_aspect(aspect)
        with self._lock:
            for key in [key for key in self._records if key[0] == community_id and aspect in {None, key[1]}]:
                del self._records[key]

    def drop_other_embedders(self, community_id: str) -> int:  # noqa: ARG002  # part of the port
        """Nothing to do: memory holds what one embedder made in this process."""
        return 0

    def purge(self, community_id: str) -> None:
        """Nothing to do: memory keeps no deleted record."""

    def close(self) -> None:
        """Forget everything."""
        with self._lock:
            self._records.clear()

    def _of(self, community_id: str, aspect: str) -> dict[str, _Record]:
        check_aspect(aspect)
        return self._records.get((community_id, aspect), {})

    @staticmethod
    def _check_width(records: dict[str, _Record], matrix: NDArray[np.float32]) -> None:
        first = next(iter(records.values()), None)
        if first is not None and first.vector.shape[0] != matrix.shape[1]:
            raise wrong_width(matrix.shape[1], first.vector.shape[0])
