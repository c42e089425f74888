"""Which message of a case stands for it, and what is left of a case when a message is taken back. Judges nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import or_, select

from copilot.community.store import Unit
from copilot.community.tables import Case, CaseItem

_SEVERITIES = ("low", "medium", "high")
_HEAD_COLUMNS = (
    "message_id", "category", "severity", "score", "clause_id", "evidence_start", "evidence_end", "quote",
    "context_ids", "detector", "detector_version",
)  # fmt: skip


def gravest_first(items: Iterable[CaseItem]) -> list[CaseItem]:
    """Return items with the most harmful and most certain first; the id decides between equals."""
    return sorted(items, key=lambda i: (-_SEVERITIES.index(i.severity), -i.score, i.id))


def head_values(item: CaseItem) -> dict[str, object]:
    """Return the columns of a case for which this item stands."""
    return {name: getattr(item, name) for name in _HEAD_COLUMNS}


def set_head(unit: Unit, case: Case, items: Sequence[CaseItem]) -> None:
    """Let the first of `items` stand for `case`; one for which another case stands already is passed over."""
    if items and _stands(case, items[0]):
        return
    ids = {item.message_id for item in items}
    statement = select(Case.message_id, Case.category).where(Case.message_id.in_(ids), Case.id != case.id)
    taken = {tuple(row) for row in unit.session.execute(statement)}
    free = [item for item in items if (item.message_id, item.category) not in taken]
    for name, value in head_values(free[0]).items() if free else ():
        if getattr(case, name) != value:
            setattr(case, name, value)


def _stands(case: Case, item: CaseItem) -> bool:
    return all(getattr(case, name) == value for name, value in head_values(item).items())


def forget_words(unit: Unit, message_id: str) -> None:
    """Leave no words of a message that was taken back in any case.

    Decided cases keep what was decided, without the words. Others lose the message, and go when nothing is left of them.
    """
    of_message = select(CaseItem.case_id).where(CaseItem.message_id == message_id)
    for case in unit.session.scalars(
        select(Case).where(or_(Case.message_id == message_id, Case.id.in_(of_message)))
    ).all():
        items = unit.session.scalars(select(CaseItem).where(CaseItem.case_id == case.id)).all()
        said = [item for item in items if item.message_id == message_id]
        left = [item for item in items if item.message_id != message_id and item.withdrawn_at is None]
        if case.decided_at is not None:
            for item in said:
                item.quote, item.evidence_start, item.evidence_end = "", 0, 0
            if case.message_id == message_id:
                case.quote, case.evidence_start, case.evidence_end = "", 0, 0
        elif not left:
            unit.session.delete(case)
        else:
            if case.message_id == message_id:
                set_head(unit, case, gravest_first(left))
            for item in said:
                unit.session.delete(item)
            # Read again, so that the case is as pressing as what is left of it.
            unit.mark_stale([("reading", "message", left[0].message_id)])
    unit.session.flush()
