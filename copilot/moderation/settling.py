"""Brings a case in line with what it rests on: which message stands for it, how pressing it is, whether it waits."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select

from copilot.community.case_records import gravest_first, set_head
from copilot.community.prepared import Prepared, among
from copilot.community.store import Unit
from copilot.community.tables import Case, CaseItem, Message
from copilot.moderation.models import CaseStatus, FoundBy, Severity
from copilot.moderation.priority import Priority, reports_weigh, weigh_case
from copilot.moderation.report_weights import weigh_reports

_SEEN_WITHIN = timedelta(days=1)
_STANDS = Prepared(select(Message.channel_id, Message.sent_at).where(among(Message.id, "message_ids")))
_WROTE = Prepared(
    select(func.count(Message.sender_id.distinct()).label("people")).where(
        Message.channel_id == bindparam("channel_id"),
        Message.sent_at >= bindparam("since"),
        Message.sent_at <= bindparam("until"),
    )
)


def settle(unit: Unit, case: Case) -> bool:
    """Update an undecided case after its items changed; return whether it waits again after it had been withdrawn."""
    unit.session.flush()
    if case.status == CaseStatus.DECIDED:
        return False
    items = active_items(unit, case.id)
    if not items:
        case.status, case.claimed_by, case.lease_expires_at = CaseStatus.WITHDRAWN.value, None, None
        return False
    was_withdrawn = case.status == CaseStatus.WITHDRAWN
    if was_withdrawn:
        case.status = CaseStatus.OPEN.value
    leading = _rank(unit, case, items)
    set_head(unit, case, sorted(gravest_first(items), key=lambda item: item.category != leading))
    unit.session.flush()
    return was_withdrawn


def rank_new(unit: Unit, case: Case, item: CaseItem) -> None:
    """Give a case its priority before it is stored with its only item; what reports weigh is added when it is settled."""
    _rank(unit, case, [item])


def _rank(unit: Unit, case: Case, items: list[CaseItem]) -> str:
    """Set the priority and return the category that leads."""
    found = _priority(unit, case.id, items)
    values = {"harm": found.harm, "certainty": found.certainty, "reach": found.reach, "priority": found.value}
    for name, value in values.items():
        if getattr(case, name) != value:
            setattr(case, name, value)
    return found.category


def active_items(unit: Unit, case_id: str) -> list[CaseItem]:
    """Return what a case rests on now, oldest first."""
    statement = (
        select(CaseItem)
        .where(CaseItem.case_id == case_id, CaseItem.withdrawn_at.is_(None))
        .order_by(CaseItem.created_at, CaseItem.id)
    )
    return list(unit.session.scalars(statement))


def _priority(unit: Unit, case_id: str, items: list[CaseItem]) -> Priority:
    reports = 0.0
    if any(item.found_by == FoundBy.REPORT for item in items):
        reports = reports_weigh(weigh_reports(unit, case_id).weights)
    suspicions: dict[str, tuple[Severity, float]] = {}
    for item in reversed(gravest_first(items)):
        _, score = suspicions.get(item.category, (None, 0.0))
        suspicions[item.category] = (Severity(item.severity), max(score, item.score))
    message_ids = {item.message_id for item in items}
    people = _audience(unit, message_ids) + len(message_ids) - 1
    return weigh_case(suspicions, reports, people)


def _audience(unit: Unit, message_ids: set[str]) -> int:
    """Return how many members wrote in the messages' channels within a day before the latest of them there."""
    latest: dict[str, datetime] = {}
    for row in unit.rows(_STANDS, message_ids=sorted(message_ids)):
        latest[row.channel_id] = max(row.sent_at, latest.get(row.channel_id, row.sent_at))
    people = 0
    for channel_id, at in latest.items():
        [counted] = unit.rows(_WROTE, channel_id=channel_id, since=at - _SEEN_WITHIN, until=at)
        people += counted.people
    return max(1, people)
