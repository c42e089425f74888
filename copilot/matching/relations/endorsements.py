"""Endorsements: one member vouches for another they are connected with. Both see it; what stands counts as trust."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select

from copilot.community.access import Actor
from copilot.community.ids import derived_id
from copilot.community.permission import get_seen, is_seen_by
from copilot.community.store import Page, Store, Unit
from copilot.community.tables import Endorsement, Match, Member
from copilot.community.text import clean_text
from copilot.errors import Conflict, InvalidInput, NotFound
from copilot.matching.records import match_id
from copilot.matching.relations.wording import refusal
from copilot.matching.rules.pairing import ACCEPTED

TEXT_CHARS = 500
MOST_GIVEN = 200
Direction = Literal["received", "given"]


class StoredEndorsement(BaseModel):
    """Who vouches for whom; names are empty for somebody who hides."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    by_id: str = Field(description="who vouches")
    by_name: str
    member_id: str = Field(description="for whom")
    member_name: str
    text: str
    created_at: datetime


class EndorsementService:
    """Keeps endorsements. Whether the actor may speak for `by_id` is checked by whoever calls."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def endorse(
        self, community_id: str, by_id: str, member_id: str, text: str = "", *, actor: Actor
    ) -> StoredEndorsement:
        """Vouch for a member; doing so again replaces the words.

        Raises:
            NotFound: there is no such member.
            InvalidInput: oneself, or more than 500 characters.
            Conflict: the two are not connected, or 200 are endorsed already.
        """
        if len(text) > TEXT_CHARS:
            raise InvalidInput(f"an endorsement has at most {TEXT_CHARS} characters", field="text", limit=TEXT_CHARS)
        if by_id == member_id:
            sentences = refusal("own_endorsement")
            raise InvalidInput(sentences["en"], field="member_id", reason="own_endorsement", sentence=sentences)
        record_id = derived_id("end", community_id, by_id, member_id)
        with self._store.write(community_id) as unit:
            for known in (by_id, member_id):
                unit.get(Member, known)
            if not _are_connected(unit, by_id, member_id):
                raise _conflict("not_connected")
            if unit.find(Endorsement, record_id) is None:
                given = unit.session.scalar(select(func.count(Endorsement.id)).where(Endorsement.by_id == by_id)) or 0
                if given >= MOST_GIVEN:
                    raise _conflict("too_many_endorsements", limit=MOST_GIVEN)
            row = {
                "id": record_id, "by_id": by_id, "member_id": member_id, "text": clean_text(text),
                "created_at": unit.now,
            }  # fmt: skip
            unit.upsert(Endorsement, [row])
            unit.audit(actor.key_id, "endorsement.given", ("endorsement", record_id))
            return _views(unit, [unit.get(Endorsement, record_id)], actor)[0]

    def listed(
        self,
        community_id: str,
        member_id: str,
        direction: Direction = "received",
        *,
        actor: Actor,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[StoredEndorsement]:
        """Return who vouches for a member, or for whom the member does, the latest first.

        Raises:
            NotFound: there is no such member, or none the actor may know of.
            InvalidInput: limit or cursor is wrong.
        """
        column = Endorsement.member_id if direction == "received" else Endorsement.by_id
        statement = select(Endorsement).where(column == member_id)
        with self._store.read(community_id) as unit:
            get_seen(unit, actor, member_id)
            page = unit.page(statement, (Endorsement.created_at, Endorsement.id), limit=limit, cursor=cursor)
            return Page(_views(unit, page.items, actor), page.next_cursor)

    def withdraw(self, community_id: str, endorsement_id: str, *, actor: Actor) -> StoredEndorsement:
        """Take an endorsement back and return what it was: who gave it may, who received it, and operators.

        Raises:
            NotFound: there is none with this id, or it is none of the actor's business.
            Denied: the actor may write for nobody here.
        """
        with self._store.write(community_id) as unit:
            row = unit.find(Endorsement, endorsement_id)
            is_theirs = row is not None and actor.member_id in {row.by_id, row.member_id} and actor.may("self:write")
            if not is_theirs and not actor.may("matching:write"):
                actor.require("self:write")
                row = None
            if row is None:
                raise NotFound(
                    f"there is no endorsement {endorsement_id!r} in this community",
                    kind="endorsement",
                    id=endorsement_id,
                )
            view = _views(unit, [row], actor)[0]
            unit.session.delete(row)
            unit.audit(actor.key_id, "endorsement.withdrawn", ("endorsement", row.id))
            return view


def _are_connected(unit: Unit, one: str, other: str) -> bool:
    both = [match_id(unit.community_id, *ids) for ids in ((one, "member", other), (other, "member", one))]
    rows = unit.get_many(Match, both)
    return len(rows) == len(both) and all(row.status == ACCEPTED for row in rows.values())


def _conflict(reason: str, **values: object) -> Conflict:
    sentences = refusal(reason, **values)
    return Conflict(sentences["en"], reason=reason, sentence=sentences, **values)


def _views(unit: Unit, rows: Sequence[Endorsement], actor: Actor) -> list[StoredEndorsement]:
    people = unit.get_many(Member, [member_id for row in rows for member_id in (row.by_id, row.member_id)])
    names = {member.id: member.name if is_seen_by(actor, member) else "" for member in people.values()}
    return [
        StoredEndorsement(
            id=row.id, by_id=row.by_id, by_name=names[row.by_id], member_id=row.member_id,
            member_name=names[row.member_id], text=row.text, created_at=row.created_at,
        )
        for row in rows
    ]  # fmt: skip
