"""Cards from the stores of this machine."""

from __future__ import annotations

from typing import get_args

from copilot.cards.desk import CardDesk, Wish
from copilot.cards.links import LinkKind, NewLink
from copilot.cards.pictures import png
from copilot.cli.backend import Json
from copilot.community.access import Actor
from copilot.errors import InvalidInput
from copilot.recognition.season_models import BoardKind


class LocalCards:
    """Draws from the stores."""

    def __init__(self, desk: CardDesk, community_id: str, actor: Actor) -> None:
        self._desk = desk
        self._community_id = community_id
        self._actor = actor

    def member(self, member_id: str, form: str, look: Json) -> bytes:
        """Draw a member."""
        return self._in(form, self._desk.member(self._community_id, member_id, _wish(look, form), actor=self._actor))

    def ranking(self, season_id: str, kind: str, form: str, look: Json) -> bytes:
        """Draw the first of a board."""
        return self._in(form, self._desk.ranking(self._community_id, season_id, _board(kind), _wish(look, form)))

    def event(self, event_id: str, form: str, look: Json) -> bytes:
        """Draw an event."""
        return self._in(form, self._desk.event(self._community_id, event_id, _wish(look, form)))

    def write_up(self, post_id: str, form: str, look: Json) -> bytes:
        """Draw a post."""
        return self._in(form, self._desk.write_up(self._community_id, post_id, _wish(look, form), actor=self._actor))

    def link(self, body: Json) -> Json:
        """Make a link."""
        new = NewLink(
            _link_kind(body["kind"]), body["target_id"], _board(body["board"]), body["theme"], body["language"]
        )
        made = self._desk.links.create(self._community_id, new, actor=self._actor.key_id)
        return dict(made.model_dump(mode="json"))

    def links(self, limit: int) -> list[Json]:
        """List links."""
        page = self._desk.links.list(self._community_id, limit=limit)
        return [dict(one.model_dump(mode="json")) for one in page.items]

    def unlink(self, link_id: str) -> Json:
        """Revoke a link."""
        found = self._desk.links.revoke(self._community_id, link_id, actor=self._actor.key_id)
        return dict(found.model_dump(mode="json"))

    def _in(self, form: str, svg: str) -> bytes:
        return png(self._desk.book, svg) if form == "png" else svg.encode()


def _wish(look: Json, form: str) -> Wish:
    return Wish(look["theme"], look["language"], look["link"], painted=form == "png")


def _link_kind(given: str) -> LinkKind:
    known: tuple[LinkKind, ...] = get_args(LinkKind)
    for one in known:
        if one == given:
            return one
    raise InvalidInput(f"kind is one of {', '.join(known)}, not {given!r}", field="kind")


def _board(given: str) -> BoardKind:
    known: tuple[BoardKind, ...] = get_args(BoardKind)
    for one in known:
        if one == given:
            return one
    raise InvalidInput(f"kind is one of {', '.join(known)}, not {given!r}", field="kind")
