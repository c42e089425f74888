"""Bringing the vector index up to what SQL says: embed what changed, remove what may no longer be there.

The order of steps makes every point safe to die at: embed, claim in SQL, write to the index, confirm in SQL, and
only then clear the marks that were taken. Whatever was left undone is done by the next run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from copilot.embeddings.base import Embedder
from copilot.errors import EmbeddingFailed, IndexUnavailable
from copilot.vectors.check import CheckReport, IndexCheck
from copilot.vectors.index import ASPECTS, VectorIndex, VectorItem
from copilot.vectors.source import DesiredText, Mark, RecordedVector, TextSource, VectorRecord

T = TypeVar("T")
Progress = Callable[[int, int], None]
Embedded = tuple[DesiredText, list[float]]
_MARKS = 100  # owners per round: their texts are held in memory at once


@dataclass
class SyncReport:
    """What a run did. `rejected` texts were refused by the embedder one by one and stay without a vector."""

    owners: int = 0
    embedded: int = 0
    unchanged: int = 0
    removed: int = 0
    rejected: int = 0


class VectorSync:
    """Keeps one index in step with the texts of a store. Several processes may run it at once."""

    def __init__(self, texts: TextSource, index: VectorIndex, embedder: Embedder, batch_size: int = 256) -> None:
        self._texts = texts
        self._index = index
        self._embedder = embedder
        self._batch_size = batch_size

    def run(self, community_id: str, on_progress: Progress | None = None) -> SyncReport:
        """Work until nothing waits; `on_progress` gets (owners done, owners known so far) after each round.

        An exception from `on_progress` ends the run after a whole round; the next run goes on from there.

        Raises:
            NotFound: there is no such community.
            EmbeddingFailed, IndexUnavailable, StoreBusy: some work is left; the next run goes on.
        """
        report = SyncReport()
        if self._texts.mark_overdue(community_id, self._embedder.name):
            # Before their owners are embedded again: as long as one row is left, a run that dies comes by here.
            self._index.drop_other_embedders(community_id)
        while marks := self._texts.take_marks(community_id, _MARKS):
            self._bring_up_to_date(community_id, marks, report)
            report.owners += self._texts.clear_marks(community_id, marks)
            if on_progress is not None:
                on_progress(report.owners, report.owners + self._texts.count_marks(community_id))
        return report

    def waiting(self, community_id: str) -> int:
        """Return how many owners a run would look at."""
        return self._texts.count_marks(community_id)

    def reindex(self, community_id: str, on_progress: Progress | None = None) -> SyncReport:
        """Drop all vectors of the community and make them again from SQL; raises as `run`."""
        for aspect in ASPECTS:
            for recorded in self._texts.recorded_pages(community_id, aspect):
                self._texts.invalidate(community_id, recorded)
            for desired in self._texts.desired_pages(community_id, aspect):
                self._texts.invalidate(community_id, desired)
        # After the marks: a process that dies here leaves them all, and the next run fills the index again.
        self._index.drop(community_id)
        return self.run(community_id, on_progress)

    def check(self, community_id: str, *, repair: bool = False) -> CheckReport:
        """Compare SQL, the record of vectors and the index; with `repair`, mend what differs and compare again.

        Raises:
            NotFound, EmbeddingFailed, IndexUnavailable: as `run`.
        """
        checker = IndexCheck(self._texts, self._index, self._embedder.name)
        if not repair:
            return checker.compare(community_id)
        self.run(community_id)
        first = checker.compare(community_id, mend=True)
        if first.is_sound:
            return first
        self.run(community_id)
        return checker.compare(community_id).after_repair_of(first)

    def forget(self, community_id: str, owner_kind: str, owner_id: str) -> int:
        """Delete all vectors of an owner now, and see that the index lets go; return how many were on record.

        Of a member, the vectors of what they asked and own go too. Call it after the owner's rows are deleted: a vector whose
        text is still there comes back with the next run.

        Raises:
            IndexUnavailable: the index failed, or still holds one of the vectors.
        """
        records = self._texts.recorded_of(community_id, owner_kind, owner_id)
        for chunk in _slices(records, self._batch_size):
            self._remove(community_id, chunk)
        self._index.drop_other_embedders(community_id)
        return len(records)

    def purge(self, community_id: str) -> None:
        """Let the index forget deleted vectors for good, and mark what a writer elsewhere lost meanwhile for the next run.

        Raises:
            IndexUnavailable: the index failed; call it again.
        """
        self._index.purge(community_id)
        IndexCheck(self._texts, self._index, self._embedder.name).compare(community_id, mend=True)

    def _bring_up_to_date(self, community_id: str, marks: Sequence[Mark], report: SyncReport) -> None:
        recorded = {_key(record): record for record in self._texts.recorded(community_id, marks)}
        desired = {_key(text): text for text in self._texts.desired(community_id, marks)}
        changed = [text for key, text in desired.items() if not self._is_current(recorded.get(key), text)]
        gone = [record for key, record in recorded.items() if key not in desired]
        report.unchanged += len(desired) - len(changed)
        for removals in _slices(gone, self._batch_size):
            report.removed += self._remove(community_id, removals, marks)
        for additions in _slices(changed, self._batch_size):
            embedded = self._embed(additions)
            report.embedded += self._write(community_id, embedded, marks)
            accepted = {_key(text) for text, _ in embedded}
            rejected = [text for text in additions if _key(text) not in accepted]
            report.rejected += len(rejected)
            # What was embedded of them before says something they no longer say.
            self._remove(community_id, [recorded[_key(text)] for text in rejected if _key(text) in recorded], marks)

    def _is_current(self, record: RecordedVector | None, text: DesiredText) -> bool:
        return record is not None and (record.text_hash, record.embedder, record.owner_id, record.member_id) == (
            text.text_hash,
            self._embedder.name,
            text.owner_id,
            text.member_id,
        )

    def _write(self, community_id: str, embedded: Sequence[Embedded], marks: Sequence[Mark]) -> int:
        if not embedded:
            return 0
        name = self._embedder.name
        claim = self._texts.claim(community_id, [text for text, _ in embedded], name, marks)
        claimed = [(text, vector) for text, vector in embedded if claim.covers(text)]
        for aspect, group in _by_aspect(claimed, lambda pair: pair[0].aspect):
            items = [VectorItem(text.record_id, text.owner_id, text.text_hash, vector) for text, vector in group]
            self._index.upsert(community_id, aspect, items)
        self._texts.confirm(community_id, [text for text, _ in claimed], name, claim)
        return len(claimed)

    def _embed(self, texts: Sequence[DesiredText]) -> list[Embedded]:
        """Embed a batch; if the embedder refuses it for its content, embed one by one and leave out the culprits."""
        try:
            return list(zip(texts, self._embedder.embed_documents([text.text for text in texts]), strict=True))
        except EmbeddingFailed as error:
            if not error.data.get("rejected"):
                raise
            if len(texts) == 1:
                return []
        return [pair for text in texts for pair in self._embed([text])]

    def _remove(self, community_id: str, records: Sequence[RecordedVector], marks: Sequence[Mark] | None = None) -> int:
        if not records:
            return 0
        claim = self._texts.claim(community_id, records, self._embedder.name, marks)
        claimed = [record for record in records if claim.covers(record)]
        for aspect, group in _by_aspect(claimed, lambda record: record.aspect):
            record_ids = [record.record_id for record in group]
            self._index.delete(community_id, aspect, record_ids)
            if left := self._index.fetch(community_id, aspect, record_ids):
                raise IndexUnavailable(
                    f"the vector index still holds {len(left)} vectors that were deleted", aspect=aspect, left=len(left)
                )
        self._texts.erase(community_id, claimed, claim)
        return len(claimed)


def _key(record: VectorRecord) -> tuple[str, str]:
    return record.aspect, record.record_id


def _slices(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _by_aspect(items: Iterable[T], aspect: Callable[[T], str]) -> Iterator[tuple[str, list[T]]]:
    for name, group in groupby(sorted(items, key=aspect), key=aspect):
        yield name, list(group)
