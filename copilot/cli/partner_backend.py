"""Partners as commands need them, from the stores of this machine or from a running service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from copilot.cli.backend import Json


class Partners(Protocol):
    """One community's agreements with others, and what crosses the border."""

    def invite(self, body: Json) -> Json:
        """Make an invitation; its token is in the answer."""
        ...

    def accept(self, body: Json) -> Json:
        """Accept an invitation."""
        ...

    def confirm(self, partnership_id: str) -> Json:
        """Say yes to whoever accepted."""
        ...

    def change(self, partnership_id: str, body: Json) -> Json:
        """Change what is given or taken."""
        ...

    def revoke(self, partnership_id: str) -> Json:
        """End an agreement."""
        ...

    def partners(self, limit: int) -> list[Json]:
        """List agreements."""
        ...

    def share(self, resource_id: str, body: Json) -> Json:
        """Let a resource cross, or keep it at home."""
        ...

    def resources(self, partnership_id: str | None) -> Json:
        """List what partners share."""
        ...

    def match(self, member_id: str, n: int) -> Json:
        """Match a member with partners' resources."""
        ...


class RemotePartners:
    """Asks the service; `ask` takes a method, a path and what httpx takes."""

    def __init__(self, ask: Callable[..., Any]) -> None:
        self._ask = ask

    def invite(self, body: Json) -> Json:
        """Make an invitation."""
        return dict(self._ask("POST", "/partners/invitations", json=body))

    def accept(self, body: Json) -> Json:
        """Accept an invitation."""
        return dict(self._ask("POST", "/partners/acceptances", json=body))

    def confirm(self, partnership_id: str) -> Json:
        """Say yes."""
        return dict(self._ask("POST", f"/partners/{partnership_id}/confirm"))

    def change(self, partnership_id: str, body: Json) -> Json:
        """Change what is given or taken."""
        return dict(self._ask("PATCH", f"/partners/{partnership_id}", json=body))

    def revoke(self, partnership_id: str) -> Json:
        """End an agreement."""
        return dict(self._ask("POST", f"/partners/{partnership_id}/revoke"))

    def partners(self, limit: int) -> list[Json]:
        """List agreements."""
        return list(self._ask("GET", "/partners", params={"limit": limit})["items"])

    def share(self, resource_id: str, body: Json) -> Json:
        """Let a resource cross, or keep it at home."""
        return dict(self._ask("PUT", f"/resources/{resource_id}/sharing", json=body))

    def resources(self, partnership_id: str | None) -> Json:
        """List what partners share."""
        params = {"partnership_id": partnership_id} if partnership_id else {}
        return dict(self._ask("GET", "/partner-resources", params=params))

    def match(self, member_id: str, n: int) -> Json:
        """Match a member with partners' resources."""
        return dict(self._ask("GET", f"/members/{member_id}/partner-matches", params={"n": n}))
