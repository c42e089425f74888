"""What every answer of matching is made from: the rules and weights of the moment, parties by kind, vectors, a comparer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from copilot.community.access import Actor
from copilot.community.permission import is_seen_by
from copilot.community.prepared import Prepared
from copilot.community.store import Store, Unit
from copilot.community.tables import Member, ScoreWeights
from copilot.errors import InvalidInput, NotFound
from copilot.matching.learning.versions import CODE_VERSION, VersionStatus, active_weights
from copilot.matching.models import MAX_MATCHES, MatchKind
from copilot.matching.occasions import read_events, read_threads
from copilot.matching.proposing.candidates import Finder
from copilot.matching.proposing.open_questions import Openings, OpenQuestions
from copilot.matching.records import (
    Party,
    Setting,
    read_members,
    read_resources,
    read_setting,
    vector_ids,
    with_statements,
)
from copilot.matching.scores.background import Side, Vectors
from copilot.matching.scores.census import Census
from copilot.matching.scores.comparison import Comparer, Comparison
from copilot.matching.scores.scoring import Weights
from copilot.settings import MatchingSettings
from copilot.vectors.index import VectorIndex

DIGITS = 4
# A question is answered by what somebody has and is; everything else meets what they want and have.
_ASPECTS: dict[MatchKind, tuple[Side, ...]] = {"thread": ("has", "is")}

# Most communities have learnt nothing yet.
_LEARNT = Prepared(select(ScoreWeights.id).where(ScoreWeights.status == VersionStatus.ACTIVE.value).limit(1))


@dataclass(frozen=True)
class Basis:
    """What one request is answered by, read once."""

    setting: Setting
    weights: Weights
    weights_version: int


class Sources:
    """Reads parties and their vectors, and makes what compares them. Safe to share between threads."""

    def __init__(
        self, store: Store, index: VectorIndex, embedder: str, prior: Weights, limits: MatchingSettings
    ) -> None:
        self.store = store
        self.index = index
        self.census = Census(store, index, embedder)
        self._open_questions = OpenQuestions(store, index)
        self._prior = prior
        self._limits = limits

    def basis(self, unit: Unit) -> Basis:
        """Return the community's setting and the weights in force."""
        version, weights = CODE_VERSION, self._prior
        if unit.rows(_LEARNT):
            version, weights = active_weights(unit, self._prior)
        return Basis(read_setting(unit, self._limits), weights, version)

    def openings(self, community_id: str, kind: MatchKind) -> Openings:
        """Return the open questions when they are what is looked for, else none."""
        return self._open_questions.of(community_id) if kind == "thread" else Openings()

    def targets(
        self, unit: Unit, setting: Setting, kind: MatchKind, ids: Iterable[str], open_ids: Collection[str] = ()
    ) -> dict[str, Party]:
        """Return the targets of one kind that exist, by id; members come without texts."""
        if kind == "member":
            return read_members(unit, ids)
        if kind == "resource":
            return read_resources(unit, ids)
        if kind == "event":
            return read_events(unit, setting, ids)
        return read_threads(unit, setting, ids, open_ids)

    def finder(self, community_id: str) -> Finder:
        """Return what finds candidates there."""
        return Finder(self.index, self.census.background(community_id), self.census.lexicon(community_id))

    def vectors(self, community_id: str, parties: Sequence[Party]) -> dict[str, Vectors]:
        """Return the stored vectors of the parties' texts; those not made yet are absent.

        Raises:
            IndexUnavailable: the vector index fails.
        """
        found: dict[str, Vectors] = {}
        for side, record_ids in vector_ids(parties).items():
            found |= self.index.fetch(community_id, side, record_ids)
        return found

    def comparer(self, basis: Basis, parties: Sequence[Party], vectors: dict[str, Vectors]) -> Comparer:
        """Return what compares these parties."""
        community_id = basis.setting.community_id
        background, lexicon = self.census.background(community_id), self.census.lexicon(community_id)
        return Comparer(background, lexicon, basis.weights, parties, vectors)


def read_asker(unit: Unit, member_id: str, kind: MatchKind) -> Party:
    """Return the member with the texts that count beside a target of `kind`.

    Raises:
        NotFound: there is no such member here.
    """
    found = read_members(unit, [member_id]).get(member_id)
    if found is None:
        raise NotFound(f"there is no member {member_id!r} in this community", kind="member", id=member_id)
    return with_texts(unit, [found], kind)[0]


def read_target(
    sources: Sources, unit: Unit, setting: Setting, actor: Actor, target: tuple[MatchKind, str], openings: Openings
) -> Party:
    """Return the target of a kind and id; a member comes without texts.

    Raises:
        NotFound: there is none here, or it belongs to somebody hidden from the actor.
    """
    kind, target_id = target
    found = sources.targets(unit, setting, kind, [target_id], openings.ids).get(target_id)
    person = unit.find(Member, found.person_id) if found is not None and found.person_id else None
    if found is None or (person is not None and not is_seen_by(actor, person)):
        raise NotFound(f"there is no {kind} {target_id!r} in this community", kind=kind, id=target_id)
    return found


def with_texts(unit: Unit, members: Sequence[Party], kind: MatchKind) -> list[Party]:
    """Return members with the texts that count beside a target of `kind`."""
    return with_statements(unit, members, _ASPECTS.get(kind, ("wants", "has")))


def rounded(found: Comparison) -> dict[str, float]:
    """Return the components as they are shown and stored."""
    return {name: round(value, DIGITS) for name, value in found.components.items()}


def check_count(n: int) -> None:
    """Pass when `n` results may be asked for.

    Raises:
        InvalidInput: it is out of bounds.
    """
    if not 1 <= n <= MAX_MATCHES:
        raise InvalidInput(f"n must be between 1 and {MAX_MATCHES}", field="n", limit=MAX_MATCHES)
