"""Compares one member with members, resources, events or questions: every text pair, every component, the score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from typing import overload

import numpy as np

from copilot.matching.models import Direction
from copilot.matching.records import Party, Statement
from copilot.matching.scores.affinity import context_components
from copilot.matching.scores.background import SIDES, Background, Vectors, text_language
from copilot.matching.scores.lexicon import Lexicon, WordTable
from copilot.matching.scores.scoring import (
    Matrix,
    Mutuality,
    Strength,
    Weights,
    calibrate,
    direction_score,
    fuse,
    margins,
    relevance,
    strength,
    total_score,
)
from copilot.matching.scores.wholes import Wholes

DIRECTIONS: tuple[Direction, ...] = ("forward", "backward")


@dataclass(frozen=True)
class TextPair:
    """A want beside an offer; all numbers 0-1."""

    want: Statement
    offer: Statement
    dense: float
    lexical: float
    relevance: float


class TextPairs(Sequence[TextPair]):
    """All pairs of wants and offers, best first. They are made when one is asked for: most targets are never shown.

    Attributes:
        relevance: (w, o) of each pair, 0-1.
        words: the largest overlap in words, 0-1.
    """

    def __init__(
        self, wants: Sequence[Statement], offers: Sequence[Statement], dense: Matrix, lexical: Matrix, relevance: Matrix
    ) -> None:
        self.relevance = relevance
        self.words = max(lexical.ravel().tolist(), default=0.0)
        self._wants, self._offers = wants, offers
        self._dense, self._lexical = dense, lexical

    def turned(self) -> TextPairs:
        """Return the same pairs with wants and offers in each other's place."""
        return TextPairs(self._offers, self._wants, self._dense.T, self._lexical.T, self.relevance.T)

    def __len__(self) -> int:
        return self.relevance.size

    @overload
    def __getitem__(self, index: int) -> TextPair: ...

    @overload
    def __getitem__(self, index: slice) -> list[TextPair]: ...

    def __getitem__(self, index: int | slice) -> TextPair | list[TextPair]:
        return self._ordered[index]

    @cached_property
    def _ordered(self) -> list[TextPair]:
        numbers = self._dense.tolist(), self._lexical.tolist(), self.relevance.tolist()
        pairs = [
            TextPair(want, offer, *(table[row][column] for table in numbers))
            for row, want in enumerate(self._wants)
            for column, offer in enumerate(self._offers)
        ]
        return sorted(pairs, key=lambda pair: (-pair.relevance, pair.want.record_id, pair.offer.record_id))


@dataclass(frozen=True)
class Comparison:
    """The asker beside one target.

    Attributes:
        components: named, each 0-1; `forward` and `backward` as far as this kind of target has them.
        forward: pairs of the asker's wants and the target's offers, best first.
        backward: pairs of the target's wants and the asker's offers, best first.
    """

    target: Party
    score: float
    relevance: float
    mutuality: Mutuality
    components: Mapping[str, float]
    forward: Sequence[TextPair]
    backward: Sequence[TextPair]

    @property
    def strengths(self) -> dict[Direction, Strength]:
        """How sure each direction is, in a word."""
        return {name: strength(self.components[name]) for name in DIRECTIONS if name in self.components}


class Comparer:
    """Holds what all comparisons of one request share; vectors are centred once, in one batch a side.

    Texts without a vector are compared by words alone.
    """

    def __init__(
        self,
        background: Background,
        lexicon: Lexicon,
        weights: Weights,
        parties: Sequence[Party],
        vectors: Mapping[str, Vectors],
    ) -> None:
        self._weights = weights
        self._words = WordTable(lexicon, weights.full_overlap)
        self._wholes = Wholes(background, weights, [party.whole for party in parties], vectors)
        # All texts with a vector, one below the other: a comparison picks rows.
        self._places: dict[str, int] = {}
        statements = {item.record_id: item for party in parties for item in (*party.wants, *party.offers)}
        centred: list[Vectors] = []
        crowding: list[Matrix] = []
        for side in SIDES:
            chosen = [item for item in statements.values() if item.side == side and item.record_id in vectors]
            if not chosen:
                continue
            plain = np.stack([vectors[item.record_id] for item in chosen])
            centred.append(background.centre(side, plain, [text_language(item.text) for item in chosen]))
            crowding.append(background.crowding(side, centred[-1]))
            for item in chosen:
                self._places[item.record_id] = len(self._places)
        self._centred = np.concatenate(centred) if centred else np.zeros((0, 0), dtype=np.float32)
        self._crowding = np.concatenate(crowding) if crowding else np.zeros(0)

    def compare(self, asker: Party, target: Party) -> Comparison:
        """Return the comparison; a resource or an event only helps the asker, a question is only helped by the asker."""
        return self.compare_all(asker, [target])[0]

    def compare_all(self, asker: Party, targets: Sequence[Party]) -> list[Comparison]:
        """Return the comparisons with several targets in their order, made in one go."""
        apart = self._wholes.margins_of(asker.whole.record_id, [target.whole.record_id for target in targets])
        lights, near = self._wholes.light_of(apart), self._wholes.nearness_of(apart).tolist()
        forward = self._directions(asker.wants, [target.offers for target in targets], lights)
        backward = self._directions(asker.offers, [target.wants for target in targets], lights)
        return [
            self._comparison(asker, target, nearness, (there, back.turned()))
            for target, nearness, there, back in zip(targets, near, forward, backward, strict=True)
        ]

    def _comparison(
        self, asker: Party, target: Party, nearness: float, pairs: tuple[TextPairs, TextPairs]
    ) -> Comparison:
        forward, backward = pairs
        gain = direction_score(forward.relevance, self._weights)
        help_given = direction_score(backward.relevance, self._weights)
        components: dict[str, float] = {}
        if target.kind == "member":
            components |= {"forward": gain, "backward": help_given}
            worth, mutuality = relevance(gain, help_given, self._weights)
            words = (forward.words + backward.words) / 2.0
        elif target.kind == "thread":
            components["backward"] = help_given
            worth, mutuality, words = help_given, Mutuality.THEY_GAIN, backward.words
        else:
            components["forward"] = gain
            worth, mutuality, words = gain, Mutuality.YOU_GAIN, forward.words
        context = context_components(asker, target)
        components |= {"lexical": words, "profile": nearness} | context
        score = total_score(worth, context, self._weights)
        return Comparison(target, score, worth, mutuality, components, forward, backward)

    def typical(self, statements: Sequence[Statement]) -> Statement | None:
        """Return the text that is nearest to all others of one side, the first by id of equals; None without any."""
        known = sorted((item for item in statements if item.record_id in self._places), key=lambda item: item.record_id)
        if not known:
            return min(statements, key=lambda item: item.record_id, default=None)
        matrix = self._centred[[self._places[item.record_id] for item in known]]
        return known[int(np.argmax((matrix @ matrix.T).sum(axis=1)))]

    def _directions(
        self, mine: Sequence[Statement], theirs: Sequence[Sequence[Statement]], lights: Matrix
    ) -> list[TextPairs]:
        """Return the pairs of the asker's texts with those of each target, the asker's as wants."""
        flat = [item for items in theirs for item in items]
        counts = [len(items) for items in theirs]
        dense = self._dense(mine, flat, np.repeat(lights, counts))
        lexical = self._words.overlap(
            [(item.record_id, item.text) for item in mine], [(item.record_id, item.text) for item in flat]
        )
        fused = fuse(dense, lexical, self._weights.lexical)
        ends = list(accumulate(counts, initial=0))
        return [
            TextPairs(mine, items, dense[:, first:end], lexical[:, first:end], fused[:, first:end])
            for items, (first, end) in zip(theirs, pairwise(ends), strict=True)
        ]

    def _dense(self, mine: Sequence[Statement], yours: Sequence[Statement], lights: Matrix) -> Matrix:
        """Return calibrated relevance (m, y) in the light of the wholes, (y,); pairs of which a vector is missing have 0."""
        result = np.zeros((len(mine), len(yours)))
        rows = [row for row, item in enumerate(mine) if item.record_id in self._places]
        columns = [column for column, item in enumerate(yours) if item.record_id in self._places]
        if rows and columns:
            here = [self._places[mine[row].record_id] for row in rows]
            there = [self._places[yours[column].record_id] for column in columns]
            cosines = (self._centred[here] @ self._centred[there].T).astype(np.float64)
            margin = margins(cosines, self._crowding[here], self._crowding[there]) + lights[columns]
            result[np.ix_(rows, columns)] = calibrate(margin, self._weights)
        return result
