"""What is known of past messages because a person decided: the only truth that scores are measured against.

Only what something flagged, somebody reported or the audit sample drew was ever looked at. Everything else is unknown,
not clean.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from copilot.community.store import Unit
from copilot.community.tables import Appeal, AuditSample, Case, CaseItem, Decision
from copilot.moderation.models import FoundBy, Verdict

MOST_KNOWN = 20_000
OVERTURNED = "overturned"
_CHUNK = 300


@dataclass(frozen=True)
class KnownItem:
    """One message in one category as one source found it, and what people said of it.

    Attributes:
        score: 0-1, the detector's own, before any curve of the community.
        is_violation: what stands now; an overturned violation is none.
        was_corrected: an appeal was overturned.
    """

    case_id: str
    message_id: str
    category: str
    found_by: str
    detector: str
    version: str
    score: float
    is_violation: bool
    decided_at: datetime
    was_corrected: bool


@dataclass(frozen=True)
class KnownMessage:
    """What is known of one message.

    Attributes:
        case_id: its case; the message's own id for an audited one, which has none.
        violated: the categories it was found to break; empty means that it is clean in every category.
    """

    message_id: str
    case_id: str
    violated: frozenset[str]

    def label(self, category: str) -> bool | None:
        """Whether it breaks `category`; None where it breaks another and nobody said anything of this one."""
        if category in self.violated:
            return True
        return None if self.violated else False


def known_items(unit: Unit, since: datetime | None = None) -> list[KnownItem]:
    """Return the items of decided cases, the latest decisions first, at most `MOST_KNOWN`.

    A violation speaks for the categories of the clause it cites; where the clause names none of the case, for all.
    """
    rulings = _rulings(unit, since)
    covers = {clause.get("id", ""): frozenset(clause.get("categories", [])) for clause in unit.community().policy}
    found: list[KnownItem] = []
    case_ids = list(rulings)
    for start in range(0, len(case_ids), _CHUNK):
        statement = (
            select(*_ITEM)
            .where(CaseItem.case_id.in_(case_ids[start : start + _CHUNK]), CaseItem.withdrawn_at.is_(None))
            .order_by(CaseItem.case_id, CaseItem.id)
        )
        by_case: dict[str, list[Any]] = {}
        for item in unit.session.execute(statement):
            by_case.setdefault(item.case_id, []).append(item)
        for case_id, items in by_case.items():
            found += _of_case(rulings[case_id], items, covers)
        if len(found) >= MOST_KNOWN:
            break
    return found[:MOST_KNOWN]


def known_messages(unit: Unit) -> list[KnownMessage]:
    """Return what is known of each message: from decisions first, then from messages looked at by chance."""
    violated: dict[str, set[str]] = {}
    case_of: dict[str, str] = {}
    for item in known_items(unit):
        violated.setdefault(item.message_id, set()).update({item.category} if item.is_violation else ())
        case_of.setdefault(item.message_id, item.case_id)
    looked_at = select(AuditSample).where(AuditSample.verdict.is_not(None)).order_by(AuditSample.id).limit(MOST_KNOWN)
    for row in unit.session.scalars(looked_at):
        if row.message_id not in violated:
            violated[row.message_id] = {row.category} if row.verdict == Verdict.VIOLATION else set()
            case_of[row.message_id] = row.message_id
    return [KnownMessage(name, case_of[name], frozenset(found)) for name, found in violated.items()]


def scored(items: Iterable[KnownItem], category: str) -> list[KnownItem]:
    """Return for each case the item of `category` with the highest score a detector gave.

    Copies of one advert in a case are one decision, not twenty. Reports and patterns have no score of a message.
    """
    best: dict[str, KnownItem] = {}
    for item in items:
        if item.category != category or item.found_by not in {FoundBy.SIGNAL, FoundBy.LLM}:
            continue
        held = best.get(item.case_id)
        if held is None or item.score > held.score:
            best[item.case_id] = item
    return list(best.values())


# Columns alone: ten thousand whole rows, with their evidence and effects, take a second.
_ITEM = (
    CaseItem.case_id, CaseItem.message_id, CaseItem.category, CaseItem.found_by, CaseItem.detector,
    CaseItem.detector_version, CaseItem.score, CaseItem.raw_score,
)  # fmt: skip


@dataclass(frozen=True)
class _Ruling:
    is_violation: bool
    clause_id: str
    decided_at: datetime
    was_corrected: bool


def _rulings(unit: Unit, since: datetime | None) -> dict[str, _Ruling]:
    """Return what stands for each case, latest first; one whose violation an appeal overturned is no violation."""
    statement = (
        select(
            Decision.case_id,
            Decision.verdict,
            Decision.clause_id,
            Decision.decided_at,
            Decision.undone_at,
            Appeal.outcome,
        )
        .join(Case, Case.id == Decision.case_id)
        .outerjoin(Appeal, Appeal.decision_id == Decision.id)
        .order_by(Decision.decided_at.desc(), Decision.id.desc())
        .limit(MOST_KNOWN)
    )
    if since is not None:
        statement = statement.where(Decision.decided_at >= since)
    found: dict[str, _Ruling] = {}
    overturned: dict[str, _Ruling] = {}
    rows: Any = unit.session.execute(statement)
    for decision in rows:
        was_overturned = decision.outcome == OVERTURNED and decision.undone_at is not None
        if was_overturned:
            overturned.setdefault(decision.case_id, _Ruling(False, "", decision.decided_at, was_corrected=True))
        elif decision.undone_at is None:
            stands = decision.verdict == Verdict.VIOLATION
            found.setdefault(
                decision.case_id, _Ruling(stands, decision.clause_id or "", decision.decided_at, was_corrected=False)
            )
    for case_id in overturned.keys() & found.keys():
        found[case_id] = replace(found[case_id], was_corrected=True)
    merged = {**overturned, **found}
    return dict(sorted(merged.items(), key=lambda pair: (pair[1].decided_at, pair[0]), reverse=True))


def _of_case(ruling: _Ruling, items: list[Any], covers: Mapping[str, frozenset[str]]) -> list[KnownItem]:
    meant = covers.get(ruling.clause_id, frozenset())
    if not ruling.is_violation or not any(item.category in meant for item in items):
        meant = frozenset(item.category for item in items)
    return [
        KnownItem(
            case_id=item.case_id, message_id=item.message_id, category=item.category, found_by=item.found_by,
            detector=item.detector, version=item.detector_version,
            score=item.score if item.raw_score is None else item.raw_score,
            is_violation=ruling.is_violation, decided_at=ruling.decided_at, was_corrected=ruling.was_corrected,
        )
        for item in items
        if item.category in meant
    ]  # fmt: skip
