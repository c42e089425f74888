"""Plans and calendars as commands need them; this one asks a running service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import httpx

from copilot.cli.backend import Json


class Plans(Protocol):
    """One community's plans in versions, and its calendar feeds."""

    def draft(self, brief: str | Json) -> Json:
        """Draft a plan from a sentence or from fields."""
        ...

    def listing(self, limit: int) -> list[Json]:
        """List plans, newest first."""
        ...

    def get(self, plan_id: str) -> Json:
        """Return one version of a plan."""
        ...

    def versions(self, plan_id: str, limit: int) -> list[Json]:
        """List the versions of a plan, newest first."""
        ...

    def differences(self, plan_id: str, other: str | None) -> list[Json]:
        """Return what a version has otherwise than another."""
        ...

    def revise(self, plan_id: str, request: str) -> Json:
        """Change a plan as asked in words."""
        ...

    def edit(self, plan_id: str, patch: Json) -> Json:
        """Set parts of a plan by hand."""
        ...

    def restore(self, plan_id: str, earlier_id: str) -> Json:
        """Bring an earlier version back."""
        ...

    def lock(self, plan_id: str, locks: list[str]) -> Json:
        """Replace the locks of a plan."""
        ...

    def export(self, plan_id: str, file_format: str, part: str | None) -> bytes:
        """Return a plan as a file."""
        ...

    def feeds(self) -> list[Json]:
        """List calendar feeds."""
        ...

    def make_feed(self, name: str) -> Json:
        """Make a calendar feed; the answer holds its address."""
        ...

    def revoke_feed(self, feed_id: str) -> Json:
        """Make a feed's address lead nowhere."""
        ...


class RemotePlans:
    """Asks the service."""

    def __init__(self, answer: Callable[..., httpx.Response]) -> None:
        self._answer = answer

    def _ask(self, method: str, path: str, **options: Any) -> Any:
        return self._answer(method, path, **options).json()

    def draft(self, brief: str | Json) -> Json:
        """Draft a plan."""
        return dict(self._ask("POST", "/event-plans", json={"brief": brief}))

    def listing(self, limit: int) -> list[Json]:
        """List plans."""
        return list(self._ask("GET", "/event-plans", params={"limit": limit})["items"])

    def get(self, plan_id: str) -> Json:
        """Return one version."""
        return dict(self._ask("GET", f"/event-plans/{plan_id}"))

    def versions(self, plan_id: str, limit: int) -> list[Json]:
        """List versions."""
        return list(self._ask("GET", f"/event-plans/{plan_id}/versions", params={"limit": limit})["items"])

    def differences(self, plan_id: str, other: str | None) -> list[Json]:
        """Compare versions."""
        params = {"from": other} if other else {}
        return list(self._ask("GET", f"/event-plans/{plan_id}/differences", params=params)["items"])

    def revise(self, plan_id: str, request: str) -> Json:
        """Change a plan as asked."""
        return dict(self._ask("POST", f"/event-plans/{plan_id}/revisions", json={"request": request}))

    def edit(self, plan_id: str, patch: Json) -> Json:
        """Set parts by hand."""
        return dict(self._ask("PATCH", f"/event-plans/{plan_id}", json=patch))

    def restore(self, plan_id: str, earlier_id: str) -> Json:
        """Bring a version back."""
        return dict(self._ask("POST", f"/event-plans/{plan_id}/restore", json={"to": earlier_id}))

    def lock(self, plan_id: str, locks: list[str]) -> Json:
        """Replace locks."""
        return dict(self._ask("PUT", f"/event-plans/{plan_id}/locks", json={"locks": locks}))

    def export(self, plan_id: str, file_format: str, part: str | None) -> bytes:
        """Return a file."""
        params = {"format": file_format} | ({"part": part} if part else {})
        return self._answer("GET", f"/event-plans/{plan_id}/export", params=params).content

    def feeds(self) -> list[Json]:
        """List feeds."""
        return list(self._ask("GET", "/calendar-feeds", params={"limit": 200})["items"])

    def make_feed(self, name: str) -> Json:
        """Make a feed."""
        return dict(self._ask("POST", "/calendar-feeds", json={"name": name}))

    def revoke_feed(self, feed_id: str) -> Json:
        """Revoke a feed."""
        return dict(self._ask("DELETE", f"/calendar-feeds/{feed_id}"))
