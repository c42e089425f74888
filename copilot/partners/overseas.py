"""What partners on other instances show: asked anew for every request, and shown to nobody without their answer.

Only vectors are kept, so that texts are embedded once; they are of no use without the answer.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, select

from copilot.community.ids import derived_id
from copilot.community.store import Store, Unit
from copilot.community.tables import PartnerOffer, Partnership
from copilot.embeddings.base import Embedder
from copilot.errors import Conflict
from copilot.partners.agreements import address_of, end
from copilot.partners.letters import PartnerAway, PartnerGone, Post, Shared, Word
from copilot.partners.models import Culture, SharedOffer
from copilot.partners.shelf import is_standing, scope_of
from copilot.partners.standing import known

KEPT = timedelta(minutes=5)
# A page waits for the answer; a partner who is away is not asked again in each of the next requests.
_REST = timedelta(seconds=30)
Vectors = NDArray[np.float32]
Shown = tuple[Culture, list[SharedOffer], dict[str, Vectors]]


class Overseas:
    """Asks partners on other instances. Safe to share between threads."""

    def __init__(self, store: Store, embedder: Callable[[], Embedder], post: Post) -> None:
        self._store = store
        self._embedder = embedder
        self._post = post
        self._away: dict[str, tuple[datetime, PartnerAway]] = {}
        self._lock = threading.Lock()

    def ask(self, community_id: str, row: Partnership, *, with_vectors: bool) -> Shown | None:
        """Return what a partner shows now; None when nothing, because one side has not confirmed or took it back.

        Raises:
            PartnerAway: they cannot be asked, so nothing of theirs is shown.
        """
        self._let_rest(row.id)
        with self._store.read(community_id) as unit:
            mine = known(unit, row)
        word = Word(culture=mine.culture, gives=mine.gives, takes=mine.takes)
        try:
            answer = self._post.write(address_of(row), "offers", word, Shared)
        except PartnerGone:
            with self._store.write(community_id) as unit:
                end(unit, unit.get(Partnership, row.id), "them", "partner")
            return None
        except Conflict:
            return None  # they have not confirmed yet
        except PartnerAway as error:
            with self._lock:
                self._away[row.id] = (self._store.clock.now() + _REST, error)
            raise
        offers = list({offer.id: offer for offer in answer.offers}.values())
        vectors = self._vectors(community_id, row.id, offers) if with_vectors else {}
        current = self._note(community_id, row.id, answer.culture)
        if current is None:
            return None
        # What this side wants may have changed while they answered, and what they say is theirs to get wrong.
        takes = scope_of(current.takes)
        return answer.culture, [offer for offer in offers if takes.covers(offer.type.value, offer.code)], vectors

    def forget_old(self, community_id: str) -> int:
        """Delete vectors that are older than five minutes, and return of how many partners."""
        with self._store.write(community_id) as unit:
            before = unit.now - KEPT
            rows = list(unit.session.scalars(select(Partnership).where(Partnership.fetched_at < before)))
            for row in rows:
                row.fetched_at = None
                unit.session.execute(delete(PartnerOffer).where(PartnerOffer.partnership_id == row.id))
            return len(rows)

    def _let_rest(self, partnership_id: str) -> None:
        with self._lock:
            until, error = self._away.get(partnership_id, (None, None))
            if until is None or error is None:
                return
            if self._store.clock.now() < until:
                raise PartnerAway(error.message, **error.data)
            del self._away[partnership_id]

    def _note(self, community_id: str, partnership_id: str, culture: Culture) -> Partnership | None:
        """Note what they say of themselves; return the agreement, or None when it was ended meanwhile."""
        said = culture.model_dump()
        with self._store.read(community_id) as unit:
            row = unit.find(Partnership, partnership_id)
            is_noted = row is not None and row.peer == said and row.peer_agreed_at is not None
        if row is None or not is_standing(row) or is_noted:
            return row if row is not None and is_standing(row) else None
        with self._store.write(community_id) as unit:
            row = _locked(unit, partnership_id)
            if row is not None:
                row.peer, row.peer_agreed_at = said, row.peer_agreed_at or unit.now
            return row

    def _vectors(self, community_id: str, partnership_id: str, offers: Sequence[SharedOffer]) -> dict[str, Vectors]:
        embedder = self._embedder()
        digests = {offer.id: _digest(embedder.name, offer.text()) for offer in offers}
        with self._store.read(community_id) as unit:
            statement = select(PartnerOffer).where(PartnerOffer.partnership_id == partnership_id)
            kept = {str(one.content.get("digest")): one.vector for one in unit.session.scalars(statement)}
        new = [offer for offer in offers if digests[offer.id] not in kept]
        if new:
            made = embedder.embed_documents([offer.text() for offer in new])
            for offer, vector in zip(new, made, strict=True):
                kept[digests[offer.id]] = [round(float(value), 6) for value in vector]
        found = {key: kept[digest] for key, digest in digests.items()}
        if new:
            self._keep(community_id, partnership_id, {digests[key]: vector for key, vector in found.items()})
        return {key: np.asarray(vector, dtype=np.float32) for key, vector in found.items()}

    def _keep(self, community_id: str, partnership_id: str, vectors: dict[str, list[float]]) -> None:
        with self._store.write(community_id) as unit:
            row = _locked(unit, partnership_id)
            if row is None:
                return
            row.fetched_at = unit.now
            unit.session.execute(delete(PartnerOffer).where(PartnerOffer.partnership_id == partnership_id))
            for digest, vector in vectors.items():
                unit.add(
                    PartnerOffer(
                        id=derived_id("pof", partnership_id, digest), partnership_id=partnership_id,
                        content={"digest": digest}, vector=vector,
                    )
                )  # fmt: skip


def _locked(unit: Unit, partnership_id: str) -> Partnership | None:
    """Return an agreement that stands, held against whoever ends it or keeps vectors of it at the same moment."""
    row: Partnership | None = unit.session.scalar(
        select(Partnership).where(Partnership.id == partnership_id).with_for_update()
    )
    return row if row is not None and is_standing(row) else None


def _digest(embedder: str, text: str) -> str:
    return hashlib.sha256(f"{embedder}\n{text}".encode()).hexdigest()
