"""Members who know much and say little: whom an operator might ask first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from copilot.community.conversation import latest_sent_at, visible
from copilot.community.models import Aspect
from copilot.community.permission import allowing_ai
from copilot.community.reader import reader_locale
from copilot.community.store import Unit
from copilot.community.tables import Member, Message, ProfileText, TopicSuggestion
from copilot.topics.models import ReluctantMember
from copilot.topics.records import RESERVED
from copilot.topics.wording import say

# Staff speak because it is their work; they are asked in other ways.
STAFF_ROLES = frozenset({"operator", "moderator", "event_host"})


@dataclass(frozen=True)
class Quiet:
    """Who counts as reluctant: something to say, and few messages in the window.

    Attributes:
        days: the window, back from the newest message.
        least_texts: sentences about what the member has to offer.
        few_messages: so few always count as quiet; in a busy community also the quietest quarter of those with texts.
    """

    days: int = 28
    least_texts: int = 2
    few_messages: int = 5


def reluctant_members(unit: Unit, n: int, quiet: Quiet) -> list[ReluctantMember]:
    """Return up to `n` members, highest score first, ties by id; only with consent to AI, never staff or hidden ones."""
    newest = latest_sent_at(unit)
    start = (newest or unit.now) - timedelta(days=quiet.days)
    texts = (
        select(ProfileText.member_id, func.count().label("texts"))
        .where(ProfileText.aspect == Aspect.HAS.value)
        .group_by(ProfileText.member_id)
        .having(func.count() >= quiet.least_texts)
    )
    said = (
        select(Message.sender_id, func.count().label("messages"))
        .where(visible(), Message.sent_at >= start)
        .group_by(Message.sender_id)
    )
    known = {row.member_id: int(row.texts) for row in unit.session.execute(texts)}
    spoken = {row.sender_id: int(row.messages) for row in unit.session.execute(said)}
    # Three columns of those who may be asked: whole rows of ten thousand members would take a second.
    may_be_asked = (*allowing_ai(), Member.id.in_(select(texts.subquery().c.member_id)))
    found = unit.session.execute(select(Member.id, Member.name, Member.role).where(*may_be_asked))
    members = [row for row in found if row.role not in STAFF_ROLES]
    bound = max(quiet.few_messages, _lower_quartile([spoken.get(row.id, 0) for row in members]))
    members = [row for row in members if spoken.get(row.id, 0) <= bound]
    scored = sorted(members, key=lambda row: (-known[row.id] / (1 + spoken.get(row.id, 0)), row.id))[:n]
    last = _newest(unit, [row.id for row in scored])
    suggested = _suggested(unit, [row.id for row in scored])
    locale = reader_locale(unit)
    return [
        ReluctantMember(
            member_id=row.id, name=row.name, known_texts=known[row.id], messages=spoken.get(row.id, 0),
            last_message_at=last.get(row.id), suggested_at=suggested.get(row.id),
            score=round(known[row.id] / (1 + spoken.get(row.id, 0)), 4),
            reason=say(
                locale, "reluctant", texts=known[row.id], messages=spoken.get(row.id, 0), days=quiet.days
            ),
        )
        for row in scored
    ]  # fmt: skip


def _lower_quartile(counts: list[int]) -> int:
    return sorted(counts)[(len(counts) - 1) // 4] if counts else 0


def _newest(unit: Unit, member_ids: list[str]) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for member_id in member_ids:
        newest = select(Message.sent_at).where(visible(), Message.sender_id == member_id)
        at = unit.session.scalar(newest.order_by(Message.sent_at.desc()).limit(1))
        if at is not None:
            found[member_id] = at
    return found


def _suggested(unit: Unit, member_ids: list[str]) -> dict[str, datetime]:
    rows = unit.session.execute(
        select(TopicSuggestion.member_id, TopicSuggestion.created_at)
        .where(TopicSuggestion.member_id.in_(member_ids), TopicSuggestion.created_at > unit.now - RESERVED)
        .order_by(TopicSuggestion.created_at)
    )
    return {row.member_id: row.created_at for row in rows}
