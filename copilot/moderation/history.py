"""Loads what the cascade looks at besides the text: a sender's recent messages, and what stood around a message."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, and_, or_, select

from copilot.community.models import MessageType
from copilot.community.store import Unit
from copilot.community.tables import Message
from copilot.moderation.flooding import RECENT_LIMIT, REPOST_WINDOW
from copilot.moderation.models import Context, Earlier, MessageInput

CONTEXT_MESSAGES = 5
_SPOKEN = Message.type.not_in((MessageType.SYSTEM, MessageType.RECALLED))
_COLUMNS = (Message.id, Message.channel_id, Message.sender_id, Message.sent_at, Message.text)


def recent_of_senders(unit: Unit, messages: Sequence[Message]) -> dict[str, tuple[Earlier, ...]]:
    """Return, by message id, up to `RECENT_LIMIT` earlier messages of the same sender, oldest first.

    Among messages of one second the id decides which is earlier, so that reading again counts the same.
    """
    by_sender: dict[str, list[Message]] = defaultdict(list)
    for message in messages:
        if message.sender_id is not None:
            by_sender[message.sender_id].append(message)
    found: dict[str, tuple[Earlier, ...]] = {}
    for sender_id, own in by_sender.items():
        first, last = min(m.sent_at for m in own), max(m.sent_at for m in own)
        statement = (
            select(*_COLUMNS)
            .where(Message.sender_id == sender_id, Message.sent_at >= first - REPOST_WINDOW, Message.sent_at <= last)
            .where(_SPOKEN)
            .order_by(Message.sent_at.desc(), Message.id.desc())
            .limit(len(own) + 4 * RECENT_LIMIT)
        )
        earlier = [_earlier(row) for row in reversed(unit.session.execute(statement).all())]
        keys = [(e.sent_at, e.id) for e in earlier]
        for message in own:
            at = bisect_left(keys, (message.sent_at, message.id))
            found[message.id] = tuple(earlier[max(0, at - RECENT_LIMIT) : at])
    return found


def context_of(unit: Unit, message: MessageInput, reply_to_id: str | None) -> Context:
    """Return the five messages before `message` in its channel, oldest first, and the one it answers."""
    before = or_(Message.sent_at < message.sent_at, and_(Message.sent_at == message.sent_at, Message.id < message.id))
    statement = (
        select(*_COLUMNS)
        .where(Message.channel_id == message.channel_id, _SPOKEN, before)
        .order_by(Message.sent_at.desc(), Message.id.desc())
        .limit(CONTEXT_MESSAGES)
    )
    rows = unit.session.execute(statement).all()
    parent = None
    if reply_to_id is not None:
        found = unit.session.execute(select(*_COLUMNS).where(Message.id == reply_to_id, _SPOKEN)).first()
        parent = _earlier(found) if found else None
    return Context(tuple(_earlier(row) for row in reversed(rows)), parent)


def _earlier(row: Row[str, str, str | None, datetime, str]) -> Earlier:
    return Earlier(*row)
