"""The database side of the vectors: which texts wait, which should have a vector, which have one on record.

Implements `copilot.vectors.source.TextSource`. Writes are claimed before the index is touched and confirmed after,
so that whatever dies in between, SQL knows of every vector that may exist and trusts none it is unsure of.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Select, and_, delete, func, or_, select, tuple_

from copilot.community.embeddable import (
    EVENT,
    MEMBER,
    RESOURCE,
    expired,
    families,
    family,
    kind_of,
    owned_in_doubt,
    past,
    today,
)
from copilot.community.store import Store, Unit
from copilot.community.tables import Event, Resource, StaleMark, VectorRow
from copilot.vectors.source import Claim, DesiredText, Mark, RecordedVector, VectorRecord

PURPOSE = "vector"
_PAGE = 400  # rows per statement: bound parameters stay far below SQLite's limit


class StaleTexts:
    """Marks, desired texts and vectors on record of every community in a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def mark_overdue(self, community_id: str, embedder: str) -> int:
        """Mark expired resources, past events and vectors of other embedders; see `TextSource.mark_overdue`."""
        with self._store.read(community_id) as unit:
            lapsed = (
                select(VectorRow.owner_kind, VectorRow.owner_id)
                .join(Resource, and_(VectorRow.owner_kind == RESOURCE, Resource.id == VectorRow.owner_id))
                .where(expired(today(unit)))
            )
            begun = (
                select(VectorRow.owner_kind, VectorRow.owner_id)
                .join(Event, and_(VectorRow.owner_kind == EVENT, Event.id == VectorRow.owner_id))
                .where(past(unit.now))
            )
            owners = {
                (kind, owner_id) for statement in (lapsed, begun) for kind, owner_id in unit.session.execute(statement)
            }
        self._mark(community_id, owners)
        foreign = 0
        for rows in self._pages(community_id, select(VectorRow).where(VectorRow.embedder != embedder)):
            self._mark(community_id, {(row.owner_kind, row.owner_id) for row in rows})
            foreign += len(rows)
        return foreign

    def count_marks(self, community_id: str) -> int:
        """Return how many owners wait."""
        with self._store.read(community_id) as unit:
            count = select(func.count()).select_from(StaleMark).where(StaleMark.purpose == PURPOSE)
            return unit.session.scalar(count) or 0

    def take_marks(self, community_id: str, limit: int) -> list[Mark]:
        """Return some waiting marks, members first; see `TextSource.take_marks`."""
        statement = (
            select(StaleMark.kind, StaleMark.record_id, StaleMark.token)
            .where(StaleMark.purpose == PURPOSE)
            .order_by(StaleMark.kind, StaleMark.record_id)  # the order of the primary key: no sorting
            .limit(min(limit, _PAGE))
        )
        with self._store.read(community_id) as unit:
            marks = [Mark(*row) for row in unit.session.execute(statement)]
            owned = owned_in_doubt(unit, [mark.record_id for mark in marks if mark.kind == MEMBER])
        self._mark(community_id, set(owned))
        return marks

    def clear_marks(self, community_id: str, marks: Sequence[Mark]) -> int:
        """Remove marks that are still the ones taken; see `TextSource.clear_marks`."""
        cleared = 0
        with self._store.write(community_id) as unit:
            for chunk in _chunks(marks):
                same = tuple_(StaleMark.kind, StaleMark.record_id, StaleMark.token).in_(
                    [(mark.kind, mark.record_id, mark.token) for mark in chunk]
                )
                done: Any = unit.session.execute(delete(StaleMark).where(StaleMark.purpose == PURPOSE, same))
                cleared += done.rowcount
        return cleared

    def desired(self, community_id: str, marks: Sequence[Mark]) -> list[DesiredText]:
        """Return the texts of marked owners that should have a vector."""
        found: list[DesiredText] = []
        with self._store.read(community_id) as unit:
            for kind, owner_ids in _by_kind(marks).items():
                for texts in families(unit, kind):
                    for chunk in _chunks(owner_ids):
                        found.extend(texts.texts(unit, texts.owner_key.in_(chunk)))
        return found

    def recorded(self, community_id: str, marks: Sequence[Mark]) -> list[RecordedVector]:
        """Return the vectors on record for marked owners."""
        found: list[RecordedVector] = []
        with self._store.read(community_id) as unit:
            for kind, owner_ids in _by_kind(marks).items():
                for chunk in _chunks(owner_ids):
                    rows = select(VectorRow).where(VectorRow.owner_kind == kind, VectorRow.owner_id.in_(chunk))
                    found.extend(map(_recorded, unit.session.scalars(rows)))
        return found

    def claim(
        self, community_id: str, records: Sequence[VectorRecord], embedder: str, marks: Sequence[Mark] | None = None
    ) -> Claim:
        """Put on record that these vectors are about to change; see `TextSource.claim`."""
        token = f"~{secrets.token_hex(8)}"  # no text's hash begins like this
        with self._store.write(community_id) as unit:
            if marks is not None:
                standing = _standing(unit, marks)
                records = [record for record in records if (record.owner_kind, record.owner_id) in standing]
            rows = _rows_of(unit, records)
            for record in records:
                row = rows.get((record.aspect, record.record_id))
                if row is not None:
                    row.text_hash = token
                elif isinstance(record, DesiredText):
                    unit.add(_new_row(unit, record, embedder, token))
        return Claim(token, frozenset((record.aspect, record.record_id) for record in records))

    def confirm(self, community_id: str, texts: Sequence[DesiredText], embedder: str, claim: Claim) -> None:
        """Put on record that the index holds these vectors; see `TextSource.confirm`."""
        with self._store.write(community_id) as unit:
            rows = _rows_of(unit, texts)
            for text in texts:
                row = rows.get((text.aspect, text.record_id))
                if row is not None and row.text_hash == claim.token:
                    row.text_hash, row.embedder, row.embedded_at = text.text_hash, embedder, unit.now
                    row.owner_kind, row.owner_id, row.member_id = text.owner_kind, text.owner_id, text.member_id
                    continue
                # Somebody else wrote or struck it meanwhile: nobody knows what the index holds now.
                if row is None:
                    unit.add(_new_row(unit, text, embedder, ""))
                else:
                    row.text_hash = ""
                unit.mark_stale([(PURPOSE, text.owner_kind, text.owner_id)])

    def erase(self, community_id: str, records: Sequence[RecordedVector], claim: Claim) -> None:
        """Strike records whose vectors are gone; see `TextSource.erase`."""
        with self._store.write(community_id) as unit:
            for row in _rows_of(unit, records).values():
                if row.text_hash == claim.token:
                    unit.session.delete(row)
                else:
                    row.text_hash = ""
                    unit.mark_stale([(PURPOSE, row.owner_kind, row.owner_id)])

    def invalidate(self, community_id: str, records: Sequence[VectorRecord]) -> None:
        """Distrust these vectors and mark their owners; see `TextSource.invalidate`."""
        for chunk in _chunks(records):
            with self._store.write(community_id) as unit:
                for row in _rows_of(unit, chunk).values():
                    row.text_hash = ""
                unit.mark_stale([(PURPOSE, record.owner_kind, record.owner_id) for record in chunk])

    def desired_pages(self, community_id: str, aspect: str) -> Iterator[list[DesiredText]]:
        """Yield all texts of an aspect that should have a vector; pages may be empty, but for the end."""
        last = ""
        while True:
            with self._store.read(community_id) as unit:
                texts = family(unit, kind_of(aspect))
                ids = _next_ids(unit, texts.statement, texts.record_key, last)
                page = [text for text in texts.texts(unit, texts.record_key.in_(ids)) if text.aspect == aspect]
            if not ids:
                return
            last = ids[-1]
            yield page

    def desired_among(self, community_id: str, aspect: str, record_ids: Sequence[str]) -> dict[str, DesiredText]:
        """Return those of the records that should have a vector."""
        found: dict[str, DesiredText] = {}
        with self._store.read(community_id) as unit:
            texts = family(unit, kind_of(aspect))
            for chunk in _chunks(record_ids):
                held = texts.texts(unit, texts.record_key.in_(chunk))
                found.update((text.record_id, text) for text in held if text.aspect == aspect)
        return found

    def recorded_pages(self, community_id: str, aspect: str) -> Iterator[list[RecordedVector]]:
        """Yield all vectors on record of an aspect."""
        for rows in self._pages(community_id, select(VectorRow).where(VectorRow.aspect == aspect)):
            yield [_recorded(row) for row in rows]

    def recorded_among(self, community_id: str, aspect: str, record_ids: Sequence[str]) -> dict[str, RecordedVector]:
        """Return those of the records that are on record."""
        found: dict[str, RecordedVector] = {}
        with self._store.read(community_id) as unit:
            for chunk in _chunks(record_ids):
                rows = select(VectorRow).where(VectorRow.aspect == aspect, VectorRow.record_id.in_(chunk))
                found.update((row.record_id, _recorded(row)) for row in unit.session.scalars(rows))
        return found

    def waiting_among(self, community_id: str, records: Sequence[VectorRecord]) -> set[tuple[str, str]]:
        """Return (kind, id) of the owners that are marked."""
        owners = list(dict.fromkeys((record.owner_kind, record.owner_id) for record in records))
        found: set[tuple[str, str]] = set()
        with self._store.read(community_id) as unit:
            for chunk in _chunks(owners):
                marked = select(StaleMark.kind, StaleMark.record_id).where(
                    StaleMark.purpose == PURPOSE, tuple_(StaleMark.kind, StaleMark.record_id).in_(chunk)
                )
                found.update((kind, record_id) for kind, record_id in unit.session.execute(marked))
        return found

    def recorded_of(self, community_id: str, owner_kind: str, owner_id: str) -> list[RecordedVector]:
        """Return the vectors on record of one owner; of a member, those of what they asked and own too."""
        own = and_(VectorRow.owner_kind == owner_kind, VectorRow.owner_id == owner_id)
        about = or_(own, VectorRow.member_id == owner_id) if owner_kind == MEMBER else own
        with self._store.read(community_id) as unit:
            return [_recorded(row) for row in unit.session.scalars(select(VectorRow).where(about))]

    def _mark(self, community_id: str, owners: Iterable[tuple[str, str]]) -> None:
        for chunk in _chunks(sorted(owners)):
            with self._store.write(community_id) as unit:
                unit.mark_stale([(PURPOSE, kind, owner_id) for kind, owner_id in chunk])

    def _pages(self, community_id: str, statement: Select[VectorRow]) -> Iterator[list[VectorRow]]:
        last = ("", "")
        while True:
            beyond = tuple_(VectorRow.aspect, VectorRow.record_id) > last
            page = statement.where(beyond).order_by(VectorRow.aspect, VectorRow.record_id).limit(_PAGE)
            with self._store.read(community_id) as unit:
                rows = list(unit.session.scalars(page))
            if not rows:
                return
            yield rows
            last = (rows[-1].aspect, rows[-1].record_id)


def _standing(unit: Unit, marks: Sequence[Mark]) -> set[tuple[str, str]]:
    """Return (kind, id) of the marks that are still the ones taken."""
    found: set[tuple[str, str]] = set()
    for chunk in _chunks(marks):
        wanted = [(mark.kind, mark.record_id, mark.token) for mark in chunk]
        same = select(StaleMark.kind, StaleMark.record_id).where(
            StaleMark.purpose == PURPOSE, tuple_(StaleMark.kind, StaleMark.record_id, StaleMark.token).in_(wanted)
        )
        found.update((kind, record_id) for kind, record_id in unit.session.execute(same))
    return found


def _next_ids(unit: Unit, statement: Select[*tuple[Any, ...]], key: Any, last: str) -> list[str]:
    page = statement.with_only_columns(key).where(key > last).order_by(key).limit(_PAGE)
    return list(unit.session.scalars(page))


def _rows_of(unit: Unit, records: Sequence[VectorRecord]) -> dict[tuple[str, str], VectorRow]:
    by_aspect: dict[str, list[str]] = defaultdict(list)
    for record in records:
        by_aspect[record.aspect].append(record.record_id)
    found: dict[tuple[str, str], VectorRow] = {}
    for aspect, record_ids in by_aspect.items():
        for chunk in _chunks(record_ids):
            statement = select(VectorRow).where(VectorRow.aspect == aspect, VectorRow.record_id.in_(chunk))
            found.update(((aspect, row.record_id), row) for row in unit.session.scalars(statement))
    return found


def _new_row(unit: Unit, text: DesiredText, embedder: str, claim: str) -> VectorRow:
    return VectorRow(
        aspect=text.aspect,
        record_id=text.record_id,
        owner_kind=text.owner_kind,
        owner_id=text.owner_id,
        member_id=text.member_id,
        text_hash=claim,
        embedder=embedder,
        embedded_at=unit.now,
    )


def _recorded(row: VectorRow) -> RecordedVector:
    return RecordedVector(
        row.aspect, row.record_id, row.owner_kind, row.owner_id, row.member_id, row.text_hash, row.embedder
    )


def _by_kind(marks: Sequence[Mark]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for mark in marks:
        found[mark.kind].append(mark.record_id)
    return found


def _chunks(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), _PAGE):
        yield items[start : start + _PAGE]
