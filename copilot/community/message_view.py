"""One message with what stood around it, so that whoever is given its id can look. What is hidden or gone is not shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select

from copilot.community.models import MessageType
from copilot.community.private import NOT_SHOWN, private_among
from copilot.community.reader import reader_locale
from copilot.community.store import Unit
from copilot.community.tables import Channel, Member, Message

MOST_AROUND = 20
_WITHHELD = {
    "hidden": {"zh-CN": "管理员已隐藏这条消息。", "en": "A moderator hid this message."},
    "recalled": {"zh-CN": "发言人已撤回这条消息。", "en": "The sender took this message back."},
    "private": NOT_SHOWN,
}


@dataclass(frozen=True)
class MessageView:
    """A message.

    Attributes:
        text: empty when it is withheld.
        withheld: `hidden` by a moderator, `recalled` by its sender, or `private`; `withheld_sentence` says so in the community's
            language.
    """

    id: str
    channel_id: str
    channel_name: str
    sender_id: str | None
    sender_name: str
    sent_at: datetime
    type: int
    text: str
    reply_to_id: str | None
    withheld: str | None
    withheld_sentence: str | None


@dataclass(frozen=True)
class MessageInContext:
    """A message, those before and after it in its channel (oldest first), and what it answers."""

    message: MessageView
    parent: MessageView | None
    before: list[MessageView]
    after: list[MessageView]


def message_in_context(unit: Unit, message_id: str, before: int, after: int) -> MessageInContext:
    """Return a message with up to `before` and `after` others of its channel, 0 to `MOST_AROUND` each.

    Raises:
        NotFound: there is no such message here.
    """
    message = unit.get(Message, message_id)
    parent = unit.find(Message, message.reply_to_id) if message.reply_to_id is not None else None
    earlier = or_(Message.sent_at < message.sent_at, and_(Message.sent_at == message.sent_at, Message.id < message.id))
    later = or_(Message.sent_at > message.sent_at, and_(Message.sent_at == message.sent_at, Message.id > message.id))
    around = select(Message).where(Message.channel_id == message.channel_id, Message.type != MessageType.SYSTEM)
    rows_before = unit.session.scalars(
        around.where(earlier).order_by(Message.sent_at.desc(), Message.id.desc()).limit(before)
    ).all()
    rows_after = unit.session.scalars(around.where(later).order_by(Message.sent_at, Message.id).limit(after)).all()
    ordered = [*reversed(rows_before), message, *rows_after]
    views = _views(unit, ordered if parent is None else [*ordered, parent])
    at = len(rows_before)
    return MessageInContext(
        message=views[at],
        parent=None if parent is None else views[-1],
        before=views[:at],
        after=views[at + 1 : len(ordered)],
    )


def _views(unit: Unit, messages: Sequence[Message]) -> list[MessageView]:
    senders = unit.get_many(Member, [m.sender_id for m in messages if m.sender_id is not None])
    channels = unit.get_many(Channel, [m.channel_id for m in messages])
    private = private_among(unit, [m.id for m in messages])
    locale = reader_locale(unit)
    found: list[MessageView] = []
    for m in messages:
        withheld = "recalled" if m.recalled_at is not None else "hidden" if m.hidden_at is not None else None
        withheld = "private" if withheld is None and m.id in private else withheld
        found.append(
            MessageView(
                id=m.id, channel_id=m.channel_id, channel_name=channels[m.channel_id].name, sender_id=m.sender_id,
                sender_name=senders[m.sender_id].name if m.sender_id in senders else "", sent_at=m.sent_at,
                type=m.type, text="" if withheld else m.text, reply_to_id=m.reply_to_id, withheld=withheld,
                withheld_sentence=None if withheld is None else _WITHHELD[withheld][locale],
            )
        )  # fmt: skip
    return found
