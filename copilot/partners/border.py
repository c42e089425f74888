"""What comes across: of communities here read as it is now, of other instances fetched and kept for five minutes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, select

from copilot.community.ids import derived_id
from copilot.community.resource_classes import CLASSES
from copilot.community.store import Store, Unit
from copilot.community.tables import PartnerOffer, Partnership
from copilot.embeddings.base import Embedder
from copilot.errors import Conflict
from copilot.partners.agreements import AgreementDesk, end
from copilot.partners.letters import PartnerAway, PartnerGone, Post, Shared, Word, is_fresh
from copilot.partners.models import (
    Culture,
    CultureDifference,
    FromPartner,
    PartnerResource,
    PartnerState,
    SharedOffer,
    Unreachable,
)
from copilot.partners.shelf import culture_of, differences, offers_of, scope_of
from copilot.partners.standing import known, state_of
from copilot.partners.wording import said
from copilot.vectors.index import VectorIndex

KEPT_SECONDS = 300.0
Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Shelf:
    """What one partner shows now.

    Attributes:
        vectors: unit vectors by the offer's id; without one it cannot be matched, only listed.
    """

    source: FromPartner
    culture: Culture
    differences: list[CultureDifference]
    offers: list[SharedOffer]
    vectors: dict[str, Vectors]

    def resource(self, offer: SharedOffer, locale: str) -> PartnerResource:
        """Return an offer with where it comes from."""
        return PartnerResource.model_validate(
            {
                **offer.model_dump(), "from_partner": self.source, "type_name": CLASSES[offer.type].name(locale),
                "differences": self.differences,
            }
        )  # fmt: skip


class Border:
    """Looks across every border anew for each request. Safe to share between threads.

    Index and embedder are opened when first needed: agreements need neither.
    """

    def __init__(
        self,
        store: Store,
        index: Callable[[], VectorIndex],
        embedder: Callable[[], Embedder],
        desk: AgreementDesk,
        post: Post,
    ) -> None:
        self._store = store
        self._index = index
        self._embedder = embedder
        self._desk = desk
        self._post = post

    def look(
        self, community_id: str, only: str | None = None, *, with_vectors: bool = False
    ) -> tuple[list[Shelf], list[Unreachable]]:
        """Return what each partner shows, the oldest agreement first, and who cannot be reached.

        Args:
            community_id: who looks.
            only: of this agreement alone.
            with_vectors: whether they are to be matched.
        """
        with self._store.read(community_id) as unit:
            statement = select(Partnership).where(Partnership.revoked_at.is_(None), Partnership.agreed_at.is_not(None))
            if only is not None:
                statement = statement.where(Partnership.id == only)
            rows = list(unit.session.scalars(statement.order_by(Partnership.created_at, Partnership.id)))
            community = unit.community()
            ours, locale = culture_of(community), community.locale
        shelves: list[Shelf] = []
        unreachable: list[Unreachable] = []
        for row in rows:
            try:
                found = (
                    self._next_door(community_id, row, with_vectors=with_vectors)
                    if row.peer_community_id
                    else self._far_away(community_id, row)
                )
            except PartnerAway:
                name = str(row.peer.get("name", ""))
                unreachable.append(Unreachable(partnership_id=row.id, name=name, reason=said("away", locale)))
                continue
            if found is not None:
                culture, offers, vectors = found
                source = FromPartner(partnership_id=row.id, name=culture.name, is_remote=bool(row.peer_url))
                shelves.append(Shelf(source, culture, differences(ours, culture, locale), offers, vectors))
        return shelves, unreachable

    def _next_door(
        self, community_id: str, row: Partnership, *, with_vectors: bool
    ) -> tuple[Culture, list[SharedOffer], dict[str, Vectors]] | None:
        peer = self._desk.peer_row(row)
        if peer is None or row.peer_community_id is None:
            return None
        with self._store.read(community_id) as unit:
            if state_of(unit, row, peer) is not PartnerState.ACTIVE:
                return None
        with self._store.read(row.peer_community_id) as unit:
            culture = culture_of(unit.community())
            offers = offers_of(unit, scope_of(peer.gives), scope_of(row.takes))
        ids = [offer.id for offer in offers]
        vectors = self._index().fetch(row.peer_community_id, "resource", ids) if with_vectors and ids else {}
        return culture, offers, vectors

    def _far_away(
        self, community_id: str, row: Partnership
    ) -> tuple[Culture, list[SharedOffer], dict[str, Vectors]] | None:
        now = self._store.clock.now()
        if not row.peer_url:
            return None
        if not is_fresh(row.fetched_at, now, KEPT_SECONDS):
            try:
                self._fetch(community_id, row)
            except PartnerGone:
                with self._store.write(community_id) as unit:
                    end(unit, unit.get(Partnership, row.id), "them", "partner")
                return None
            except Conflict:
                return None  # they have not confirmed yet
        with self._store.read(community_id) as unit:
            current = unit.get(Partnership, row.id)
            # Revoked while it was fetched: nothing is shown.
            if current.revoked_at is not None or not is_fresh(current.fetched_at, now, KEPT_SECONDS):
                return None
            takes, kept = scope_of(current.takes), _kept(unit, row.id)
            culture = Culture.model_validate(current.peer)
        offers = [(SharedOffer.model_validate(one.content), one.vector) for one in kept]
        allowed = [(offer, vector) for offer, vector in offers if takes.covers(offer.type.value, offer.code)]
        vectors = {offer.id: np.asarray(vector, dtype=np.float32) for offer, vector in allowed if vector}
        return culture, [offer for offer, _ in allowed], vectors

    def _fetch(self, community_id: str, row: Partnership) -> None:
        with self._store.read(community_id) as unit:
            mine = known(unit, row)
        word = Word(culture=mine.culture, gives=mine.gives, takes=mine.takes)
        answer = self._post.write((row.peer_url, row.link_id, row.secret), "offers", word, Shared)
        offers = list({offer.id: offer for offer in answer.offers}.values())
        vectors = self._embedder().embed_documents([offer.text() for offer in offers]) if offers else []
        with self._store.write(community_id) as unit:
            current = unit.get(Partnership, row.id)
            if current.revoked_at is not None:
                return
            unit.session.execute(delete(PartnerOffer).where(PartnerOffer.partnership_id == row.id))
            current.peer, current.fetched_at = answer.culture.model_dump(), unit.now
            current.peer_agreed_at = current.peer_agreed_at or unit.now
            for offer, vector in zip(offers, vectors, strict=True):
                unit.add(
                    PartnerOffer(
                        id=derived_id("pof", row.id, offer.id), partnership_id=row.id,
                        content=offer.model_dump(mode="json"), vector=[round(float(value), 6) for value in vector],
                    )
                )  # fmt: skip

    def forget_old(self, community_id: str) -> int:
        """Delete what was fetched longer than five minutes ago, and return of how many partners."""
        with self._store.write(community_id) as unit:
            before = unit.now - timedelta(seconds=KEPT_SECONDS)
            rows = list(unit.session.scalars(select(Partnership).where(Partnership.fetched_at < before)))
            for row in rows:
                row.fetched_at = None
                unit.session.execute(delete(PartnerOffer).where(PartnerOffer.partnership_id == row.id))
            return len(rows)


def _kept(unit: Unit, partnership_id: str) -> Sequence[PartnerOffer]:
    statement = select(PartnerOffer).where(PartnerOffer.partnership_id == partnership_id).order_by(PartnerOffer.id)
    return list(unit.session.scalars(statement))
