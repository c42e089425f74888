"""Makes the rows of cases and of the messages they rest on."""

from __future__ import annotations

from typing import Any

from copilot.community.case_records import head_values
from copilot.community.ids import derived_id
from copilot.community.store import Unit
from copilot.community.tables import Case, CaseItem, Message
from copilot.moderation.drafts import CaseDraft, Evidence
from copilot.moderation.models import CASE_SCORE, FoundBy


def new_case(unit: Unit, case_id: str, head: CaseItem, member_id: str | None) -> Case:
    """Return a case for which `head` stands; it is not stored yet, and `settle` gives it its priority."""
    values: dict[str, Any] = head_values(head)
    return Case(id=case_id, member_id=member_id, created_at=unit.now, **values)


def new_item(
    unit: Unit, case_id: str, draft: CaseDraft, evidence: Evidence, message: Message, clause_id: str
) -> CaseItem:
    """Return an item whose id depends on the message, its category and its source alone; it is not stored yet."""
    return CaseItem(
        id=item_id(unit, message.id, draft.category.value, draft.found_by.value), case_id=case_id,
        message_id=message.id, category=draft.category.value, found_by=draft.found_by.value, created_at=unit.now,
        **_item_values(draft, evidence, message, clause_id),
    )  # fmt: skip


def refresh_item(item: CaseItem, draft: CaseDraft, evidence: Evidence, message: Message, clause_id: str) -> None:
    """Bring a stored item in line with what its source says now; equal values are not written."""
    for name, value in {**_item_values(draft, evidence, message, clause_id), "withdrawn_at": None}.items():
        if getattr(item, name) != value:
            setattr(item, name, value)


def adopt_item(unit: Unit, case: Case) -> CaseItem:
    """Store the item of a case from before cases had items, and return it."""
    item = CaseItem(
        id=item_id(unit, case.message_id, case.category, FoundBy.SIGNAL.value), case_id=case.id,
        found_by=FoundBy.SIGNAL.value, threshold=CASE_SCORE, created_at=case.created_at, **head_values_of(case),
    )  # fmt: skip
    return unit.add(item)


def head_values_of(case: Case) -> dict[str, Any]:
    """Return what a case says of the message that stands for it."""
    names = ("message_id", "category", "severity", "score", "clause_id", "evidence_start", "evidence_end", "quote")
    return {name: getattr(case, name) for name in (*names, "context_ids", "detector", "detector_version")}


def item_id(unit: Unit, message_id: str, category: str, found_by: str) -> str:
    """Return the id of an item."""
    return derived_id("cit", unit.community_id, message_id, category, found_by)


def _item_values(draft: CaseDraft, evidence: Evidence, message: Message, clause_id: str) -> dict[str, Any]:
    length = len(message.text)
    end = length if evidence.end is None else min(max(0, evidence.end), length)
    start = min(max(0, evidence.start), end)
    return {
        "severity": draft.harm.value,
        "score": round(draft.score, 4),
        "clause_id": clause_id,
        "evidence_start": start,
        "evidence_end": end,
        "quote": message.text[start:end],
        "context_ids": list(evidence.context_ids),
        "detector": draft.detector,
        "detector_version": draft.version,
        "threshold": round(draft.threshold, 4),
        "raw_score": draft.raw_score,
        "tuning_version": draft.tuning_version,
    }
