"""Events as commands need them, from the stores of this machine or from a running service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from copilot.cli.backend import Json


class Events(Protocol):
    """One community's events."""

    def listing(self, when: str | None, limit: int) -> list[Json]:
        """List events; `when` is coming, past, or None for all."""
        ...

    def get(self, event_id: str) -> Json:
        """Return one event."""
        ...

    def publish(self, plan_id: str) -> Json:
        """Publish a plan version."""
        ...

    def cancel(self, event_id: str, reason: str) -> Json:
        """Cancel an event."""
        ...

    def signups(self, event_id: str, status: str | None, limit: int) -> list[Json]:
        """List sign-ups, first come first."""
        ...

    def sign_up(self, event_id: str, member_id: str) -> Json:
        """Sign a member up."""
        ...

    def leave(self, event_id: str, member_id: str) -> Json:
        """Take a sign-up back."""
        ...

    def code(self, event_id: str) -> Json:
        """Return the code for the door."""
        ...

    def check_in(self, event_id: str, member_id: str) -> Json:
        """Check a member in."""
        ...

    def reminders(self, event_id: str, kind: str | None, limit: int) -> list[Json]:
        """List whom to remind, with drafts."""
        ...

    def feedback(self, event_id: str, member_id: str, body: Json) -> Json:
        """Type in what a member said."""
        ...

    def review(self, event_id: str, body: Json | None) -> Json:
        """Review an event; None shows the review that was made."""
        ...

    def spending(self, event_id: str, body: Json | None) -> Json:
        """Record what was spent; None shows it beside the plan."""
        ...

    def effects(self) -> Json:
        """Return the long-term effect."""
        ...


class RemoteEvents:
    """Asks the service; `ask` takes a method, a path and what httpx takes, and returns the answer's JSON."""

    def __init__(self, ask: Callable[..., Any]) -> None:
        self._ask = ask

    def listing(self, when: str | None, limit: int) -> list[Json]:
        """List events."""
        return self._items("/events", when=when, limit=limit)

    def get(self, event_id: str) -> Json:
        """Return one event."""
        return dict(self._ask("GET", f"/events/{event_id}"))

    def publish(self, plan_id: str) -> Json:
        """Publish a plan version."""
        return dict(self._ask("POST", "/events", json={"plan_id": plan_id}))

    def cancel(self, event_id: str, reason: str) -> Json:
        """Cancel an event."""
        return dict(self._ask("POST", f"/events/{event_id}/cancel", json={"reason": reason}))

    def signups(self, event_id: str, status: str | None, limit: int) -> list[Json]:
        """List sign-ups."""
        return self._items(f"/events/{event_id}/signups", status=status, limit=limit)

    def sign_up(self, event_id: str, member_id: str) -> Json:
        """Sign a member up."""
        return dict(self._ask("POST", f"/events/{event_id}/signups", json={"member_id": member_id}))

    def leave(self, event_id: str, member_id: str) -> Json:
        """Take a sign-up back."""
        return dict(self._ask("POST", f"/events/{event_id}/signups/cancel", json={"member_id": member_id}))

    def code(self, event_id: str) -> Json:
        """Return the code for the door."""
        return dict(self._ask("GET", f"/events/{event_id}/check-in-code"))

    def check_in(self, event_id: str, member_id: str) -> Json:
        """Check a member in."""
        return dict(self._ask("POST", f"/events/{event_id}/check-ins", json={"member_id": member_id}))

    def reminders(self, event_id: str, kind: str | None, limit: int) -> list[Json]:
        """List whom to remind."""
        return self._items(f"/events/{event_id}/reminders", kind=kind, limit=limit)

    def feedback(self, event_id: str, member_id: str, body: Json) -> Json:
        """Type in what a member said."""
        return dict(self._ask("POST", f"/events/{event_id}/feedback", json={"member_id": member_id, **body}))

    def review(self, event_id: str, body: Json | None) -> Json:
        """Review an event, or show the review."""
        if body is None:
            return dict(self._ask("GET", f"/events/{event_id}/review"))
        return dict(self._ask("POST", f"/events/{event_id}/review", json=body))

    def spending(self, event_id: str, body: Json | None) -> Json:
        """Record what was spent, or show it."""
        if body is None:
            return dict(self._ask("GET", f"/events/{event_id}/spending"))
        return dict(self._ask("PUT", f"/events/{event_id}/spending", json=body))

    def effects(self) -> Json:
        """Return the long-term effect."""
        return dict(self._ask("GET", "/event-effects"))

    def _items(self, path: str, **given: object) -> list[Json]:
        params = {name: value for name, value in given.items() if value is not None}
        return [dict(item) for item in self._ask("GET", path, params=params)["items"]]
