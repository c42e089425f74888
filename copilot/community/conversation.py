"""Chat as features read it: visible messages of a window with their readings, in order, and who answered which question.

Recalled, hidden, system and private messages are never seen here. A message without a known sender is nobody's and left out.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Protocol, TypeVar

from sqlalchemy import ColumnElement, Text, and_, cast, func, select

from copilot.community.models import Category, MessageType
from copilot.community.private import not_private
from copilot.community.store import Unit
from copilot.community.tables import Message, Reading

_FETCH_ROWS = 2000
_EMPTY = frozenset({None, "", "null", "[]", "{}"})
_MAX_LINES = 50_000
_ATTACKS = frozenset({Category.INSULT, Category.THREAT, Category.HATE, Category.HARASSMENT, Category.SEXUAL})
# The asker's own messages this soon after a question still belong to it: people write in bursts.
BURST = timedelta(minutes=5)
# A message that mentions the asker this long after the question counts as an answer.
MENTION_REACH = timedelta(hours=6)


class Turn(Protocol):
    """What is needed of a message to see who answered whom."""

    @property
    def id(self) -> str:
        """The message's id."""
        ...

    @property
    def channel_id(self) -> str:
        """Where it was said."""
        ...

    @property
    def sender_id(self) -> str:
        """Who said it."""
        ...

    @property
    def sent_at(self) -> datetime:
        """When, aware."""
        ...

    @property
    def reply_to_id(self) -> str | None:
        """The message it answers, if the platform says so."""
        ...

    @property
    def mentions(self) -> tuple[str, ...]:
        """Ids of the members it names."""
        ...

    @property
    def is_question(self) -> bool:
        """Whether it asks something."""
        ...


AnyTurn = TypeVar("AnyTurn", bound=Turn)


@dataclass(frozen=True, slots=True)
class Line:
    """One visible message; without a reading (`is_read` False) nothing is known of sentiment or question.

    Attributes:
        sentiment: probabilities of negative, neutral and positive, summing to 1, or None when unread.
        flagged_score: the highest score 0-1 of any category of negative behaviour, 0 when none was raised.
        attack_score: likewise of the categories that go against people.
    """

    id: str
    channel_id: str
    sender_id: str
    sent_at: datetime
    type: int
    text: str
    reply_to_id: str | None
    mentions: tuple[str, ...]
    is_question: bool
    sentiment: tuple[float, float, float] | None
    flagged_score: float
    model_version: str
    attack_score: float = 0.0

    @property
    def is_read(self) -> bool:
        """Whether the local models have read it."""
        return self.sentiment is not None


def visible(message: type[Message] = Message) -> ColumnElement[bool]:
    """Return the condition that a message, or an alias of the table, may be looked at by features."""
    return and_(
        message.recalled_at.is_(None),
        message.hidden_at.is_(None),
        message.sender_id.is_not(None),
        message.type.not_in([MessageType.SYSTEM, MessageType.RECALLED]),
        not_private(message),
    )


def is_visible(message: Message) -> bool:
    """Return `visible` for a row that is not private."""
    return (
        message.recalled_at is None
        and message.hidden_at is None
        and message.sender_id is not None
        and message.type not in {MessageType.SYSTEM, MessageType.RECALLED}
    )


def latest_sent_at(unit: Unit, channel_id: str | None = None) -> datetime | None:
    """Return when the newest visible message was sent, or None when there is none."""
    # Ordered by the column itself: an aggregate would lose the column's type, and with it the zone.
    statement = select(Message.sent_at).where(visible()).order_by(Message.sent_at.desc()).limit(1)
    if channel_id is not None:
        statement = statement.where(Message.channel_id == channel_id)
    return unit.session.scalar(statement)


def count_lines(unit: Unit, start: datetime, end: datetime, channel_id: str | None = None) -> int:
    """Return how many visible messages lie in [start, end)."""
    statement = select(func.count()).select_from(Message).where(*_within(start, end, channel_id))
    return unit.session.scalar(statement) or 0


def lines(unit: Unit, start: datetime, end: datetime, channel_id: str | None = None) -> Iterator[Line]:
    """Yield the visible messages of [start, end) by time, then id, streaming; the unit must stay open meanwhile.

    Among those of one moment a reply follows what it replies to: see `replies_after`.
    """
    statement = (
        select(
            Message.id, Message.channel_id, Message.sender_id, Message.sent_at, Message.type, Message.text,
            Message.reply_to_id, cast(Message.mentions, Text).label("mentions"), Reading.is_question, Reading.negative,
            Reading.neutral, Reading.positive, cast(Reading.categories, Text).label("categories"), Reading.model_version,
        )
        .outerjoin(Reading, Reading.message_id == Message.id)
        .where(*_within(start, end, channel_id))
        .order_by(Message.sent_at, Message.id)
        .execution_options(yield_per=_FETCH_ROWS)
    )  # fmt: skip
    yield from replies_after(_line(row) for row in unit.session.execute(statement))


def newest_lines(unit: Unit, days: int) -> list[Line]:
    """Return the visible messages of the last `days` before the newest one, by time; at most 50,000, the newest kept."""
    newest = latest_sent_at(unit)
    if newest is None:
        return []
    return list(
        deque(lines(unit, newest - timedelta(days=days), newest + timedelta(microseconds=1)), maxlen=_MAX_LINES)
    )


def _within(start: datetime, end: datetime, channel_id: str | None) -> list[ColumnElement[bool]]:
    conditions = [visible(), Message.sent_at >= start, Message.sent_at < end]
    return conditions if channel_id is None else [*conditions, Message.channel_id == channel_id]


def _line(row: Any) -> Line:
    read = row.model_version is not None
    mentions, categories = (_document(text) for text in (row.mentions, row.categories))
    return Line(
        id=row.id, channel_id=row.channel_id, sender_id=row.sender_id, sent_at=row.sent_at, type=row.type,
        text=row.text, reply_to_id=row.reply_to_id, mentions=tuple(mentions or ()),
        is_question=bool(row.is_question), sentiment=(row.negative, row.neutral, row.positive) if read else None,
        flagged_score=max((categories or {}).values(), default=0.0), model_version=row.model_version or "",
        attack_score=max((score for name, score in (categories or {}).items() if name in _ATTACKS), default=0.0),
    )  # fmt: skip


def _document(text: str | None) -> Any:
    """Return a JSON document; most are empty, and to decode each of those took a third of the time of a window."""
    return None if text in _EMPTY else json.loads(text or "null")


def replies_after(turns: Iterable[AnyTurn]) -> Iterator[AnyTurn]:
    """Yield messages that come by time, those of one moment reordered so that a reply follows what it replies to.

    Platforms that keep minutes or seconds give many messages one time, and ids that are hashes order them by chance.
    """
    for _, group in groupby(turns, key=lambda turn: turn.sent_at):
        moment = {turn.id: turn for turn in group}
        placed: set[str] = set()
        for turn in moment.values():
            # Climb to the first message of the moment; a ring of replies ends where it began.
            chain: list[AnyTurn] = []
            current: AnyTurn | None = turn
            while current is not None and current.id not in placed:
                placed.add(current.id)
                chain.append(current)
                current = moment.get(current.reply_to_id or "")
            yield from reversed(chain)


def answers(turns: Sequence[AnyTurn]) -> dict[str, list[AnyTurn]]:
    """Return for every question, by id, the messages that answer it, in order; none gives an empty list.

    An answer is by somebody else and either replies to the question (or to what the asker added within `BURST`), or
    replies to nothing, stands in the same channel, and mentions the asker within `MENTION_REACH`. Plain neighbours in
    time are not taken for answers. `turns` must be in order of time.
    """
    found: dict[str, list[AnyTurn]] = {}
    part_of: dict[str, AnyTurn] = {}
    last: dict[tuple[str, str], AnyTurn] = {}
    for turn in turns:
        for question in _answered(turn, part_of, last):
            found[question.id].append(turn)
        here = (turn.channel_id, turn.sender_id)
        asked = last.get(here)
        if turn.is_question:
            found[turn.id] = []
            part_of[turn.id] = last[here] = turn
        elif asked is not None and turn.sent_at - asked.sent_at <= BURST:
            part_of[turn.id] = asked
    return found


def _answered(turn: AnyTurn, part_of: dict[str, AnyTurn], last: dict[tuple[str, str], AnyTurn]) -> Iterable[AnyTurn]:
    if turn.reply_to_id is not None:
        replied = part_of.get(turn.reply_to_id)
        return [replied] if replied is not None and replied.sender_id != turn.sender_id else []
    mentioned = (last.get((turn.channel_id, name)) for name in dict.fromkeys(turn.mentions) if name != turn.sender_id)
    return [q for q in mentioned if q is not None and turn.sent_at - q.sent_at <= MENTION_REACH]
