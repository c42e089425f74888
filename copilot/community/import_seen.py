"""Remembers which ids a file has had already, in constant memory: a private temporary database on disk."""

from __future__ import annotations

import sqlite3
from types import TracebackType
from typing import Self

from copilot.errors import StoreFull


class SeenIds:
    """A set of ids that lives outside of memory once it outgrows a few megabytes; gone when closed."""

    def __init__(self) -> None:
        # An empty name asks SQLite for a temporary database that spills to disk and is deleted on close. The job that
        # imports may continue on another thread.
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode=OFF")
        self._database.execute("PRAGMA synchronous=OFF")
        self._database.execute("PRAGMA cache_size=-8000")
        self._database.execute("CREATE TABLE seen (id TEXT PRIMARY KEY) WITHOUT ROWID")
        self._database.execute("BEGIN")

    def add(self, record_id: str) -> bool:
        """Remember an id; return whether it is new.

        Raises:
            StoreFull: the disk is full.
        """
        try:
            return self._database.execute("INSERT OR IGNORE INTO seen VALUES (?)", (record_id,)).rowcount == 1
        except sqlite3.OperationalError as error:
            raise StoreFull("the disk is full; nothing of this batch was written", detail=str(error)) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()
