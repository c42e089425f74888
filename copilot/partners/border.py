"""What comes across: of communities here read as it is now, of other instances asked for anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from sqlalchemy import select

from copilot.community.resource_classes import CLASSES
from copilot.community.store import Store
from copilot.community.tables import Partnership
from copilot.embeddings.base import Embedder
from copilot.errors import said_in
from copilot.partners.agreements import AgreementDesk
from copilot.partners.conditions import Conditions, terms_difference, usual_conditions
from copilot.partners.letters import PartnerAway, Post
from copilot.partners.models import (
    Culture,
    CultureDifference,
    FromPartner,
    PartnerResource,
    PartnerState,
    SharedOffer,
    Unreachable,
)
from copilot.partners.overseas import Overseas, Shown, Vectors
from copilot.partners.shelf import culture_of, differences, offers_of, scope_of
from copilot.partners.standing import state_of
from copilot.vectors.index import VectorIndex

_MOST_AT_ONCE = 16


@dataclass(frozen=True)
class Shelf:
    """What one partner shows now.

    Attributes:
        vectors: unit vectors by the offer's id; without one it cannot be matched, only listed.
        usual: on what conditions resources of a class are to be had here.
    """

    source: FromPartner
    culture: Culture
    differences: list[CultureDifference]
    offers: list[SharedOffer]
    vectors: dict[str, Vectors]
    usual: Mapping[str, Conditions]

    def resource(self, offer: SharedOffer, locale: str) -> PartnerResource:
        """Return an offer with where it comes from, and what is different there."""
        terms = terms_difference(offer, self.usual, locale)
        return PartnerResource.model_validate(
            {
                **offer.model_dump(), "from_partner": self.source, "type_name": CLASSES[offer.type].name(locale),
                "differences": [*self.differences, *([terms] if terms else [])],
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
        self._desk = desk
        self.overseas = Overseas(store, embedder, post)

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
            ours, locale, usual = culture_of(community), community.locale, usual_conditions(unit)
        shelves: list[Shelf] = []
        unreachable: list[Unreachable] = []
        for row, found in zip(rows, self._seen(community_id, rows, with_vectors=with_vectors), strict=True):
            if isinstance(found, PartnerAway):
                name = str(row.peer.get("name", ""))
                unreachable.append(Unreachable(partnership_id=row.id, name=name, reason=said_in(found, locale)))
            elif found is not None:
                culture, offers, vectors = found
                source = FromPartner(partnership_id=row.id, name=culture.name, is_remote=bool(row.peer_url))
                shelves.append(Shelf(source, culture, differences(ours, culture, locale), offers, vectors, usual))
        return shelves, unreachable

    def _seen(
        self, community_id: str, rows: Sequence[Partnership], *, with_vectors: bool
    ) -> list[Shown | PartnerAway | None]:
        """Return what each partner shows; those elsewhere are asked at the same time, as each may take seconds."""

        def ask(row: Partnership) -> Shown | PartnerAway | None:
            try:
                return self.overseas.ask(community_id, row, with_vectors=with_vectors)
            except PartnerAway as error:
                return error

        far = [row for row in rows if not row.peer_community_id and row.peer_url]
        answers: dict[str, Shown | PartnerAway | None] = {}
        if far:
            with ThreadPoolExecutor(min(len(far), _MOST_AT_ONCE)) as pool:
                answers = dict(zip((row.id for row in far), pool.map(ask, far), strict=True))
        return [
            self._next_door(community_id, row, with_vectors=with_vectors)
            if row.peer_community_id
            else answers.get(row.id)
            for row in rows
        ]

    def _next_door(self, community_id: str, row: Partnership, *, with_vectors: bool) -> Shown | None:
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
