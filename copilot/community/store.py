"""The truth: opening the database, transactions, the scope of a community, upserts and cursor pages.

Everything that reads or writes rows of a community goes through a `Unit`, which adds `community_id = ...` to
every ORM statement and refuses rows and statements it cannot scope. `Store.system` is the only unscoped door; it
is for communities themselves, key look-up and recovery.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar

from sqlalchemy import Engine, Select, and_, bindparam, create_engine, event, or_, select
from sqlalchemy import exc as sa_exc
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, with_loader_criteria
from sqlalchemy.orm.interfaces import ORMOption

from copilot.clock import Clock, SystemClock
from copilot.community import migrate
from copilot.community.cursors import read_cursor, write_cursor
from copilot.community.ids import new_id
from copilot.community.tables import AuditEntry, Community, Scoped, StaleMark
from copilot.errors import (
    Collision,
    Conflict,
    CopilotError,
    InvalidInput,
    NotFound,
    StoreBusy,
    StoreFull,
    StoreUnavailable,
)
from copilot.settings import DatabaseSettings

T = TypeVar("T")
Row = TypeVar("Row", bound=Scoped)
PAGE_LIMIT = 200
_CHUNK = 400  # bound parameters per statement stay far below SQLite's limit
# SQLite says "full" for ENOSPC alone; a quota or a limit on files refuses the write of a page or of the WAL's index.
_REFUSED_WRITES = frozenset({sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE})


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

    def __init__(self, session: Session, community_id: str, now: datetime) -> None:
        self.session = session
        self.community_id = community_id
        self.now = now

    def community(self) -> Community:
        """Return the community's own row.

        Raises:
            NotFound: it was deleted meanwhile.
        """
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
        self.add(
            AuditEntry(
                id=new_id("aud"), at=self.now, actor=actor, action=action,
                subject_kind=kind, subject_id=subject_id, data=data,
            )
        )  # fmt: skip

    def page(
        self,
        statement: Select[Row],
        sort: tuple[Any, Any],
        *,
        limit: int,
        cursor: str | None,
        descending: bool = True,
    ) -> Page[Row]:
        """Return one page of `statement` ordered by `sort` = (column of text or time, id column).

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


class Store:
    """A database with its schema, opened once per process and shared by threads."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._writer = engine.execution_options(copilot_writer=True)
        self.clock = clock

    @classmethod
    def open(
        cls, url: str, settings: DatabaseSettings | None = None, clock: Clock | None = None, *, upgrade: bool = True
    ) -> Store:
        """Open `url`, create or migrate the schema, and return the store.

        Raises:
            StoreUnavailable: the database cannot be reached, or its schema is newer than this code.
        """
        settings = settings or DatabaseSettings()
        parsed = make_url(url)
        options: dict[str, Any] = {"pool_pre_ping": True}
        if parsed.get_backend_name() == "sqlite":
            if not parsed.database or parsed.database == ":memory:":
                raise StoreUnavailable("an in-memory database cannot be shared; name a file", url=str(parsed))
            try:
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StoreUnavailable(f"cannot create the folder of {parsed.database}: {error.strerror}") from error
            options["connect_args"] = {"timeout": settings.busy_timeout_seconds}
        else:
            if parsed.drivername == "postgresql":
                parsed = parsed.set(drivername="postgresql+psycopg")
            options["pool_size"] = settings.pool_size
        engine = create_engine(parsed, **options)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        store = cls(engine, clock or SystemClock())
        if upgrade:
            try:
                with _translated(), store._writer.begin() as connection:
                    migrate.upgrade(connection)
            except CopilotError:
                store.close()
                raise
        return store

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._engine.dialect.name

    def ping(self) -> None:
        """Raise `StoreUnavailable` unless a query runs."""
        with self.system() as session:
            session.execute(select(Community.id).limit(1))

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def system(self, *, write: bool = False) -> Iterator[Session]:
        """Yield an unscoped session: for communities, keys and recovery only."""
        with _translated(), Session(self._writer if write else self._engine) as session, session.begin():
            event.listen(session, "before_flush", _mark_before_flush)
            session.info["now"] = self.clock.now()
            yield session

    @contextmanager
    def read(self, community_id: str) -> Iterator[Unit]:
        """Yield a unit for reading; its changes are rolled back."""
        with _translated(), Session(self._engine, expire_on_commit=False) as session:
            yield self._unit(session, community_id)
            if session.new or session.dirty or session.deleted:
                raise RuntimeError("a reading unit was used for writing")

    @contextmanager
    def write(self, community_id: str) -> Iterator[Unit]:
        """Yield a unit whose changes are committed together at the end, or not at all."""
        with _translated(), Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield self._unit(session, community_id)

    def _unit(self, session: Session, community_id: str) -> Unit:
        now = self.clock.now()
        session.info.update(community_id=community_id, now=now, scope=_scope(community_id))
        event.listen(session, "do_orm_execute", _scope_statement)
        event.listen(session, "before_flush", _mark_before_flush)
        return Unit(session, community_id, now)

    def community_id(self, slug: str) -> str:
        """Return the id of the community with this slug.

        Raises:
            NotFound: there is none.
        """
        with self.system() as session:
            found = session.scalar(select(Community.id).where(Community.slug == slug))
        if found is None:
            raise NotFound(f"there is no community {slug!r}", kind="community", id=slug)
        return found

    def community_ids(self) -> list[str]:
        """Return the ids of all communities, oldest first."""
        with self.system() as session:
            return list(session.scalars(select(Community.id).order_by(Community.created_at, Community.id)))


@cache
def _by_key(table: type[Any]) -> tuple[str, Select[Any]]:
    """Return the name of a table's key within a community and the statement of rows by it; it is asked all the time."""
    key = next(column for column in table.__mapper__.primary_key if column.name != "community_id")
    return key.name, select(table).where(key.in_(bindparam("ids", expanding=True)))


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
        if table is Community or (_has_marks(table) and not state.execution_options.get("marks_written")):
            raise RuntimeError(f"change {table.__tablename__} row by row, or write its stale marks and say so")
    state.statement = state.statement.options(*state.session.info["scope"])


def _scope(community_id: str) -> tuple[ORMOption, ...]:
    """Return the conditions that keep statements within a community; made once a unit, which has many statements."""
    return (
        with_loader_criteria(Scoped, lambda cls: cls.community_id == community_id, include_aliases=True),
        with_loader_criteria(Community, lambda cls: cls.id == community_id, include_aliases=True),
    )


def _has_marks(table: type[Any]) -> bool:
    return issubclass(table, Scoped) and table.stale_marks is not Scoped.stale_marks


def _mark_before_flush(session: Session, _context: UOWTransaction, _instances: object) -> None:
    """Stamp new rows with the community, refuse foreign ones, and write stale marks in the same transaction."""
    community_id = session.info.get("community_id")
    marks: dict[str, list[tuple[str, str, str]]] = {}
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
    for owner, found in marks.items():
        if found:
            write_marks(session.connection(), owner, found, session.info["now"])


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own transaction handling is switched off: `_begin_sqlite` says BEGIN, so that writers can say
    # BEGIN IMMEDIATE and wait for the lock at once instead of failing in the middle.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA secure_delete=ON")  # what was erased does not stay readable in free pages
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writer = connection.get_execution_options().get("copilot_writer", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writer else "BEGIN")


@contextmanager
def _translated() -> Iterator[None]:
    """Turn database errors that people can act on into named ones."""
    try:
        yield
    except sa_exc.IntegrityError as error:
        if "unique" in _first_line(error).lower():  # both databases say so
            raise Collision(
                "the same record was stored by somebody else meanwhile", detail=_first_line(error)
            ) from error
        raise Conflict("the change contradicts another record", detail=_first_line(error)) from error
    except sa_exc.DBAPIError as error:
        raise named(error) from error


def named(error: sa_exc.DBAPIError) -> CopilotError | sa_exc.DBAPIError:
    """Return our error for one of the database, or the same when it says nothing that people can act on."""
    line = _first_line(error)
    lowered = line.lower()
    if any(word in lowered for word in ("database is locked", "deadlock", "could not serialize", "lock timeout")):
        return StoreBusy("the database is busy; please try again", detail=line)
    out_of_space = any(word in lowered for word in ("disk is full", "no space left", "disk full"))
    if out_of_space or getattr(error.orig, "sqlite_errorcode", None) in _REFUSED_WRITES:
        return StoreFull("the disk is full; nothing was written", detail=line)
    if isinstance(error, sa_exc.DataError):
        # Every entrance cleans texts; what slips through is the sender's, not ours. PostgreSQL takes no NUL.
        return InvalidInput("a value holds what the database cannot store", detail=line)
    unusable = any(word in lowered for word in ("not a database", "malformed"))
    if unusable or isinstance(error, sa_exc.OperationalError | sa_exc.InterfaceError):
        return StoreUnavailable(f"the database cannot be used: {line}", detail=line)
    return error


def _first_line(error: sa_exc.DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error).__name__


def _chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


__all__ = ["Page", "Store", "Unit", "UpsertResult", "named", "write_marks"]
