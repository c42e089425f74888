"""Proposals of the past as a list for operators: who may still be named, with the reasons that still stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from pydantic import ValidationError
from sqlalchemy import select

from copilot.community.store import Page, Unit
from copilot.community.tables import Match, Member
from copilot.errors import InvalidInput
from copilot.matching.models import Exclusion, MatchKind, Reason
from copilot.matching.reasons import UnboundReason, verify_reasons
from copilot.matching.records import Party, Setting, read_members, with_statements
from copilot.matching.rules.constraints import exclusions
from copilot.matching.rules.pairing import Pairing
from copilot.matching.scores.pair_models import StoredMatch
from copilot.matching.sources import Sources

_UNNAMEABLE = frozenset({Exclusion.CONSENT, Exclusion.CONSENT_AI, Exclusion.VISIBILITY})
_STATUS_CHARS = 40


@dataclass(frozen=True)
class Chosen:
    """Which proposals are listed; empty fields choose all."""

    kind: MatchKind | None = None
    status: str | None = None
    member_id: str | None = None
    target_id: str | None = None


class StoredMatches:
    """Reads proposals. Safe to share between threads."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def page(
        self, community_id: str, chosen: Chosen, *, limit: int = 50, cursor: str | None = None
    ) -> Page[StoredMatch]:
        """Return proposals, the newest first. A page may be shorter than `limit`: those who took their consent back are not named.

        Raises:
            NotFound: there is no such community or member.
            InvalidInput: a filter, limit or cursor is wrong.
        """
        statement = select(Match)
        if chosen.kind is not None:
            if chosen.kind not in get_args(MatchKind):
                raise InvalidInput(f"kind is one of {', '.join(get_args(MatchKind))}", field="kind")
            statement = statement.where(Match.kind == chosen.kind)
        if chosen.status is not None:
            if len(chosen.status) > _STATUS_CHARS:
                raise InvalidInput(f"a status has at most {_STATUS_CHARS} characters", field="status")
            statement = statement.where(Match.status == chosen.status)
        if chosen.member_id is not None:
            statement = statement.where(Match.member_id == chosen.member_id)
        if chosen.target_id is not None:
            statement = statement.where(Match.target_id == chosen.target_id)
        with self._sources.store.read(community_id) as unit:
            setting = self._sources.basis(unit).setting
            if chosen.member_id is not None:
                unit.get(Member, chosen.member_id)
            rows = unit.page(statement, (Match.created_at, Match.id), limit=limit, cursor=cursor)
            askers, targets = self._parties(unit, setting, rows.items)
        found = [
            _stored(row, askers[row.member_id], targets[row.kind, row.target_id])
            for row in rows.items
            if row.member_id in askers
            and (row.kind, row.target_id) in targets
            and _may_be_named(askers[row.member_id], targets[row.kind, row.target_id], setting)
        ]
        return Page(found, rows.next_cursor)

    def _parties(
        self, unit: Unit, setting: Setting, rows: Sequence[Match]
    ) -> tuple[dict[str, Party], dict[tuple[str, str], Party]]:
        """Return askers by id and targets by (kind, id), with every text that a reason may quote."""
        members = read_members(unit, [row.member_id for row in rows])
        targets: dict[tuple[str, str], Party] = {}
        for kind in get_args(MatchKind):
            ids = [row.target_id for row in rows if row.kind == kind]
            found = self._sources.targets(unit, setting, kind, ids) if ids else {}
            if kind == "member":
                members |= found
            else:
                targets |= {(kind, party.id): party for party in found.values()}
        texts = with_statements(unit, list(members.values()), ("wants", "has", "is"))
        askers = {party.id: party for party in texts}
        return askers, targets | {("member", party.id): party for party in texts}


def _may_be_named(asker: Party, target: Party, setting: Setting) -> bool:
    return not _UNNAMEABLE & set(exclusions(Pairing(asker, target, setting)))


def _stored(row: Match, asker: Party, target: Party) -> StoredMatch:
    kind: MatchKind = next(kind for kind in get_args(MatchKind) if kind == row.kind)
    return StoredMatch(
        match_id=row.id, member_id=row.member_id, kind=kind, target_id=row.target_id, target_name=target.name,
        status=row.status, score=row.score, components=row.components, weights_version=row.weights_version,
        reasons=_standing(row.reasons, asker.records() | target.records()),
        created_at=row.created_at, updated_at=row.updated_at,
    )  # fmt: skip


def _standing(stored: Sequence[object], records: Mapping[str, str]) -> list[Reason]:
    """Return the reasons whose quotes still stand in the records; what an older release wrote otherwise is left out."""
    kept = []
    for item in stored:
        try:
            reason = Reason.model_validate(item)
            verify_reasons([reason], records)
        except (ValidationError, UnboundReason):
            continue
        kept.append(reason)
    return kept
