"""Making one case of two, and two of one. Items, findings, reports and decisions move; nothing is dropped."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, select, update

from copilot.community.case_records import gravest_first, set_head
from copilot.community.ids import new_id
from copilot.community.store import Unit
from copilot.community.tables import (
    Case,
    CaseAlias,
    CaseFinding,
    CaseItem,
    Decision,
    DecisionProposal,
    Message,
    Report,
)
from copilot.errors import InvalidInput
from copilot.moderation.item_records import adopt_item, new_case
from copilot.moderation.settling import active_items, settle


def find_case(unit: Unit, case_id: str) -> Case:
    """Return a case by its id or by one that was merged into it.

    Raises:
        NotFound: there is no such case here.
    """
    alias = unit.find(CaseAlias, case_id)
    return unit.get(Case, case_id if alias is None else alias.case_id)


def with_items(unit: Unit, case: Case) -> Case:
    """Return `case` after it was given its item, when it is from before cases had items."""
    if unit.session.scalar(select(CaseItem.id).where(CaseItem.case_id == case.id).limit(1)) is None:
        adopt_item(unit, case)
        unit.session.flush()
    return case


def absorb(unit: Unit, source: Case, target: Case, actor: str) -> None:
    """Move everything of `source` to `target` and remove it; its id leads to `target` from now on. Settle `target` after."""
    with_items(unit, source)
    target.created_at = min(target.created_at, source.created_at)
    unit.audit(
        actor, "case.merged", ("case", source.id), into=target.id, message_id=source.message_id,
        category=source.category,
    )  # fmt: skip
    for table in (CaseItem, CaseFinding, Report, Decision, DecisionProposal, CaseAlias):
        unit.session.execute(
            update(table)
            .where(table.case_id == source.id)
            .values(case_id=target.id)
            .execution_options(synchronize_session="fetch")
        )
    unit.session.execute(delete(Case).where(Case.id == source.id).execution_options(synchronize_session="fetch"))
    unit.add(CaseAlias(id=source.id, case_id=target.id, merged_at=unit.now))
    unit.session.flush()


def split(unit: Unit, case: Case, message_ids: Collection[str], actor: str) -> Case:
    """Give some messages of a case, with what was reported of them, a case of their own, and return that.

    Raises:
        InvalidInput: a message is not of this case, or none would stay.
    """
    items = active_items(unit, with_items(unit, case).id)
    moving = [item for item in items if item.message_id in message_ids]
    staying = [item for item in items if item.message_id not in message_ids]
    strange = sorted(set(message_ids) - {item.message_id for item in items})
    if strange or not moving:
        raise InvalidInput("these messages are not of this case", field="message_ids", message_ids=strange)
    if not staying:
        raise InvalidInput("at least one message stays in the case", field="message_ids")
    set_head(unit, case, gravest_first(staying))  # first, so that what moves is free to stand for the new case
    unit.session.flush()
    head = gravest_first(moving)[0]
    sender = unit.get(Message, head.message_id).sender_id
    made = unit.add(new_case(unit, new_id("cas"), head, sender))
    made.created_at = min(item.created_at for item in moving)
    unit.session.flush()
    for table in (CaseItem, Report):
        unit.session.execute(
            update(table)
            .where(table.case_id == case.id, table.message_id.in_(sorted(message_ids)))
            .values(case_id=made.id)
            .execution_options(synchronize_session="fetch")
        )
    for changed in (case, made):
        settle(unit, changed)
    unit.audit(actor, "case.split", ("case", case.id), new_case_id=made.id, message_ids=sorted(message_ids))
    return made
