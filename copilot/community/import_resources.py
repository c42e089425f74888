"""Writes imported resources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from copilot.community.import_scope import Scope, with_attributes
from copilot.community.importers.base import ImportedResource
from copilot.community.resource_history import difference, merged_by_import, note_imported
from copilot.community.tables import Member, Resource


def write_resources(resources: Mapping[str, ImportedResource], scope: Scope) -> None:
    """Upsert resources; one whose owner is unknown is an error, one whose owner was erased is left out."""
    owners = {
        resource.owner: scope.planner.member_id(scope.planner.member_key(resource.owner))
        for resource in resources.values()
        if resource.owner
    }
    known = set(scope.unit.get_many(Member, owners.values()))
    rows: list[dict[str, Any]] = []
    for resource_id, resource in resources.items():
        owner = resource.owner
        if owner and scope.is_erased(owner):
            scope.report.skip("erased")
        elif owner and owners[owner] not in known:
            scope.fail(resource.line, "owner", f"there is no member {owner!r}; import members first")
        else:
            rows.append(_row(resource_id, resource, owners, scope))
    if not rows:
        return
    most = scope.limits.max_attributes

    changed: dict[str, dict[str, Any]] = {}

    def merge(row: Resource, given: Mapping[str, Any]) -> Mapping[str, Any]:
        values = merged_by_import(row, given)
        values["attributes"] = with_attributes(row.attributes, resources[row.id].attributes, most)
        changed[row.id] = difference(row, values)
        return values

    result = scope.unit.upsert(Resource, rows, merge=merge, dry_run=scope.dry_run)
    scope.report.count("resources", result)
    if not scope.dry_run:
        note_imported(scope.unit, result.inserted, {key: changed[key] for key in result.updated})


def _row(resource_id: str, resource: ImportedResource, owners: Mapping[str, str], scope: Scope) -> dict[str, Any]:
    row = {
        **resource.values,
        "id": resource_id,
        "code": resource.code,
        "attributes": with_attributes({}, resource.attributes, scope.limits.max_attributes),
        "created_at": scope.unit.now,
    }
    if resource.owner is not None:
        row["owner_id"] = owners.get(resource.owner)
    return row
