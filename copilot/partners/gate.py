"""Letters from other instances: who may write, and what is answered. Nothing is told to whom cannot sign."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, select

from copilot.community.store import Store, Unit
from copilot.community.tables import IdempotencyRecord, Partnership
from copilot.errors import Collision, Unauthenticated
from copilot.partners.agreements import AgreementDesk, end
from copilot.partners.letters import Acceptance, Known, Shared, Word
from copilot.partners.shelf import is_standing, offers_of, scope_of
from copilot.partners.standing import known
from copilot.partners.tokens import TOLERANCE, letter_key, verify
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
        community_id = self._enter(link_id, "accept", headers, body)
        url = self._desk.check_url(letter.url) if letter.url else ""
        told = letter.model_copy(update={"url": url})
        return self._desk.accepted(community_id, link_id, told, peer_community_id=None)

    def confirm(self, link_id: str, letter: Word, headers: Mapping[str, str], body: bytes) -> Known:
        """Note that the other side said yes.

        Raises:
            Unauthenticated: it is not signed by the partner.
            Conflict: it was revoked here, or the letter was taken already.
        """
        community_id = self._enter(link_id, "confirm", headers, body)
        with self._store.write(community_id) as unit:
            row = _row(unit, link_id)
            if row.revoked_at is not None:
                raise refusal("revoked")
            row.peer_agreed_at, row.peer = row.peer_agreed_at or unit.now, letter.culture.model_dump()
            return known(unit, row)

    def revoke(self, link_id: str, headers: Mapping[str, str], body: bytes) -> Known:
        """Note that the other side ended it, and delete what was kept of theirs.

        Raises:
            Unauthenticated: it is not signed by the partner.
            Conflict: the letter was taken already.
        """
        community_id = self._enter(link_id, "revoke", headers, body)
        with self._store.write(community_id) as unit:
            row = _row(unit, link_id)
            end(unit, row, "them", "partner")
            return known(unit, row)

    def offers(self, link_id: str, letter: Word, headers: Mapping[str, str], body: bytes) -> Shared:
        """Return what both sides allow, as it is now.

        Raises:
            Unauthenticated: it is not signed by the partner.
            Conflict: it was revoked, this side has not confirmed yet, or the letter was taken already.
        """
        community_id = self._enter(link_id, "offers", headers, body)
        with self._store.read(community_id) as unit:
            row = _row(unit, link_id)
            if row.revoked_at is not None:
                raise refusal("revoked")
            if not is_standing(row) or row.peer_agreed_at is None:
                raise refusal("not_accepted")
            return Shared(**dict(known(unit, row)), offers=offers_of(unit, scope_of(row.gives), letter.takes))

    def _enter(self, link_id: str, what: str, headers: Mapping[str, str], body: bytes) -> str:
        """Return the community that a signed letter is for; an unknown link and a wrong signature are not told apart."""
        statement = select(Partnership.community_id, Partnership.secret, Partnership.side).where(
            Partnership.link_id == link_id, Partnership.peer_community_id.is_(None)
        )
        # Before somebody accepted, nobody else can write.
        statement = statement.where(Partnership.side == "inviter" if what == "accept" else Partnership.peer_url != "")
        with self._store.system() as session:
            found = session.execute(statement).first()
        if found is None:
            raise Unauthenticated("this letter is not signed by a partner")
        writer = "invited" if found.side == "inviter" else "inviter"
        letter_id = verify(letter_key(found.secret, writer, what), headers, body, self._store.clock.now())
        self._take_once(str(found.community_id), link_id, letter_id)
        return str(found.community_id)

    def _take_once(self, community_id: str, link_id: str, letter_id: str) -> None:
        """Note a letter for as long as its signature holds.

        Raises:
            Conflict: it was taken already.
        """
        sender = f"link:{link_id}"
        try:
            with self._store.write(community_id) as unit:
                mine = IdempotencyRecord.api_key_id == sender
                # A letter may be dated five minutes ahead, and is good for five more.
                old = IdempotencyRecord.created_at < unit.now - 3 * TOLERANCE
                unit.session.execute(delete(IdempotencyRecord).where(mine, old))
                if unit.session.get(IdempotencyRecord, (community_id, sender, letter_id)) is not None:
                    raise refusal("replayed")
                unit.add(
                    IdempotencyRecord(
                        api_key_id=sender, key=letter_id, request_hash="letter", state="done", headers={},
                        created_at=unit.now,
                    )
                )  # fmt: skip
        except Collision as error:  # the same letter, at the same moment
            raise refusal("replayed") from error


def _row(unit: Unit, link_id: str) -> Partnership:
    row: Partnership | None = unit.session.scalar(select(Partnership).where(Partnership.link_id == link_id))
    if row is None:
        raise Unauthenticated("this letter is not signed by a partner")
    return row
