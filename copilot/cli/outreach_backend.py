"""Outreach, demand and posts as commands need them, from the stores of this machine or from a running service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from copilot.cli.backend import Json


class Outreaching(Protocol):
    """Whom one community asks for topics, and what comes of it."""

    def plan(self, quota: int) -> Json:
        """Fill this week's list."""
        ...

    def listing(self, week: str | None, status: str | None, limit: int) -> list[Json]:
        """List whom the operators meant to ask, newest first."""
        ...

    def click(self, outreach_id: str, status: str) -> Json:
        """Note what was done or heard."""
        ...

    def learned(self) -> Json:
        """Show how often members said yes."""
        ...

    def pause(self, member_id: str, paused: bool) -> Json:
        """Let a member be asked no more, or again."""
        ...

    def demand(self, n: int) -> Json:
        """Show what the community asks for."""
        ...

    def post(self, topic_id: str, notes: str) -> Json:
        """Arrange a member's notes into a topic's framework."""
        ...


class RemoteOutreach:
    """Asks the service; `ask` takes a method, a path and what httpx takes, and returns the answer's JSON."""

    def __init__(self, ask: Callable[..., Any]) -> None:
        self._ask = ask

    def plan(self, quota: int) -> Json:
        """Fill this week's list."""
        return dict(self._ask("POST", "/outreach", json={"quota": quota}))

    def listing(self, week: str | None, status: str | None, limit: int) -> list[Json]:
        """List asks."""
        given = {"week": week, "status": status, "limit": limit}
        params = {key: value for key, value in given.items() if value is not None}
        return list(self._ask("GET", "/outreach", params=params)["items"])

    def click(self, outreach_id: str, status: str) -> Json:
        """Note what was done or heard."""
        return dict(self._ask("POST", f"/outreach/{outreach_id}/status", json={"status": status}))

    def learned(self) -> Json:
        """Show how often members said yes."""
        return dict(self._ask("GET", "/outreach/learned"))

    def pause(self, member_id: str, paused: bool) -> Json:
        """Let a member be asked no more, or again."""
        return dict(self._ask("PUT", f"/members/{member_id}/outreach", json={"paused": paused}))

    def demand(self, n: int) -> Json:
        """Show what the community asks for."""
        return dict(self._ask("GET", "/topics/demand", params={"n": n}))

    def post(self, topic_id: str, notes: str) -> Json:
        """Arrange notes."""
        return dict(self._ask("POST", f"/topics/{topic_id}/posts", json={"notes": notes}))
