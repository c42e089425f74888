"""Cards to share: a member, a board, an event or a post as one picture, 1080 x 1350."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Path, Query, Response
from pydantic import Field

from api.deps import CallerDep, Cursor, Limit, ServicesDep
from api.routes.event_life import EventId, require_reader
from api.routes.people import MemberId
from api.routes.points import require_own_say, require_seer
from api.routes.seasons import SeasonId
from api.schemas.common import Body, ListOf, list_of
from copilot.cards.desk import Wish
from copilot.cards.links import CardLinkView, LinkKind, NewCardLink, NewLink
from copilot.cards.models import MOST_LINK_CHARS, Language
from copilot.cards.pictures import png
from copilot.cards.themes import ThemeName
from copilot.recognition.season_models import BoardKind
from copilot.services import Services

router = APIRouter(tags=["cards"])
# A plain route: the answer holds a secret, and an idempotent one would store it.
secrets = APIRouter(tags=["cards"])
# Who scans a code sends no key; the address itself is the secret.
shared = APIRouter(tags=["cards"])
_SVG, _PNG = "image/svg+xml", "image/png"
_EXAMPLE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="1080" height="1350" viewBox="0 0 1080 1350" xml:lang="zh-CN" '
    'role="img"><title>小满 · 启航社区</title>...</svg>'
)
_PICTURE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "the card",
        "content": {
            _SVG: {"schema": {"type": "string"}, "example": _EXAMPLE},
            _PNG: {"schema": {"type": "string", "format": "binary"}, "example": "PNG..."},
        },
    },
    304: {"description": "the copy at hand is the card as it is now"},
}
# Opened by itself, an SVG is a page: it runs nothing and loads nothing, whatever a text in it says.
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-cache",
    "Vary": "Authorization, X-API-Key",
}
Form = Annotated[Literal["svg", "png"], Path(description="svg, or png where the service has a Chinese font")]
IfNoneMatch = Annotated[str | None, Header(max_length=200, description="the ETag of the copy at hand")]


def wish(
    form: Form,
    theme: Annotated[ThemeName, Query(description="colours")] = "light",
    language: Annotated[Language | None, Query(description="the community's when left out")] = None,
    link: Annotated[
        str,
        Query(
            max_length=MOST_LINK_CHARS,
            pattern=r"^(https?://[!-?A-~]+)?$",
            description="a web address for a QR code, without an account; none when left out",
        ),
    ] = "",
) -> Wish:
    """Return how the card is to look."""
    return Wish(theme, language, link, painted=form == "png")


WishDep = Annotated[Wish, Depends(wish)]


@router.get("/members/{member_id}/card.{form}", response_class=Response, responses=_PICTURE)
def member_card(
    caller: CallerDep, member_id: MemberId, form: Form, asked: WishDep, if_none_match: IfNoneMatch = None
) -> Response:
    """Draw a member's card: who they are, and points and awards unless they opted out of being ranked.

    Members draw their own, staff anybody's who shows themselves to the community; other members on the days of its slot.
    It is drawn anew each time, so that hiding, opting out and deletion hold at once.
    """
    svg = caller.services.cards.member(caller.community_id, member_id, asked, actor=caller.actor)
    return _picture(caller.services, svg, form, if_none_match)


@router.get("/seasons/{season_id}/boards/{kind}/card.{form}", response_class=Response, responses=_PICTURE)
def ranking_card(
    caller: CallerDep,
    season_id: SeasonId,
    kind: Annotated[BoardKind, Path(description="individual, newcomer or team")],
    form: Form,
    asked: WishDep,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Draw the first ten of a board as it stands now; equal points share a rank.

    Whoever opted out, hides, or shows themselves to operators alone is not on it.
    """
    require_seer(caller.actor)
    svg = caller.services.cards.ranking(caller.community_id, season_id, kind, asked)
    return _picture(caller.services, svg, form, if_none_match)


@router.get("/events/{event_id}/card.{form}", response_class=Response, responses=_PICTURE)
def event_card(
    caller: CallerDep, event_id: EventId, form: Form, asked: WishDep, if_none_match: IfNoneMatch = None
) -> Response:
    """Draw an event: when, what, where, with whom of those who show themselves, and whether there is a place."""
    require_reader(caller.actor)
    return _picture(
        caller.services, caller.services.cards.event(caller.community_id, event_id, asked), form, if_none_match
    )


@router.get("/posts/{post_id}/card.{form}", response_class=Response, responses=_PICTURE)
def write_up_card(
    caller: CallerDep,
    post_id: Annotated[str, Path(max_length=64, description="id of a post that was arranged from notes")],
    form: Form,
    asked: WishDep,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Draw a post: its title and its most telling sentences; contacts in them are left out. Nothing is published.

    Members draw their own, others need `topics:read`; to those its author is named only when shown to the community.
    """
    svg = caller.services.cards.write_up(caller.community_id, post_id, asked, actor=caller.actor)
    return _picture(caller.services, svg, form, if_none_match)


class CardLinkIn(Body):
    """A link to make."""

    kind: LinkKind
    target_id: str = Field(min_length=1, max_length=64, description="id of the member, the season or the event")
    board: BoardKind = Field("individual", description="of a ranking: which board")
    theme: ThemeName = "light"
    language: Language | None = Field(None, description="the community's when left out")


@secrets.post("/card-links", status_code=201)
def make_card_link(caller: CallerDep, body: CardLinkIn) -> NewCardLink:
    """Make an address under which a card is seen without a key, for a QR code; it is shown here and never again.

    The card is drawn anew each time it is opened: who hides, opts out or is deleted is not on it in the next request, and
    a member's own card is gone then. Members make and revoke links of their own card, operators on their word.
    """
    if body.kind == "member":
        require_own_say(caller, body.target_id)
    else:
        caller.actor.require("events:write" if body.kind == "event" else "recognition:write")
    new = NewLink(body.kind, body.target_id, body.board, body.theme, body.language)
    return caller.services.cards.links.create(caller.community_id, new, actor=caller.actor.key_id)


@router.get("/card-links")
def list_card_links(
    caller: CallerDep,
    member_id: Annotated[str | None, Query(max_length=64, description="of this member's card alone")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ListOf[CardLinkView]:
    """List card links, newest first; their addresses are stored nowhere. A member key lists its own by naming the member."""
    if member_id is None:
        caller.actor.require("recognition:write")
    else:
        caller.actor.require_member(member_id, "recognition:write")
    return list_of(
        caller.services.cards.links.list(caller.community_id, member_id=member_id, limit=limit, cursor=cursor)
    )


@router.delete("/card-links/{link_id}")
def revoke_card_link(
    caller: CallerDep, link_id: Annotated[str, Path(max_length=64, description="id of a card link")]
) -> CardLinkView:
    """Revoke a link: its address leads nowhere from the next request on. Members revoke those of their own card."""
    links = caller.services.cards.links
    if caller.actor.may("recognition:write"):
        return links.revoke(caller.community_id, link_id, actor=caller.actor.key_id)
    caller.actor.require("self:write")
    found = links.get(caller.community_id, link_id)
    require_own_say(caller, found.target_id if found.kind == "member" else "")
    return links.revoke(caller.community_id, link_id, actor=caller.actor.key_id)


@shared.get("/cards/{token}.{form}", response_class=Response, responses=_PICTURE)
def shared_card(
    services: ServicesDep,
    token: Annotated[str, Path(max_length=100, description="from the answer that made the link")],
    form: Form,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Show the card behind a link as it may be seen now.

    Unknown addresses, revoked ones and those of members who hide, opted out or are gone are not told apart.
    """
    svg = services.cards.shared(token, painted=form == "png")
    return _picture(services, svg, form, if_none_match)


def _picture(services: Services, svg: str, form: Literal["svg", "png"], copy: str | None) -> Response:
    # The picture depends on nothing but the SVG, so that a PNG at hand costs no drawing.
    tag = f'"{hashlib.sha256(f"{form} {svg}".encode()).hexdigest()[:32]}"'
    headers = _HEADERS | {"ETag": tag}
    if copy is not None and tag in copy:
        return Response(status_code=304, headers=headers)
    if form == "png":
        return Response(png(services.cards.book, svg), media_type=_PNG, headers=headers)
    return Response(svg, media_type=_SVG, headers=headers)
