"""Agreements: invited, accepted, confirmed, changed, revoked. What is visible follows from both rows as they are now."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, func, select

from copilot.community.access import Actor
from copilot.community.ids import derived_id, new_id
from copilot.community.store import Page, Store, Unit
from copilot.community.tables import PartnerOffer, Partnership
from copilot.errors import Conflict
from copilot.partners.letters import Acceptance, Address, Known, PartnerAway, PartnerGone, Post, Word
from copilot.partners.models import (
    MAX_PARTNERS,
    AcceptFields,
    InvitationView,
    InviteFields,
    PartnerView,
    ScopeChange,
)
from copilot.partners.shelf import culture_of
from copilot.partners.standing import agreement_view, known
from copilot.partners.tokens import Invitation, is_signed, read_token, write_token
from copilot.partners.wording import refusal, wrong
from copilot.webhooks.signing import new_secret

READ, WRITE = "resources:read", "resources:write"


class AgreementDesk:
    """Keeps agreements. Safe to share between threads."""

    def __init__(self, store: Store, post: Post) -> None:
        self._store = store
        self._post = post

    def check_url(self, text: str) -> str:
        """Return a partner's address.

        Raises:
            InvalidInput: partners are not reached there.
        """
        return self._post.check_url(text)

    def invite(self, community_id: str, fields: InviteFields, actor: Actor) -> InvitationView:
        """Make an invitation; whoever holds its token may accept it, and nothing is shared before this side confirms.

        Raises:
            Denied: the key may not.
            Conflict: there are 50 partners already.
            InvalidInput: the address is none that partners can reach.
        """
        actor.require(WRITE)
        url = self._post.check_url(fields.url) if fields.url else ""
        with self._store.write(community_id) as unit:
            _require_room(unit)
            row = unit.add(
                Partnership(
                    id=new_id("ptn"), link_id=new_id("lnk"), side="inviter", peer_community_id=None, secret=new_secret(),
                    signing_key=new_secret(), gives=fields.gives.model_dump(mode="json"),
                    takes=fields.takes.model_dump(mode="json"), invited_until=unit.now + timedelta(days=fields.days),
                    created_by=actor.key_id, created_at=unit.now,
                )
            )  # fmt: skip
            unit.audit(actor.key_id, "partner.invited", ("partnership", row.id), days=fields.days)
            unit.session.flush()
            invitation = Invitation(
                link=row.link_id, secret=row.secret, name=unit.community().name[:200], url=url, gives=fields.gives,
                until=row.invited_until,
            )  # fmt: skip
            token = write_token(invitation, row.signing_key)
            view = agreement_view(unit, row, None)
        return InvitationView(**dict(view), token=token)

    def accept(self, community_id: str, fields: AcceptFields, actor: Actor) -> PartnerView:
        """Accept an invitation of a community here or, over HTTP, of one on another instance.

        Raises:
            Denied: the key may not.
            InvalidInput: it is no invitation, or this side has no address that the other instance can reach.
            Conflict: it has expired, was accepted by another, or is one's own.
            PartnerAway: the other instance cannot be reached.
            PartnerGone: the invitation was taken back.
        """
        actor.require(WRITE)
        said_so = read_token(fields.token)
        url = self._post.check_url(fields.url) if fields.url else ""
        with self._store.read(community_id) as unit:
            if said_so.until <= unit.now:
                raise refusal("expired")
            ours = culture_of(unit.community())
            _require_room(unit)
            known = _by_link(unit, said_so.link)
        if known is not None and known.side == "inviter":
            raise refusal("own_invitation")
        if known is not None and known.revoked_at is not None:
            raise refusal("revoked")
        host = self._host_of(said_so.link)
        acceptance = Acceptance(token=fields.token, url=url, culture=ours, gives=fields.gives, takes=fields.takes)
        if host is not None:
            answer = self.accepted(host, said_so.link, acceptance, peer_community_id=community_id)
        else:
            if not said_so.url:
                raise wrong("bad_token", "token")
            if not url:
                raise wrong("url_needed", "url")
            there = Address(said_so.url, said_so.link, said_so.secret, "invited")
            answer = self._post.write(there, "accept", acceptance, Known)
        with self._store.write(community_id) as unit:
            # The same every time: whoever tries again after a crash finds the row.
            partnership_id = derived_id("ptn", community_id, said_so.link)
            row = unit.find(Partnership, partnership_id)
            if row is None:
                row = unit.add(
                    Partnership(
                        id=partnership_id, link_id=said_so.link, side="invited", peer_community_id=host,
                        peer_url="" if host else said_so.url, peer=answer.culture.model_dump(), secret=said_so.secret,
                        gives=fields.gives.model_dump(mode="json"), takes=fields.takes.model_dump(mode="json"),
                        invited_until=said_so.until, agreed_at=unit.now, created_by=actor.key_id, created_at=unit.now,
                    )
                )  # fmt: skip
                unit.audit(actor.key_id, "partner.accepted", ("partnership", row.id), peer=answer.culture.name)
            unit.session.flush()
        return self.get(community_id, partnership_id, actor)

    def accepted(
        self, community_id: str, link_id: str, acceptance: Acceptance, *, peer_community_id: str | None
    ) -> Known:
        """Note at the inviter that somebody accepted; the inviter still has to confirm.

        Raises:
            NotFound: there is no such invitation.
            InvalidInput: the token is not the one that was written here.
            Conflict: it has expired, was revoked, or was accepted by another.
        """
        with self._store.write(community_id) as unit:
            row = unit.session.scalar(
                select(Partnership)
                .where(Partnership.link_id == link_id, Partnership.side == "inviter")
                .with_for_update()
            )
            if row is None or not is_signed(acceptance.token, row.signing_key):
                raise wrong("bad_token", "token")
            if row.revoked_at is not None:
                raise refusal("revoked")
            if row.peer_agreed_at is None:
                if row.invited_until <= unit.now:
                    raise refusal("expired")
                row.peer_community_id, row.peer_url = peer_community_id, acceptance.url
                row.peer, row.peer_agreed_at = acceptance.culture.model_dump(), unit.now
                unit.audit("partner", "partner.accepted", ("partnership", row.id), peer=acceptance.culture.name)
            elif (row.peer_community_id, row.peer_url) != (peer_community_id, acceptance.url):
                raise refusal("taken")
            return known(unit, row)

    def confirm(self, community_id: str, partnership_id: str, actor: Actor) -> PartnerView:
        """Say yes to whoever accepted this side's invitation; from now on both see what both allow.

        Raises:
            Denied: the key may not.
            NotFound: there is none with this id here.
            Conflict: nobody accepted yet, or it was revoked.
        """
        actor.require(WRITE)
        with self._store.write(community_id) as unit:
            row = unit.get(Partnership, partnership_id)
            if row.revoked_at is not None:
                raise refusal("revoked")
            if row.side == "inviter" and row.peer_agreed_at is None:
                raise refusal("not_accepted")
            if row.agreed_at is None:
                row.agreed_at = unit.now
                unit.audit(actor.key_id, "partner.confirmed", ("partnership", row.id), peer=row.peer.get("name", ""))
        self._tell(community_id, partnership_id, "confirm")
        return self.get(community_id, partnership_id, actor)

    def change(self, community_id: str, partnership_id: str, change: ScopeChange, actor: Actor) -> PartnerView:
        """Change what this side gives or takes; it holds from the next request on.

        Raises:
            Denied: the key may not.
            NotFound: there is none with this id here.
            Conflict: it was revoked.
        """
        actor.require(WRITE)
        with self._store.write(community_id) as unit:
            row = unit.get(Partnership, partnership_id)
            if row.revoked_at is not None:
                raise refusal("revoked")
            for name, scope in (("gives", change.gives), ("takes", change.takes)):
                if scope is not None:
                    setattr(row, name, scope.model_dump(mode="json"))
            row.fetched_at = None
            unit.session.execute(delete(PartnerOffer).where(PartnerOffer.partnership_id == row.id))
            unit.audit(actor.key_id, "partner.changed", ("partnership", row.id), **change.model_dump(mode="json"))
        return self.get(community_id, partnership_id, actor)

    def revoke(self, community_id: str, partnership_id: str, actor: Actor) -> PartnerView:
        """End an agreement or take back an invitation; doing so twice changes nothing.

        The other side needs not be reached: nothing is given to it any more, and what was fetched from it is deleted.

        Raises:
            Denied: the key may not.
            NotFound: there is none with this id here.
        """
        actor.require(WRITE)
        with self._store.write(community_id) as unit:
            row = unit.get(Partnership, partnership_id)
            end(unit, row, "us", actor.key_id)
        self._tell(community_id, partnership_id, "revoke")
        return self.get(community_id, partnership_id, actor)

    def page(self, community_id: str, actor: Actor, *, limit: int = 50, cursor: str | None = None) -> Page[PartnerView]:
        """Return agreements, newest first, ended ones too.

        Raises:
            Denied: the key may not.
            InvalidInput: limit or cursor is wrong.
        """
        actor.require(READ)
        with self._store.read(community_id) as unit:
            page = unit.page(select(Partnership), (Partnership.created_at, Partnership.id), limit=limit, cursor=cursor)
            return Page([agreement_view(unit, row, self.peer_row(row)) for row in page.items], page.next_cursor)

    def get(self, community_id: str, partnership_id: str, actor: Actor) -> PartnerView:
        """Return one agreement.

        Raises:
            Denied: the key may not.
            NotFound: there is none with this id here.
        """
        actor.require(READ)
        with self._store.read(community_id) as unit:
            row = unit.get(Partnership, partnership_id)
            return agreement_view(unit, row, self.peer_row(row))

    def peer_row(self, row: Partnership) -> Partnership | None:
        """Return the other side's row when it is a community here; None where it is gone or elsewhere."""
        if row.peer_community_id is None:
            return None
        with self._store.read(row.peer_community_id) as unit:
            return _by_link(unit, row.link_id)

    def _host_of(self, link_id: str) -> str | None:
        """Return the community of this instance that wrote an invitation."""
        with self._store.system() as session:
            return session.scalar(
                select(Partnership.community_id).where(Partnership.link_id == link_id, Partnership.side == "inviter")
            )

    def _tell(self, community_id: str, partnership_id: str, what: str) -> None:
        """Tell a partner elsewhere. Not being heard changes nothing here: they find out with their next question."""
        with self._store.read(community_id) as unit:
            row = unit.get(Partnership, partnership_id)
            mine = known(unit, row)
        if not row.peer_url:
            return
        word = Word(culture=mine.culture, gives=mine.gives, takes=mine.takes)
        try:
            self._post.write(address_of(row), what, word, Known)
        except PartnerGone:
            with self._store.write(community_id) as unit:
                end(unit, unit.get(Partnership, partnership_id), "them", "partner")
        except (PartnerAway, Conflict):
            return


def address_of(row: Partnership) -> Address:
    """Return where a partner on another instance is written to."""
    return Address(row.peer_url, row.link_id, row.secret, row.side)


def end(unit: Unit, row: Partnership, by: str, actor: str) -> None:
    """End an agreement and delete what was fetched, in one transaction."""
    if row.revoked_at is None:
        row.revoked_at, row.revoked_by, row.fetched_at = unit.now, by, None
        unit.audit(actor, "partner.revoked", ("partnership", row.id), by=by)
    unit.session.execute(delete(PartnerOffer).where(PartnerOffer.partnership_id == row.id))


def _by_link(unit: Unit, link_id: str) -> Partnership | None:
    found: Partnership | None = unit.session.scalar(select(Partnership).where(Partnership.link_id == link_id))
    return found


def _require_room(unit: Unit) -> None:
    count = unit.session.scalar(select(func.count()).select_from(Partnership).where(Partnership.revoked_at.is_(None)))
    if (count or 0) >= MAX_PARTNERS:
        raise refusal("too_many", limit=MAX_PARTNERS)
