"""Triggers that keep logs append-only: the database itself refuses to change or remove an entry.

Entries go with their community, by the foreign key: then the community's own row is gone already.
"""

from __future__ import annotations

from typing import Any


def _sqlite(table: str, words: str) -> tuple[str, ...]:
    return (
        f"""CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
    BEGIN SELECT RAISE(ABORT, '{words}'); END""",
        f"""CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
    WHEN EXISTS (SELECT 1 FROM community WHERE id = OLD.community_id)
    BEGIN SELECT RAISE(ABORT, '{words}'); END""",  # noqa: S608  # names of our own tables
    )


def _postgresql(table: str, words: str) -> tuple[str, ...]:
    return (
        f"""CREATE FUNCTION {table}_keep() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT 1 FROM community WHERE id = OLD.community_id) THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION '{words}' USING ERRCODE = 'integrity_constraint_violation';
    END $$""",  # noqa: S608  # names of our own tables
        f"""CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_keep()""",
        f"""CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_keep()""",
    )


def _sqlite_back(table: str) -> tuple[str, ...]:
    return (f"DROP TRIGGER {table}_no_update", f"DROP TRIGGER {table}_no_delete")


def _postgresql_back(table: str) -> tuple[str, ...]:
    return (
        f"DROP TRIGGER {table}_no_truncate ON {table}",
        f"DROP TRIGGER {table}_no_change ON {table}",
        f"DROP FUNCTION {table}_keep()",
    )


def keep_audit_log(op: Any) -> None:
    """Make the triggers of the audit log; `op` is Alembic's, which has no type of its own."""
    _keep(op, "audit_entry", "the audit log is append-only")


def release_audit_log(op: Any) -> None:
    """Remove the triggers of the audit log."""
    _release(op, "audit_entry")


def keep_points(op: Any) -> None:
    """Make the triggers of the ledger of points."""
    _keep(op, "point_entry", "the ledger of points is append-only")


def release_points(op: Any) -> None:
    """Remove the triggers of the ledger of points."""
    _release(op, "point_entry")


def _keep(op: Any, table: str, words: str) -> None:
    make = _postgresql if op.get_bind().dialect.name == "postgresql" else _sqlite
    for statement in make(table, words):
        op.execute(statement)


def _release(op: Any, table: str) -> None:
    make = _postgresql_back if op.get_bind().dialect.name == "postgresql" else _sqlite_back
    for statement in make(table):
        op.execute(statement)
