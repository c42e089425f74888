"""Rows of the queue: cases with their sender, channel, words and counts, looked up for a page at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import func, select

from copilot.community.case_records import gravest_first
from copilot.community.private import private_among
from copilot.community.store import Unit
from copilot.community.tables import Case, CaseItem, Channel, Member, Message, Report
from copilot.moderation.case_views import CaseRow, view_values

_EXCERPT_CHARS = 120
_BEFORE_EVIDENCE = 40


def case_rows(unit: Unit, cases: Sequence[Case]) -> list[CaseRow]:
    """Return the cases as rows, in order."""
    messages = unit.get_many(Message, [case.message_id for case in cases])
    senders = unit.get_many(Member, [m.sender_id for m in messages.values() if m.sender_id is not None])
    channels = unit.get_many(Channel, [m.channel_id for m in messages.values()])
    items = _items(unit, [case.id for case in cases])
    reports = _reports(unit, [case.id for case in cases])
    private = private_among(unit, messages)
    found: list[CaseRow] = []
    for case in cases:
        message = messages.get(case.message_id)
        sender = senders.get(message.sender_id or "") if message else None
        channel = channels.get(message.channel_id) if message else None
        own = items.get(case.id, [])
        categories = [case.category, *(item.category for item in gravest_first(own))]
        found.append(
            CaseRow(
                **view_values(case, unit.now),
                sender_name=sender.name if sender else "",
                channel_id=channel.id if channel else "",
                channel_name=channel.name if channel else "",
                sent_at=message.sent_at if message else None,
                excerpt=_words(message, case, own, is_private=message.id in private) if message else "",
                age_seconds=max(0, int((unit.now - case.created_at).total_seconds())),
                categories=list(dict.fromkeys(categories)),
                messages=len({case.message_id, *(item.message_id for item in own)}),
                reports=reports.get(case.id, 0),
            )
        )
    return found


def _words(message: Message, case: Case, items: Sequence[CaseItem], *, is_private: bool) -> str:
    """Return what a row shows of a message; of a private one, the breach itself."""
    return excerpt(case.quote, 0) if is_private else excerpt(message.text, _evidence_start(case, items))


def excerpt(text: str, start: int) -> str:
    """Return at most 120 characters of `text` on one line, with those from `start` on among them."""
    begin = 0 if len(text) <= _EXCERPT_CHARS else max(0, min(start - _BEFORE_EVIDENCE, len(text) - _EXCERPT_CHARS))
    shown = " ".join(text[begin : begin + _EXCERPT_CHARS].split())
    return ("…" if begin else "") + shown + ("…" if begin + _EXCERPT_CHARS < len(text) else "")


def _evidence_start(case: Case, items: Sequence[CaseItem]) -> int:
    """Return where the narrowest evidence of the message begins; a report spans all of it."""
    spans = [
        (item.evidence_end - item.evidence_start, item.evidence_start)
        for item in items
        if item.message_id == case.message_id
    ]
    return min(spans)[1] if spans else case.evidence_start


def _items(unit: Unit, case_ids: Sequence[str]) -> dict[str, list[CaseItem]]:
    found: dict[str, list[CaseItem]] = defaultdict(list)
    statement = select(CaseItem).where(CaseItem.case_id.in_(case_ids), CaseItem.withdrawn_at.is_(None))
    for item in unit.session.scalars(statement):
        found[item.case_id].append(item)
    return found


def _reports(unit: Unit, case_ids: Sequence[str]) -> dict[str, int]:
    count = func.count(func.coalesce(Report.reporter_id, Report.id).distinct())
    statement = select(Report.case_id, count).where(Report.case_id.in_(case_ids)).group_by(Report.case_id)
    return {str(case_id): number for case_id, number in unit.session.execute(statement)}
