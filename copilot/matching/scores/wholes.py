"""How near two parties are as wholes: a member's profile, a resource, an event or a question, each by its one vector.

A single sentence says little of its context; two profiles side by side say which reading of it is meant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from copilot.matching.records import Statement
from copilot.matching.scores.background import SIDES, Background, Vectors, text_language
from copilot.matching.scores.scoring import Matrix, Weights, calibrate


class Wholes:
    """Centred vectors of wholes and how crowded it is around each; made once a request."""

    def __init__(
        self, background: Background, weights: Weights, wholes: Sequence[Statement], vectors: Mapping[str, Vectors]
    ) -> None:
        """Centre the wholes that have a vector, in one batch a side; the others are near nobody and far from nobody."""
        self._weights = weights
        self._centred: dict[str, Vectors] = {}
        self._crowding: dict[str, float] = {}
        for side in SIDES:
            chosen = {item.record_id: item for item in wholes if item.side == side and item.record_id in vectors}
            if not chosen:
                continue
            plain = np.stack([vectors[record_id] for record_id in chosen])
            centred = background.centre(side, plain, [text_language(item.text) for item in chosen.values()])
            crowding = background.crowding_as_a_whole(centred)
            for record_id, vector, crowded in zip(chosen, centred.astype(np.float64), crowding, strict=True):
                self._centred[record_id] = vector
                self._crowding[record_id] = float(crowded)

    def margin(self, one: str, other: str) -> float:
        """Return how far these two stand out: twice their cosine minus the crowding of both; 0 is rare."""
        return float(self.margins_of(one, [other])[0])

    def margins(self, ids: Sequence[str]) -> Matrix:
        """Return `margin` of all pairs, (n, n)."""
        found = np.full((len(ids), len(ids)), self._weights.unknown_profile)
        known = [at for at, record_id in enumerate(ids) if record_id in self._centred]
        if known:
            vectors = np.stack([self._centred[ids[at]] for at in known])
            crowding = np.asarray([self._crowding[ids[at]] for at in known])
            found[np.ix_(known, known)] = 2.0 * vectors @ vectors.T - crowding[:, None] - crowding[None, :]
        return found

    def margins_of(self, one: str, others: Sequence[str]) -> Matrix:
        """Return `margin` of one beside each of the others, (n,)."""
        found = np.full(len(others), self._weights.unknown_profile)
        known = [at for at, other in enumerate(others) if other in self._centred]
        if one in self._centred and known:
            vectors = np.stack([self._centred[others[at]] for at in known])
            crowding = np.asarray([self._crowding[others[at]] for at in known])
            found[known] = 2.0 * (vectors @ self._centred[one]) - self._crowding[one] - crowding
        return found

    def light(self, one: str, other: str) -> float:
        """Return what the two wholes add to the margin of each text pair of theirs."""
        return float(self.light_of(self.margins_of(one, [other]))[0])

    def lights(self, ids: Sequence[str]) -> Matrix:
        """Return `light` of all pairs, (n, n)."""
        return self.light_of(self.margins(ids))

    def light_of(self, margins: Matrix) -> Matrix:
        """Return `light` for margins that are known."""
        found: Matrix = self._weights.profile * np.minimum(margins, self._weights.most_profile)
        return found

    def nearness(self, one: str, other: str) -> float:
        """Return the margin on the scale of text pairs, 0-1."""
        return float(self.nearness_of(self.margins_of(one, [other]))[0])

    def nearness_of(self, margins: Matrix) -> Matrix:
        """Return `nearness` for margins that are known."""
        return calibrate(margins, self._weights)
