"""Stars and weekly reports as commands need them, and how a running service is asked for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from copilot.cli.backend import Json


class Weekly(Protocol):
    """What one community's operators look at once a week."""

    def stars(self, channel: str | None, weeks: int) -> Json:
        """Say who answers, connects and calms, and who carries too much."""
        ...

    def make(self, week: str | None) -> Json:
        """Make the report of a week."""
        ...

    def report(self, week: str | None, audience: str) -> Json:
        """Return a stored report."""
        ...

    def listing(self, limit: int) -> list[Json]:
        """List stored reports, the newest week first."""
        ...


class RemoteWeekly:
    """Asks a running service; `ask` takes a method, a path and what httpx takes."""

    def __init__(self, ask: Callable[..., Any]) -> None:
        self._ask = ask

    def stars(self, channel: str | None, weeks: int) -> Json:
        """Say who answers, connects and calms."""
        params = {"weeks": weeks} if channel is None else {"weeks": weeks, "channel": channel}
        return dict(self._ask("GET", "/atmosphere/stars", params=params))

    def make(self, week: str | None) -> Json:
        """Make a report."""
        return dict(self._ask("POST", "/atmosphere/weekly", json={} if week is None else {"week": week}))

    def report(self, week: str | None, audience: str) -> Json:
        """Return a report."""
        params = {"audience": audience} if week is None else {"audience": audience, "week": week}
        return dict(self._ask("GET", "/atmosphere/weekly", params=params))

    def listing(self, limit: int) -> list[Json]:
        """List reports."""
        return list(self._ask("GET", "/atmosphere/weeklies", params={"limit": limit})["items"])
