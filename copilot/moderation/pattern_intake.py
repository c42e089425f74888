"""A pattern over several messages is one case: it takes in the open cases that its messages have already."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import or_, select

from copilot.community.case_records import gravest_first
from copilot.community.ids import derived_id
from copilot.community.store import Unit
from copilot.community.tables import Case, CaseFinding, CaseItem, Message
from copilot.moderation.drafts import CaseDraft, Evidence, PatternFacts, Taken
from copilot.moderation.item_records import item_id, new_case, new_item, refresh_item
from copilot.moderation.merging import absorb, find_case
from copilot.moderation.models import CaseStatus
from copilot.moderation.settling import settle

_ACTOR = "moderation:patterns"
_MOST_ROUNDS = 100


def take_pattern(unit: Unit, draft: CaseDraft, messages: Mapping[str, Message], clause_id: str) -> Taken:
    """Open or refresh the case of a pattern.

    A pattern that was decided and goes on is a new case, of what was said since; one that does not go on stays decided.
    """
    facts = draft.pattern
    assert facts is not None  # noqa: S101  # only patterns come here
    evidence = draft.evidence
    for number in range(_MOST_ROUNDS):
        case_id = derived_id("cas", unit.community_id, "pattern", facts.key, str(number))
        case = _existing(unit, case_id)
        if case is None or case.status != CaseStatus.DECIDED:
            break
        decided_at = case.decided_at
        evidence = tuple(e for e in evidence if decided_at is None or messages[e.message_id].sent_at > decided_at)
        if not evidence:
            return Taken(case.id, is_new=False)
    is_new = case is None
    if case is None:
        case = _opened(unit, case_id, draft, evidence, messages, clause_id)
        if case.status == CaseStatus.DECIDED:
            return Taken(case.id, is_new=False)
    else:
        _join(unit, case, draft, evidence, messages, clause_id)
    for other in _open_cases(unit, evidence, case):
        absorb(unit, other, case, _ACTOR)
    _note(unit, case, _finding_id(case_id), draft, facts)
    again = settle(unit, case)
    return Taken(case.id, is_new or again)


def _existing(unit: Unit, case_id: str) -> Case | None:
    stored = unit.find(Case, case_id)
    if stored is not None:
        return stored
    finding = unit.session.scalar(select(CaseFinding).where(CaseFinding.id == _finding_id(case_id)))
    return None if finding is None else find_case(unit, finding.case_id)


def _opened(
    unit: Unit, case_id: str, draft: CaseDraft, evidence: tuple[Evidence, ...], messages: Mapping[str, Message], clause_id: str
) -> Case:  # fmt: skip
    """Open the case, or join the one that stands for the only message left to stand for it."""
    items = [new_item(unit, case_id, draft, e, messages[e.message_id], clause_id) for e in evidence]
    ids = [e.message_id for e in evidence]
    heads = select(Case.message_id, Case.id).where(Case.message_id.in_(ids), Case.category == draft.category.value)
    taken = {row.message_id: row.id for row in unit.session.execute(heads)}
    free = [item for item in gravest_first(items) if item.message_id not in taken]
    if not free:
        case = unit.get(Case, next(iter(taken.values())))
        if case.status != CaseStatus.DECIDED:
            _join(unit, case, draft, evidence, messages, clause_id)
        return case
    case = unit.add(new_case(unit, case_id, free[0], messages[free[0].message_id].sender_id))
    unit.session.flush()
    _join(unit, case, draft, evidence, messages, clause_id)
    return case


def _join(
    unit: Unit, case: Case, draft: CaseDraft, evidence: tuple[Evidence, ...], messages: Mapping[str, Message], clause_id: str
) -> None:  # fmt: skip
    ids = {e.message_id: item_id(unit, e.message_id, draft.category.value, draft.found_by.value) for e in evidence}
    stored = unit.get_many(CaseItem, ids.values())
    for one in evidence:
        message, row = messages[one.message_id], stored.get(ids[one.message_id])
        if row is None:
            unit.add(new_item(unit, case.id, draft, one, message, clause_id))
        elif row.case_id == case.id:
            refresh_item(row, draft, one, message, clause_id)
    unit.session.flush()


def _open_cases(unit: Unit, evidence: tuple[Evidence, ...], case: Case) -> list[Case]:
    """Return the other open cases of these messages that nobody holds."""
    ids = [e.message_id for e in evidence]
    of_items = select(CaseItem.case_id).where(CaseItem.message_id.in_(ids))
    statement = select(Case).where(
        or_(Case.message_id.in_(ids), Case.id.in_(of_items)), Case.id != case.id,
        Case.status.in_((CaseStatus.OPEN.value, CaseStatus.WITHDRAWN.value)),
        or_(Case.claimed_by.is_(None), Case.lease_expires_at.is_(None), Case.lease_expires_at <= unit.now),
    )  # fmt: skip
    return list(unit.session.scalars(statement.order_by(Case.id).with_for_update()))


def _note(unit: Unit, case: Case, finding_id: str, draft: CaseDraft, facts: PatternFacts) -> None:
    """Keep what holds the messages together, as it stands now."""
    values = {
        "score": round(draft.score, 4), "threshold": draft.threshold, "detector": draft.detector,
        "detector_version": draft.version, "affected": list(facts.affected),
        "evidence": {"facts": dict(facts.facts), "sentence": dict(facts.sentence)},
    }  # fmt: skip
    row = unit.find(CaseFinding, finding_id)
    if row is None:
        unit.add(
            CaseFinding(
                id=finding_id, case_id=case.id, found_by=draft.found_by.value, category=draft.category.value,
                created_at=unit.now, **values,
            )
        )  # fmt: skip
        return
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


def _finding_id(case_id: str) -> str:
    # Of the id that the pattern gives its case: it stays with the finding when the case is merged into another.
    return derived_id("cfi", case_id)
