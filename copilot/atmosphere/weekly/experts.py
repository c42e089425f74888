"""Whom to ask a question: the members whose own sentences of what they know stand nearest to it.

How near is near differs between models and languages, so a sentence must stand out from the other sentences of the
community for this very question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from sqlalchemy import select

from copilot.atmosphere.weekly.excerpts import excerpt
from copilot.atmosphere.weekly.models import AskedMember
from copilot.community.permission import open_to_match
from copilot.community.store import Store
from copilot.community.tables import Member, OutreachPause, ProfileText
from copilot.embeddings.base import Embedder
from copilot.vectors.index import VectorHit, VectorIndex

_NEAREST = 300
_LEAST_SENTENCES = 20
# Robust standard deviations above the middle of the sentences nearest to the question.
_STANDS_OUT = 3.5
_MAD_TO_SD = 1.4826


class Experts(Protocol):
    """Finds people to ask."""

    def find(self, community_id: str, questions: Mapping[str, tuple[str, str]], n: int) -> dict[str, list[AskedMember]]:
        """Return up to `n` members for each question id; `questions` holds (asker, text).

        Raises:
            IndexUnavailable, EmbeddingFailed: nobody can be looked for just now.
        """
        ...


class ProfileExperts:
    """Looks in what members say they have and know. Only members open to be matched, and asked, are named."""

    def __init__(self, store: Store, index: VectorIndex, embedder: Embedder) -> None:
        self._store = store
        self._index = index
        self._embedder = embedder

    def find(self, community_id: str, questions: Mapping[str, tuple[str, str]], n: int) -> dict[str, list[AskedMember]]:
        """Return the members for each question, nearest first, nobody for several questions but the nearest two."""
        if not questions:
            return {}
        vectors = np.asarray(self._embedder.embed_queries([text for _, text in questions.values()]), dtype=np.float32)
        hits = self._index.query(community_id, "has", vectors, _NEAREST)
        near = {name: standing_out(found) for name, found in zip(questions, hits, strict=True)}
        wanted = {hit.owner_id for found in near.values() for hit in found}
        with self._store.read(community_id) as unit:
            paused = select(OutreachPause.member_id)
            open_ = set(unit.session.scalars(select(Member.id).where(*open_to_match(), Member.id.not_in(paused))))
            sentences = unit.get_many(ProfileText, [hit.record_id for found in near.values() for hit in found])
            texts = {row.id: row.text for row in sentences.values()}
        return {
            name: _asked([hit for hit in near[name] if hit.owner_id in open_ & wanted - {asker}], texts, n)
            for name, (asker, _) in questions.items()
        }


def standing_out(hits: Sequence[VectorHit]) -> list[VectorHit]:
    """Return the hits far above the middle of all of them; of few sentences nothing stands out."""
    if len(hits) < _LEAST_SENTENCES:
        return []
    values = np.array([hit.similarity for hit in hits])
    middle = float(np.median(values))
    spread = _MAD_TO_SD * float(np.median(np.abs(values - middle)))
    return [hit for hit in hits if spread > 0 and hit.similarity > middle + _STANDS_OUT * spread]


def _asked(hits: Sequence[VectorHit], texts: Mapping[str, str], n: int) -> list[AskedMember]:
    found: dict[str, AskedMember] = {}
    for hit in hits:
        text = texts.get(hit.record_id)
        if text and hit.owner_id not in found:
            found[hit.owner_id] = AskedMember(
                member_id=hit.owner_id, excerpt=excerpt(hit.record_id, hit.owner_id, text)
            )
    return list(found.values())[:n]
