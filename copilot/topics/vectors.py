"""Where topics get vectors: of questions, profiles and resources from the index, of a few messages on the spot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from copilot.community.ids import text_hash
from copilot.embeddings.base import Embedder
from copilot.topics.records import Gathered
from copilot.vectors.index import VectorIndex

Vector = NDArray[np.float32]
_FETCH = 400
_REMEMBERED = 4_000
_TOLD_CHARS = 400


class TopicVectors:
    """Fetches vectors; those of chat messages other than questions are in no index and made when first needed."""

    def __init__(self, index: VectorIndex, embedder: Embedder) -> None:
        self._index = index
        self._embedder = embedder
        self._made: dict[str, Vector] = {}

    def of(self, community_id: str, gathered: Gathered) -> dict[str, Vector]:
        """Return what there is of the questions and statements, by record id.

        They are fetched and compared exactly: the open questions are few, and a nearest-neighbour query over all
        questions would return mostly answered ones.
        """
        own = gathered.statements
        found = self.questions(community_id, [line.id for line in gathered.window if line.is_question])
        said = dict.fromkeys(item.id for item in (*own, *gathered.sample) if item.kind == "has")
        found |= self._fetch(community_id, "has", list(said))
        found |= self._fetch(community_id, "wants", [item.id for item in gathered.wants])
        found |= self._fetch(community_id, "resource", [item.id for item in own if item.kind == "sells"])
        return found | self._embed([(item.id, item.text) for item in own if item.kind in {"tried", "built"}])

    def questions(self, community_id: str, message_ids: Sequence[str]) -> dict[str, Vector]:
        """Return the vectors of questions by id; missing ones are absent."""
        return self._fetch(community_id, "question", message_ids)

    def subjects(self, community_id: str, texts: Mapping[str, str]) -> dict[str, Vector]:
        """Return the vectors of what topics are about, questions or members' own records, by id; `texts` as they were."""
        found = self._fetch(community_id, "question", list(texts))
        found |= self._fetch(community_id, "has", [key for key in texts if key not in found])
        return found | self._embed([(key, text) for key, text in texts.items() if key not in found and text])

    def _fetch(self, community_id: str, aspect: str, ids: Sequence[str]) -> dict[str, Vector]:
        found: dict[str, Vector] = {}
        for start in range(0, len(ids), _FETCH):
            found |= self._index.fetch(community_id, aspect, ids[start : start + _FETCH])
        return found

    def _embed(self, texts: Iterable[tuple[str, str]]) -> dict[str, Vector]:
        keyed = {record_id: (text_hash(text[:_TOLD_CHARS]), text[:_TOLD_CHARS]) for record_id, text in texts}
        missing = {key: text for key, text in keyed.values() if key not in self._made}
        if missing:
            made = np.asarray(self._embedder.embed_documents(list(missing.values())), dtype=np.float32)
            if len(self._made) > _REMEMBERED:
                self._made.clear()
            self._made.update(zip(missing, made, strict=True))
        # Another thread may have emptied the memory meanwhile; what is missing then is found on the next call.
        return {record_id: self._made[key] for record_id, (key, _) in keyed.items() if key in self._made}
