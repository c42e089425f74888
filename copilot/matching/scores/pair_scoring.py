"""Scores of any pairs, read and compared together: every component and exclusion, one outcome a pair."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from copilot.community.access import Actor
from copilot.community.permission import is_seen_by
from copilot.community.store import Unit
from copilot.community.tables import Event, Member, Message, Resource
from copilot.errors import InvalidInput
from copilot.matching.models import Exclusion, MatchKind
from copilot.matching.proposing.open_questions import Openings
from copilot.matching.records import Party, read_members, with_activity
from copilot.matching.rules.standing import judge
from copilot.matching.scores.comparison import Comparison
from copilot.matching.scores.pair_models import MAX_PAIRS, PairError, PairIn, PairOutcome
from copilot.matching.sources import DIGITS, Basis, Sources, rounded, with_texts

_CHUNK = 200
# A record's table and the column of the name it has outside.
_TABLES: dict[MatchKind, tuple[Any, Any]] = {
    "member": (Member, Member.external_id), "resource": (Resource, Resource.code), "event": (Event, Event.code),
    "thread": (Message, Message.external_id),
}  # fmt: skip


@dataclass(frozen=True)
class _Sides:
    """What the pairs of one kind are about.

    Attributes:
        basis: rules and weights of the moment.
        askers, targets: by the name that was given; names that are nobody's, or several people's, are in `errors`.
        errors: by (kind, name).
        forbidden: by (asker id, target id).
    """

    basis: Basis
    askers: Mapping[str, Party]
    targets: Mapping[str, Party]
    errors: Mapping[tuple[str, str], PairError]
    forbidden: Mapping[tuple[str, str], list[Exclusion]]


class PairScoring:
    """Scores pairs. Writes nothing. Safe to share between threads."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def score(self, community_id: str, pairs: Sequence[PairIn], *, actor: Actor) -> list[PairOutcome]:
        """Return the outcome of each pair, in the order given.

        A name that is nobody's, or that of a member hidden from the actor, is an error of its pair alone.

        Raises:
            InvalidInput: there are more than 200 pairs.
            IndexUnavailable: the vector index fails.
        """
        if len(pairs) > MAX_PAIRS:
            raise InvalidInput(f"at most {MAX_PAIRS} pairs can be scored at once", field="pairs", limit=MAX_PAIRS)
        found: dict[PairIn, PairOutcome] = {}
        for kind in dict.fromkeys(pair.kind for pair in pairs):
            of_kind = list(dict.fromkeys(pair for pair in pairs if pair.kind == kind))
            found |= self._score(community_id, kind, of_kind, actor)
        return [found[pair] for pair in pairs]

    def _score(
        self, community_id: str, kind: MatchKind, pairs: Sequence[PairIn], actor: Actor
    ) -> dict[PairIn, PairOutcome]:
        openings = self._sources.openings(community_id, kind)
        with self._sources.store.read(community_id) as unit:
            sides = self._read(unit, kind, pairs, actor, openings)
        parties = list({party.id: party for party in (*sides.askers.values(), *sides.targets.values())}.values())
        readable = [party for party in parties if party.consent_ai]
        vectors = self._sources.vectors(community_id, readable)
        comparer = self._sources.comparer(sides.basis, readable, vectors)
        outcomes = {}
        for pair in pairs:
            asker, target = sides.askers.get(pair.member), sides.targets.get(pair.other)
            if asker is None or target is None:
                error = sides.errors.get(("member", pair.member)) or sides.errors[kind, pair.other]
                outcomes[pair] = PairOutcome(member=pair.member, other=pair.other, kind=kind, error=error)
                continue
            compared = comparer.compare(asker, target) if asker.consent_ai and target.consent_ai else None
            outcomes[pair] = _outcome(sides, pair, (asker, target), compared)
        return outcomes

    def _read(
        self, unit: Unit, kind: MatchKind, pairs: Sequence[PairIn], actor: Actor, openings: Openings
    ) -> _Sides:  # fmt: skip
        basis = self._sources.basis(unit)
        names, others = {pair.member for pair in pairs}, {pair.other for pair in pairs}
        asker_ids, errors = _identify(unit, "member", names)
        target_ids, more = _identify(unit, kind, others)
        errors |= more
        members = read_members(unit, asker_ids.values())
        targets = self._sources.targets(unit, basis.setting, kind, target_ids.values(), openings.ids)
        for group, identified, named in (("member", asker_ids, members), (kind, target_ids, targets)):
            unseen = _unseen(unit, actor, named)
            for name, record_id in list(identified.items()):
                if record_id in unseen or record_id not in named:
                    del identified[name]
                    errors[group, name] = _unknown(group, name)
        if kind == "member":
            # One party on both sides: its texts are read once.
            members |= targets
            everybody = {p.id: p for p in with_activity(unit, with_texts(unit, list(members.values()), kind))}
            members = targets = everybody
        else:
            members = {party.id: party for party in with_texts(unit, list(members.values()), kind)}
        askers = {name: members[record_id] for name, record_id in asker_ids.items()}
        found = {name: targets[record_id] for name, record_id in target_ids.items()}
        return _Sides(basis, askers, found, errors, _forbidden(unit, basis, pairs, askers, found))


def _identify(
    unit: Unit, kind: MatchKind, names: Iterable[str]
) -> tuple[dict[str, str], dict[tuple[str, str], PairError]]:
    """Return ids by name, and the names that are nobody's or those of several; an id goes before a name."""
    table, column = _TABLES[kind]
    by_id: set[str] = set()
    by_name: dict[str, list[str]] = {}
    listed = sorted(names)
    for start in range(0, len(listed), _CHUNK):
        chunk = listed[start : start + _CHUNK]
        for record_id, name in unit.session.execute(
            select(table.id, column).where(or_(table.id.in_(chunk), column.in_(chunk)))
        ):
            by_id.add(record_id)
            by_name.setdefault(name, []).append(record_id)
    found: dict[str, str] = {}
    errors: dict[tuple[str, str], PairError] = {}
    for name in listed:
        ids = [name] if name in by_id else by_name.get(name, [])
        if len(ids) == 1:
            found[name] = ids[0]
        elif ids:
            errors[kind, name] = PairError(code="conflict", message=f"{name!r} is more than one {kind}; use the id")
        else:
            errors[kind, name] = _unknown(kind, name)
    return found, errors


def _unknown(kind: str, name: str) -> PairError:
    return PairError(code="not_found", message=f"there is no {kind} {name!r} in this community")


def _unseen(unit: Unit, actor: Actor, parties: Mapping[str, Party]) -> set[str]:
    """Return the ids of the parties that belong to somebody hidden from the actor."""
    people = unit.get_many(Member, [party.person_id for party in parties.values() if party.person_id])
    return {
        party.id
        for party in parties.values()
        if party.person_id in people and not is_seen_by(actor, people[party.person_id])
    }


def _forbidden(
    unit: Unit, basis: Basis, pairs: Sequence[PairIn], askers: Mapping[str, Party], targets: Mapping[str, Party]
) -> dict[tuple[str, str], list[Exclusion]]:
    wanted: dict[str, dict[str, Party]] = {}
    for pair in pairs:
        if pair.member in askers and pair.other in targets:
            wanted.setdefault(pair.member, {})[targets[pair.other].id] = targets[pair.other]
    return {
        (askers[name].id, target_id): codes
        for name, chosen in wanted.items()
        for target_id, codes in judge(unit, basis.setting, askers[name], list(chosen.values())).items()
    }


def _outcome(sides: _Sides, pair: PairIn, parties: tuple[Party, Party], found: Comparison | None) -> PairOutcome:
    asker, target = parties
    exclusions = list(sides.forbidden[asker.id, target.id])
    bare = PairOutcome(
        member=pair.member, other=pair.other, kind=pair.kind, member_id=asker.id, target_id=target.id,
        exclusions=exclusions,
    )  # fmt: skip
    if found is None:
        return bare
    if found.relevance < sides.basis.weights.bar(pair.kind):
        exclusions.append(Exclusion.LOW_SCORE)
    return bare.model_copy(
        update={
            "score": round(found.score, DIGITS), "mutuality": found.mutuality if pair.kind == "member" else None,
            "strengths": found.strengths, "components": rounded(found), "exclusions": exclusions,
        }
    )  # fmt: skip
