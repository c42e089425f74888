"""Alerts of the room as commands need them, from the stores of this machine or from a running service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from copilot.cli.backend import Json


class Alerts(Protocol):
    """What changed in one community, and what people did about it."""

    def listing(self, status: str | None, held_back: bool | None, limit: int) -> list[Json]:
        """List alerts, newest first."""
        ...

    def show(self, alert_id: str) -> Json:
        """Show one alert."""
        ...

    def take(self, alert_id: str, note: str) -> Json:
        """Note that the suggested step was taken."""
        ...

    def dismiss(self, alert_id: str, reason: str) -> Json:
        """Note why it is not."""
        ...


class RemoteAlerts:
    """Asks the service; `ask` takes a method, a path and what httpx takes, and returns the answer's JSON."""

    def __init__(self, ask: Callable[..., Any]) -> None:
        self._ask = ask

    def listing(self, status: str | None, held_back: bool | None, limit: int) -> list[Json]:
        """List alerts."""
        given = {"status": status, "held_back": held_back, "limit": limit}
        params = {key: value for key, value in given.items() if value is not None}
        return list(self._ask("GET", "/alerts", params=params)["items"])

    def show(self, alert_id: str) -> Json:
        """Show one alert."""
        return dict(self._ask("GET", f"/alerts/{alert_id}"))

    def take(self, alert_id: str, note: str) -> Json:
        """Note that the step was taken."""
        return dict(self._ask("POST", f"/alerts/{alert_id}/take", json={"note": note}))

    def dismiss(self, alert_id: str, reason: str) -> Json:
        """Note why it is not."""
        return dict(self._ask("POST", f"/alerts/{alert_id}/dismiss", json={"reason": reason}))
