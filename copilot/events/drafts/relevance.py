"""How well records fit a topic: rare words they share with it, and meaning where a vector index helps. Pure.

Words decide and vectors assist: over a few hundred short texts a small embedder ranks the right person high but never
says how far anyone is from right, while a shared rare word is evidence that a person can read.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from copilot.events.words import content_words
from copilot.vectors.index import VectorHit

WORD_SHARE, MEANING_SHARE = 0.65, 0.35
# Below this a record is no candidate: nobody is better than anybody. Fitted by eye on 24 topics of the sample community.
MIN_SCORE = 0.33
_SIDE_WEIGHT = 0.5  # a word in what somebody is says less than one in what they have
_UNSEEN_WEIGHT = 0.3  # pairs of characters that no record holds are mostly no words at all
# Words that one record in eight holds, such as AI among founders, say little when they are all that is shared.
_COMMON_SHARE, _COMMON_WEIGHT, _ENOUGH_RECORDS = 0.125, 0.5, 20
_MIN_HITS = 5
# Robust z-scores of a cosine among the hits, from no evidence to full.
_Z_FROM, _Z_TO = 1.5, 4.0
_MAD_TO_SIGMA = 1.4826
_LEAST_SPREAD = 0.005  # differences of cosine below this are noise


@dataclass(frozen=True)
class Profile:
    """The words of one record: `main` of what it offers, `side` of what else is said there."""

    record_id: str
    main: frozenset[str]
    side: frozenset[str] = frozenset()

    @classmethod
    def of(cls, record_id: str, main: Sequence[str], side: Sequence[str] = ()) -> Profile:
        """Make a profile of texts."""
        return cls(record_id, frozenset(content_words("\n".join(main))), frozenset(content_words("\n".join(side))))


def word_scores(topic: str, profiles: Sequence[Profile]) -> dict[str, float]:
    """Return by record id how much of the topic its words cover, 0 to 1; words that few records hold weigh more."""
    wanted = content_words(topic)
    if not wanted or not profiles:
        return {}
    held = Counter(word for profile in profiles for word in wanted & (profile.main | profile.side))
    weight = {word: math.log(1 + len(profiles) / max(held[word], 1)) for word in wanted}
    total = sum(weight[word] * (1.0 if held[word] else _UNSEEN_WEIGHT) for word in wanted)
    often = len(profiles) * _COMMON_SHARE if len(profiles) >= _ENOUGH_RECORDS else len(profiles)
    common = {word for word in wanted if held[word] > often}
    scores = {}
    for profile in profiles:
        found = sum(weight[w] for w in wanted & profile.main)
        found += _SIDE_WEIGHT * sum(weight[w] for w in (wanted & profile.side) - profile.main)
        if found:
            shared = wanted & (profile.main | profile.side)
            weak = len(wanted) > 1 and shared <= common
            scores[profile.record_id] = min(found / total, 1.0) * (_COMMON_WEIGHT if weak else 1.0)
    return scores


def meaning_scores(hits: Sequence[VectorHit]) -> dict[str, float]:
    """Return by record id how far a hit stands out from the others, 0 to 1; too few or equal hits say nothing."""
    if len(hits) < _MIN_HITS:
        return {}
    middle = median(hit.similarity for hit in hits)
    if max(hit.similarity for hit in hits) - middle <= _LEAST_SPREAD:
        return {}
    spread = max(_MAD_TO_SIGMA * median(abs(hit.similarity - middle) for hit in hits), _LEAST_SPREAD)
    return {
        hit.record_id: min(max(((hit.similarity - middle) / spread - _Z_FROM) / (_Z_TO - _Z_FROM), 0.0), 1.0)
        for hit in hits
    }


def combine(words: float, meaning: float | None) -> float:
    """Return one score, 0 to 1; without an index (None) the words stand alone."""
    return words if meaning is None else WORD_SHARE * words + MEANING_SHARE * meaning


def best_per_owner(scores: Mapping[str, float], owner_of: Mapping[str, str]) -> dict[str, float]:
    """Return the highest score among the texts of each owner."""
    best: dict[str, float] = {}
    for record_id, score in scores.items():
        owner = owner_of.get(record_id)
        if owner is not None and score > best.get(owner, -1.0):
            best[owner] = score
    return best
