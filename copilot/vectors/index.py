"""The vector index as a port: what the rest of the code may ask of it, and the checks every backend shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from copilot.errors import InvalidInput

# A member's three sides and whole profile, the community's resources and coming events, the questions asked in chat.
ASPECTS = ("is", "has", "wants", "profile", "resource", "event", "question")
# Chroma takes 5,461 rows a call; the others have no limit.
CALL_ROWS = 5000
MAX_HITS = 5000


@dataclass(frozen=True, slots=True)
class VectorItem:
    """One text's vector: which record it is, whom it belongs to, and which text it was made from."""

    record_id: str
    owner_id: str
    text_hash: str
    vector: Sequence[float] | NDArray[np.float32]


class VectorHit(NamedTuple):
    """One answer of a query; `similarity` is the cosine, -1 to 1, higher is closer. Hundreds are made for a request."""

    record_id: str
    owner_id: str
    similarity: float


@dataclass(frozen=True, slots=True)
class OwnedVectors:
    """Vectors of some owners: row i of `vectors` (k, d) belongs to the owner at place `owners[i]` of those asked for."""

    owners: NDArray[np.intp]
    vectors: NDArray[np.float32]


class VectorIndex(Protocol):
    """Vectors by community and aspect. Derived data: it can be dropped and made again from SQL.

    An index is opened for one embedder and neither shows nor touches the vectors of another, except to drop them.
    All methods raise `InvalidInput` for an unknown aspect and `IndexUnavailable` when the backend fails.
    """

    def upsert(self, community_id: str, aspect: str, items: Sequence[VectorItem]) -> None:
        """Write vectors; a record that exists is replaced. On return they are durable and found by queries.

        Raises:
            InvalidInput: a vector of another width than the others, with NaN or infinity, or of length zero.
        """
        ...

    def delete(self, community_id: str, aspect: str, record_ids: Sequence[str]) -> None:
        """Remove records; unknown ids are ignored."""
        ...

    def query(self, community_id: str, aspect: str, vectors: NDArray[np.float32], n: int) -> list[list[VectorHit]]:
        """Return up to `n` (1-5,000) nearest records for each row of `vectors` (q, d), best first, ties by record id.

        An empty index gives an empty list per row.

        Raises:
            InvalidInput: wrong width, NaN, infinity, a zero vector, or `n` out of bounds.
        """
        ...

    def fetch(self, community_id: str, aspect: str, record_ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return unit vectors (d,) by record id; ids the index does not hold are absent."""
        ...

    def of_owners(self, community_id: str, aspect: str, owner_ids: Sequence[str]) -> OwnedVectors | None:
        """Return the vectors of these owners, or None where the backend cannot say it at once: do without then."""
        ...

    def scan(self, community_id: str, aspect: str) -> dict[str, str]:
        """Return the text hash of every record by id (about 150 bytes of memory each)."""
        ...

    def drop(self, community_id: str, aspect: str | None = None) -> None:
        """Remove one aspect, or without `aspect` all vectors of the community, whichever embedder made them."""
        ...

    def drop_other_embedders(self, community_id: str) -> int:
        """Remove the community's vectors that other embedders made; return how many collections went."""
        ...

    def purge(self, community_id: str) -> None:
        """Leave nothing readable of the community's deleted records in logs and files that this index keeps.

        Reading goes on meanwhile; a write of another process at the very moment may be lost, which a check finds.

        Raises:
            IndexUnavailable: the index failed; what was not deleted is still there, or found missing by a check.
        """
        ...

    def close(self) -> None:
        """Release files, locks and connections; a second call does nothing."""
        ...


def check_aspect(aspect: str) -> None:
    """Raise `InvalidInput` unless `aspect` is one of `ASPECTS`."""
    if aspect not in ASPECTS:
        raise InvalidInput(f"there is no aspect {aspect!r}; known are {', '.join(ASPECTS)}", field="aspect")


def check_hits(n: int) -> None:
    """Raise `InvalidInput` unless `n` is a number of hits that may be asked for."""
    if not 1 <= n <= MAX_HITS:
        raise InvalidInput(f"n must be between 1 and {MAX_HITS}", field="n", limit=MAX_HITS)


def unit_matrix(vectors: Sequence[Sequence[float] | NDArray[np.float32]] | NDArray[np.float32]) -> NDArray[np.float32]:
    """Return `vectors` as float32 (n, d) scaled to unit length.

    Raises:
        InvalidInput: rows of different widths, NaN, infinity or a zero vector.
    """
    try:
        matrix = np.asarray(vectors, dtype=np.float64)
    except ValueError as error:
        raise InvalidInput("vectors must be numbers and all of one width", field="vectors") from error
    if matrix.ndim != 2 or matrix.shape[1] == 0:
        raise InvalidInput(f"vectors must have two axes, not shape {matrix.shape}", field="vectors")
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or (lengths < 1e-12).any():
        raise InvalidInput("a vector holds NaN or infinity, or has no length", field="vectors")
    unit: NDArray[np.float32] = (matrix / lengths).astype(np.float32)
    return unit


def wrong_width(found: int, expected: int) -> InvalidInput:
    """Return the error for vectors of another width than the index holds."""
    return InvalidInput(
        f"vectors of {found} numbers do not fit an index of {expected}", field="vectors", expected=expected, found=found
    )


def ranked(hits: list[VectorHit]) -> list[VectorHit]:
    """Return `hits` best first, ties by record id, so that equal vectors come in the same order every time."""
    return sorted(hits, key=lambda hit: (-hit.similarity, hit.record_id))
