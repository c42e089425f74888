"""Messages that are shown, counted and embedded nowhere but in care: the one condition every feature goes by."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, select

from copilot.community.store import Unit
from copilot.community.tables import Message, PrivateMessage

# It does not say why: that somebody is in need is nobody else's to know.
NOT_SHOWN = {"zh-CN": "这条消息的内容不在这里显示。", "en": "The words of this message are not shown here."}


def not_private(message: type[Message] = Message) -> ColumnElement[bool]:
    """Return the condition that a message, or an alias of the table, is not private."""
    held = select(PrivateMessage.message_id).where(
        PrivateMessage.message_id == message.id, PrivateMessage.community_id == message.community_id
    )
    return ~held.exists()


def private_among(unit: Unit, message_ids: Iterable[str]) -> frozenset[str]:
    """Return which of these messages are private."""
    return frozenset(unit.get_many(PrivateMessage, message_ids))
