"""Scores and comparisons among members who are already chosen, from their stored vectors: what rounds and teams ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from copilot.matching.records import Party, vector_ids
from copilot.matching.scores.background import Background, Vectors
from copilot.matching.scores.census import Census
from copilot.matching.scores.comparison import Comparer
from copilot.matching.scores.lexicon import Lexicon
from copilot.matching.scores.pair_matrix import PairScores, score_pairs
from copilot.matching.scores.scoring import Weights
from copilot.vectors.index import VectorIndex


@dataclass(frozen=True)
class Circle:
    """Some members of a community, their vectors and the weights in force."""

    community_id: str
    weights: Weights
    parties: Sequence[Party]
    vectors: dict[str, Vectors]


class PairScorer:
    """Compares within a circle. Safe to share between threads."""

    def __init__(self, index: VectorIndex, census: Census) -> None:
        self._index = index
        self._census = census

    def circle(self, community_id: str, weights: Weights, parties: Sequence[Party]) -> Circle:
        """Return the circle of `parties`, who come with statements and activity.

        Raises:
            IndexUnavailable: the vector index fails.
        """
        vectors: dict[str, Vectors] = {}
        for side, record_ids in vector_ids(parties).items():
            vectors |= self._index.fetch(community_id, side, record_ids)
        return Circle(community_id, weights, parties, vectors)

    def scores(self, circle: Circle) -> PairScores:
        """Return the scores of all pairs of the circle."""
        return score_pairs(*self.ground(circle.community_id), circle.weights, circle.parties, circle.vectors)

    def comparer(self, circle: Circle) -> Comparer:
        """Return what compares two of the circle text by text."""
        return Comparer(*self.ground(circle.community_id), circle.weights, circle.parties, circle.vectors)

    def ground(self, community_id: str) -> tuple[Background, Lexicon]:
        """Return what all texts of the community are held against."""
        return self._census.background(community_id), self._census.lexicon(community_id)
