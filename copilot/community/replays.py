"""Stored HTTP answers that hold records which are gone: whoever repeats a request must not be told them again."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import or_, select

from copilot.community.store import Unit
from copilot.community.tables import IdempotencyRecord

_CHUNK = 300


def drop_replays(unit: Unit, record_ids: Iterable[str]) -> int:
    """Forget the answers in which one of `record_ids` stands; return how many. A repeated request is done anew."""
    dropped = 0
    ids = sorted(record_ids)
    for start in range(0, len(ids), _CHUNK):
        mentions = or_(*(IdempotencyRecord.body.contains(i, autoescape=True) for i in ids[start : start + _CHUNK]))
        for row in unit.session.scalars(select(IdempotencyRecord).where(mentions)).all():
            unit.session.delete(row)
            dropped += 1
        unit.session.flush()
    return dropped
