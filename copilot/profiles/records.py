"""The chat of one member as the extraction reads it: own messages, the questions they answer, and what others said to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select

from copilot.community.conversation import MENTION_REACH, visible
from copilot.community.store import Unit
from copilot.community.tables import Message, Reading

MAX_OWN = 1000
MAX_OTHERS = 5000
DAYS = 365
_CHUNK = 400


@dataclass(frozen=True, slots=True)
class Said:
    """One visible message; `negative` is the probability 0-1 of negative sentiment, 0 where nobody has read it."""

    id: str
    channel_id: str
    sender_id: str
    sent_at: datetime
    text: str
    reply_to_id: str | None
    mentions: tuple[str, ...]
    is_question: bool
    negative: float


@dataclass(frozen=True)
class MemberChat:
    """What the member said, in order of time, and around it.

    Attributes:
        own: the member's messages.
        questions: other members' questions that the member may have answered.
        reactions: other members' messages that reply to one of the member's, or name the member.
    """

    member_id: str
    own: Sequence[Said]
    questions: Sequence[Said]
    reactions: Sequence[Said]


def gather_chat(unit: Unit, member_id: str) -> MemberChat:
    """Return up to the newest 1,000 messages of the last 365 days with what surrounds them."""
    since = unit.now - timedelta(days=DAYS)
    own = _said(unit, Message.sender_id == member_id, Message.sent_at >= since, limit=MAX_OWN)
    replied = {line.reply_to_id for line in own if line.reply_to_id}
    found = {line.id: line for line in _by(unit, Message.id, replied)}
    mentioned = {name for line in own if not line.reply_to_id for name in line.mentions if name != member_id}
    if mentioned:
        channels = {line.channel_id for line in own}
        asked = _by(
            unit, Message.sender_id, mentioned, Reading.is_question.is_(True), Message.channel_id.in_(channels),
            Message.sent_at >= own[0].sent_at - MENTION_REACH,
        )  # fmt: skip
        found |= {line.id: line for line in asked}
    questions = [line for line in found.values() if line.sender_id != member_id]
    reactions = {line.id: line for line in _by(unit, Message.reply_to_id, {line.id for line in own})}
    if own and questions:
        askers = {line.sender_id for line in questions}
        later = _by(unit, Message.sender_id, askers, Message.sent_at >= own[0].sent_at)
        reactions |= {line.id: line for line in later if member_id in line.mentions}
    others = [line for line in reactions.values() if line.sender_id != member_id]
    return MemberChat(member_id, own, _in_order(questions), _in_order(others))


def _by(unit: Unit, column: Any, values: Iterable[str], *conditions: ColumnElement[bool]) -> Iterator[Said]:
    """Yield messages whose column has one of the values, up to 5,000 for each chunk of values."""
    wanted = sorted(values)
    for start in range(0, len(wanted), _CHUNK):
        yield from _said(unit, column.in_(wanted[start : start + _CHUNK]), *conditions, limit=MAX_OTHERS)


def _said(unit: Unit, *conditions: ColumnElement[bool], limit: int) -> list[Said]:
    """Return the newest visible messages that meet the conditions, in order of time."""
    statement = (
        select(
            Message.id, Message.channel_id, Message.sender_id, Message.sent_at, Message.text, Message.reply_to_id,
            Message.mentions, Reading.is_question, Reading.negative,
        )
        .outerjoin(Reading, Reading.message_id == Message.id)
        .where(visible(), *conditions)
        .order_by(Message.sent_at.desc(), Message.id.desc())
        .limit(limit)
    )  # fmt: skip
    return _in_order(
        Said(
            id=row.id, channel_id=row.channel_id, sender_id=row.sender_id, sent_at=row.sent_at, text=row.text,
            reply_to_id=row.reply_to_id, mentions=tuple(row.mentions or ()), is_question=bool(row.is_question),
            negative=row.negative or 0.0,
        )
        for row in unit.session.execute(statement)
    )  # fmt: skip


def _in_order(said: Iterable[Said]) -> list[Said]:
    return sorted(said, key=lambda line: (line.sent_at, line.id))
