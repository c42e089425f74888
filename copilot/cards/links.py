"""Links under which a card is seen without a key, for a QR code. What is shown is decided anew each time it is opened."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select

from copilot.cards.models import Language
from copilot.cards.themes import ThemeName
from copilot.community.ids import new_id
from copilot.community.models import Visibility
from copilot.community.store import Page, Store, Unit
from copilot.community.tables import CardLink, Community, Event, Member, Season
from copilot.errors import Conflict, NotFound, TooLarge
from copilot.recognition.season_models import BoardKind
from copilot.recognition.showing import is_shown

LinkKind = Literal["member", "ranking", "event"]
MOST_LINKS = 500
_PREFIX = "crd_"
_TOKEN = re.compile(r"crd_[A-Za-z0-9_-]{43}")
_NOT_SHOWN = {
    "zh-CN": "该成员不公开展示或不参加排行，不能分享名片",
    "en": "this member is not shown to the community or opted out, so there is nothing to share",
}


@dataclass(frozen=True)
class NewLink:
    """A link to make; `board` is for a ranking alone."""

    kind: LinkKind
    target_id: str
    board: BoardKind = "individual"
    theme: ThemeName = "light"
    language: Language | None = None


class CardLinkView(BaseModel):
    """A link without its address, which is shown once."""

    model_config = ConfigDict(from_attributes=True, extra="ignore")

    id: str
    kind: LinkKind
    target_id: str = Field(description="id of the member, the season or the event")
    board: BoardKind = Field(description="of a ranking: which board")
    theme: ThemeName
    language: Language | None = Field(description="null: the community's")
    hint: str = Field(description="the end of the address")
    created_by: str
    created_at: datetime
    revoked_at: datetime | None


class NewCardLink(CardLinkView):
    """A link with its token. Whoever has the address sees the card as it is then, until it is revoked."""

    token: str
    path: str = Field(description="path of the picture on this service; .png instead of .svg for a PNG")


class LinkBook:
    """Keeps links. Safe between threads."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def create(self, community_id: str, new: NewLink, *, actor: str) -> NewCardLink:
        """Make a link; its token is in this answer and nowhere else.

        Raises:
            NotFound: there is no such member, season or event here.
            Conflict: the member is not shown to the community, or opted out of being ranked and shown.
            TooLarge: the community has 500 links that are not revoked.
        """
        token = _PREFIX + secrets.token_urlsafe(32)
        with self._store.write(community_id) as unit:
            unit.session.execute(select(Community.id).with_for_update())
            unit.get({"member": Member, "ranking": Season, "event": Event}[new.kind], new.target_id)
            if new.kind == "member" and not may_share(unit, new.target_id):
                raise Conflict(_NOT_SHOWN["en"], reason="not_shown", sentence=_NOT_SHOWN)
            live = select(func.count(CardLink.id)).where(CardLink.revoked_at.is_(None))
            if (unit.session.scalar(live) or 0) >= MOST_LINKS:
                raise TooLarge(f"a community has at most {MOST_LINKS} card links", limit=MOST_LINKS)
            row = unit.add(
                CardLink(
                    id=new_id("clk"), kind=new.kind, target_id=new.target_id, board=new.board, theme=new.theme,
                    member_id=new.target_id if new.kind == "member" else None, language=new.language,
                    token_hash=_hash(token), hint=token[-4:], created_by=actor, created_at=unit.now, revoked_at=None,
                )
            )  # fmt: skip
            unit.audit(actor, "card_link.created", ("card_link", row.id), kind=new.kind)
            view = CardLinkView.model_validate(row)
        return NewCardLink(**view.model_dump(), token=token, path=f"/cards/{token}.svg")

    def list(
        self, community_id: str, *, member_id: str | None = None, limit: int = 50, cursor: str | None = None
    ) -> Page[CardLinkView]:
        """Return links, newest first, revoked ones included; with `member_id`, those of this member's card.

        Raises:
            InvalidInput: an unknown cursor, or a limit out of bounds.
        """
        statement = select(CardLink)
        if member_id is not None:
            statement = statement.where(CardLink.member_id == member_id)
        with self._store.read(community_id) as unit:
            page = unit.page(statement, (CardLink.created_at, CardLink.id), limit=limit, cursor=cursor)
            return Page([CardLinkView.model_validate(row) for row in page.items], page.next_cursor)

    def get(self, community_id: str, link_id: str) -> CardLinkView:
        """Return a link.

        Raises:
            NotFound: there is no such link here.
        """
        with self._store.read(community_id) as unit:
            return CardLinkView.model_validate(unit.get(CardLink, link_id))

    def revoke(self, community_id: str, link_id: str, *, actor: str) -> CardLinkView:
        """Make a link lead nowhere from the next request on; doing so twice changes nothing.

        Raises:
            NotFound: there is no such link here.
        """
        with self._store.write(community_id) as unit:
            row = unit.get(CardLink, link_id)
            if row.revoked_at is None:
                row.revoked_at = unit.now
                unit.audit(actor, "card_link.revoked", ("card_link", link_id))
            return CardLinkView.model_validate(row)

    def find(self, token: str) -> tuple[str, CardLinkView]:
        """Return the community and the link behind a token.

        Raises:
            NotFound: no such token, or a revoked one; the two are not told apart.
        """
        if _TOKEN.fullmatch(token) is None:
            raise unknown()
        with self._store.system() as session:
            row = session.scalar(select(CardLink).where(CardLink.token_hash == _hash(token)))
            if row is None or row.revoked_at is not None:
                raise unknown()
            return row.community_id, CardLinkView.model_validate(row)


def may_share(unit: Unit, member_id: str) -> bool:
    """Whether a member may be seen without a key: shown to the whole community, and not opted out."""
    member = unit.find(Member, member_id)
    return member is not None and member.visibility == Visibility.COMMUNITY.value and is_shown(unit, member_id)


def unknown() -> NotFound:
    """Return the one answer for a link that never was, was revoked, or whose card may no longer be seen."""
    return NotFound("there is no such card", kind="card_link")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
