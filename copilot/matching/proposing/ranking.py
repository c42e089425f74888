"""Everybody on the shortlist compared, and those good enough in order: the heart of every list of matches."""

from __future__ import annotations

from dataclasses import dataclass

from copilot.matching.models import Exclusion
from copilot.matching.proposing.shortlist import Shortlist, Wish, draw_shortlist
from copilot.matching.records import Party
from copilot.matching.scores.comparison import Comparer, Comparison
from copilot.matching.sources import Basis, Sources


@dataclass(frozen=True)
class Ranked:
    """All that were compared.

    Attributes:
        listed: who they were, and why others were not.
        comparer: what compared them.
        good: those good enough and those operators want proposed, the latter first, then best first.
        short: the others.
        is_indexed: whether every text of the asker has its vector.
    """

    listed: Shortlist
    comparer: Comparer
    good: list[Comparison]
    short: list[Comparison]
    is_indexed: bool


def rank(sources: Sources, basis: Basis, asker: Party, wish: Wish) -> Ranked:
    """Return what fits the asker, who comes with the texts that count for this kind.

    Raises:
        IndexUnavailable: the vector index fails.
    """
    community_id = basis.setting.community_id
    vectors = sources.vectors(community_id, [asker])
    listed = draw_shortlist(sources, basis, asker, vectors, wish)
    vectors |= sources.vectors(community_id, listed.targets)
    comparer = sources.comparer(basis, [asker, *listed.targets], vectors)
    bar = basis.weights.bar(wish.kind)
    good: list[Comparison] = []
    short: list[Comparison] = []
    for found in comparer.compare_all(asker, listed.targets):
        is_good = found.relevance >= bar or found.target.id in listed.required
        (good if is_good else short).append(found)
    if short:
        listed.excluded[Exclusion.LOW_SCORE] += len(short)
    good.sort(key=lambda found: (found.target.id not in listed.required, -found.score, found.target.id))
    is_indexed = all(item.record_id in vectors for item in (*asker.wants, *asker.offers))
    return Ranked(listed, comparer, good, short, is_indexed)
