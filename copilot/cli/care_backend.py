"""Care as commands need it, and how a running service is asked for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from copilot.cli.backend import Json


class Care(Protocol):
    """The queue of one community, as one of its people sees it."""

    def listing(self, status: str | None, kind: str | None, limit: int) -> list[Json]:
        """List entries, oldest first."""
        ...

    def show(self, care_id: str) -> Json:
        """Show one entry with what was said."""
        ...

    def act(self, care_id: str, action: str, body: Json) -> Json:
        """Do `take`, `hand-over`, `status` or `notes`."""
        ...

    def people(self) -> list[Json]:
        """List whom the operators named."""
        ...


class RemoteCare:
    """Asks a running service; `ask` takes a method, a path and what httpx takes."""

    def __init__(self, ask: Callable[..., Any]) -> None:
        self._ask = ask

    def listing(self, status: str | None, kind: str | None, limit: int) -> list[Json]:
        """List entries."""
        given = {"status": status, "kind": kind, "limit": limit}
        return list(self._ask("GET", "/care", params={k: v for k, v in given.items() if v is not None})["items"])

    def show(self, care_id: str) -> Json:
        """Show one entry."""
        return dict(self._ask("GET", f"/care/{care_id}"))

    def act(self, care_id: str, action: str, body: Json) -> Json:
        """Do something about an entry."""
        return dict(self._ask("POST", f"/care/{care_id}/{action}", json=body or None))

    def people(self) -> list[Json]:
        """List people."""
        return [dict(row) for row in self._ask("GET", "/care/people")]
