"""Writes imported members and what they say of themselves.

A table is the word of the people who keep it: text columns it has replace what is stored, empty consents and
visibilities say nothing. Chat only fills what is empty. Texts and values that the member wrote or confirmed in person
are never touched, and consents that a person decided are never widened.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select

from copilot.community.aspects import confirmed_fields
from copilot.community.consent import without_widening
from copilot.community.contact_details import with_imported
from copilot.community.ids import derived_id
from copilot.community.import_scope import Scope, with_attributes
from copilot.community.importers.base import ImportedMember
from copilot.community.importers.values import normalised
from copilot.community.tables import Member, ProfileText

IMPORTED = "import"
_CHUNK = 400


def write_members(members: Mapping[str, ImportedMember], scope: Scope) -> None:
    """Upsert members and bring the texts of the aspects that the file states in line with it."""
    wanted = {
        member_id: member
        for member_id, member in members.items()
        if not scope.is_erased(member.external_id, member.platform)
    }
    scope.report.skip("erased", len(members) - len(wanted))
    if not wanted:
        return
    most = scope.limits.max_attributes
    kept = confirmed_fields(scope.unit, wanted)

    def merge(row: Member, _given: Mapping[str, Any]) -> Mapping[str, Any]:
        changes = _merged(row, wanted[row.id], most)
        return {name: value for name, value in changes.items() if name not in kept.get(row.id, ())}

    rows = [_new_row(member_id, member, scope) for member_id, member in wanted.items()]
    result = scope.unit.upsert(Member, rows, merge=merge, dry_run=scope.dry_run)
    retold = _write_texts(wanted, set(result.inserted), scope)
    result.updated += [member_id for member_id in result.unchanged if member_id in retold]
    result.unchanged = [member_id for member_id in result.unchanged if member_id not in retold]
    scope.report.count("members", result)


def _new_row(member_id: str, member: ImportedMember, scope: Scope) -> dict[str, Any]:
    platform, external_id = scope.planner.member_key(member.external_id, member.platform)
    return {
        **member.values,
        "contacts": with_imported({}, member.values.get("contacts", {})),
        "id": member_id,
        "platform": platform,
        "external_id": external_id,
        "name": member.values.get("name") or external_id,
        "attributes": with_attributes({}, member.attributes, scope.limits.max_attributes),
        "created_at": scope.unit.now,
    }


def _merged(row: Member, member: ImportedMember, most: int) -> dict[str, Any]:
    """Return what a file may change of a member who exists."""
    if member.from_chat:
        new = {name: value for name, value in member.attributes.items() if name not in row.attributes}
        named = {"name": member.values["name"]} if row.name == row.external_id else {}
        return {**named, "attributes": with_attributes(row.attributes, new, most)}
    values = {name: value for name, value in member.values.items() if name != "name" or value}
    if "contacts" in values:
        values["contacts"] = with_imported(row.contacts, values["contacts"])
    return {**without_widening(row, values), "attributes": with_attributes(row.attributes, member.attributes, most)}


def _write_texts(members: Mapping[str, ImportedMember], new: set[str], scope: Scope) -> set[str]:
    """Return the members whose texts changed."""
    wanted = {row["id"]: row for member_id, member in members.items() for row in _text_rows(member_id, member)}
    changed: set[str] = set()
    for stored in _stored_texts([m for m in members if members[m].texts and m not in new], scope):
        if stored.source != IMPORTED or stored.confirmed_at is not None:
            wanted.pop(stored.id, None)
        elif stored.aspect in members[stored.member_id].texts and stored.id not in wanted:
            changed.add(stored.member_id)
            if not scope.dry_run:
                scope.unit.session.delete(stored)
    result = scope.unit.upsert(ProfileText, list(wanted.values()), dry_run=scope.dry_run)
    return changed | {wanted[text_id]["member_id"] for text_id in (*result.inserted, *result.updated)}


def _text_rows(member_id: str, member: ImportedMember) -> Iterator[dict[str, Any]]:
    for aspect, sentences in member.texts.items():
        for position, text in enumerate(sentences):
            yield {
                "id": derived_id("txt", member_id, aspect, normalised(text)),
                "member_id": member_id,
                "aspect": aspect,
                "position": position,
                "text": text,
                "source": IMPORTED,
            }


def _stored_texts(member_ids: list[str], scope: Scope) -> Iterator[ProfileText]:
    for start in range(0, len(member_ids), _CHUNK):
        owned = select(ProfileText).where(ProfileText.member_id.in_(member_ids[start : start + _CHUNK]))
        yield from scope.unit.session.scalars(owned).all()
