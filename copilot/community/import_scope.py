"""What the writers of one batch share: the unit, the names, the report, the limits and who was erased."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from copilot.community.erasure_hash import subject_hash
from copilot.community.import_plan import Batch, MemberKey, Planner
from copilot.community.import_report import ImportReport
from copilot.community.importers.base import RowError
from copilot.community.store import Unit
from copilot.community.tables import Erasure
from copilot.settings import LimitSettings

_CHUNK = 400


@dataclass(frozen=True)
class Scope:
    """One batch being written; nothing is written when the report is of a dry run."""

    unit: Unit
    planner: Planner
    report: ImportReport
    limits: LimitSettings
    erased: frozenset[MemberKey]

    @property
    def dry_run(self) -> bool:
        """Whether nothing may be written."""
        return self.report.dry_run

    def fail(self, line: int, field: str, message: str) -> None:
        """Count a row that names somebody or something that is not there."""
        error = RowError(line=line, field=field, code="unknown_reference", message=message)
        self.report.fail(error, self.limits.max_row_errors)

    def is_erased(self, external_id: str, platform: str = "") -> bool:
        """Return whether this person's data was deleted on request."""
        return bool(self.erased) and self.planner.member_key(external_id, platform) in self.erased


def erased_people(batch: Batch, unit: Unit, planner: Planner) -> frozenset[MemberKey]:
    """Return those people of the batch whose data was deleted on request.

    Asked within the batch's own transaction, so that an erasure during a long import holds from then on.
    """
    if unit.session.scalar(select(Erasure.id).limit(1)) is None:
        return frozenset()
    by_hash = {subject_hash(unit.community_id, *key): key for key in _people(batch, planner)}
    hashes = list(by_hash)
    found: set[MemberKey] = set()
    for start in range(0, len(hashes), _CHUNK):
        asked = select(Erasure.subject_hash).where(Erasure.subject_hash.in_(hashes[start : start + _CHUNK]))
        found.update(by_hash[value] for value in unit.session.scalars(asked))
    return frozenset(found)


def _people(batch: Batch, planner: Planner) -> set[MemberKey]:
    keys = {planner.member_key(member.external_id, member.platform) for member in batch.members.values()}
    for message in (*batch.messages.values(), *(recall.tombstone for recall in batch.recalls)):
        keys.update(message.mentions)
        if message.sender:
            keys.add(message.sender)
    keys.update(planner.member_key(resource.owner) for resource in batch.resources.values() if resource.owner)
    keys.update(planner.member_key(who) for event in batch.events.values() for who in event.people())
    return keys


def with_attributes(first: Mapping[str, str], over: Mapping[str, str], most: int) -> dict[str, str]:
    """Return `first` overlaid with `over`; an empty value removes an attribute, and at most `most` are kept."""
    merged = {name: value for name, value in {**first, **over}.items() if value}
    return dict(list(merged.items())[:most])
