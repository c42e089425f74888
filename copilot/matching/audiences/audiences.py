"""The other way round: who should hear of a resource or an event, and who can answer a question. For operators."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import get_args

from copilot.community.access import Actor
from copilot.errors import InvalidInput
from copilot.matching.audiences.models import Audience, AudienceKind, Listener
from copilot.matching.models import Exclusion
from copilot.matching.reasons import audience_reasons, short_name
from copilot.matching.records import Party, read_members, with_activity
from copilot.matching.rules.standing import judge_askers
from copilot.matching.scores.comparison import Comparison
from copilot.matching.sources import DIGITS, Basis, Sources, check_count, read_target, rounded, with_texts
from copilot.matching.wording import FEW_LISTENERS, NOT_READ

# As many members are judged and compared as targets are for one member.
_MOST_JUDGED = 400
_LEAST_COMPARED, _COMPARED_PER_RESULT = 80, 4


class Audiences:
    """Finds audiences. Writes nothing: who hears of what is for people to decide. Safe to share between threads."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def find(self, community_id: str, kind: AudienceKind, target_id: str, n: int = 10, *, actor: Actor) -> Audience:
        """Return up to `n` (1-50) members whom it concerns, best first, each with their own words that say so.

        Only members who may be proposed it are named: the same rules hold as the other way round.

        Raises:
            InvalidInput: `kind` or `n` is out of bounds.
            NotFound: there is no such target, or it belongs to somebody hidden from the actor.
            IndexUnavailable: the vector index fails.
        """
        if kind not in get_args(AudienceKind):
            raise InvalidInput(f"kind is one of {', '.join(get_args(AudienceKind))}", field="kind")
        check_count(n)
        sources, openings = self._sources, self._sources.openings(community_id, kind)
        with sources.store.read(community_id) as unit:
            basis = sources.basis(unit)
            target = read_target(sources, unit, basis.setting, actor, (kind, target_id), openings)
        empty = Audience(
            kind=kind, target_id=target_id, target_name=target.name, items=[], considered=0, excluded={},
            note=NOT_READ[basis.setting.locale],
        )  # fmt: skip
        if not target.consent_ai:
            return empty
        members, excluded, considered = self._judged(basis, target, n)
        vectors = sources.vectors(community_id, [target, *members])
        comparer = sources.comparer(basis, [target, *members], vectors)
        compared = [(member, comparer.compare(member, target)) for member in members]
        good = [(member, found) for member, found in compared if found.relevance >= basis.weights.bar(kind)]
        if len(good) < len(compared):
            excluded[Exclusion.LOW_SCORE] += len(compared) - len(good)
        good.sort(key=lambda pair: (-pair[1].score, pair[0].id))
        return empty.model_copy(
            update={
                "items": _listeners(basis, good[:n]), "considered": considered,
                "excluded": dict(excluded), "note": "" if len(good) >= n else FEW_LISTENERS[basis.setting.locale],
            }
        )  # fmt: skip

    def _judged(self, basis: Basis, target: Party, n: int) -> tuple[list[Party], Counter[Exclusion], int]:
        """Return members who may be proposed the target, with what is compared; why others may not; how many were judged."""
        sources, community_id = self._sources, basis.setting.community_id
        vectors = sources.vectors(community_id, [target])
        ids = sources.finder(community_id).audience(community_id, target, vectors, n)[:_MOST_JUDGED]
        with sources.store.read(community_id) as unit:
            members = read_members(unit, ids)
            known = [members[member_id] for member_id in ids if member_id in members]
            forbidden = judge_askers(unit, basis.setting, known, target)
            excluded = Counter(codes[0] for codes in forbidden.values() if codes)
            allowed = [member for member in known if not forbidden[member.id]]
            chosen = allowed[: max(_LEAST_COMPARED, _COMPARED_PER_RESULT * n)]
            return with_activity(unit, with_texts(unit, chosen, target.kind)), excluded, len(known)


def _listeners(basis: Basis, good: Sequence[tuple[Party, Comparison]]) -> list[Listener]:
    return [
        Listener(
            rank=rank, member_id=member.id, member_name=short_name(member), score=round(found.score, DIGITS),
            strength=next(iter(found.strengths.values())), components=rounded(found),
            reasons=audience_reasons(member, found, basis.setting),
        )
        for rank, (member, found) in enumerate(good, start=1)
    ]  # fmt: skip
