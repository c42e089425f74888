"""Topics quote profile sentences and resources: when those are rewritten, withdrawn or deleted, open topics on them go."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Text, and_, cast, delete, inspect, or_
from sqlalchemy.engine import Connection

from copilot.community.tables import ProfileText, Resource, Scoped, TopicSuggestion

_QUOTED = {ProfileText: ("text",), Resource: ("title", "description", "status", "owner_id")}
_CHUNK = 200


def rewritten(row: Scoped, *, is_deleted: bool) -> bool:
    """Whether a stored row no longer says what it said, so that nothing may quote it."""
    fields = _QUOTED.get(type(row), ())
    state = inspect(row)
    return (
        bool(fields) and state.persistent and (is_deleted or any(state.attrs[name].history.deleted for name in fields))
    )


def drop_quoting(connection: Connection, community_id: str, record_ids: Iterable[str]) -> None:
    """Delete topics nobody has been asked for yet in which one of `record_ids` stands; their drafts go with them."""
    ids = sorted(record_ids)
    table = TopicSuggestion.__table__
    for start in range(0, len(ids), _CHUNK):
        quoting = or_(*(cast(table.c.content, Text).contains(i, autoescape=True) for i in ids[start : start + _CHUNK]))
        connection.execute(
            delete(TopicSuggestion).where(
                and_(table.c.community_id == community_id, table.c.status == "suggested", quoting)
            )
        )
