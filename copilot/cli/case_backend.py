"""The moderators' queue and members' reports as commands need them, and how a running service is asked for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from copilot.cli.backend import Json


class Cases(Protocol):
    """The queue of one community."""

    def listing(self, filters: Mapping[str, object], sort: str, limit: int) -> list[Json]:
        """List cases; `filters` are those of the API's query string, those that are None are not asked for."""
        ...

    def show(self, case_id: str) -> Json:
        """Show a case with everything to know before deciding."""
        ...

    def act(self, case_id: str, action: str, body: Json) -> Json:
        """Claim, release, decide or undo."""
        ...

    def split(self, case_id: str, message_ids: Sequence[str]) -> Json:
        """Give some messages a case of their own and return that."""
        ...

    def merge(self, case_id: str, case_ids: Sequence[str]) -> Json:
        """Take other cases into this one."""
        ...

    def report(self, message_id: str, member_id: str, category: str, text: str) -> Json:
        """Write down a member's report."""
        ...

    def message(self, message_id: str, around: int) -> Json:
        """Show a message with those around it."""
        ...


class RemoteCases:
    """Asks the service; `ask` takes a method, a path and what httpx takes, and returns the answer's JSON."""

    def __init__(self, ask: Callable[..., Any]) -> None:
        self._ask = ask

    def listing(self, filters: Mapping[str, object], sort: str, limit: int) -> list[Json]:
        """List cases."""
        params = {name: value for name, value in filters.items() if value is not None}
        return list(self._ask("GET", "/cases", params={**params, "sort": sort, "limit": limit})["items"])

    def show(self, case_id: str) -> Json:
        """Show a case."""
        return dict(self._ask("GET", f"/cases/{case_id}"))

    def act(self, case_id: str, action: str, body: Json) -> Json:
        """Claim, release, decide or undo."""
        return dict(self._ask("POST", f"/cases/{case_id}/{action}", json=body))

    def split(self, case_id: str, message_ids: Sequence[str]) -> Json:
        """Split a case."""
        return dict(self._ask("POST", f"/cases/{case_id}/split", json={"message_ids": list(message_ids)}))

    def merge(self, case_id: str, case_ids: Sequence[str]) -> Json:
        """Merge cases."""
        return dict(self._ask("POST", f"/cases/{case_id}/merge", json={"case_ids": list(case_ids)}))

    def report(self, message_id: str, member_id: str, category: str, text: str) -> Json:
        """Write a report down."""
        body = {"message_id": message_id, "member_id": member_id, "category": category, "text": text}
        return dict(self._ask("POST", "/reports", json=body))

    def message(self, message_id: str, around: int) -> Json:
        """Show a message."""
        return dict(self._ask("GET", f"/messages/{message_id}", params={"before": around, "after": around}))
