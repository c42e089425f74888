"""What members did lately and how working with them went: read in two queries for any number of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, case, func, select, union_all

from copilot.community.prepared import Prepared, among
from copilot.community.store import Unit
from copilot.community.tables import Endorsement, Introduction, Message, Resource, ResourceUse

_CHUNK = 400
_ACTIVE = timedelta(days=30)
# What was said longer ago counts less than a sixtieth and is not looked for.
_LATELY = timedelta(days=180)
_HALF_LIFE_DAYS = 30.0
# With this many good experiences trust is half of what it can become: the second counts less than the first.
_HALF_TRUST = 2.0


@dataclass(frozen=True)
class Track:
    """One member's record.

    Attributes:
        messages: sent in the last 30 days.
        last_message_at: of the last 180 days.
        deeds: connected introductions, uses of resources that ended with a return (lent or borrowed), endorsements.
    """

    messages: int = 0
    last_message_at: datetime | None = None
    deeds: int = 0


def read_tracks(unit: Unit, member_ids: Sequence[str]) -> dict[str, Track]:
    """Return the records of the members that have one, by id."""
    found: dict[str, Track] = {}
    for start in range(0, len(member_ids), _CHUNK):
        chunk = member_ids[start : start + _CHUNK]
        deeds = dict(_deeds(unit, chunk))
        said = dict(_said(unit, chunk))
        for member_id in deeds.keys() | said.keys():
            count, last = said.get(member_id, (0, None))
            found[member_id] = Track(count, last, deeds.get(member_id, 0))
    return found


def recency(now: datetime, moments: Iterable[datetime | None]) -> float:
    """Return how lately somebody was active, 0-1: 1 today, half of it 30 days after the latest moment, 0 without any.

    Only calendar days count, UTC's, so that the same list asked for again within a day keeps its scores.
    """
    latest = max((moment for moment in moments if moment is not None), default=None)
    if latest is None:
        return 0.0
    return float(0.5 ** (max(0, _days(latest, now)) / _HALF_LIFE_DAYS))


def _days(start: datetime, end: datetime) -> int:
    return (end.astimezone(UTC).date() - start.astimezone(UTC).date()).days


def trust(deeds: int) -> float:
    """Return trust 0-1 for a number of good experiences: 0 without any, a half with two, rising towards 1."""
    return float(1.0 - 0.5 ** (deeds / _HALF_TRUST))


def _messages() -> Select[*tuple[Any, ...]]:
    since, first, now = (bindparam(name, type_=Message.sent_at.type) for name in ("since", "first", "now"))
    return (
        select(
            Message.sender_id,
            func.sum(case((Message.sent_at >= since, 1), else_=0)),
            func.max(Message.sent_at, type_=Message.sent_at.type),
        )
        .where(among(Message.sender_id, "ids"), Message.sent_at > first, Message.sent_at <= now)
        .where(Message.recalled_at.is_(None))
        .group_by(Message.sender_id)
    )


def _said(unit: Unit, member_ids: Sequence[str]) -> Iterator[tuple[str, tuple[int, datetime | None]]]:
    moments = {"since": unit.now - _ACTIVE, "first": unit.now - _LATELY, "now": unit.now}
    for sender_id, count, last in unit.rows(_MESSAGES, ids=member_ids, **moments):
        yield str(sender_id), (int(count), last)


def _experiences() -> Select[*tuple[Any, ...]]:
    connected = Introduction.status == "connected"
    returned = ResourceUse.returned_at.is_not(None)
    sources = (
        select(Introduction.asker_id.label("who")).where(connected, among(Introduction.asker_id, "ids")),
        select(Introduction.target_id).where(connected, among(Introduction.target_id, "ids")),
        select(ResourceUse.member_id).where(returned, among(ResourceUse.member_id, "ids")),
        select(Resource.owner_id)
        .join(ResourceUse, ResourceUse.resource_id == Resource.id)
        .where(returned, among(Resource.owner_id, "ids")),
        select(Endorsement.member_id).where(among(Endorsement.member_id, "ids")),
    )
    everything = union_all(*sources).subquery()
    return select(everything.c.who, func.count()).group_by(everything.c.who)


def _deeds(unit: Unit, member_ids: Sequence[str]) -> Iterator[tuple[str, int]]:
    for member_id, count in unit.rows(_DEEDS, ids=member_ids):
        yield str(member_id), int(count)


_MESSAGES, _DEEDS = Prepared(_messages()), Prepared(_experiences())
