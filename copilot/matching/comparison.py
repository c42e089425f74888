"""Compares one member with members, resources, events or questions: every text pair, every component, the score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from copilot.matching.affinity import context_components
from copilot.matching.background import SIDES, Background, Vectors, text_language
from copilot.matching.lexicon import Lexicon, Terms, overlap
from copilot.matching.models import Direction
from copilot.matching.records import Party, Statement
from copilot.matching.scoring import (
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
from copilot.matching.wholes import Wholes

DIRECTIONS: tuple[Direction, ...] = ("forward", "backward")


@dataclass(frozen=True)
class TextPair:
    """A want beside an offer; all numbers 0-1."""

    want: Statement
    offer: Statement
    dense: float
    lexical: float
    relevance: float


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
        self._lexicon = lexicon
        self._weights = weights
        self._wholes = Wholes(background, weights, [party.whole for party in parties], vectors)
        self._terms: dict[str, Terms] = {}
        self._centred: dict[str, Vectors] = {}
        self._crowding: dict[str, float] = {}
        statements = {item.record_id: item for party in parties for item in (*party.wants, *party.offers)}
        for side in SIDES:
            chosen = [item for item in statements.values() if item.side == side and item.record_id in vectors]
            if not chosen:
                continue
            plain = np.stack([vectors[item.record_id] for item in chosen])
            centred = background.centre(side, plain, [text_language(item.text) for item in chosen])
            crowding = background.crowding(side, centred)
            for item, vector, crowded in zip(chosen, centred, crowding, strict=True):
                self._centred[item.record_id] = vector
                self._crowding[item.record_id] = float(crowded)

    def compare(self, asker: Party, target: Party) -> Comparison:
        """Return the comparison; a resource or an event only helps the asker, a question is only helped by the asker."""
        light = self._wholes.light(asker.whole.record_id, target.whole.record_id)
        forward, words_forward = self._direction(asker.wants, target.offers, light)
        backward, words_backward = self._direction(target.wants, asker.offers, light)
        gain = direction_score(_relevances(forward), self._weights)
        help_given = direction_score(_relevances(backward), self._weights)
        components: dict[str, float] = {}
        if target.kind == "member":
            components |= {"forward": gain, "backward": help_given}
            worth, mutuality = relevance(gain, help_given, self._weights)
            words = (words_forward + words_backward) / 2.0
        elif target.kind == "thread":
            components["backward"] = help_given
            worth, mutuality, words = help_given, Mutuality.THEY_GAIN, words_backward
        else:
            components["forward"] = gain
            worth, mutuality, words = gain, Mutuality.YOU_GAIN, words_forward
        context = context_components(asker, target)
        nearness = self._wholes.nearness(asker.whole.record_id, target.whole.record_id)
        components |= {"lexical": words, "profile": nearness} | context
        score = total_score(worth, context, self._weights)
        return Comparison(target, score, worth, mutuality, components, forward, backward)

    def typical(self, statements: Sequence[Statement]) -> Statement | None:
        """Return the text that is nearest to all others of one side, the first by id of equals; None without any."""
        known = sorted((item for item in statements if item.record_id in self._centred), key=lambda item: item.record_id)
        if not known:
            return min(statements, key=lambda item: item.record_id, default=None)
        matrix = np.stack([self._centred[item.record_id] for item in known])
        return known[int(np.argmax((matrix @ matrix.T).sum(axis=1)))]

    def _direction(
        self, wants: Sequence[Statement], offers: Sequence[Statement], light: float
    ) -> tuple[list[TextPair], float]:
        """Return all pairs, best first, and the largest overlap in words."""
        if not wants or not offers:
            return [], 0.0
        dense = self._dense(wants, offers, light)
        lexical = overlap(self._weighed(wants), self._weighed(offers), self._weights.full_overlap)
        fused = fuse(dense, lexical, self._weights.lexical)
        pairs = [
            TextPair(want, offer, float(dense[row, column]), float(lexical[row, column]), float(fused[row, column]))
            for row, want in enumerate(wants)
            for column, offer in enumerate(offers)
        ]
        ordered = sorted(pairs, key=lambda pair: (-pair.relevance, pair.want.record_id, pair.offer.record_id))
        return ordered, float(lexical.max())

    def _dense(self, wants: Sequence[Statement], offers: Sequence[Statement], light: float) -> Matrix:
        """Return calibrated relevance (w, o) in the light of the whole; pairs of which a vector is missing have 0."""
        result = np.zeros((len(wants), len(offers)))
        rows = [row for row, item in enumerate(wants) if item.record_id in self._centred]
        columns = [column for column, item in enumerate(offers) if item.record_id in self._centred]
        if rows and columns:
            mine = [wants[row].record_id for row in rows]
            yours = [offers[column].record_id for column in columns]
            cosines = np.stack([self._centred[i] for i in mine]) @ np.stack([self._centred[i] for i in yours]).T
            margin = margins(
                cosines.astype(np.float64),
                np.asarray([self._crowding[i] for i in mine]),
                np.asarray([self._crowding[i] for i in yours]),
            )
            result[np.ix_(rows, columns)] = calibrate(margin + light, self._weights)
        return result

    def _weighed(self, statements: Sequence[Statement]) -> list[Terms]:
        for item in statements:
            if item.record_id not in self._terms:
                self._terms[item.record_id] = self._lexicon.terms(item.text)
        return [self._terms[item.record_id] for item in statements]


def _relevances(pairs: Sequence[TextPair]) -> Matrix:
    return np.asarray([pair.relevance for pair in pairs], dtype=np.float64)
