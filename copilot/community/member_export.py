"""What is stored about a member, for the member: complete, and without what is said of or by others."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from copilot.community.introduction_status import shown_status, side_of
from copilot.community.member_records import MemberRecords, documents_naming, records_of
from copilot.community.models import RuleKind
from copilot.community.store import Unit
from copilot.community.tables import (
    AuditEntry,
    CareItem,
    Case,
    CaseFinding,
    CaseItem,
    Decision,
    IdempotencyRecord,
    Introduction,
    Match,
    Message,
    PairRule,
    PointEntry,
    PointPerson,
    Scoped,
    Strike,
)
from copilot.community.traces import Traces

_CHUNK = 300
_LEDGER_NAMES = frozenset({"giver_id", "act_key"})
_SECRET = frozenset({"key_hash", "token_hash"})
# Answers to requests and matches are told apart; what moderators note of others is theirs.
_NOT_SHOWN: tuple[type[Scoped], ...] = (Case, CaseFinding, CaseItem, Decision, IdempotencyRecord, Match, Strike)


def export_member(unit: Unit, member_id: str) -> dict[str, Any]:
    """Return everything stored about a member as {table: rows}, JSON-serialisable.

    Of a proposal, only quotes of the member's own are in it: `matched_with` are those made to others, without whose
    they are and what became of them. `documents` are plans, topics, reports and the like that name the member, each
    reduced to the places that do.

    Raises:
        NotFound: there is no such member here.
    """
    records = records_of(unit, member_id)
    traces = records.traces()
    found = {name: [_plain(row) for row in rows] for name, rows in {**records.own, **records.shared}.items()}
    for name in records.own.keys() & records.shared.keys():
        found[name] = [_plain(row) for row in (*records.own[name], *records.shared[name])]
    # Whoever exports may be an admin: what care did is told to the member alone, by care (`CareDesk.own`).
    found.pop(CareItem.__tablename__, None)
    found.setdefault(Message.__tablename__, [])
    found["match"] = [{**_plain(row), "reasons": _own_reasons(row, traces)} for row in records.own.get("match", [])]
    found[Introduction.__tablename__] = [
        _introduction(row, member_id) for row in records.own.get(Introduction.__tablename__, [])
    ]
    found[PairRule.__tablename__] = _rules(records.own.get(PairRule.__tablename__, []), member_id)
    found["matched_with"] = [_proposed(row, traces) for row in records.proposed_to_others]
    found["vector_row"] = [_plain(row) for row in records.vectors]
    # The ledger knows people by other names; who gave is said where the member asks why (`recognition.points`).
    names = [row.id for row in records.own.get(PointPerson.__tablename__, [])]
    entries = _among(unit, PointEntry, PointEntry.person_id, names)
    found["point_entry"] = [{k: v for k, v in _plain(row).items() if k not in _LEDGER_NAMES} for row in entries]
    case_ids = [row.id for row in records.own.get(Case.__tablename__, [])]
    found["decision"] = [_plain(row) for row in _among(unit, Decision, Decision.case_id, case_ids)]
    subjects = sorted({*traces.ids, *case_ids})
    found["audit_entry"] = [_plain(row) for row in _among(unit, AuditEntry, AuditEntry.subject_id, subjects)]
    found["documents"] = _documents(unit, records, traces)
    return {"community_id": unit.community_id, "member_id": member_id, "records": found}


def _documents(unit: Unit, records: MemberRecords, traces: Traces) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for row, columns in documents_naming(unit, traces, [*records.going(), *records.pointing()]):
        if isinstance(row, _NOT_SHOWN):
            continue
        parts = [part for column in columns for part in traces.parts({column: getattr(row, column)})]
        if parts:
            key = next(c.key for c in row.__mapper__.primary_key if c.key != "community_id")
            found.append({"table": row.__tablename__, "id": getattr(row, key), "parts": parts})
    return found


def _introduction(row: Introduction, member_id: str) -> dict[str, Any]:
    """Return an introduction as its member knows it: the other's words and reasons are not in it."""
    shown: dict[str, Any] = {
        "id": row.id, "side": side_of(row, member_id), "status": shown_status(row, member_id).value,
        "asked_at": row.created_at.isoformat(), "expires_at": row.expires_at.isoformat(),
        "connected_at": row.revealed_at.isoformat() if row.revealed_at else None,
    }  # fmt: skip
    return shown | ({"code": row.end_code, "comment": row.end_comment} if row.ended_by == member_id else {})


def _rules(rows: list[PairRule], member_id: str) -> list[dict[str, Any]]:
    """Return the blocks a member set; nobody is told who blocked them, nor whom operators keep them from and why."""
    own = [row for row in rows if row.kind == RuleKind.BLOCKED and row.first_id == member_id]
    theirs = [row for row in rows if row.kind != RuleKind.BLOCKED]
    return [
        *(_plain(row) for row in own),
        *({"kind": row.kind, "created_at": row.created_at.isoformat()} for row in theirs),
    ]


def _own_reasons(row: Match, traces: Traces) -> list[str]:
    """Return the member's own words among the evidence of a proposal."""
    evidence = [item for reason in row.reasons for item in reason.get("evidence", [])]
    return [str(item["quote"]) for item in evidence if item.get("record_id") in traces.ids and item.get("quote")]


def _proposed(row: Match, traces: Traces) -> dict[str, Any]:
    quotes = _own_reasons(row, traces)
    return {"id": row.id, "score": row.score, "created_at": row.created_at.isoformat(), "quotes": quotes}


def _among(unit: Unit, table: Any, column: Any, values: list[str]) -> list[Any]:
    found: list[Any] = []
    for start in range(0, len(values), _CHUNK):
        found.extend(unit.session.scalars(select(table).where(column.in_(values[start : start + _CHUNK]))))
    return found


def _plain(row: Any) -> dict[str, Any]:
    values = {column.key: getattr(row, column.key) for column in row.__mapper__.columns}
    return {k: v.isoformat() if isinstance(v, datetime | date) else v for k, v in values.items() if k not in _SECRET}
