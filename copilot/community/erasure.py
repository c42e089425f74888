"""What is stored about a member, and its deletion everywhere, with proof.

Rows are found by the foreign keys of the schema, so a new table is covered without a change here. Documents
(snapshots, plans, reasons, job reports) that name the member's records are scrubbed, not dropped: they belong to others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Text, cast, delete, or_, select
from sqlalchemy.orm import Mapper
from sqlalchemy.types import JSON

from copilot.community.erasure_hash import subject_hash
from copilot.community.ids import new_id
from copilot.community.replays import drop_replays
from copilot.community.store import Store, Unit
from copilot.community.tables import (
    AuditEntry,
    Base,
    Erasure,
    Match,
    Member,
    Message,
    Reading,
    Scoped,
    StaleMark,
    VectorRow,
)

ERASED = "[erased]"
_CHUNK = 300
_SHORTEST_WORD = 2
_KEPT_TABLES = (AuditEntry, Erasure)


def export_member(unit: Unit, member_id: str) -> dict[str, Any]:
    """Return everything stored about a member as {table: rows}, JSON-serialisable.

    Raises:
        NotFound: there is no such member here.
    """
    member = unit.get(Member, member_id)
    found: dict[str, list[dict[str, Any]]] = {"member": [_plain(member)]}
    for mapper, columns in _tables_about_members():
        table = mapper.class_
        rows = unit.session.scalars(select(table).where(or_(*(getattr(table, c) == member_id for c in columns))))
        found[table.__tablename__] = [_plain(row) for row in rows]
    messages = select(Message.id).where(Message.sender_id == member_id)
    readings = unit.session.scalars(select(Reading).where(Reading.message_id.in_(messages)))
    found["reading"] = [_plain(row) for row in readings]
    proposed = unit.session.scalars(select(Match).where(Match.kind == "member", Match.target_id == member_id))
    found["matched_with"] = [_plain(row) for row in proposed]
    vectors = unit.session.scalars(select(VectorRow).where(VectorRow.member_id == member_id))
    found["vector_row"] = [_plain(row) for row in vectors]
    return {"community_id": unit.community_id, "member_id": member_id, "records": found}


def erase_member(store: Store, community_id: str, member_id: str, *, requested_by: str) -> str:
    """Delete the member's rows, scrub documents, remember a hash against re-import; return the erasure's id.

    One transaction. Vectors are marked stale in it: the caller lets the index forget them and then calls
    `confirm_index`; if it dies before, the next sync does.

    Raises:
        NotFound: there is no such member here.
    """
    with store.write(community_id) as unit:
        member = unit.get(Member, member_id)
        export = export_member(unit, member_id)["records"]
        counts = {name: len(rows) for name, rows in export.items() if rows}
        own = {member_id, *(row["id"] for name in ("message", "profile_text") for row in export.get(name, []))}
        texts = {row["text"] for name in ("message", "profile_text") for row in export.get(name, [])}
        counts["documents_scrubbed"] = _scrub_documents(unit, own, {member.name, *texts})
        counts["replays_dropped"] = drop_replays(unit, own)
        questions = [row["record_id"] for row in export["vector_row"] if row["owner_kind"] == "question"]
        unit.mark_stale([("vector", "member", member_id), *(("vector", "question", q) for q in questions)])
        unit.session.execute(delete(Match).where(Match.kind == "member", Match.target_id == member_id))
        erasure = Erasure(
            id=new_id("ers"), erased_at=unit.now, requested_by=requested_by, counts=counts,
            subject_hash=subject_hash(community_id, member.platform, member.external_id),
        )  # fmt: skip
        unit.add(erasure)
        unit.audit(requested_by, "member.erased", ("member", member_id), erasure_id=erasure.id, counts=counts)
        unit.session.delete(member)
        return erasure.id


def confirm_index(store: Store, community_id: str, erasure_id: str, member_id: str) -> Erasure:
    """Note that the vectors are gone too and return the proof."""
    with store.write(community_id) as unit:
        erasure = unit.get(Erasure, erasure_id)
        # A vector on record means that a sync was under way: it still needs the mark.
        if unit.session.scalar(select(VectorRow.record_id).where(VectorRow.member_id == member_id).limit(1)) is None:
            unit.session.execute(delete(StaleMark).where(StaleMark.kind == "member", StaleMark.record_id == member_id))
        erasure.index_confirmed_at = unit.now
        return erasure


def _tables_about_members() -> Iterator[tuple[Mapper[Any], list[str]]]:
    for mapper in Base.registry.mappers:
        if not issubclass(mapper.class_, Scoped) or mapper.class_ is Member:
            continue
        columns = [
            column.key
            for column in mapper.columns
            if any(key.column.table.name == Member.__tablename__ for key in column.foreign_keys)
        ]
        if columns:
            yield mapper, columns


def _scrub_documents(unit: Unit, own_ids: set[str], words: set[str]) -> int:
    """Replace the member's ids, name and sentences in JSON documents that mention one of the ids."""
    # One-letter names and texts would tear holes into other people's words.
    hidden = {word: ERASED for word in words if len(word) >= _SHORTEST_WORD}
    hidden.update(dict.fromkeys(own_ids, "erased"))
    longest_first = dict(sorted(hidden.items(), key=lambda pair: -len(pair[0])))
    changed = 0
    ids = sorted(own_ids)
    for mapper in list(Base.registry.mappers):
        table = mapper.class_
        columns = [c.key for c in mapper.columns if isinstance(c.type, JSON)]
        if not issubclass(table, Scoped) or not columns or table in _KEPT_TABLES:
            continue
        rows: dict[int, Any] = {}
        for start in range(0, len(ids), _CHUNK):
            chunk = ids[start : start + _CHUNK]
            mentions = or_(*(cast(getattr(table, c), Text).contains(i) for c in columns for i in chunk))
            rows.update({id(row): row for row in unit.session.scalars(select(table).where(mentions))})
        for row in rows.values():
            for column in columns:
                before = getattr(row, column)
                after = scrub(before, longest_first)
                if after != before:
                    setattr(row, column, after)
                    changed += 1
    unit.session.flush()
    return changed


def scrub(value: Any, hidden: Mapping[str, str]) -> Any:
    """Return `value` with every occurrence of a key of `hidden` in any string replaced; structure is kept."""
    if isinstance(value, str):
        for word, instead in hidden.items():
            if word in value:
                value = value.replace(word, instead)
        return value
    if isinstance(value, dict):
        return {scrub(key, hidden): scrub(item, hidden) for key, item in value.items()}
    if isinstance(value, list):
        return [scrub(item, hidden) for item in value]
    return value


def _plain(row: Any) -> dict[str, Any]:
    values = {column.key: getattr(row, column.key) for column in row.__mapper__.columns}
    return {k: v.isoformat() if isinstance(v, datetime | date) else v for k, v in values.items() if k != "key_hash"}


__all__ = ["ERASED", "confirm_index", "erase_member", "export_member", "scrub"]
