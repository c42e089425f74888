"""Circles and ventures as commands need them, from the stores of this machine or from a running service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from copilot.cli.backend import Json


class Circles(Protocol):
    """Tiers, city circles and ventures of one community."""

    def circles(self) -> list[Json]:
        """List tiers and city circles."""
        ...

    def of(self, member_id: str) -> Json:
        """Show where a member belongs."""
        ...

    def seat(self, member_id: str, circle: str, body: Json) -> Json:
        """Put a member in a circle, or take them out."""
        ...

    def city(self, city: str, people: int) -> Json:
        """List whom to ask to a small event."""
        ...

    def ventures(self, body: Json) -> Json:
        """Propose ventures for a goal."""
        ...


class RemoteCircles:
    """Asks the service; `ask` takes a method, a path and what httpx takes."""

    def __init__(self, ask: Callable[..., Any]) -> None:
        self._ask = ask

    def circles(self) -> list[Json]:
        """List tiers and city circles."""
        return list(self._ask("GET", "/circles")["items"])

    def of(self, member_id: str) -> Json:
        """Show where a member belongs."""
        return dict(self._ask("GET", f"/members/{member_id}/circles"))

    def seat(self, member_id: str, circle: str, body: Json) -> Json:
        """Put a member in a circle, or take them out."""
        return dict(self._ask("PUT", f"/members/{member_id}/circles/{circle}", json=body))

    def city(self, city: str, people: int) -> Json:
        """List whom to ask to a small event."""
        return dict(self._ask("GET", "/small-events", params={"city": city, "people": people}))

    def ventures(self, body: Json) -> Json:
        """Propose ventures."""
        return dict(self._ask("POST", "/ventures", json=body))
