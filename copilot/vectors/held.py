"""The vectors of one collection in memory: rows of one matrix without gaps, found by record and by owner."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from copilot.vectors.index import OwnedVectors, VectorHit, VectorItem, ranked

_FIRST_ROWS = 256
_GROWTH = 1.5


class Held:
    """Records of one width; safe to share between threads. `is_whole` is set by who has filled it."""

    def __init__(self) -> None:
        self.is_whole = False
        self._lock = threading.RLock()
        self._rows: dict[str, int] = {}
        self._ids: list[str] = []
        self._owners: list[str] = []
        self._of_owner: dict[str, list[int]] = {}
        self._matrix: NDArray[np.float32] | None = None

    def __len__(self) -> int:
        return len(self._ids)

    def put(self, items: Iterable[VectorItem], *, only_new: bool = False) -> None:
        """Add or replace records, whose vectors have unit length; with `only_new` those that are here stay."""
        with self._lock:
            for item in items:
                row = self._rows.get(item.record_id)
                if row is not None and only_new:
                    continue
                vector = np.asarray(item.vector, dtype=np.float32)
                if row is None:
                    row = self._new_row(item.record_id, len(vector))
                else:
                    self._part(row)
                self._matrix_of(len(vector))[row] = vector
                self._owners[row] = item.owner_id
                self._of_owner.setdefault(item.owner_id, []).append(row)

    def remove(self, record_ids: Iterable[str]) -> None:
        """Remove records; the last row takes the place of each, and nothing of them stays in memory."""
        with self._lock:
            for record_id in record_ids:
                row = self._rows.pop(record_id, None)
                if row is None or self._matrix is None:
                    continue
                self._part(row)
                last = len(self._ids) - 1
                if row != last:
                    self._part(last)
                    self._of_owner.setdefault(self._owners[last], []).append(row)
                    self._ids[row], self._owners[row] = self._ids[last], self._owners[last]
                    self._rows[self._ids[row]] = row
                    self._matrix[row] = self._matrix[last]
                self._matrix[last] = 0.0
                del self._ids[last], self._owners[last]

    def lacking(self, record_ids: Iterable[str]) -> list[str]:
        """Return those of the records that are not here."""
        with self._lock:
            return [record_id for record_id in record_ids if record_id not in self._rows]

    def fetch(self, record_ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return vectors (d,) by id; absent ids are left out."""
        with self._lock:
            known = [record_id for record_id in dict.fromkeys(record_ids) if record_id in self._rows]
            if not known or self._matrix is None:
                return {}
            return dict(zip(known, self._matrix[[self._rows[record_id] for record_id in known]], strict=True))

    def owned(self, hits: Sequence[VectorHit]) -> list[VectorHit]:
        """Return the hits with their owners; those deleted meanwhile are left out."""
        with self._lock:
            return [
                VectorHit(hit.record_id, self._owners[row], hit.similarity)
                for hit in hits
                if (row := self._rows.get(hit.record_id)) is not None
            ]

    def of_owners(self, owner_ids: Sequence[str]) -> OwnedVectors:
        """Return the vectors of these owners."""
        with self._lock:
            found = [self._of_owner.get(owner_id, ()) for owner_id in owner_ids]
            places = np.repeat(np.arange(len(found)), [len(rows) for rows in found])
            rows = list(chain.from_iterable(found))
            matrix = np.zeros((0, 0), dtype=np.float32) if self._matrix is None else self._matrix[rows]
        return OwnedVectors(places, matrix)

    def search(self, queries: NDArray[np.float32], n: int) -> list[list[VectorHit]]:
        """Return the `n` nearest records of each unit vector (q, d) by looking at all, best first, ties by record id."""
        with self._lock:
            if not len(self) or self._matrix is None:
                return [[] for _ in queries]
            # One after the other: for a handful of queries a product of matrices takes twice as long as those with vectors.
            matrix = self._matrix[: len(self)]
            return [self._best(np.clip(matrix @ query, -1.0, 1.0), n) for query in queries]

    def width(self) -> int:
        """Return the width of the vectors, 0 while there is none."""
        return 0 if self._matrix is None else int(self._matrix.shape[1])

    def _best(self, similarities: NDArray[np.float32], n: int) -> list[VectorHit]:
        if n < len(similarities):
            least = np.partition(similarities, -n)[-n]
            rows = np.flatnonzero(similarities >= least)  # all equals of the last one compete by id
        else:
            rows = np.arange(len(similarities))
        rows = rows[np.argsort(-similarities[rows], kind="stable")]
        found = similarities[rows]
        ids, owners = self._ids, self._owners
        hits = [
            VectorHit(ids[row], owners[row], value) for row, value in zip(rows.tolist(), found.tolist(), strict=True)
        ]
        are_equals = bool((found[1:] == found[:-1]).any())
        return (ranked(hits) if are_equals else hits)[:n]

    def _new_row(self, record_id: str, width: int) -> int:
        row = len(self._ids)
        matrix = self._matrix_of(width)
        if row == len(matrix):
            grown = np.zeros((max(_FIRST_ROWS, int(row * _GROWTH)), width), dtype=np.float32)
            grown[:row] = matrix
            self._matrix = grown
        self._rows[record_id] = row
        self._ids.append(record_id)
        self._owners.append("")
        return row

    def _matrix_of(self, width: int) -> NDArray[np.float32]:
        if self._matrix is None:
            self._matrix = np.zeros((_FIRST_ROWS, width), dtype=np.float32)
        return self._matrix

    def _part(self, row: int) -> None:
        """Take a row from its owner."""
        mine = self._of_owner[self._owners[row]]
        mine.remove(row)
        if not mine:
            del self._of_owner[self._owners[row]]
