"""Faults of SQLite's own: a lock that stays, a disk that is full, a file that is none."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from copilot.community.store import Store
from copilot.community.tables import Job
from copilot.errors import StoreBusy, StoreFull, StoreUnavailable
from copilot.settings import DatabaseSettings
from tests.conftest import NOW


def test_a_lock_that_stays_becomes_store_busy(tmp_path: Path, store: Store, community: str) -> None:
    path = tmp_path / "truth.sqlite"
    impatient = Store.open(f"sqlite:///{path}", DatabaseSettings(busy_timeout_seconds=0.1))
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusy), impatient.write(community) as unit:
        unit.community()
    with impatient.read(community) as unit:
        assert unit.community().slug == "sample"
    holder.execute("ROLLBACK")
    holder.close()
    impatient.close()


def test_a_full_disk_is_said_and_nothing_is_half_written(store: Store, community: str) -> None:
    # A cap on the number of pages gives SQLite's own "disk is full" without filling a disk.
    pages = [0]

    @sa.event.listens_for(store._engine, "checkout")
    def _cap(connection: sqlite3.Connection, *_rest: object) -> None:
        pages[0] = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages[0] + 2}")

    with pytest.raises(StoreFull), store.write(community) as unit:
        for number in range(50):
            unit.add(Job(id=f"j{number}", kind="x" * 4000, created_at=NOW))
            unit.session.flush()
    with store.read(community) as unit:
        assert unit.find(Job, "j0") is None


@pytest.mark.parametrize("content", [b"this is not a database at all" * 100, b""])
def test_a_file_that_is_no_database_is_named_or_made_one(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.sqlite"
    path.write_bytes(content)
    if content:
        with pytest.raises(StoreUnavailable, match="not a database"):
            Store.open(f"sqlite:///{path}")
    else:
        Store.open(f"sqlite:///{path}").close()


def test_memory_databases_and_unreachable_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="memory"):
        Store.open("sqlite://")
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreUnavailable, match="folder"):
        Store.open(f"sqlite:///{tmp_path}/file/truth.sqlite")
