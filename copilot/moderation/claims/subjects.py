"""Which records a text is about: by code, by the rare words of a title, or sentence by sentence for free text. Pure."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from copilot.moderation.claims.models import RANK, Source
from copilot.moderation.claims.statements import Statement, parts, sentences, terms_of

# Of a title's weight, how much a text must name to be about it, and by how much it must lead the next record.
_NAMED = 0.5
_LEAD = 0.15
_FEWEST_TERMS = 2
_LONG_ENOUGH = 4
_MOST_CANDIDATES = 20
_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Passage:
    """A sentence of a record, ready to be compared."""

    source: Source
    statement: Statement


class SourceIndex:
    """The records of a community, by the words in them. Immutable once made."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._named = [source for source in sources if source.title]
        self._titles = [terms_of(source.title) for source in self._named]
        self._by_title: dict[str, list[int]] = defaultdict(list)
        for row, terms in enumerate(self._titles):
            for term in terms:
                self._by_title[term].append(row)
        # What is named is compared clause by clause; of free text a sentence says what it is about.
        self.passages = [
            Passage(source, part)
            for source in sources
            for text in source.texts
            for part in (parts(text) if source.title else sentences(text))
        ]
        self._by_term: dict[str, list[int]] = defaultdict(list)
        for row, passage in enumerate(self.passages):
            if not passage.source.title:
                for term in passage.statement.terms:
                    self._by_term[term].append(row)
        self._of_source: dict[str, list[Passage]] = defaultdict(list)
        for passage in self.passages:
            self._of_source[passage.source.id].append(passage)

    def of(self, source: Source) -> list[Passage]:
        """Return the sentences of a record."""
        return self._of_source[source.id]

    def about(self, text: str) -> list[Source]:
        """Return the records a text names, best first: one, several with one title, or none when it could be either."""
        folded = unicodedata.normalize("NFKC", text).casefold()
        by_code = [s for s in self._named if s.code and _holds(folded, s.code.casefold())]
        if by_code:
            return by_code
        said = terms_of(text)
        letters = _LETTERS.sub("", folded)
        rows = Counter(row for term in said for row in self._by_title.get(term, ()))
        scored = [
            (self._score(row, said, letters), row)
            for row, hits in rows.most_common(_MOST_CANDIDATES)
            if hits >= _FEWEST_TERMS or self._is_short(row)
        ]
        scored = sorted((pair for pair in scored if pair[0] >= _NAMED), key=lambda pair: (-pair[0], pair[1]))
        if not scored:
            return []
        best = [row for score, row in scored if score > scored[0][0] - _LEAD]
        found = [self._named[row] for row in best]
        same = {source.title.casefold() for source in found}
        return found if len(found) == 1 or len(same) == 1 else []

    def like(self, clause: Statement) -> list[Passage]:
        """Return free-text sentences that share a word with a clause, the most authoritative first."""
        rows = Counter(row for term in clause.terms for row in self._by_term.get(term, ()))
        found = [self.passages[row] for row, _ in rows.most_common(_MOST_CANDIDATES)]
        return sorted(found, key=lambda passage: RANK[passage.source.kind])

    def _score(self, row: int, said: frozenset[str], letters: str) -> float:
        title = self._titles[row]
        plain = _LETTERS.sub("", unicodedata.normalize("NFKC", self._named[row].title).casefold())
        if len(plain) >= _LONG_ENOUGH and plain in letters:
            return 1.0
        whole = sum(self._rarity[term] for term in title)
        return sum(self._rarity[term] for term in title & said) / whole if whole else 0.0

    def _is_short(self, row: int) -> bool:
        return len(self._titles[row]) < _FEWEST_TERMS

    @cached_property
    def _rarity(self) -> dict[str, float]:
        count = len(self._named)
        return {term: math.log(1 + count / len(rows)) for term, rows in self._by_title.items()}


def likeness(one: Iterable[str], other: Iterable[str]) -> float:
    """Return of all words of two sides the share that both have, 0-1."""
    first, second = set(one), set(other)
    return len(first & second) / len(first | second) if first or second else 0.0


def overlap(one: Iterable[str], other: Iterable[str]) -> tuple[int, float]:
    """Return how many words two sides share, and of the smaller side which share."""
    first, second = set(one), set(other)
    shared = len(first & second)
    return shared, shared / min(len(first), len(second)) if first and second else 0.0


def _holds(text: str, code: str) -> bool:
    return re.search(rf"(?<![a-z0-9]){re.escape(code)}(?![a-z0-9])", text) is not None
