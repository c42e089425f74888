"""Who is looked at for a team: near a slot's name in what they have and are, or sharing its rare words; or those named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from copilot.community.access import Actor
from copilot.community.permission import is_open_to_match
from copilot.community.store import Store, Unit
from copilot.community.tables import Member
from copilot.embeddings.base import Embedder
from copilot.matching.records import Locale, Party, read_members, with_activity, with_statements
from copilot.matching.scores.background import Side, text_language
from copilot.matching.scores.census import Census
from copilot.matching.seatings.models import LeftOut
from copilot.matching.seatings.roster import find_members, split_open
from copilot.matching.teams.ask import MAX_NAMED, TeamAsk
from copilot.matching.teams.slot_draft import Slot
from copilot.matching.teams.wording import refusal
from copilot.vectors.index import VectorIndex

_HITS, _NAMED = 60, 30
# Texts of as many members are compared; those beyond are the least promising by rank.
_MOST_LOOKED_AT = 600
_MOST_BESIDE, _MOST_RESOURCES = 100, 100
# Reciprocal rank fusion (Cormack et al. 2009), as in `candidates`.
_FUSION = 60.0


@dataclass(frozen=True)
class Named:
    """Whom the request names: the asker, those to choose among, and the ones who may not be placed."""

    asker: Member | None
    among: list[Member] | None
    left_out: list[LeftOut]


def read_named(unit: Unit, actor: Actor, ask: TeamAsk, locale: Locale) -> Named:
    """Return whom a request names.

    Raises:
        NotFound: somebody is not here, or not to be seen by the actor.
        InvalidInput: the asker may not be in a team.
    """
    asker = None
    if ask.asker is not None:
        found = find_members(unit, actor, [ask.asker], 1, "asker")
        _, closed = split_open(found, locale)
        if closed:
            raise refusal(f"asker_closed.{closed[0].code}", "asker", name=found[0].name)
        asker = found[0]
    if ask.members is None:
        return Named(asker, None, [])
    among, left = split_open(find_members(unit, actor, ask.members, MAX_NAMED, "members"), locale)
    return Named(asker, among, left)


class TeamPool:
    """Finds candidates of one community at a time. Whether they may take part is asked by `open_only`."""

    def __init__(self, store: Store, index: VectorIndex, census: Census, embedder: Embedder) -> None:
        self._store = store
        self._index = index
        self._census = census
        self._embedder = embedder

    def shortlist(self, community_id: str, slots: Sequence[Slot]) -> list[str]:
        """Return ids of members near any slot, most promising first, at most 600.

        Raises:
            EmbeddingFailed: the embedder fails.
            IndexUnavailable: the vector index fails.
        """
        searching = [slot for slot in slots if not slot.member_id]
        fused: dict[str, float] = {}
        self._search(community_id, searching, ("has", "is"), fused)
        named = [slot.member_id for slot in slots if slot.member_id]
        ranked = sorted(fused, key=lambda member_id: (-fused[member_id], member_id))
        return list(dict.fromkeys([*named, *ranked]))[:_MOST_LOOKED_AT]

    def resources(self, community_id: str, slots: Sequence[Slot]) -> list[str]:
        """Return ids of resources near any slot; whether they may be used is not asked.

        Raises:
            EmbeddingFailed, IndexUnavailable: as `shortlist`.
        """
        searching = [slot for slot in slots if not slot.member_id]
        fused: dict[str, float] = {}
        self._search(community_id, searching, ("resource",), fused)
        return sorted(fused, key=lambda one: (-fused[one], one))[:_MOST_RESOURCES]

    def _search(self, community_id: str, slots: Sequence[Slot], sides: Sequence[Side], fused: dict[str, float]) -> None:
        """Add the owners of texts near the slots, and of texts that share their rare words."""
        if not slots:
            return
        lexicon, background = self._census.lexicon(community_id), self._census.background(community_id)
        asked = [slot.query for slot in slots]
        plain = np.asarray(self._embedder.embed_queries(asked), dtype=np.float32)
        queries = background.centre("wants", plain, [text_language(text) for text in asked])
        for side in sides:
            for row in self._index.query(community_id, side, queries, _HITS):
                _fuse(fused, dict.fromkeys(hit.owner_id for hit in row))
            for slot in slots:
                _fuse(fused, lexicon.named(side, [slot.label, slot.query], _NAMED))

    def beside(self, community_id: str, members: Sequence[Party]) -> list[Party]:
        """Return members whose wants or offers are near the wants of `members`, with statements; open to matching only.

        Raises:
            IndexUnavailable: the vector index fails.
        """
        wants = [item for member in members for item in member.wants]
        stored = self._index.fetch(community_id, "wants", [item.record_id for item in wants]) if wants else {}
        known = [item for item in wants if item.record_id in stored]
        if not known:
            return []
        background = self._census.background(community_id)
        plain = np.stack([stored[item.record_id] for item in known])
        queries = background.centre("wants", plain, [text_language(item.text) for item in known])
        fused: dict[str, float] = {}
        for aspect in ("wants", "has"):
            for row in self._index.query(community_id, aspect, queries, _HITS):
                _fuse(fused, dict.fromkeys(hit.owner_id for hit in row))
        own = {member.id for member in members}
        ranked = sorted(fused.keys() - own, key=lambda member_id: (-fused[member_id], member_id))[:_MOST_BESIDE]
        with self._store.read(community_id) as unit:
            found = read_members(unit, [row.id for row in open_only(unit, ranked)])
            return with_activity(unit, with_statements(unit, list(found.values())))


def open_only(unit: Unit, member_ids: Iterable[str]) -> list[Member]:
    """Return those who may be matched, in the order of the ids."""
    ids = list(member_ids)
    rows = unit.get_many(Member, ids)
    return [rows[one] for one in ids if one in rows and is_open_to_match(rows[one])]


def _fuse(fused: dict[str, float], owners: Iterable[str]) -> None:
    for rank, owner in enumerate(owners):
        fused[owner] = fused.get(owner, 0.0) + 1.0 / (_FUSION + rank)
