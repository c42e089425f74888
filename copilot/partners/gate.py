"""Letters from other instances: who may write, and what is answered. Nothing is told to whom cannot sign."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from copilot.community.store import Store, Unit
from copilot.community.tables import Partnership
from copilot.errors import NotFound, Unauthenticated
from copilot.partners.agreements import AgreementDesk, end
from copilot.partners.letters import Acceptance, Known, Shared, Word
from copilot.partners.shelf import is_standing, offers_of, scope_of
from copilot.partners.standing import known
from copilot.partners.tokens import verify
from copilot.partners.wording import refusal


class Gate:
    """Answers partners. Safe to share between threads."""

    def __init__(self, store: Store, desk: AgreementDesk) -> None:
        self._store = store
        self._desk = desk

    def accept(self, link_id: str, letter: Acceptance, headers: Mapping[str, str], body: bytes) -> Known:
        """Take an acceptance of an invitation that was written here.

        Raises:
            Unauthenticated: it is not signed with the invitation's secret.
            InvalidInput: the token is not the one that was written here, or their address is none.
            Conflict: it has expired, was revoked, or was accepted by another.
        """
        community_id = self._enter(link_id, headers, body, is_new=True)
        url = self._desk.check_url(letter.url) if letter.url else ""
        told = letter.model_copy(update={"url": url})
        return self._desk.accepted(community_id, link_id, told, peer_community_id=None)

    def confirm(self, link_id: str, letter: Word, headers: Mapping[str, str], body: bytes) -> Known:
        """Note that the other side said yes.

        Raises:
            Unauthenticated: it is not signed by the partner.
        """
        community_id = self._enter(link_id, headers, body)
        with self._store.write(community_id) as unit:
            row = _row(unit, link_id)
            row.peer_agreed_at, row.peer = row.peer_agreed_at or unit.now, letter.culture.model_dump()
            return known(unit, row)

    def revoke(self, link_id: str, headers: Mapping[str, str], body: bytes) -> Known:
        """Note that the other side ended it, and delete what was fetched.

        Raises:
            Unauthenticated: it is not signed by the partner.
        """
        community_id = self._enter(link_id, headers, body)
        with self._store.write(community_id) as unit:
            row = _row(unit, link_id)
            end(unit, row, "them", "partner")
            return known(unit, row)

    def offers(self, link_id: str, letter: Word, headers: Mapping[str, str], body: bytes) -> Shared:
        """Return what both sides allow, as it is now.

        Raises:
            Unauthenticated: it is not signed by the partner.
            NotFound: the agreement was revoked.
            Conflict: this side has not confirmed yet.
        """
        community_id = self._enter(link_id, headers, body)
        with self._store.read(community_id) as unit:
            row = _row(unit, link_id)
            if row.revoked_at is not None:
                raise NotFound("there is no such agreement", kind="partnership", id=link_id)
            if not is_standing(row) or row.peer_agreed_at is None:
                raise refusal("not_accepted")
            return Shared(**dict(known(unit, row)), offers=offers_of(unit, scope_of(row.gives), letter.takes))

    def _enter(self, link_id: str, headers: Mapping[str, str], body: bytes, *, is_new: bool = False) -> str:
        """Return the community that a signed letter is for; an unknown link and a wrong signature are not told apart."""
        statement = select(Partnership.community_id, Partnership.secret).where(
            Partnership.link_id == link_id, Partnership.peer_community_id.is_(None)
        )
        statement = statement.where(Partnership.side == "inviter" if is_new else Partnership.peer_url != "")
        with self._store.system() as session:
            found = session.execute(statement).first()
        if found is None:
            raise Unauthenticated("this letter is not signed by a partner")
        verify(found.secret, headers, body, self._store.clock.now())
        return str(found.community_id)


def _row(unit: Unit, link_id: str) -> Partnership:
    row: Partnership | None = unit.session.scalar(select(Partnership).where(Partnership.link_id == link_id))
    if row is None:
        raise Unauthenticated("this letter is not signed by a partner")
    return row
