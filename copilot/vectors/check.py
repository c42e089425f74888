"""Comparing three books: what SQL wants embedded, what it has on record, and what the index holds and finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from copilot.errors import IndexUnavailable
from copilot.vectors.index import ASPECTS, VectorIndex
from copilot.vectors.source import RecordedVector, TextSource, VectorRecord

# Vectors looked up by their own value. Chroma counts rows in one file and searches in others: with the latter lost,
# counts stay right and answers are wrong.
_PROBES = 100
_SAME = 0.999
# Search is approximate, so a few probes may miss; those are embedded again. Fewer found than this: rebuild.
_FOUND_SHARE = 0.95


@dataclass(frozen=True)
class AspectCheck:
    """One aspect. Texts whose owner waits for the sync are not counted as wrong.

    Attributes:
        recorded: vectors on record in SQL.
        indexed: vectors the index says it holds.
        missing: texts that should have a vector and have none on record.
        stale: vectors on record whose text changed, went, or may no longer be embedded.
        different: vectors on record that the index does not hold, or holds of another text.
        surplus: vectors in the index that are not on record.
        unfound: probes that the search did not find.
        is_searchable: the search finds what the index holds.
    """

    aspect: str
    recorded: int = 0
    indexed: int = 0
    missing: int = 0
    stale: int = 0
    different: int = 0
    surplus: int = 0
    unfound: int = 0
    is_searchable: bool = True

    @property
    def is_sound(self) -> bool:
        """Whether nothing has to be mended."""
        return self.is_searchable and not (self.missing + self.stale + self.different + self.surplus + self.unfound)


@dataclass(frozen=True)
class CheckReport:
    """All aspects of one community. `found_before` holds what was wrong when a repair began."""

    community_id: str
    waiting: int
    aspects: list[AspectCheck]
    found_before: list[AspectCheck] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Whether index and SQL agree now; owners that wait for the sync do not count against it."""
        return all(aspect.is_sound for aspect in self.aspects)

    @property
    def was_repaired(self) -> bool:
        """Whether something was wrong and is not any more."""
        return bool(self.found_before) and self.is_sound

    def after_repair_of(self, first: CheckReport) -> CheckReport:
        """Return this report with what `first` had found wrong."""
        return replace(self, found_before=[aspect for aspect in first.aspects if not aspect.is_sound])


class IndexCheck:
    """Compares, and with `mend` removes or invalidates what differs, for the next run to make again."""

    def __init__(self, texts: TextSource, index: VectorIndex, embedder: str) -> None:
        self._texts = texts
        self._index = index
        self._embedder = embedder

    def compare(self, community_id: str, *, mend: bool = False) -> CheckReport:
        """Compare all aspects of a community. Memory: the ids and hashes of one aspect, about 150 bytes each."""
        if mend:
            self._index.drop_other_embedders(community_id)
        ours: set[tuple[str, str]] | None = set() if mend else None
        aspects = [self._compare_aspect(community_id, aspect, ours) for aspect in ASPECTS]
        return CheckReport(community_id, self._texts.count_marks(community_id), aspects)

    def _compare_aspect(self, community_id: str, aspect: str, ours: set[tuple[str, str]] | None) -> AspectCheck:
        """Compare one aspect and, given `ours`, mend it.

        Args:
            community_id: whose vectors.
            aspect: which of them.
            ours: (kind, id) of the owners that this check has marked, none of whom is waiting for anything else; without
                it nothing is changed.
        """
        mend = ours is not None
        # The index first: what is written meanwhile is on record before it is in the index.
        held = self._index.scan(community_id, aspect)
        sound, unfound = self._probe(community_id, aspect, held)
        if mend and not sound:
            self._index.drop(community_id, aspect)
        counts = AspectCheck(aspect, indexed=len(held), unfound=len(unfound), is_searchable=sound)
        surplus = dict(held)
        stale = different = recorded = 0
        for page in self._texts.recorded_pages(community_id, aspect):
            recorded += len(page)
            for record in page:
                surplus.pop(record.record_id, None)
            old, wrong = self._judge(community_id, aspect, page, held, ours or set())
            stale += len(old)
            different += len(wrong)
            if mend:
                again = page if not sound else [*old, *wrong, *(r for r in page if r.record_id in unfound)]
                self._invalidate(community_id, again, ours)
        if mend and surplus and sound:
            self._index.delete(community_id, aspect, list(surplus))
        missing = self._missing(community_id, aspect, ours)
        return replace(
            counts, recorded=recorded, missing=missing, stale=stale, different=different, surplus=len(surplus)
        )

    def _judge(
        self, community_id: str, aspect: str, page: Sequence[RecordedVector], held: dict[str, str],
        ours: set[tuple[str, str]],
    ) -> tuple[list[RecordedVector], list[RecordedVector]]:  # fmt: skip
        """Return those whose text is not wanted (so) any more, and those that the index holds otherwise."""
        desired = self._texts.desired_among(community_id, aspect, [record.record_id for record in page])
        waiting = self._texts.waiting_among(community_id, page) - ours
        stale: list[RecordedVector] = []
        different: list[RecordedVector] = []
        for record in page:
            if (record.owner_kind, record.owner_id) in waiting:
                continue
            text = desired.get(record.record_id)
            if text is None or (record.text_hash, record.embedder) != (text.text_hash, self._embedder):
                stale.append(record)
            elif held.get(record.record_id) != record.text_hash:
                different.append(record)
        return stale, different

    def _missing(self, community_id: str, aspect: str, ours: set[tuple[str, str]] | None) -> int:
        count = 0
        for page in self._texts.desired_pages(community_id, aspect):
            recorded = self._texts.recorded_among(community_id, aspect, [text.record_id for text in page])
            absent: list[VectorRecord] = [text for text in page if text.record_id not in recorded]
            waiting = self._texts.waiting_among(community_id, absent) - (ours or set())
            overlooked = [text for text in absent if (text.owner_kind, text.owner_id) not in waiting]
            count += len(overlooked)
            self._invalidate(community_id, overlooked, ours)
        return count

    def _invalidate(
        self, community_id: str, records: Sequence[VectorRecord], ours: set[tuple[str, str]] | None
    ) -> None:
        """Distrust the records, unless nothing is to be changed, and remember whose mark is only ours."""
        if ours is None:
            return
        owners = {(record.owner_kind, record.owner_id) for record in records}
        ours |= owners - self._texts.waiting_among(community_id, records)
        self._texts.invalidate(community_id, records)

    def _probe(self, community_id: str, aspect: str, held: dict[str, str]) -> tuple[bool, set[str]]:
        """Return whether the search works, and which of the probes it did not find although it does."""
        record_ids = sorted(held)[:: max(1, len(held) // _PROBES)][:_PROBES]
        if not record_ids:
            return True, set()
        try:
            vectors = self._index.fetch(community_id, aspect, record_ids)
            probes = [record_id for record_id in record_ids if record_id in vectors]
            if not probes:
                return False, set()
            answers = self._index.query(community_id, aspect, np.stack([vectors[name] for name in probes]), 1)
        except IndexUnavailable:
            # The list of rows was readable a moment ago: it is the search that is broken.
            return False, set()
        # By similarity, not by id: texts may be equal.
        found = {name for name, hits in zip(probes, answers, strict=True) if hits and hits[0].similarity > _SAME}
        if len(found) < _FOUND_SHARE * len(record_ids):
            return False, set()
        return True, set(record_ids) - found
