"""A unit: one transaction within one community, and all that may be asked of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, and_, bindparam, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from copilot.community.cursors import read_cursor, write_cursor
from copilot.community.ids import new_id
from copilot.community.prepared import Prepared
from copilot.community.scoping import has_marks, write_marks
from copilot.community.tables import AuditEntry, Community, Scoped
from copilot.errors import InvalidInput, NotFound

T = TypeVar("T")
Row = TypeVar("Row", bound=Scoped)
PAGE_LIMIT = 200
_CHUNK = 400  # bound parameters per statement stay far below SQLite's limit


@dataclass(frozen=True)
class Page(Generic[T]):
    """A slice of a list, newest or smallest first as the caller asked."""

    items: list[T]
    next_cursor: str | None

    @property
    def has_more(self) -> bool:
        """Whether another page follows."""
        return self.next_cursor is not None


@dataclass
class UpsertResult:
    """What an upsert did, by id, in input order."""

    inserted: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)


class Unit:
    """One transaction within one community. Made by `Store.read` and `Store.write`, never directly."""

    def __init__(self, session: Session, community_id: str, now: datetime, *, may_write: bool) -> None:
        self.session = session
        self._may_write = may_write
        self.community_id = community_id
        self.now = now

    @cached_property
    def _connection(self) -> Connection:
        """The one connection of this unit, whose transaction ends with it."""
        return self.session.connection()

    def community(self) -> Community:
        """Return the community's own row.

        Raises:
            NotFound: it was deleted meanwhile.
        """
        return self._community

    @cached_property
    def _community(self) -> Community:
        """The row, read once: its zone and language are asked for at every turn."""
        row = self.session.scalar(select(Community).where(Community.id == self.community_id))
        if row is None:
            raise NotFound("this community does not exist", community_id=self.community_id)
        return row

    def find(self, table: type[Row], record_id: str) -> Row | None:
        """Return the row with this primary key in this community, or None."""
        found: Row | None = self.session.scalar(_by_key(table)[1], {"ids": [record_id]})
        return found

    def get(self, table: type[Row], record_id: str) -> Row:
        """Return the row with this primary key in this community.

        Raises:
            NotFound: there is none here; rows of other communities count as none.
        """
        row = self.find(table, record_id)
        if row is None:
            name = table.__tablename__
            raise NotFound(f"there is no {name} {record_id!r} in this community", kind=name, id=record_id)
        return row

    def get_many(self, table: type[Row], record_ids: Iterable[str]) -> dict[str, Row]:
        """Return the rows that exist among `record_ids`, by id; order is not kept."""
        name, statement = _by_key(table)
        found: dict[str, Row] = {}
        for chunk in _chunks(list(dict.fromkeys(record_ids)), _CHUNK):
            for row in self.session.scalars(statement, {"ids": chunk}):
                found[getattr(row, name)] = row
        return found

    def rows(self, prepared: Prepared, **values: Any) -> list[Any]:
        """Return the rows of this community that a prepared statement finds with these values, as tuples with names.

        What was changed in this unit is written first, as before every statement of the session.
        """
        if self._may_write:
            self.session.flush()
        return prepared.run(self._connection, self.community_id, values)

    def insert(self, table: type[Scoped], rows: Sequence[Mapping[str, Any]]) -> None:
        """Add new rows to this community at once, without objects; for tables of whose rows nothing is derived.

        Raises:
            RuntimeError: the unit is for reading, or changes of this table are marked as stale.
        """
        if not self._may_write:
            raise RuntimeError("a reading unit was used for writing")
        if has_marks(table):
            raise RuntimeError(f"add rows of {table.__tablename__} one by one, so that their stale marks are written")
        if rows:
            self.session.flush()
            into: Any = table.__table__
            scoped = [{**row, "community_id": self.community_id} for row in rows]
            self._connection.execute(into.insert(), scoped)

    def add(self, row: Row) -> Row:
        """Add a new row to this community."""
        self.session.add(row)
        return row

    def upsert(
        self,
        table: type[Row],
        rows: Sequence[Mapping[str, Any]],
        *,
        merge: Callable[[Row, Mapping[str, Any]], Mapping[str, Any]] | None = None,
        dry_run: bool = False,
    ) -> UpsertResult:
        """Insert or update rows by their primary key, touching only rows whose given columns differ.

        Columns that are not given keep their value, and `created_at` is never changed. The last of several rows with
        one key wins. `merge` may replace the values meant for a row that exists; `dry_run` compares and writes nothing.
        """
        result = UpsertResult()
        key = next(c.name for c in table.__mapper__.primary_key if c.name != "community_id")
        by_id = {row[key]: row for row in rows}
        existing = self.get_many(table, by_id)
        for record_id, given in by_id.items():
            row = existing.get(record_id)
            if row is None:
                result.inserted.append(record_id)
                if not dry_run:
                    self.session.add(table(**given))
                continue
            values = merge(row, given) if merge else given
            changed = {
                name: value for name, value in values.items() if name != "created_at" and getattr(row, name) != value
            }
            (result.updated if changed else result.unchanged).append(record_id)
            if not dry_run:
                for name, value in changed.items():
                    setattr(row, name, value)
        if not dry_run:
            self.session.flush()
        return result

    def mark_stale(self, marks: Iterable[tuple[str, str, str]]) -> None:
        """Note (purpose, kind, record id) as stale in this transaction; a mark that exists gets a new token."""
        write_marks(self.session.connection(), self.community_id, marks, self.now)

    def audit(self, actor: str, action: str, subject: tuple[str, str], **data: object) -> None:
        """Append to the audit log; `subject` is (kind, id)."""
        kind, subject_id = subject
        entry = {
            "id": new_id("aud"), "at": self.now, "actor": actor, "action": action,
            "subject_kind": kind, "subject_id": subject_id, "data": data,
        }  # fmt: skip
        self.insert(AuditEntry, [entry])

    def page(
        self,
        statement: Select[Row],
        sort: tuple[Any, Any],
        *,
        limit: int,
        cursor: str | None,
        descending: bool = True,
    ) -> Page[Row]:
        """Return one page of `statement` ordered by `sort` = (column of text, time or float, id column).

        Raises:
            InvalidInput: `invalid_cursor` in data when the cursor is not one of this list; limit outside 1-200.
        """
        if not 1 <= limit <= PAGE_LIMIT:
            raise InvalidInput(f"limit must be between 1 and {PAGE_LIMIT}", field="limit", limit=PAGE_LIMIT)
        column, identity = sort
        if cursor:
            value, last_id = read_cursor(column, cursor, descending=descending)
            beyond = (column < value, identity < last_id) if descending else (column > value, identity > last_id)
            statement = statement.where(or_(beyond[0], and_(column == value, beyond[1])))
        order = (column.desc(), identity.desc()) if descending else (column.asc(), identity.asc())
        rows: list[Any] = list(self.session.scalars(statement.order_by(*order).limit(limit + 1)))
        more = len(rows) > limit
        rows = rows[:limit]
        if not more:
            return Page(rows, None)
        value, last_id = getattr(rows[-1], column.key), getattr(rows[-1], identity.key)
        return Page(rows, write_cursor(column, value, last_id, descending=descending))


@cache
def _by_key(table: type[Any]) -> tuple[str, Select[Any]]:
    """Return the name of a table's key within a community and the statement of rows by it; it is asked all the time."""
    key = next(column for column in table.__mapper__.primary_key if column.name != "community_id")
    return key.name, select(table).where(key.in_(bindparam("ids", expanding=True)))


def _chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
