"""Rounds, rotations and teams as commands need them, from the stores of this machine or from a running service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from copilot.cli.backend import Json


class Seatings(Protocol):
    """One community's rounds, rotations and teams."""

    def plan(self, body: Json) -> Json:
        """Plan rounds."""
        ...

    def rounds(self, series: str | None, status: str | None, limit: int) -> list[Json]:
        """List rounds, newest first."""
        ...

    def round(self, round_id: str) -> Json:
        """Return one round with its groups."""
        ...

    def confirm(self, round_id: str, absent: list[str]) -> Json:
        """Note that a round was held."""
        ...

    def cancel(self, round_id: str) -> Json:
        """Cancel a planned round."""
        ...

    def preview(self, body: Json) -> Json:
        """Preview a rotation."""
        ...

    def rotations(self, series: str | None, limit: int) -> list[Json]:
        """List rotations, newest first."""
        ...

    def settle(self, rotation_id: str, action: str) -> Json:
        """Apply or discard a preview."""
        ...

    def team(self, body: Json) -> Json:
        """Find teams."""
        ...


class RemoteSeatings:
    """Asks the service; `ask` takes a method, a path and what httpx takes, and returns the answer's JSON."""

    def __init__(self, ask: Callable[..., Any]) -> None:
        self._ask = ask

    def plan(self, body: Json) -> Json:
        """Plan rounds."""
        return dict(self._ask("POST", "/rounds", json=body))

    def rounds(self, series: str | None, status: str | None, limit: int) -> list[Json]:
        """List rounds."""
        given = {"series": series, "status": status, "limit": limit}
        params = {name: value for name, value in given.items() if value is not None}
        return [dict(item) for item in self._ask("GET", "/rounds", params=params)["items"]]

    def round(self, round_id: str) -> Json:
        """Return one round."""
        return dict(self._ask("GET", f"/rounds/{round_id}"))

    def confirm(self, round_id: str, absent: list[str]) -> Json:
        """Note that a round was held."""
        return dict(self._ask("POST", f"/rounds/{round_id}/confirm", json={"absent": absent}))

    def cancel(self, round_id: str) -> Json:
        """Cancel a round."""
        return dict(self._ask("POST", f"/rounds/{round_id}/cancel"))

    def preview(self, body: Json) -> Json:
        """Preview a rotation."""
        return dict(self._ask("POST", "/rotations", json=body))

    def rotations(self, series: str | None, limit: int) -> list[Json]:
        """List rotations."""
        params = {"limit": limit} | ({"series": series} if series else {})
        return [dict(item) for item in self._ask("GET", "/rotations", params=params)["items"]]

    def settle(self, rotation_id: str, action: str) -> Json:
        """Apply or discard a preview."""
        return dict(self._ask("POST", f"/rotations/{rotation_id}/{action}"))

    def team(self, body: Json) -> Json:
        """Find teams."""
        return dict(self._ask("POST", "/teams", json=body))
