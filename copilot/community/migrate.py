"""Runs the Alembic migrations that ship with the package."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import text
from sqlalchemy.engine import Connection

from copilot.errors import StoreUnavailable

_LOCK_KEY = 0x636F70696C6F74  # "copilot"
_FOLDER = Path(__file__).parent / "migrations"


def config(connection: Connection | None = None) -> Config:
    """Return the Alembic configuration, bound to `connection` when given."""
    result = Config()
    result.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    result.set_main_option("path_separator", "os")
    if connection is not None:
        result.attributes["connection"] = connection
    return result


def upgrade(connection: Connection) -> None:
    """Bring the schema to the newest revision; does nothing when it is there already.

    Raises:
        StoreUnavailable: the database was written by a newer version of this software.
    """
    if connection.dialect.name == "postgresql":
        # Processes that start together must not all create the tables; SQLite's writers queue by themselves.
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
    current = MigrationContext.configure(connection).get_current_revision()
    head = ScriptDirectory.from_config(config()).get_current_head()
    if current == head:
        return
    try:
        command.upgrade(config(connection), "head")
    except CommandError as error:
        raise StoreUnavailable(
            f"the database has schema {current!r}, which this version does not know; upgrade the software",
            schema=current,
        ) from error
