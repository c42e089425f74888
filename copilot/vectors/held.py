"""The vectors of one collection in memory: rows of one matrix without gaps, found by record and by owner."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from itertools import chain, repeat

import numpy as np
from numpy.typing import NDArray

from copilot.vectors.index import OwnedVectors, VectorHit, VectorItem, ranked
from copilot.vectors.sketch import DIRECTIONS, Sketch

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
        self._sketch: Sketch | None = None

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
                if self._sketch is not None:
                    self._sketch.draw(row, vector)
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
                if self._sketch is not None:
                    self._sketch.draw(row, self._matrix[row])
                    self._sketch.draw(last, self._matrix[last])
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
            found = list(map(self._of_owner.get, owner_ids, repeat(())))
            places = np.repeat(np.arange(len(found)), list(map(len, found)))
            rows = list(chain.from_iterable(found))
            matrix = np.zeros((0, 0), dtype=np.float32) if self._matrix is None else self._matrix[rows]
        return OwnedVectors(places, matrix)

    def search(self, queries: NDArray[np.float32], n: int) -> list[list[VectorHit]]:
        """Return the `n` nearest records of each unit vector (q, d) by looking at all, best first, ties by record id."""
        with self._lock:
            if not len(self) or self._matrix is None:
                return [[] for _ in queries]
            # One after the other: for a handful of queries a product of matrices takes twice as long as those with vectors.
            matrix, everyone = self._matrix[: len(self)], np.arange(len(self))
            return [self._best(matrix @ query, everyone, n) for query in queries]

    def search_sketched(self, queries: NDArray[np.float32], n: int) -> list[list[VectorHit]]:
        """Return the same by looking closely only at those whose sketch is near; all but all of the nearest are found."""
        with self._lock:
            sketch = self.sketch()
            near = None if sketch is None else sketch.nearest(queries, n, len(self))
            if near is None or self._matrix is None:
                return self.search(queries, n)
            return [self._best(self._matrix[rows] @ query, rows, n) for query, rows in zip(queries, near, strict=True)]

    def sketch(self) -> Sketch | None:
        """Return the sketch of what is held, made if there is none; None while nothing is held."""
        with self._lock:
            if self._sketch is None and self._matrix is not None and len(self):
                self._sketch = Sketch(self._matrix, len(self))
            return self._sketch

    def row_bytes(self) -> int:
        """Return what the numbers of one record take in memory."""
        return 4 * (self.width() + (0 if self._sketch is None else DIRECTIONS))

    def width(self) -> int:
        """Return the width of the vectors, 0 while there is none."""
        return 0 if self._matrix is None else int(self._matrix.shape[1])

    def _best(self, similarities: NDArray[np.float32], rows: NDArray[np.intp], n: int) -> list[VectorHit]:
        """Return hits for the best of `rows`, which have these similarities."""
        similarities = np.clip(similarities, -1.0, 1.0)
        if n < len(similarities):
            least = np.partition(similarities, -n)[-n]
            chosen = np.flatnonzero(similarities >= least)  # all equals of the last one compete by id
            rows, similarities = rows[chosen], similarities[chosen]
        order = np.argsort(-similarities, kind="stable")
        rows, found = rows[order], similarities[order]
        ids, owners = self._ids, self._owners
        places = rows.tolist()
        hits = list(
            map(VectorHit, [ids[place] for place in places], [owners[place] for place in places], found.tolist())
        )
        are_equals = bool((found[1:] == found[:-1]).any())
        return (ranked(hits) if are_equals else hits)[:n]

    def _new_row(self, record_id: str, width: int) -> int:
        row = len(self._ids)
        matrix = self._matrix_of(width)
        if row == len(matrix):
            grown = np.zeros((max(_FIRST_ROWS, int(row * _GROWTH)), width), dtype=np.float32)
            grown[:row] = matrix
            self._matrix, self._sketch = grown, None  # with half as many more the directions may be others
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
