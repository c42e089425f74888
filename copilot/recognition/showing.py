"""Who may be shown with their contribution, and what the ledger says of them. Asked anew each time: opting out holds at once."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from copilot.community.permission import allowing_ai
from copilot.community.store import Unit
from copilot.community.tables import Member, PointEntry, PointPerson, RecognitionPause, Redemption

CANCELLED = "cancelled"


def shown() -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that a member may be ranked and shown: not hidden, no objection to machines or to boards."""
    paused = select(RecognitionPause.member_id).where(RecognitionPause.community_id == Member.community_id)
    return (*allowing_ai(), Member.id.not_in(paused))


def is_shown(unit: Unit, member_id: str) -> bool:
    """Whether a member may be shown."""
    return unit.session.scalar(select(Member.id).where(Member.id == member_id, *shown())) is not None


def sums(
    unit: Unit, start: datetime | None = None, end: datetime | None = None, rules: tuple[str, ...] = ()
) -> Counter[str]:
    """Return hundredths of points by member, of acts in [start, end), reversals taken off; erased people are in none."""
    statement = (
        select(PointPerson.member_id, func.sum(PointEntry.hundredths))
        .join(PointEntry, PointEntry.person_id == PointPerson.id)
        .group_by(PointPerson.member_id)
    )
    if start is not None:
        statement = statement.where(PointEntry.act_at >= start)
    if end is not None:
        statement = statement.where(PointEntry.act_at < end)
    if rules:
        statement = statement.where(PointEntry.rule.in_(rules))
    return Counter({member_id: int(total) for member_id, total in unit.session.execute(statement)})


def spent(unit: Unit, member_id: str) -> int:
    """Return hundredths of points a member exchanged; what was cancelled is free again."""
    found = unit.session.scalar(
        select(func.sum(Redemption.cost_hundredths)).where(
            Redemption.member_id == member_id, Redemption.status != CANCELLED
        )
    )
    return int(found or 0)


def earned(unit: Unit, member_id: str) -> int:
    """Return hundredths of points of one member."""
    found = unit.session.scalar(
        select(func.sum(PointEntry.hundredths))
        .join(PointPerson, PointPerson.id == PointEntry.person_id)
        .where(PointPerson.member_id == member_id)
    )
    return int(found or 0)
