"""The truth: opening the database, transactions, and what its errors mean.

Everything that reads or writes rows of a community goes through a `Unit`, which adds `community_id = ...` to every statement
and refuses rows and statements it cannot scope. `Store.system` is the only unscoped door; it is for communities themselves,
key look-up and recovery.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, select
from sqlalchemy import exc as sa_exc
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.orm import Session

from copilot.clock import Clock, SystemClock
from copilot.community import migrate
from copilot.community.scoping import MarkingSession, UnitSession, write_marks
from copilot.community.tables import Community
from copilot.community.unit import PAGE_LIMIT, Page, Unit, UpsertResult
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

# SQLite says "full" for ENOSPC alone; a quota or a limit on files refuses the write of a page or of the WAL's index.
_REFUSED_WRITES = frozenset({sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE})


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
        options: dict[str, Any] = {}
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
            # A server may have hung up meanwhile; a file does not.
            options |= {"pool_size": settings.pool_size, "pool_pre_ping": True}
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
        with _translated(), MarkingSession(self._writer if write else self._engine) as session, session.begin():
            session.info["now"] = self.clock.now()
            yield session

    @contextmanager
    def read(self, community_id: str) -> Iterator[Unit]:
        """Yield a unit for reading; its changes are rolled back."""
        with _translated(), UnitSession(self._engine, expire_on_commit=False) as session:
            yield self._unit(session, community_id, may_write=False)
            if session.new or session.dirty or session.deleted:
                raise RuntimeError("a reading unit was used for writing")

    @contextmanager
    def write(self, community_id: str) -> Iterator[Unit]:
        """Yield a unit whose changes are committed together at the end, or not at all."""
        with _translated(), UnitSession(self._writer, expire_on_commit=False) as session, session.begin():
            yield self._unit(session, community_id, may_write=True)

    def _unit(self, session: Session, community_id: str, *, may_write: bool) -> Unit:
        now = self.clock.now()
        session.info.update(community_id=community_id, now=now)
        return Unit(session, community_id, now, may_write=may_write)

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


__all__ = ["PAGE_LIMIT", "Page", "Store", "Unit", "UpsertResult", "named", "write_marks"]
