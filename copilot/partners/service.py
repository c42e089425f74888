"""PartnerService: agreements, what crosses the border and with whose consent, and matches that say where they come from."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from sqlalchemy import select

from copilot.community.access import Actor
from copilot.community.models import Aspect
from copilot.community.permission import get_seen, is_open_to_match
from copilot.community.store import Store, Unit
from copilot.community.tables import Member, Partnership, ProfileText, Resource, ResourceSharing
from copilot.embeddings.base import Embedder
from copilot.errors import Denied, InvalidInput
from copilot.matching.scores.background import Background, Side, reference_means, text_language
from copilot.partners.agreements import AgreementDesk
from copilot.partners.border import Border, Shelf
from copilot.partners.gate import Gate
from copilot.partners.letters import Post
from copilot.partners.models import (
    EVERYTHING,
    PartnerEvidence,
    PartnerMatch,
    PartnerMatches,
    PartnerResources,
    SharedOffer,
    SharingFields,
    SharingView,
)
from copilot.partners.overseas import Vectors
from copilot.partners.shelf import is_shareable, offers_of, scope_of
from copilot.partners.wording import refusal, said, wrong
from copilot.resources.viewing import find_resource, require_owner, require_reader
from copilot.vectors.index import VectorIndex

# Centred cosine. Of 320 pairs of a want and a resource of the sample community, whoever they are, 1 in 100 is nearer.
NEAR = 0.21
MOST_MATCHES = 20


class PartnerService:
    """Everything of partners. Safe to share between threads."""

    def __init__(
        self, store: Store, index: Callable[[], VectorIndex], embedder: Callable[[], Embedder], post: Post
    ) -> None:
        self._store = store
        self._index = index
        self._embedder = embedder
        self.agreements = AgreementDesk(store, post)
        self.border = Border(store, index, embedder, self.agreements, post)
        self.gate = Gate(store, self.agreements)

    def share(self, community_id: str, resource_id: str, fields: SharingFields, actor: Actor) -> SharingView:
        """Let a resource cross to partners, or keep it at home from the next request on.

        Raises:
            Denied: the actor neither owns it nor is an operator, or the name is not theirs to give.
            NotFound: there is none that the actor may know of.
            Conflict: it is confidential or for chosen people only.
            InvalidInput: the community's own resource has no owner whose name could go with it.
        """
        with self._store.write(community_id) as unit:
            row = find_resource(unit, actor, resource_id)
            require_owner(actor, row)
            kept = unit.find(ResourceSharing, resource_id)
            if not fields.is_shared:
                if kept is not None:
                    unit.session.delete(kept)
                    unit.audit(actor.key_id, "resource.kept_home", ("resource", resource_id))
            else:
                _check_sharing(actor, row, with_name=fields.with_name)
                if kept is None:
                    kept = unit.add(
                        ResourceSharing(
                            resource_id=resource_id, with_name=False, decided_by=actor.key_id, decided_at=unit.now
                        )
                    )
                kept.with_name, kept.decided_by, kept.decided_at = fields.with_name, actor.key_id, unit.now
                unit.audit(actor.key_id, "resource.shared", ("resource", resource_id), with_name=fields.with_name)
        return self.sharing(community_id, resource_id, actor)

    def sharing(self, community_id: str, resource_id: str, actor: Actor) -> SharingView:
        """Return whether a resource crosses, and who is shown it now.

        Raises:
            Denied: the actor neither owns it nor is an operator.
            NotFound: there is none that the actor may know of.
        """
        with self._store.read(community_id) as unit:
            row = find_resource(unit, actor, resource_id)
            require_owner(actor, row)
            kept = unit.find(ResourceSharing, resource_id)
            standing = unit.session.scalars(
                select(Partnership)
                .where(Partnership.revoked_at.is_(None), Partnership.agreed_at.is_not(None))
                .order_by(Partnership.created_at, Partnership.id)
            )
            # What they want to be shown is theirs to say: here stands who may ask for it.
            names = [
                str(one.peer.get("name", ""))
                for one in standing
                if any(offer.id == resource_id for offer in offers_of(unit, scope_of(one.gives), EVERYTHING))
            ]
        return SharingView(
            resource_id=resource_id, is_shared=kept is not None, with_name=kept is not None and kept.with_name,
            seen_by=names,
        )  # fmt: skip

    def resources(self, community_id: str, actor: Actor, partnership_id: str | None = None) -> PartnerResources:
        """Return what partners share with this community now; each says where it comes from.

        Raises:
            Denied: the key may not look at resources.
            NotFound: there is no such agreement.
        """
        require_reader(actor)
        with self._store.read(community_id) as unit:
            locale = unit.community().locale
            if partnership_id is not None:
                unit.get(Partnership, partnership_id)
        shelves, unreachable = self.border.look(community_id, partnership_id)
        items = [shelf.resource(offer, locale) for shelf in shelves for offer in shelf.offers]
        return PartnerResources(items=items, unreachable=unreachable)

    def match(self, community_id: str, member_id: str, actor: Actor, n: int = 5) -> PartnerMatches:
        """Return the partners' resources that answer what a member wants; nothing of the member crosses the border.

        Raises:
            Denied: the key may not.
            NotFound: there is no such member.
            InvalidInput: `n` is not 1 to 20.
        """
        actor.require_member(member_id, "matching:read")
        if not 1 <= n <= MOST_MATCHES:
            raise InvalidInput(f"n is from 1 to {MOST_MATCHES}", field="n", limit=MOST_MATCHES)
        with self._store.read(community_id) as unit:
            member = get_seen(unit, actor, member_id)
            locale, wants = unit.community().locale, _wants(unit, member)
            is_open = is_open_to_match(member)
        if not is_open or not wants:
            note = said("note.no_wants" if is_open else "note.no_consent", locale)
            return PartnerMatches(member_id=member_id, items=[], unreachable=[], note=note)
        shelves, unreachable = self.border.look(community_id, with_vectors=True)
        vectors = self._index().fetch(community_id, Aspect.WANTS.value, [record_id for record_id, _ in wants])
        found = self._ranked(shelves, [(key, quote, vectors[key]) for key, quote in wants if key in vectors])
        items = [_match(shelf, offer, score, want, locale) for score, shelf, offer, want in found[:n]]
        why = "note.nothing_near" if any(shelf.offers for shelf in shelves) else "note.no_partners"
        return PartnerMatches(
            member_id=member_id, items=items, unreachable=unreachable, note="" if items else said(why, locale)
        )

    def _ranked(
        self, shelves: Sequence[Shelf], wants: Sequence[tuple[str, str, Vectors]]
    ) -> list[tuple[float, Shelf, SharedOffer, tuple[str, str]]]:
        offers = [
            (shelf, offer, shelf.vectors[offer.id])
            for shelf in shelves
            for offer in shelf.offers
            if offer.id in shelf.vectors
        ]
        if not offers or not wants:
            return []
        asked = self._centred("wants", [(quote, vector) for _, quote, vector in wants])
        offered = self._centred("resource", [(offer.text(), vector) for _, offer, vector in offers])
        near = offered @ asked.T
        best = near.argmax(axis=1)
        found = [
            (float(near[place, best[place]]), shelf, offer, wants[int(best[place])][:2])
            for place, (shelf, offer, _) in enumerate(offers)
            if near[place, best[place]] >= NEAR
        ]
        return sorted(found, key=lambda one: (-one[0], one[1].source.partnership_id, one[2].code, one[2].id))

    def _centred(self, side: Side, texts: Sequence[tuple[str, Vectors]]) -> Vectors:
        vectors = np.stack([vector for _, vector in texts]).astype(np.float32)
        embedder = self._embedder()
        # The means that ship, not the community's own: the two sides of a border have two of those.
        background = Background(dict(reference_means(embedder.name, embedder.dimension)))
        return background.centre(side, vectors, [text_language(text) for text, _ in texts])


def _check_sharing(actor: Actor, row: Resource, *, with_name: bool) -> None:
    if not is_shareable(row):
        raise refusal("not_shareable")
    if not with_name:
        return
    if row.owner_id is None:
        raise wrong("no_owner_name", "with_name")
    if actor.member_id != row.owner_id and not actor.may("members:erase"):
        error = refusal("owner_decides_name")
        raise Denied(error.message, **error.data)


def _wants(unit: Unit, member: Member) -> list[tuple[str, str]]:
    statement = (
        select(ProfileText.id, ProfileText.text)
        .where(ProfileText.member_id == member.id, ProfileText.aspect == Aspect.WANTS.value)
        .order_by(ProfileText.position, ProfileText.id)
    )
    return [(record_id, text) for record_id, text in unit.session.execute(statement)]


def _match(shelf: Shelf, offer: SharedOffer, score: float, want: tuple[str, str], locale: str) -> PartnerMatch:
    record_id, quote = want
    reason = said("reason", locale, quote=quote, partner=shelf.source.name, title=offer.title)
    return PartnerMatch(
        resource=shelf.resource(offer, locale), score=round(min(1.0, score), 4), reason=reason,
        evidence=[PartnerEvidence(record_id=record_id, quote=quote)],
    )  # fmt: skip
