"""Who is looked at closely: the nearest in meaning, those who share rare words, and people of the same city."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

import numpy as np
from sqlalchemy import bindparam, select

from copilot.community.cities import city_spellings
from copilot.community.permission import open_to_match
from copilot.community.prepared import Prepared, among
from copilot.community.store import Unit
from copilot.community.tables import Member
from copilot.matching.models import MatchKind
from copilot.matching.records import Party, Statement
from copilot.matching.scores.background import Background, Side, Vectors, text_language
from copilot.matching.scores.lexicon import Lexicon
from copilot.vectors.index import VectorIndex

# Hits per text; several texts of one member, and members who may not be proposed, use them up.
_LEAST_HITS, _HITS_PER_MATCH, _MOST_HITS = 100, 10, 300
_LEXICAL = 20
_OWNER = attrgetter("owner_id")
_NEIGHBOURS = Prepared(
    select(Member.id)
    .where(among(Member.city, "spellings"), Member.id != bindparam("asker_id"), *open_to_match())
    .order_by(Member.created_at.desc(), Member.id)
    .limit(20)
)
# Reciprocal rank fusion (Cormack et al. 2009): ranks of several texts add up without comparing their cosines.
_FUSION = 60.0
# Where each side of the asker looks. Open questions are few, most of those in the index are answered: see `nearest_of`.
_OPPOSITE: dict[MatchKind, dict[Side, Side]] = {
    "member": {"wants": "has", "has": "wants"},
    "resource": {"wants": "resource"},
    "event": {"wants": "event"},
}
# Where the asker as a whole looks.
_WHOLES: dict[MatchKind, Side] = {"member": "profile", "resource": "resource", "event": "event"}
# Who may be helped by what is offered, and who may answer a question.
_AUDIENCE: dict[MatchKind, tuple[Side, ...]] = {
    "resource": ("wants",), "event": ("wants",), "thread": ("has", "is"),
}  # fmt: skip


class Finder:
    """Finds candidates of one community with its index, background and lexicon."""

    def __init__(self, index: VectorIndex, background: Background, lexicon: Lexicon) -> None:
        self._index = index
        self._background = background
        self._lexicon = lexicon

    def find(
        self,
        community_id: str,
        asker: Party,
        vectors: dict[str, Vectors],
        kind: MatchKind,
        n: int,
        *,
        wide: bool = False,
    ) -> list[str]:
        """Return ids of candidates by meaning and by words, most promising first; the asker is not among them.

        Open questions are not found here: see `nearest_of`.

        Args:
            community_id: whose records.
            asker: with statements.
            vectors: the asker's vectors (d,) by record id; statements without one search by words only.
            kind: what to look for.
            n: how many matches are wanted in the end; more are looked at.
            wide: look at as many as possible, because most will not meet a filter.
        """
        fused: dict[str, float] = {}
        hits = _MOST_HITS if wide else min(_MOST_HITS, max(_LEAST_HITS, _HITS_PER_MATCH * n))
        for side, opposite in _OPPOSITE.get(kind, {}).items():
            statements = asker.wants if side == "wants" else asker.offers
            for owners in self._nearest(community_id, (side, opposite), statements, vectors, hits):
                _fuse(fused, owners)
            _fuse(fused, self._lexicon.named(opposite, [item.text for item in statements], _LEXICAL))
        for owners in self._whole(community_id, asker, vectors, kind, hits):
            _fuse(fused, owners)
        fused.pop(asker.id, None)
        return _best_first(fused)

    def _whole(
        self, community_id: str, asker: Party, vectors: dict[str, Vectors], kind: MatchKind, hits: int
    ) -> list[list[str]]:
        side = _WHOLES.get(kind)
        return self._nearest(community_id, ("profile", side), [asker.whole], vectors, hits) if side else []

    def audience(self, community_id: str, target: Party, vectors: dict[str, Vectors], n: int) -> list[str]:
        """Return ids of members whom a resource, an event or a question may concern, most promising first."""
        fused: dict[str, float] = {}
        hits = min(_MOST_HITS, max(_LEAST_HITS, _HITS_PER_MATCH * n))
        statements = (*target.wants, *target.offers)
        for opposite in _AUDIENCE[target.kind]:
            for statement in statements:
                for owners in self._nearest(community_id, (statement.side, opposite), [statement], vectors, hits):
                    _fuse(fused, owners)
            _fuse(fused, self._lexicon.named(opposite, [item.text for item in statements], _LEXICAL))
        for owners in self._nearest(community_id, (target.whole.side, "profile"), [target.whole], vectors, hits):
            _fuse(fused, owners)
        fused.pop(target.person_id or "", None)
        return _best_first(fused)

    def nearest_of(self, asker: Party, targets: Sequence[Party], vectors: dict[str, Vectors], most: int) -> list[Party]:
        """Return up to `most` questions, nearest in meaning to anything the asker has or is first.

        Every question is looked at. Those without a vector come last, in the order given.
        """
        mine = [item for item in asker.offers if item.record_id in vectors]
        known = [target for target in targets if all(item.record_id in vectors for item in target.wants)]
        if not mine or not known:
            return list(targets[:most])
        asked = [target.wants[0] for target in known if target.wants]
        near: dict[str, float] = {}
        questions = self._centred("question", asked, vectors)
        for side in ("has", "is"):
            said = [item for item in mine if item.side == side]
            if said:
                best = (questions @ self._centred(side, said, vectors).T).max(axis=1)
                for item, value in zip(asked, best.tolist(), strict=True):
                    near[item.record_id] = max(value, near.get(item.record_id, -1.0))
        return sorted(targets, key=lambda target: -near.get(target.id, -2.0))[:most]

    def _centred(self, side: Side, statements: Sequence[Statement], vectors: dict[str, Vectors]) -> Vectors:
        matrix = np.stack([vectors[item.record_id] for item in statements])
        return self._background.centre(side, matrix, [text_language(item.text) for item in statements])

    def _nearest(
        self, community_id: str, sides: tuple[Side, Side], statements: Sequence[Statement],
        vectors: dict[str, Vectors], hits: int,
    ) -> list[list[str]]:  # fmt: skip
        """Return the owners of the nearest records of each statement, each owner once, best first.

        The index holds plain vectors and is asked with centred ones: (q - m) . x ranks as the centred cosine does, up
        to a constant for each language, so that what all texts have in common does not choose the candidates.
        """
        known = [item for item in statements if item.record_id in vectors]
        if not known:
            return []
        rows = self._index.query(community_id, sides[1], self._centred(sides[0], known, vectors), hits)
        return [list(dict.fromkeys(map(_OWNER, row))) for row in rows]


def neighbours(unit: Unit, asker: Party) -> list[str]:
    """Return ids of members of the asker's city, the latest to join first; at most 20."""
    spellings = city_spellings(asker.city)
    if not spellings:
        return []
    return [row.id for row in unit.rows(_NEIGHBOURS, spellings=spellings, asker_id=asker.id)]


def _fuse(fused: dict[str, float], owners: Sequence[str]) -> None:
    for rank, owner in enumerate(owners):
        fused[owner] = fused.get(owner, 0.0) + 1.0 / (_FUSION + rank)


def _best_first(fused: dict[str, float]) -> list[str]:
    """Return the owners with the highest sum first, equals by id: in reverse, too, sorting leaves equals as they were."""
    return sorted(sorted(fused), key=fused.__getitem__, reverse=True)
