"""Rows of care as its people see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from copilot.care.models import CareNoteView, CareRow
from copilot.care.wording import status_sentence
from copilot.community.store import Unit
from copilot.community.tables import ApiKey, CareItem, CareNote, Channel, Member, Message

# What is done goes earlier than what waits; nothing stays for good.
KEPT_AFTER_CLOSING = timedelta(days=30)
KEPT_AT_MOST = timedelta(days=180)


def care_rows(unit: Unit, items: Sequence[CareItem]) -> list[CareRow]:
    """Return entries as rows, in order."""
    members = unit.get_many(Member, [item.member_id for item in items])
    messages = unit.get_many(Message, [item.message_id for item in items])
    channels = unit.get_many(Channel, [message.channel_id for message in messages.values()])
    keys = unit.get_many(ApiKey, [item.held_by for item in items if item.held_by])
    locale = unit.community().locale
    return [
        CareRow(
            id=item.id, member_id=item.member_id, member_name=members[item.member_id].name,
            channel_name=channels[messages[item.message_id].channel_id].name, kind=item.kind, status=item.status,
            status_sentence=status_sentence(locale, item.status), held_by=item.held_by,
            held_by_name=keys[item.held_by].name if item.held_by in keys else "", created_at=item.created_at,
            kept_until=kept_until(item),
        )
        for item in items
    ]  # fmt: skip


def kept_until(item: CareItem) -> datetime:
    """Return when an entry is deleted at the latest, as it stands."""
    last = item.created_at + KEPT_AT_MOST
    return last if item.closed_at is None else min(last, item.closed_at + KEPT_AFTER_CLOSING)


def note_view(row: CareNote) -> CareNoteView:
    """Return a note as it is shown."""
    return CareNoteView(row.id, row.text, row.written_by, row.created_at)
