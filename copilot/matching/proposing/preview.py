"""A first look at hundreds of members: what their vectors alone say, so that only the most promising are read and compared.

The score of the comparison without words and context, and with the usual crowding in place of each text's own. It decides
who is looked at closely, never what is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from copilot.matching.records import Party, Statement
from copilot.matching.scores.background import LANGUAGES, Background, Side, Vectors, text_language
from copilot.matching.scores.scoring import Matrix, Weights, calibrate
from copilot.vectors.index import OwnedVectors, VectorIndex

_SHORTEST = 1e-12


class Preview:
    """Looks at members of one community beside one asker."""

    def __init__(
        self, index: VectorIndex, background: Background, weights: Weights, asker: Party, vectors: Mapping[str, Vectors]
    ) -> None:
        """Prepare for `asker`, who comes with statements and their vectors (d,) by record id."""
        self._index = index
        self._background = background
        self._weights = weights
        self._asker = asker
        self._vectors = vectors

    def relevances(self, community_id: str, member_ids: Sequence[str]) -> Matrix | None:
        """Return the relevance of each member, (m,), 0-1; None where the index cannot say at once what they hold."""
        sides: tuple[Side, ...] = ("profile", "has", "wants")
        found = {side: self._index.of_owners(community_id, side, member_ids) for side in sides}
        profile, offers, wants = found["profile"], found["has"], found["wants"]
        if profile is None or offers is None or wants is None:
            return None
        light = self._light(profile, len(member_ids))
        forward = self._direction(self._asker.wants, "wants", (offers, "has"), light)
        backward = self._direction(self._asker.offers, "has", (wants, "wants"), light)
        both = forward + backward
        mutual = np.divide(2.0 * forward * backward, both, out=np.zeros_like(both), where=both > 0.0)
        worth: Matrix = np.maximum(mutual, self._weights.one_sided * np.maximum(forward, backward))
        return worth

    def _light(self, profile: OwnedVectors, members: int) -> Matrix:
        light = np.full(members, min(self._weights.unknown_profile, self._weights.most_profile))
        margins = self._margins([self._asker.whole], "profile", (profile, "profile"))
        if margins.size:
            light[profile.owners] = np.minimum(margins[0], self._weights.most_profile)
        return self._weights.profile * light

    def _direction(
        self, mine: Sequence[Statement], side: Side, theirs: tuple[OwnedVectors, Side], light: Matrix
    ) -> Matrix:
        """Return (m,): the rank-weighted mean of each member's best pairs."""
        owners = theirs[0].owners
        margins = self._margins(mine, side, theirs)
        found = np.zeros(len(light))
        if not margins.size:
            return found
        dense = calibrate(margins + light[owners], self._weights)
        # One row a member, as wide as the most texts that one of them has; what is not there is -1 and ranks last.
        order = np.argsort(owners, kind="stable")
        counts = np.bincount(owners, minlength=len(light))
        place = np.arange(len(owners)) - np.repeat(np.cumsum(counts) - counts, counts)
        table = np.full((len(light), int(counts.max()), len(margins)), -1.0)
        table[owners[order], place] = dense.T[order]
        ranks = np.asarray(self._weights.ranks)
        best = -np.sort(-table.reshape(len(light), -1), axis=1)[:, : len(ranks)]
        shares = np.where(best >= 0.0, ranks[: best.shape[1]], 0.0)
        total = shares.sum(axis=1)
        known = total > 0.0
        found[known] = (np.maximum(best, 0.0) * shares).sum(axis=1)[known] / total[known]
        return found

    def _margins(self, mine: Sequence[Statement], side: Side, theirs: tuple[OwnedVectors, Side]) -> Matrix:
        """Return (s, k) margins of the asker's statements that have a vector and the others' vectors."""
        known = [item for item in mine if item.record_id in self._vectors]
        owned, other = theirs
        if not known or not len(owned.owners):
            return np.zeros((0, 0))
        plain = np.stack([self._vectors[item.record_id] for item in known])
        asked = self._background.centre(side, plain, [text_language(item.text) for item in known])
        usual = self._background.usual_crowding[side] + self._background.usual_crowding[other]
        margins: Matrix = 2.0 * self._cosines(asked, owned.vectors, other) - usual
        return margins

    def _cosines(self, asked: Vectors, vectors: Vectors, side: Side) -> Matrix:
        """Return the cosines (s, k) of centred vectors and those of `side` as if these were centred, too.

        (x - m) . q = x . q - m . q, and |x - m| follows from x . m: one product instead of a copy of all vectors. A text's
        language is that of the nearer mean, since the texts are not read yet.
        """
        nothing = np.zeros(vectors.shape[1], dtype=np.float32)
        means = np.stack([self._background.means.get((side, language), nothing) for language in LANGUAGES])
        products = (vectors @ np.concatenate([asked, means]).T).astype(np.float64)
        squares = (means.astype(np.float64) ** 2).sum(axis=1)
        distances = 1.0 - 2.0 * products[:, len(asked) :] + squares  # (k, l), squared
        nearest = distances.argmin(axis=1)
        lengths = np.sqrt(np.maximum(distances[np.arange(len(vectors)), nearest], _SHORTEST))
        shifts = (asked @ means.T).astype(np.float64)[:, nearest]
        cosines: Matrix = (products[:, : len(asked)].T - shifts) / lengths
        return cosines
