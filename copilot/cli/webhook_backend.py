"""Webhooks as commands need them, from the stores of this machine or from a running service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from copilot.cli.backend import Json

_MOST = 200


class Webhooks(Protocol):
    """One community's webhooks."""

    def add(self, url: str, events: list[str]) -> Json:
        """Make a webhook; the answer holds the secret."""
        ...

    def listing(self) -> list[Json]:
        """List webhooks, newest first."""
        ...

    def change(self, webhook_id: str, change: Json) -> Json:
        """Change URL, events or status."""
        ...

    def rotate(self, webhook_id: str) -> Json:
        """Replace the secret; the answer holds the new one."""
        ...

    def remove(self, webhook_id: str) -> Json:
        """Delete a webhook with its deliveries."""
        ...

    def test(self, webhook_id: str) -> Json:
        """Send a message now and say what became of it."""
        ...

    def deliveries(self, webhook_id: str, limit: int) -> list[Json]:
        """List what was sent or waits, newest first."""
        ...

    def retry(self, delivery_id: str) -> Json:
        """Let a delivery be sent again."""
        ...


class RemoteWebhooks:
    """Asks the service; `ask` takes a method, a path and what httpx takes, and returns the answer's JSON."""

    def __init__(self, ask: Callable[..., Any]) -> None:
        self._ask = ask

    def add(self, url: str, events: list[str]) -> Json:
        """Make a webhook."""
        return dict(self._ask("POST", "/webhooks", json={"url": url, "events": events}))

    def change(self, webhook_id: str, change: Json) -> Json:
        """Change a webhook."""
        return dict(self._ask("PATCH", f"/webhooks/{webhook_id}", json=change))

    def rotate(self, webhook_id: str) -> Json:
        """Replace the secret."""
        return dict(self._ask("POST", f"/webhooks/{webhook_id}/rotate"))

    def remove(self, webhook_id: str) -> Json:
        """Delete a webhook."""
        return dict(self._ask("DELETE", f"/webhooks/{webhook_id}"))

    def test(self, webhook_id: str) -> Json:
        """Send a message now."""
        return dict(self._ask("POST", f"/webhooks/{webhook_id}/test"))

    def retry(self, delivery_id: str) -> Json:
        """Let a delivery be sent again."""
        return dict(self._ask("POST", f"/webhook-deliveries/{delivery_id}/retry"))

    def deliveries(self, webhook_id: str, limit: int) -> list[Json]:
        """List deliveries."""
        found = self._ask("GET", f"/webhooks/{webhook_id}/deliveries", params={"limit": limit})
        return [dict(item) for item in found["items"]]

    def listing(self) -> list[Json]:
        """List webhooks."""
        return [dict(item) for item in self._ask("GET", "/webhooks", params={"limit": _MOST})["items"]]
