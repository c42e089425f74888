"""Profiles as commands need them, from the stores of this machine or from a running service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from copilot.cli.backend import Json

_PAGE = 200


class Profiles(Protocol):
    """What was proposed for the profiles of one community."""

    def introduce(self, member_id: str, text: str) -> Json:
        """Read an introduction and return what is proposed."""
        ...

    def scan(self, member_id: str) -> Json:
        """Read the member's chat and return what is proposed."""
        ...

    def proposals(self, member_id: str, status: str | None) -> list[Json]:
        """List up to 200 proposals, oldest first."""
        ...

    def confirm(self, member_id: str, ids: list[str]) -> Json:
        """Confirm proposals; refused, since the command line speaks for no member."""
        ...

    def sources(self, member_id: str, changes: Json) -> Json:
        """Show which sources may be read, after the changes if there are any."""
        ...


class RemoteProfiles:
    """Asks the service; `ask` takes a method, a path and what httpx takes, and returns the answer's JSON."""

    def __init__(self, ask: Callable[..., Any]) -> None:
        self._ask = ask

    def introduce(self, member_id: str, text: str) -> Json:
        """Read an introduction."""
        return dict(self._ask("POST", f"/members/{member_id}/introduction", json={"text": text}))

    def scan(self, member_id: str) -> Json:
        """Read the chat."""
        return dict(self._ask("POST", f"/members/{member_id}/aspects/scan"))

    def proposals(self, member_id: str, status: str | None) -> list[Json]:
        """List proposals."""
        params = {"limit": _PAGE} | ({"status": status} if status else {})
        found = self._ask("GET", f"/members/{member_id}/aspect-proposals", params=params)
        return [dict(item) for item in found["items"]]

    def confirm(self, member_id: str, ids: list[str]) -> Json:
        """Ask for a confirmation, which the service refuses."""
        return dict(self._ask("POST", f"/members/{member_id}/aspect-proposals/confirm", json={"ids": ids}))

    def sources(self, member_id: str, changes: Json) -> Json:
        """Show or change sources."""
        method = "PUT" if changes else "GET"
        body: Json = {"json": changes} if changes else {}
        return dict(self._ask(method, f"/members/{member_id}/consent-sources", **body))
