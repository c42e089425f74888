"""Deletion of a member everywhere, with proof.

Rows go by the foreign keys of the schema. Documents (snapshots, plans, reasons, job reports) that name the member's
records are scrubbed, not dropped: they belong to others. One that cannot be read back afterwards is dropped after all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import delete, select

from copilot.community.erasure_hash import subject_hash
from copilot.community.ids import new_id
from copilot.community.member_records import MemberRecords, documents_naming, proposals_of, records_of
from copilot.community.models import RuleKind
from copilot.community.replays import drop_replays
from copilot.community.store import Store, Unit
from copilot.community.tables import (
    CareItem,
    Erasure,
    EventPlan,
    Member,
    PairRule,
    Report,
    Scoped,
    StaleMark,
    VectorRow,
)
from copilot.community.traces import Traces

# By table: raises ValueError for a row whose documents the code that owns them cannot read.
Readers = Mapping[type[Scoped], Callable[[Any], object]]


def erase_member(
    store: Store, community_id: str, member_id: str, *, requested_by: str, readers: Readers | None = None
) -> str:
    """Delete the member's rows, scrub documents, remember a hash against re-import; return the erasure's id.

    One transaction. Vectors are marked stale in it: the caller lets the index forget them and then calls
    `confirm_index`. If it dies before, the next sync removes them and the erasure stays `unconfirmed`.

    Args:
        store: where the member is.
        community_id: whose member it is.
        member_id: who goes.
        requested_by: the key that asked, for proof and audit.
        readers: what reads documents back; a row that fails there after scrubbing is dropped and counted.

    Raises:
        NotFound: there is no such member here.
    """
    with store.write(community_id) as unit:
        # Whoever is writing something of the member's finishes first, and what follows sees it; SQLite has one writer.
        unit.session.execute(select(Member.id).where(Member.id == member_id).with_for_update())
        records = records_of(unit, member_id)
        traces = records.traces()
        proposals = proposals_of(unit, records)
        counts = _counts(records) + Counter(match=len(proposals))
        for row in proposals:
            unit.session.delete(row)
        unit.session.flush()
        for report in records.shared.get(Report.__tablename__, []):
            report.text = ""  # the case needs to know that somebody reported; the words are the member's own
        scrubbed, touched = _scrub_documents(unit, records, traces, readers or {})
        counts += scrubbed
        counts["replays_dropped"] = drop_replays(unit, traces.ids | touched)
        unit.mark_stale(
            [
                ("vector", "member", member_id),
                *(("vector", "resource", resource_id) for resource_id in records.resource_ids()),
                *(("vector", row.owner_kind, row.owner_id) for row in records.vectors),
            ]
        )
        erasure = Erasure(
            id=new_id("ers"), erased_at=unit.now, requested_by=requested_by, counts={k: n for k, n in counts.items() if n},
            subject_hash=subject_hash(community_id, records.member.platform, records.member.external_id),
        )  # fmt: skip
        unit.add(erasure)
        unit.audit(requested_by, "member.erased", ("member", member_id), erasure_id=erasure.id, counts=erasure.counts)
        unit.session.delete(records.member)
        return erasure.id


def confirm_index(store: Store, community_id: str, erasure_id: str, member_id: str | None = None) -> Erasure:
    """Note that the vectors are gone too and return the proof; with `member_id`, the note that they must go goes too."""
    with store.write(community_id) as unit:
        erasure = unit.get(Erasure, erasure_id)
        # A vector on record means that a sync was under way: it still needs the mark.
        held = select(VectorRow.record_id).where(VectorRow.member_id == member_id).limit(1)
        if member_id is not None and unit.session.scalar(held) is None:
            unit.session.execute(delete(StaleMark).where(StaleMark.kind == "member", StaleMark.record_id == member_id))
        erasure.index_confirmed_at = unit.now
        return erasure


def unconfirmed(store: Store, community_id: str) -> list[str]:
    """Return the ids of erasures whose vectors nobody has confirmed gone."""
    with store.read(community_id) as unit:
        return list(unit.session.scalars(select(Erasure.id).where(Erasure.index_confirmed_at.is_(None))))


def _counts(records: MemberRecords) -> Counter[str]:
    """Return the rows that go by table, and those that only lose the member as `detached_<table>`."""
    counts = Counter({name: len(rows) for name, rows in records.own.items()})
    counts.update({f"detached_{name}": len(rows) for name, rows in records.shared.items()})
    counts["vector_row"] = len(records.vectors)
    # The proof is the member's to read: it must not tell that somebody had blocked them.
    blocks = [row for row in records.own.get(PairRule.__tablename__, []) if row.kind == RuleKind.BLOCKED]
    counts[PairRule.__tablename__] -= sum(row.first_id != records.member.id for row in blocks)
    # Nor anybody else that somebody cared.
    del counts[CareItem.__tablename__]
    return counts


def _scrub_documents(
    unit: Unit, records: MemberRecords, traces: Traces, readers: Readers
) -> tuple[Counter[str], set[str]]:
    """Remove the member from documents.

    Returns:
        How many were scrubbed and how many rows had to go with theirs; the ids of plans among them, whose stored
        answers may name the member without any id.
    """
    counts: Counter[str] = Counter()
    touched: set[str] = set()
    for row, columns in list(documents_naming(unit, traces, records.going())):
        changed = 0
        for column in columns:
            before = getattr(row, column)
            after = traces.scrub(before)
            if after != before:
                setattr(row, column, after)
                changed += 1
        if changed and isinstance(row, EventPlan):
            touched.add(row.id)
        if changed and not _reads_back(row, readers):
            unit.session.delete(row)
            counts[f"dropped_{row.__tablename__}"] += 1
        else:
            counts["documents_scrubbed"] += changed
    unit.session.flush()
    return counts, touched


def _reads_back(row: Any, readers: Readers) -> bool:
    read = readers.get(type(row))
    if read is None:
        return True
    try:
        read(row)
    except ValueError:
        return False
    return True


__all__ = ["Readers", "confirm_index", "erase_member", "unconfirmed"]
