"""What every writer of a resource does besides writing: a code, a day to confirm it by, and a line of its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from copilot.community.ids import new_id
from copilot.community.models import ResourceStatus
from copilot.community.resource_codes import give_codes
from copilot.community.store import Unit
from copilot.community.tables import Resource, ResourceChange

# Not said of a change: what follows from others, and what only machines read.
_UNTOLD = frozenset({"id", "community_id", "created_at", "confirm_by", "confirmed_at"})


def offered_status(row: Resource) -> str:
    """Return the status in which a resource is offered: to everybody, or to those alone whom its terms name."""
    return (ResourceStatus.CONFIDENTIAL if row.confidential else ResourceStatus.AVAILABLE).value


def confirm_from(row: Resource, now: datetime) -> None:
    """Start the time after which the owner is asked again whether the resource is still there."""
    row.confirm_by = now + timedelta(days=row.confirm_every_days)


def values_of(row: Resource) -> dict[str, Any]:
    """Return what can be said of a resource, by field, to compare with later."""
    return {
        column.key: _plain(getattr(row, column.key))
        for column in Resource.__mapper__.columns
        if column.key not in _UNTOLD
    }


def changes_since(before: Mapping[str, Any], row: Resource) -> dict[str, list[Any]]:
    """Return field -> [before, after] of what is not as it was."""
    return {name: [before[name], value] for name, value in values_of(row).items() if before[name] != value}


def note_change(
    unit: Unit, row: Resource, kind: str, actor: str, changes: Mapping[str, Any] | None = None
) -> None:  # fmt: skip
    """Write one line of a resource's history and of the audit log; the log names fields, never what they hold.

    Args:
        unit: the writing unit of the change.
        row: the resource; it is flushed before.
        kind: created, imported, changed, confirmed, stale or merged.
        actor: the key that asked, or `system`.
        changes: as `changes_since` gives them; a new resource has none.
    """
    unit.session.flush()
    entry = {
        "id": new_id("rch"), "resource_id": row.id, "at": unit.now, "actor": actor, "kind": kind,
        "changes": dict(changes or {}),
    }  # fmt: skip
    unit.insert(ResourceChange, [entry])
    unit.audit(actor, f"resource.{kind}", ("resource", row.id), fields=sorted(changes or {}))


def note_imported(unit: Unit, new_ids: Sequence[str], changed: Mapping[str, Mapping[str, Any]]) -> None:
    """Give imported resources their codes and days, and write their history in one statement.

    The audit log has the import itself; a line for each of thousands of rows would bury everything else.
    """
    rows = unit.get_many(Resource, [*new_ids, *changed])
    for record_id in new_ids:
        confirm_from(rows[record_id], unit.now)
        if rows[record_id].confidential:
            rows[record_id].status = _hidden_from_matches(rows[record_id].status)
    give_codes(unit, [rows[key] for key in (*new_ids, *changed)])
    said: list[tuple[str, dict[str, Any]]] = [(key, {}) for key in new_ids]
    said += [(key, dict(fields)) for key, fields in changed.items() if fields]
    unit.insert(
        ResourceChange,
        [
            {"id": new_id("rch"), "resource_id": key, "at": unit.now, "actor": "import", "kind": "imported", "changes": fields}
            for key, fields in said
        ],
    )  # fmt: skip


def merged_by_import(row: Resource, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an import may write: a file that calls a resource available revives none that is stale or merged."""
    values = dict(given)
    confidential = bool(values.get("confidential", row.confidential))
    status = values.get("status", row.status)
    if row.status in {ResourceStatus.STALE, ResourceStatus.MERGED} and status == ResourceStatus.AVAILABLE:
        status = row.status
    values["status"] = _hidden_from_matches(status) if confidential else _shown_in_matches(status)
    return values


def difference(row: Resource, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return field -> [before, after] of what writing `values` would change."""
    return {
        name: [_plain(getattr(row, name)), _plain(value)]
        for name, value in values.items()
        if name not in _UNTOLD and getattr(row, name) != value
    }


def _hidden_from_matches(status: str) -> str:
    return ResourceStatus.CONFIDENTIAL.value if status == ResourceStatus.AVAILABLE else status


def _shown_in_matches(status: str) -> str:
    return ResourceStatus.AVAILABLE.value if status == ResourceStatus.CONFIDENTIAL else status


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
