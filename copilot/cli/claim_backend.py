"""Claims and corrections as commands need them, and how a running service is asked for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from copilot.cli.backend import Json

_MOST = 200


class Claims(Protocol):
    """What one community's records say."""

    def check(self, text: str) -> Json:
        """Hold a text against the records."""
        ...

    def correct(self, text: str, source: str, expires: str | None) -> Json:
        """Record a correction; `expires` is an ISO time with zone."""
        ...

    def corrections(self) -> list[Json]:
        """List corrections, newest first."""
        ...

    def withdraw(self, correction_id: str) -> Json:
        """Let a correction count no more."""
        ...


class RemoteClaims:
    """Asks the service; `ask` takes a method, a path and what httpx takes, and returns the answer's JSON."""

    def __init__(self, ask: Callable[..., Any]) -> None:
        self._ask = ask

    def check(self, text: str) -> Json:
        """Hold a text against the records."""
        return dict(self._ask("POST", "/claims/check", json={"text": text}))

    def correct(self, text: str, source: str, expires: str | None) -> Json:
        """Record a correction."""
        return dict(self._ask("POST", "/corrections", json={"text": text, "source": source, "expires_at": expires}))

    def corrections(self) -> list[Json]:
        """List corrections."""
        return [dict(row) for row in self._ask("GET", "/corrections", params={"limit": _MOST})["items"]]

    def withdraw(self, correction_id: str) -> Json:
        """Let a correction count no more."""
        return dict(self._ask("DELETE", f"/corrections/{correction_id}"))
