"""What a member could write about: demand x evidence, then gaps they can fill, without what others were given already."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from copilot.community.demand import DemandRules
from copilot.embeddings.base import Embedder
from copilot.knowledge import KnowledgeBase
from copilot.topics.affinity import FitWeights, Reference
from copilot.topics.demand_report import Published
from copilot.topics.gaps import Free, GapRules, gaps
from copilot.topics.library import ContentLibrary
from copilot.topics.novelty import novelty_of
from copilot.topics.pairing import Candidate, Demanded, candidates, demanded, new_only
from copilot.topics.records import Gathered
from copilot.topics.vectors import TopicVectors, Vector
from copilot.topics.wording import say
from copilot.vectors.index import VectorIndex


@dataclass(frozen=True)
class Found:
    """What was found for one member, and what it was compared by.

    Attributes:
        candidates: best first; gaps come last.
        demand: what is asked.
        vectors: unit vectors (d,) of questions, statements and wants by record id.
        background: unit vectors (m, d) of what is asked in general.
        taken: what could not be given to this member when they were looked at.
    """

    candidates: list[Candidate]
    demand: Demanded
    vectors: dict[str, Vector]
    background: NDArray[np.float32]
    taken: frozenset[str]


class TopicFinder:
    """Finds topics by vectors and rules. Safe between threads."""

    def __init__(self, index: VectorIndex, embedder: Embedder, knowledge: KnowledgeBase | None) -> None:
        self._library = ContentLibrary(knowledge, embedder)
        self._reference = Reference(embedder)
        self._vectors = TopicVectors(index, embedder)
        self._dimension = embedder.dimension
        self.demand_rules = DemandRules()
        self._fit_weights = FitWeights()
        self._gap_rules = GapRules()

    def questions(self, community_id: str, message_ids: Sequence[str]) -> dict[str, Vector]:
        """Return the vectors of questions by id; missing ones are absent."""
        return self._vectors.questions(community_id, message_ids)

    def published(self, community_id: str, locale: str, subject_ids: frozenset[str]) -> Published:
        """Return what a new topic must not repeat: articles, and what published topics are about."""
        subjects = self._vectors.subjects(community_id, dict.fromkeys(sorted(subject_ids), ""))
        titles = [*self._library.titles(locale), *(say(locale, "published") for _ in subjects)]
        return Published(np.vstack([self._library.vectors(locale), *subjects.values()]), titles)

    def find(self, community_id: str, gathered: Gathered) -> Found:
        """Return what the member could write about."""
        vectors = self._vectors.of(community_id, gathered)
        demand = demanded(gathered, vectors, self.demand_rules)
        general = [line.id for line in gathered.window if line.is_question and line.id in vectors]
        content = self.published(community_id, gathered.community.locale, gathered.published).vectors
        asked = candidates(gathered, demand, vectors, self._reference, self._fit_weights)
        asked = new_only(asked, vectors, general, content, self.demand_rules)
        background = self._stacked([vectors[record_id] for record_id in general])
        given = self._stacked(list(self._vectors.subjects(community_id, gathered.given).values()))
        asked = self._not_given(asked, vectors, given, background)
        used = {record_id for item in asked for _, record_id, _ in item.evidence}
        free = gaps(gathered, vectors, content, self._reference, Free(demand.open, used), self._gap_rules)
        free = self._not_given(free, vectors, given, background)[: self._gap_rules.most_topics]
        return Found([*asked, *free], demand, vectors, background, gathered.taken)

    def is_still_free(self, found: Found, chosen: Collection[str], taken: frozenset[str]) -> bool:
        """Whether nothing that was given away since the look, `taken` now, is or means the same as what was chosen."""
        if taken & set(chosen):
            return False
        # No model is asked while the store is written: what is new and has no vector yet is compared by its id alone.
        lately = self._stacked([found.vectors[i] for i in sorted(taken - found.taken) if i in found.vectors])
        mine = {i: found.vectors[i] for i in chosen if i in found.vectors}
        return all(value > 0.0 for value in novelty_of(mine, lately, found.background, self.demand_rules).values())

    def _not_given(
        self,
        found: Sequence[Candidate],
        vectors: dict[str, Vector],
        given: NDArray[np.float32],
        background: NDArray[np.float32],
    ) -> list[Candidate]:
        """Leave out what says in other words what another member was given within the month."""
        asked = {item.question.id: vectors[item.question.id] for item in found if item.question.id in vectors}
        new = novelty_of(asked, given, background, self.demand_rules)
        return [item for item in found if new.get(item.question.id, 1.0) > 0.0]

    def _stacked(self, vectors: Sequence[Vector]) -> NDArray[np.float32]:
        return np.stack(vectors) if vectors else np.zeros((0, self._dimension), dtype=np.float32)
