"""What the sync asks of the database, as a port: `copilot.community.staleness` answers it from SQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Mark:
    """A note that everything derived from one owner (`member`, `resource`, `event`, `question`) must be looked at again."""

    kind: str
    record_id: str
    token: str


@dataclass(frozen=True, slots=True)
class DesiredText:
    """A text that should have a vector now, by the rules of consent and visibility."""

    aspect: str
    record_id: str
    owner_kind: str
    owner_id: str
    member_id: str | None
    text: str
    text_hash: str


@dataclass(frozen=True, slots=True)
class RecordedVector:
    """A vector that the index may hold, as SQL remembers it; the hash is empty or a writer's claim while unsure."""

    aspect: str
    record_id: str
    owner_kind: str
    owner_id: str
    member_id: str | None
    text_hash: str
    embedder: str


VectorRecord = DesiredText | RecordedVector


@dataclass(frozen=True, slots=True)
class Claim:
    """What a writer may write now: the token its confirmation needs, and (aspect, record id) of what it covers."""

    token: str
    keys: frozenset[tuple[str, str]]

    def covers(self, record: VectorRecord) -> bool:
        """Whether `record` may be written under this claim."""
        return (record.aspect, record.record_id) in self.keys


class TextSource(Protocol):
    """The database side of the sync. Every method is one short transaction or a series of them."""

    def mark_overdue(self, community_id: str, embedder: str) -> int:
        """Mark what went stale without a write: expired resources, past events, vectors of other embedders. Count the latter.

        Raises:
            NotFound: there is no such community.
        """
        ...

    def count_marks(self, community_id: str) -> int:
        """Return how many owners wait."""
        ...

    def take_marks(self, community_id: str, limit: int) -> list[Mark]:
        """Return some waiting marks without removing them; an empty list when nothing waits.

        A member's mark first spreads to those of their questions and resources that consent gains or loses.
        """
        ...

    def clear_marks(self, community_id: str, marks: Sequence[Mark]) -> int:
        """Remove the marks whose token is still the one that was taken; return how many."""
        ...

    def desired(self, community_id: str, marks: Sequence[Mark]) -> list[DesiredText]:
        """Return the texts of the marked owners that should have a vector."""
        ...

    def recorded(self, community_id: str, marks: Sequence[Mark]) -> list[RecordedVector]:
        """Return the vectors on record for the marked owners."""
        ...

    def claim(
        self, community_id: str, records: Sequence[VectorRecord], embedder: str, marks: Sequence[Mark] | None = None
    ) -> Claim:
        """Put on record, before the index is touched, that these vectors are about to change.

        With `marks`, only records whose owner still carries the mark that was taken are claimed: without it the owner
        changed since, or another process was faster, and what the caller read may be old.
        """
        ...

    def confirm(self, community_id: str, texts: Sequence[DesiredText], embedder: str, claim: Claim) -> None:
        """Put on record that the index holds these vectors; where the claim was overridden, mark the owner again."""
        ...

    def erase(self, community_id: str, records: Sequence[RecordedVector], claim: Claim) -> None:
        """Strike records whose vectors are gone; where the claim was overridden, mark the owner again."""
        ...

    def invalidate(self, community_id: str, records: Sequence[VectorRecord]) -> None:
        """Distrust these vectors and mark their owners, so that the next run writes them again."""
        ...

    def desired_pages(self, community_id: str, aspect: str) -> Iterator[list[DesiredText]]:
        """Yield all texts of an aspect that should have a vector, page by page."""
        ...

    def desired_among(self, community_id: str, aspect: str, record_ids: Sequence[str]) -> dict[str, DesiredText]:
        """Return those of the records that should have a vector."""
        ...

    def recorded_pages(self, community_id: str, aspect: str) -> Iterator[list[RecordedVector]]:
        """Yield all vectors on record of an aspect, page by page."""
        ...

    def recorded_among(self, community_id: str, aspect: str, record_ids: Sequence[str]) -> dict[str, RecordedVector]:
        """Return those of the records that are on record."""
        ...

    def waiting_among(self, community_id: str, records: Sequence[VectorRecord]) -> set[tuple[str, str]]:
        """Return (kind, id) of the owners of `records` that are marked."""
        ...

    def recorded_of(self, community_id: str, owner_kind: str, owner_id: str) -> list[RecordedVector]:
        """Return the vectors on record of one owner; of a member, those of what they asked and own too."""
        ...
