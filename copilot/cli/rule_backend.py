"""Pair rules and endorsements as commands need them, from the stores of this machine or from a running service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from copilot.cli.backend import Json


class PairRules(Protocol):
    """One community's rules about pairs, and who vouches for whom."""

    def listing(self, member_id: str | None, kind: str | None, limit: int) -> list[Json]:
        """List rules, the latest first, members' blocks included."""
        ...

    def add(self, body: Json) -> Json:
        """Set an operators' rule."""
        ...

    def remove(self, rule_id: str) -> Json:
        """Take an operators' rule back."""
        ...

    def endorsements(self, member_id: str, direction: str, limit: int) -> list[Json]:
        """List who vouches for a member, or for whom the member does."""
        ...

    def withdraw(self, endorsement_id: str) -> Json:
        """Take an endorsement back."""
        ...


class RemotePairRules:
    """Asks the service; `ask` takes a method, a path and what httpx takes, and returns the answer's JSON."""

    def __init__(self, ask: Callable[..., Any]) -> None:
        self._ask = ask

    def listing(self, member_id: str | None, kind: str | None, limit: int) -> list[Json]:
        """List rules."""
        given = {"member_id": member_id, "kind": kind, "limit": limit}
        params = {name: value for name, value in given.items() if value is not None}
        return list(self._ask("GET", "/pair-rules", params=params)["items"])

    def add(self, body: Json) -> Json:
        """Set a rule."""
        return dict(self._ask("POST", "/pair-rules", json=body))

    def remove(self, rule_id: str) -> Json:
        """Take a rule back."""
        return dict(self._ask("DELETE", f"/pair-rules/{rule_id}"))

    def endorsements(self, member_id: str, direction: str, limit: int) -> list[Json]:
        """List endorsements."""
        params = {"direction": direction, "limit": limit}
        return list(self._ask("GET", f"/members/{member_id}/endorsements", params=params)["items"])

    def withdraw(self, endorsement_id: str) -> Json:
        """Take an endorsement back."""
        return dict(self._ask("DELETE", f"/endorsements/{endorsement_id}"))
