"""Addresses under which a card is seen without a key: made, listed and taken back beside the card."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path
from starlette.responses import Response

from api.console.navigation import PREFIX
from api.console.visit import Visit, WritingDep
from copilot.cards.links import LinkKind, NewLink
from copilot.cards.models import Language
from copilot.cards.themes import ThemeName
from copilot.recognition.season_models import BoardKind

router = APIRouter(prefix="/cards/links")


@router.post("")
def make(
    visit: WritingDep, of: Annotated[LinkKind, Form()], record: Annotated[str, Form(min_length=1, max_length=64)], *,
    board: Annotated[BoardKind, Form()] = "individual", theme: Annotated[ThemeName, Form()] = "light",
    language: Annotated[Language | Literal[""], Form()] = "",
) -> Response:  # fmt: skip
    """Make a link and show its address, once: members of their own card, operators of what they may show."""
    _require_say(visit, of, record)
    new = NewLink(of, record, board, theme, language or None)
    made = visit.services.cards.links.create(visit.community_id, new, actor=visit.actor.key_id)
    url = visit.request.url
    address = f"{url.scheme}://{url.netloc}{made.path.removesuffix('.svg')}.png"
    if visit.is_htmx:
        return visit.fragment("card_link_made.html", address=address)
    return visit.page("card_link.html", place="me" if visit.actor.member_id else "recognition", address=address)


@router.post("/{link_id}/revoke")
def revoke(visit: WritingDep, link_id: Annotated[str, Path(max_length=64)]) -> Response:
    """Take a link back: its address leads nowhere from the next request on."""
    links = visit.services.cards.links
    if not visit.actor.may("recognition:write"):
        visit.actor.require("self:write")
        found = links.get(visit.community_id, link_id)
        _require_say(visit, "member", found.target_id if found.kind == "member" else "")
    links.revoke(visit.community_id, link_id, actor=visit.actor.key_id)
    return visit.go(f"{PREFIX}/cards")


def _require_say(visit: Visit, of: LinkKind, record: str) -> None:
    """Pass who may share a card: the member whose own it is, and operators.

    Raises:
        Denied: it is neither the visitor's own nor theirs to show.
    """
    if of == "member" and record and record == visit.actor.member_id and visit.actor.may("self:write"):
        return
    visit.actor.require("events:write" if of == "event" else "recognition:write")
