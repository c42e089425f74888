"""Words in common between two texts, Chinese and Latin, weighed by how rare they are in the community."""

from __future__ import annotations

import heapq
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import add

import numpy as np

from copilot.matching.scores.scoring import Matrix

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_RUN = re.compile(rf"[{_HAN}]+|[a-z0-9][a-z0-9+#]*")
_READ_CHARS = 1000
# A term in more than this share of the texts names no candidates: it would name nearly everybody.
_COMMON_SHARE = 0.05
# Texts whose words are kept counted, 3 KB each: those of a community of two thousand members.
_REMEMBERED = 8192

Terms = Mapping[str, float]


def tokens(text: str) -> list[str]:
    """Return the terms of a text's first 1,000 characters: overlapping pairs of Han characters, and Latin words.

    A Han character that stands alone between other scripts is a term by itself.
    """
    found: list[str] = []
    for run in _RUN.findall(text[:_READ_CHARS].casefold()):
        if run[0].isascii() or len(run) == 1:
            found.append(run)
        else:
            found.extend(map(add, run, run[1:]))
    return found


@lru_cache(maxsize=_REMEMBERED)
def counted(text: str) -> Mapping[str, int]:
    """Return how often each term is in a text; not to be changed, the latest ones are remembered."""
    return Counter(tokens(text))


@dataclass(frozen=True)
class Lexicon:
    """How rare each term is among `size` texts, and whose texts of which aspect use it.

    Attributes:
        document_frequency: number of texts that hold the term.
        owners: (aspect, term) -> ids of those whose texts hold it.
    """

    size: int
    document_frequency: Mapping[str, int]
    owners: Mapping[tuple[str, str], tuple[str, ...]]

    @classmethod
    def build(cls, texts: Iterable[tuple[str, str, str]]) -> Lexicon:
        """Build from (owner id, aspect, text)."""
        frequency: Counter[str] = Counter()
        owners: dict[tuple[str, str], dict[str, None]] = {}
        size = 0
        for owner_id, aspect, text in texts:
            size += 1
            terms = set(tokens(text))
            frequency.update(terms)
            for term in terms:
                owners.setdefault((aspect, term), {})[owner_id] = None
        return cls(size, dict(frequency), {key: tuple(ids) for key, ids in owners.items()})

    def rarity(self, term: str) -> float:
        """Return the inverse document frequency of `term`, above 0 (BM25's form)."""
        return self._rarities.get(term, self._unheard)

    @cached_property
    def _rarities(self) -> dict[str, float]:
        return {term: self._rarity(frequency) for term, frequency in self.document_frequency.items()}

    @cached_property
    def _unheard(self) -> float:
        return self._rarity(0)

    def _rarity(self, frequency: int) -> float:
        return math.log(1.0 + (self.size - frequency + 0.5) / (frequency + 0.5))

    def terms(self, text: str) -> Terms:
        """Return the weights of a text's terms, of unit length; empty for a text without any."""
        return self.weights(counted(text))

    def weights(self, counts: Mapping[str, int]) -> Terms:
        """Return the same for terms that are counted already."""
        rarities, unheard = self._rarities, self._unheard
        # Nearly every term is there once, and the logarithm of 1 is 0.
        weights = {
            term: rarities.get(term, unheard) * (1.0 if n == 1 else 1.0 + math.log(n)) for term, n in counts.items()
        }
        length = math.sqrt(sum([weight * weight for weight in weights.values()]))
        return {term: weight / length for term, weight in weights.items()} if length > 0 else {}

    def named(self, aspect: str, texts: Sequence[str], limit: int) -> list[str]:
        """Return up to `limit` owners whose texts of `aspect` share the rarest terms with `texts`, best first."""
        gathered: defaultdict[str, int] = defaultdict(int)
        common = max(5.0, _COMMON_SHARE * self.size)
        for term in {term for text in texts for term in counted(text)}:
            owners = self.owners.get((aspect, term))
            if owners and self.document_frequency.get(term, 0) <= common:
                worth = round(1000 * self.rarity(term))
                for owner_id in owners:
                    gathered[owner_id] += worth
        if len(gathered) > limit:
            # Who is below the last of the best cannot be named: few are left to be put in order.
            least = heapq.nlargest(limit, gathered.values())[-1]
            gathered = defaultdict(int, {owner: worth for owner, worth in gathered.items() if worth >= least})
        return sorted(gathered, key=lambda owner: (-gathered[owner], owner))[:limit]


class WordTable:
    """Texts and their words, by record id: counted when first met, weighed only when another shares one of them."""

    def __init__(self, lexicon: Lexicon, full: float) -> None:
        """Compare by `lexicon`; a cosine of `full` or more counts as 1."""
        self._lexicon = lexicon
        self._full = full
        self._counts: dict[str, Mapping[str, int]] = {}
        self._terms: dict[str, Terms] = {}

    def overlap(self, left: Sequence[tuple[str, str]], right: Sequence[tuple[str, str]]) -> Matrix:
        """Return words in common between (record id, text) as (len(left), len(right)), 0-1; see `overlap`."""
        result = np.zeros((len(left), len(right)))
        theirs = [self._counted(record_id, text) for record_id, text in right]
        for row, (record_id, text) in enumerate(left):
            are_apart = self._counted(record_id, text).keys().isdisjoint
            for column in (column for column, counts in enumerate(theirs) if not are_apart(counts)):
                result[row, column] = _product(self._weighed(record_id), self._weighed(right[column][0]))
        return np.minimum(result / self._full, 1.0)

    def _counted(self, record_id: str, text: str) -> Mapping[str, int]:
        found = self._counts.get(record_id)
        if found is None:
            found = self._counts[record_id] = counted(text)
        return found

    def _weighed(self, record_id: str) -> Terms:
        if record_id not in self._terms:
            self._terms[record_id] = self._lexicon.weights(self._counts[record_id])
        return self._terms[record_id]


def overlap(left: Sequence[Terms], right: Sequence[Terms], full: float) -> Matrix:
    """Return words in common as (len(left), len(right)), 0-1; a cosine of `full` or more counts as 1."""
    result = np.zeros((len(left), len(right)))
    for row, mine in enumerate(left):
        for column, yours in enumerate(right):
            result[row, column] = _product(mine, yours)
    return np.minimum(result / full, 1.0)


def _product(mine: Terms, yours: Terms) -> float:
    few, many = (mine, yours) if len(mine) <= len(yours) else (yours, mine)
    return sum(weight * many[term] for term, weight in few.items() if term in many)
