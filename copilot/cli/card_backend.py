"""Cards as commands need them, from the stores of this machine or from a running service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from copilot.cli.backend import Json


class Cards(Protocol):
    """Pictures to share of one community. `look` has theme, language (may be None) and link; `form` is svg or png."""

    def member(self, member_id: str, form: str, look: Json) -> bytes:
        """Draw a member."""
        ...

    def ranking(self, season_id: str, kind: str, form: str, look: Json) -> bytes:
        """Draw the first of a board."""
        ...

    def event(self, event_id: str, form: str, look: Json) -> bytes:
        """Draw an event."""
        ...

    def write_up(self, post_id: str, form: str, look: Json) -> bytes:
        """Draw a post."""
        ...

    def link(self, body: Json) -> Json:
        """Make a link under which a card is seen without a key."""
        ...

    def links(self, limit: int) -> list[Json]:
        """List links."""
        ...

    def unlink(self, link_id: str) -> Json:
        """Revoke a link."""
        ...


class RemoteCards:
    """Asks the service; `ask` returns the answer's JSON, `answer` the answer itself."""

    def __init__(self, ask: Callable[..., Any], answer: Callable[..., Any]) -> None:
        self._ask = ask
        self._answer = answer

    def member(self, member_id: str, form: str, look: Json) -> bytes:
        """Draw a member."""
        return self._drawn(f"/members/{member_id}/card.{form}", look)

    def ranking(self, season_id: str, kind: str, form: str, look: Json) -> bytes:
        """Draw the first of a board."""
        return self._drawn(f"/seasons/{season_id}/boards/{kind}/card.{form}", look)

    def event(self, event_id: str, form: str, look: Json) -> bytes:
        """Draw an event."""
        return self._drawn(f"/events/{event_id}/card.{form}", look)

    def write_up(self, post_id: str, form: str, look: Json) -> bytes:
        """Draw a post."""
        return self._drawn(f"/posts/{post_id}/card.{form}", look)

    def link(self, body: Json) -> Json:
        """Make a link."""
        return dict(self._ask("POST", "/card-links", json=body))

    def links(self, limit: int) -> list[Json]:
        """List links."""
        return list(self._ask("GET", "/card-links", params={"limit": limit})["items"])

    def unlink(self, link_id: str) -> Json:
        """Revoke a link."""
        return dict(self._ask("DELETE", f"/card-links/{link_id}"))

    def _drawn(self, path: str, look: Json) -> bytes:
        params = {name: value for name, value in look.items() if value}
        return bytes(self._answer("GET", path, params=params).content)
