"""How sessions keep to one community: the condition on every statement, the stamp on every row, and stale marks.

A `UnitSession` belongs to one community; a `MarkingSession` to none, and still writes the marks of what it changes.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, with_loader_criteria
from sqlalchemy.orm.interfaces import ORMOption

from copilot.community.quotations import drop_quoting, rewritten
from copilot.community.tables import Community, ProfileText, Resource, Scoped, StaleMark

# A unit is short and there are many of them: the conditions of the communities that are busy are not made anew each time.
_COMMUNITIES = 256


class MarkingSession(Session):
    """A session that writes the stale marks of what it changes; `info` holds the time as `now`."""


class UnitSession(Session):
    """A session within the community that `info` names as `community_id`, at the time it names as `now`."""


def write_marks(
    connection: Connection, community_id: str, marks: Iterable[tuple[str, str, str]], now: datetime
) -> None:
    """Upsert stale marks on `connection`; see `StaleMark`."""
    token = secrets.token_hex(8)
    rows = [
        {"community_id": community_id, "purpose": p, "kind": k, "record_id": r, "token": token, "marked_at": now}
        for p, k, r in dict.fromkeys(marks)
    ]
    if not rows:
        return
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(StaleMark)
    statement = statement.on_conflict_do_update(
        index_elements=["community_id", "purpose", "kind", "record_id"],
        set_={"token": statement.excluded.token, "marked_at": statement.excluded.marked_at},
    )
    connection.execute(statement, rows)


def _scope_statement(state: ORMExecuteState) -> None:
    """Add the community to every ORM statement; refuse what cannot be scoped."""
    if not state.is_orm_statement:
        raise RuntimeError("only ORM statements run inside a community; use mapped classes, not bare tables")
    if state.is_insert:
        raise RuntimeError("insert through Unit.add or Unit.upsert, so that the community and stale marks are set")
    mapper = state.bind_mapper
    if (state.is_update or state.is_delete) and mapper is not None:
        table: Any = mapper.class_
        if table is Community or (has_marks(table) and not state.execution_options.get("marks_written")):
            raise RuntimeError(f"change {table.__tablename__} row by row, or write its stale marks and say so")
    state.statement = state.statement.options(*_scope(state.session.info["community_id"]))


@lru_cache(maxsize=_COMMUNITIES)
def _scope(community_id: str) -> tuple[ORMOption, ...]:
    """Return the conditions that keep statements within a community."""
    return (
        with_loader_criteria(Scoped, lambda cls: cls.community_id == community_id, include_aliases=True),
        with_loader_criteria(Community, lambda cls: cls.id == community_id, include_aliases=True),
    )


def has_marks(table: type[Any]) -> bool:
    """Whether a change of such rows makes something stale."""
    return issubclass(table, Scoped) and table.stale_marks is not Scoped.stale_marks


def _mark_before_flush(session: Session, _context: UOWTransaction, _instances: object) -> None:
    """Stamp new rows with the community, refuse foreign ones, and write stale marks in the same transaction."""
    community_id = session.info.get("community_id")
    marks: dict[str, list[tuple[str, str, str]]] = {}
    unsaid: dict[str, list[str]] = {}
    changed = [*session.new, *(row for row in session.dirty if session.is_modified(row)), *session.deleted]
    for row in changed:
        if not isinstance(row, Scoped):
            if community_id is not None and not isinstance(row, Community):
                raise TypeError(f"{type(row).__name__} does not belong to a community")
            continue
        owner: str | None = row.community_id
        if owner is None and community_id is not None:
            row.community_id = community_id
        if community_id is not None and row.community_id != community_id:
            raise RuntimeError("a row of another community reached this unit")
        marks.setdefault(row.community_id, []).extend(row.stale_marks())
        if isinstance(row, ProfileText | Resource) and rewritten(row, is_deleted=row in session.deleted):
            unsaid.setdefault(row.community_id, []).append(row.id)
    for owner, found in marks.items():
        if found:
            write_marks(session.connection(), owner, found, session.info["now"])
    for owner, record_ids in unsaid.items():
        drop_quoting(session.connection(), owner, record_ids)


# Once for all sessions of a class: listeners of single sessions cost more than most of their statements.
event.listen(UnitSession, "do_orm_execute", _scope_statement)
for _session in (MarkingSession, UnitSession):
    event.listen(_session, "before_flush", _mark_before_flush)
