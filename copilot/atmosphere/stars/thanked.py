"""Acts the chat shows: answers whose asker said thanks, and welcomes a newcomer answered. A source of `community.acts`.

Only reply links and mentions in reach count, and only words of people who let machines read them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from sqlalchemy import select

from copilot.atmosphere.weekly.best import says_thanks
from copilot.community.acts import Act
from copilot.community.conversation import Line, answers, count_lines, is_visible, lines
from copilot.community.permission import allowing_ai
from copilot.community.store import Unit
from copilot.community.tables import Member, Message
from copilot.errors import TooLarge

# What is thanked for or answered was said this long before at most.
REACH = timedelta(days=7)
NEW_FOR = timedelta(days=30)
_WELCOMERS = 3
_MOST_MESSAGES = 200_000


class ThankedInChat:
    """Reads replies. A burst of thanks for one message is one act."""

    def done(self, unit: Unit, since: datetime, until: datetime) -> Iterator[Act]:
        """Yield the acts whose thanks or answer was sent in the window.

        Raises:
            TooLarge: more messages than can be read at once.
        """
        first = since - REACH
        if count_lines(unit, first, until) > _MOST_MESSAGES:
            raise TooLarge(
                f"more than {_MOST_MESSAGES} messages; take fewer days", field="days", limit=_MOST_MESSAGES,
                sentence={
                    "zh-CN": f"消息超过 {_MOST_MESSAGES} 条，请取更短的时间",
                    "en": f"more than {_MOST_MESSAGES} messages; take fewer days",
                },
            )  # fmt: skip
        joined = {
            row.id: row.joined_at
            for row in unit.session.execute(select(Member.id, Member.joined_at).where(*allowing_ai()))
        }
        said = [line for line in lines(unit, first, until) if line.sender_id in joined]
        yield from (act for act in _thanked(said) if act.at >= since)
        yield from (act for act in _welcomed(said, joined) if act.at >= since)

    def taken_back(self, unit: Unit, evidence_kind: str, evidence_ids: Collection[str]) -> set[str]:
        """Return messages that were recalled or hidden."""
        if evidence_kind != "message":
            return set()
        return {row.id for row in unit.get_many(Message, evidence_ids).values() if not is_visible(row)}


def _thanked(said: list[Line]) -> Iterator[Act]:
    """Yield answers whose asker replied with thanks."""
    known = {line.id: line for line in said}
    asked = {line.id: line.sender_id for line in said}
    answered: dict[str, set[str]] = defaultdict(set)
    for question_id, given in answers(said).items():
        for answer in given:
            answered[answer.id].add(asked[question_id])
    for line in said:
        to = known.get(line.reply_to_id or "")
        if to is None or to.sender_id == line.sender_id or line.is_question:
            continue
        replied = known.get(to.reply_to_id or "")
        if replied is not None:
            answered[to.id].add(replied.sender_id)
        if line.sender_id in answered[to.id] and says_thanks(line.text) and not _is_negative(line):
            yield Act("answer_thanked", to.sender_id, line.sender_id, line.sent_at, "message", to.id)


def _welcomed(said: list[Line], joined: dict[str, datetime | None]) -> Iterator[Act]:
    """Yield replies to a newcomer that the newcomer answered; the first three people of each newcomer."""
    known = {line.id: line for line in said}
    welcomed: dict[str, set[str]] = defaultdict(set)
    for line in said:
        since = joined.get(line.sender_id)
        to = known.get(line.reply_to_id or "")
        if since is None or to is None or to.sender_id == line.sender_id or not since <= line.sent_at < since + NEW_FOR:
            continue
        first = known.get(to.reply_to_id or "")
        is_to_newcomer = line.sender_id in to.mentions or (first is not None and first.sender_id == line.sender_id)
        if not is_to_newcomer or _is_negative(line) or to.sender_id in welcomed[line.sender_id]:
            continue
        if len(welcomed[line.sender_id]) < _WELCOMERS:
            welcomed[line.sender_id].add(to.sender_id)
            yield Act("newcomer_welcomed", to.sender_id, line.sender_id, line.sent_at, "message", to.id)


def _is_negative(line: Line) -> bool:
    if line.sentiment is None:
        return False
    negative, neutral, positive = line.sentiment
    return negative > max(neutral, positive)
