"""People and resources for a free text, for features that need names: who could speak on this, what would help there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from copilot.community.models import ResourceType
from copilot.community.store import Store
from copilot.community.text import clean_text
from copilot.embeddings.base import Embedder
from copilot.errors import InvalidInput
from copilot.matching.models import MAX_MATCHES, FoundMember, FoundResource
from copilot.matching.reasons import excerpt, short_name
from copilot.matching.records import (
    Party,
    Statement,
    read_members,
    read_resources,
    read_setting,
    vector_ids,
    with_statements,
)
from copilot.matching.rules.constraints import is_findable
from copilot.matching.scores.background import Background, Side, Vectors, text_language
from copilot.matching.scores.census import Census
from copilot.matching.scores.lexicon import Lexicon, overlap
from copilot.matching.scores.scoring import Matrix, Weights, calibrate, fuse, margins
from copilot.matching.scores.wholes import Wholes
from copilot.vectors.index import VectorIndex

_MAX_CHARS = 4000
_LEAST_HITS, _HITS_PER_RESULT, _MOST_HITS = 100, 10, 500
_LEXICAL = 50
_LEAST_COMPARED, _COMPARED_PER_RESULT = 80, 4
_DIGITS = 4
# No record has this id.
_QUESTION = ""


@dataclass(frozen=True)
class _Question:
    """A text that is looked up, its vector (1, d) as it is and centred, and what it is held against."""

    text: str
    plain: Vectors
    vector: Vectors
    background: Background
    lexicon: Lexicon


class TextSearch:
    """Looks a text up among what members have and among resources. Weak hits are left out, not used to fill up."""

    def __init__(self, store: Store, index: VectorIndex, embedder: Embedder, census: Census, weights: Weights) -> None:
        self._store = store
        self._index = index
        self._embedder = embedder
        self._census = census
        self._weights = weights

    def people(self, community_id: str, text: str, n: int = 5, *, require_consent: bool = True) -> list[FoundMember]:
        """Return up to `n` (1-50) members whose offers answer `text`, best first, each with the best of their words.

        Without `require_consent` members who did not agree to be matched are found, too (an operator's own search);
        members who are not open to the community, or switched off AI processing, never are.

        Raises:
            InvalidInput: a blank text, one of more than 4,000 characters, or `n` out of bounds.
            EmbeddingFailed: the embedder fails.
            IndexUnavailable: the vector index fails.
        """
        question = self._ask(community_id, text, n)
        ids = self._candidates(community_id, "has", question, n)
        with self._store.read(community_id) as unit:
            setting, members = read_setting(unit), read_members(unit, ids)
            allowed = [
                members[member_id]
                for member_id in ids
                if member_id in members and is_findable(members[member_id], setting, require_consent=require_consent)
            ]
            parties = with_statements(unit, allowed[: max(_LEAST_COMPARED, _COMPARED_PER_RESULT * n)])
        return [
            FoundMember(
                member_id=party.id, name=short_name(party), score=score,
                record_id=statement.record_id, quote=excerpt(statement.text),
            )
            for party, statement, score in self._ranked(community_id, question, parties)[:n]
        ]  # fmt: skip

    def resources(
        self, community_id: str, text: str, n: int = 5, types: Iterable[str] | None = None
    ) -> list[FoundResource]:
        """Return up to `n` (1-50) usable resources that answer `text`, best first.

        Raises:
            InvalidInput: as `people`, or an unknown type.
            EmbeddingFailed: the embedder fails.
            IndexUnavailable: the vector index fails.
        """
        wanted = _types(types)
        question = self._ask(community_id, text, n)
        ids = self._candidates(community_id, "resource", question, n)
        with self._store.read(community_id) as unit:
            setting = read_setting(unit)
            found = read_resources(unit, ids)
        usable = [
            found[resource_id]
            for resource_id in ids
            if resource_id in found and found[resource_id].type in wanted and is_findable(found[resource_id], setting)
        ]
        return [
            FoundResource(
                resource_id=party.id, title=party.name, type=party.type, score=score,
                record_id=statement.record_id, quote=excerpt(statement.text),
            )
            for party, statement, score in self._ranked(community_id, question, usable)[:n]
        ]  # fmt: skip

    def _ask(self, community_id: str, text: str, n: int) -> _Question:
        cleaned = clean_text(text)
        if not cleaned:
            raise InvalidInput("there is nothing to look for", field="text")
        if len(cleaned) > _MAX_CHARS:
            raise InvalidInput(
                f"a text to look for has at most {_MAX_CHARS} characters", field="text", limit=_MAX_CHARS
            )
        if not 1 <= n <= MAX_MATCHES:
            raise InvalidInput(f"n must be between 1 and {MAX_MATCHES}", field="n", limit=MAX_MATCHES)
        background, lexicon = self._census.background(community_id), self._census.lexicon(community_id)
        # As a passage, like the wants: the means that are taken out were measured on passages.
        plain = np.asarray(self._embedder.embed_documents([cleaned]), dtype=np.float32)
        centred = background.centre("wants", plain, [text_language(cleaned)])
        return _Question(cleaned, plain, centred, background, lexicon)

    def _candidates(self, community_id: str, side: Side, question: _Question, n: int) -> list[str]:
        """Return owners by meaning, of a sentence or of the whole, and by words in turn: none crowds the others out."""
        most = min(_MOST_HITS, max(_LEAST_HITS, _HITS_PER_RESULT * n))
        sides: tuple[Side, ...] = ("has", "profile") if side == "has" else (side,)
        rows = [self._index.query(community_id, where, question.vector, most)[0] for where in sides]
        lists = [list(dict.fromkeys(hit.owner_id for hit in row)) for row in rows]
        lists.append(question.lexicon.named(side, [question.text], _LEXICAL))
        turns = [owner for turn in zip_longest(*lists) for owner in turn if owner is not None]
        return list(dict.fromkeys(turns))

    def _ranked(
        self, community_id: str, question: _Question, parties: Sequence[Party]
    ) -> list[tuple[Party, Statement, float]]:
        """Return each party with its best statement and relevance 0-1, best first, without those below the bar."""
        flat = [(party, statement) for party in parties for statement in party.offers]
        if not flat:
            return []
        dense = self._dense(community_id, question, flat)
        asked = [question.lexicon.terms(question.text)]
        offered = [question.lexicon.terms(f"{statement.text}\n{party.keywords}") for party, statement in flat]
        lexical = overlap(asked, offered, self._weights.full_overlap)
        scores = fuse(dense, lexical, self._weights.lexical_search)[0]
        best: dict[str, tuple[Party, Statement, float]] = {}
        for (party, statement), value in zip(flat, scores, strict=True):
            score = round(float(value), _DIGITS)
            if score >= self._weights.low_score_alone and (party.id not in best or score > best[party.id][2]):
                best[party.id] = (party, statement, score)
        return sorted(best.values(), key=lambda item: (-item[2], item[0].id))

    def _dense(self, community_id: str, question: _Question, flat: Sequence[tuple[Party, Statement]]) -> Matrix:
        """Return relevance by meaning (1, s) in the light of who says it; statements without a vector have 0."""
        parties = list({party.id: party for party, _ in flat}.values())
        vectors: dict[str, Vectors] = {_QUESTION: question.plain[0]}
        for side, record_ids in vector_ids(parties).items():
            vectors |= self._index.fetch(community_id, side, record_ids)
        result = np.zeros((1, len(flat)))
        known = [column for column, (_, statement) in enumerate(flat) if statement.record_id in vectors]
        if not known:
            return result
        chosen = [flat[column] for column in known]
        # People are found by what they have, resources by what they are: all statements are of one side.
        side, background = chosen[0][1].side, question.background
        plain = np.stack([vectors[statement.record_id] for _, statement in chosen])
        centred = background.centre(side, plain, [text_language(statement.text) for _, statement in chosen])
        cosines = (question.vector @ centred.T).astype(np.float64)
        margin = margins(cosines, background.crowding("wants", question.vector), background.crowding(side, centred))
        asked = Statement(_QUESTION, "wants", question.text)
        wholes = Wholes(background, self._weights, [asked, *(party.whole for party in parties)], vectors)
        light = np.asarray([wholes.light(_QUESTION, party.whole.record_id) for party, _ in chosen])
        result[:, known] = calibrate(margin + light, self._weights)
        return result


def _types(types: Iterable[str] | None) -> set[str]:
    known = {item.value for item in ResourceType}
    if types is None:
        return known
    wanted = set(types)
    if not wanted <= known:
        raise InvalidInput(
            f"there is no resource type {min(wanted - known)!r}; known are {', '.join(sorted(known))}", field="types"
        )
    return wanted
