"""The resource exchange as commands need it, from the stores of this machine or from a running service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol

from copilot.cli.backend import Json


class Exchange(Protocol):
    """One community's resources and loans."""

    def resources(self, params: Json) -> list[Json]:
        """List resources; `params` may hold q, type, status, owner_id, tag and limit."""
        ...

    def classes(self) -> Json:
        """Return the classes and their subclasses."""
        ...

    def resource(self, resource_id: str) -> Json:
        """Return one resource."""
        ...

    def add(self, body: Json) -> Json:
        """Add a resource."""
        ...

    def change(self, resource_id: str, body: Json) -> Json:
        """Change a resource."""
        ...

    def confirm(self, resource_id: str) -> Json:
        """Say that a resource is still there."""
        ...

    def changes(self, resource_id: str, limit: int) -> list[Json]:
        """List the changes of a resource, latest first."""
        ...

    def calendar(self, resource_id: str, days: Json) -> Json:
        """Show what can be had; `days` may hold start and end."""
        ...

    def close_days(self, resource_id: str, closures: list[Json]) -> Json:
        """Replace the days on which units cannot be had."""
        ...

    def duplicates(self, status: str | None, limit: int) -> list[Json]:
        """List pairs that may be one."""
        ...

    def search_duplicates(self) -> Json:
        """Propose pairs that may be one."""
        ...

    def decide_duplicate(self, pair_id: str, keep_id: str | None) -> Json:
        """Merge the other into `keep_id`, or say that the two are two."""
        ...

    def reminders(self, kind: str, limit: int) -> list[Json]:
        """List whom to write to."""
        ...

    def loans(self, only: Json) -> list[Json]:
        """List loans; `only` may hold member_id with side, resource_id, status and limit."""
        ...

    def loan(self, loan_id: str) -> Json:
        """Return one loan with its `history`."""
        ...

    def request(self, resource_id: str, body: Json) -> Json:
        """Ask for units of a resource for the member that the body names."""
        ...

    def step(self, loan_id: str, body: Json) -> Json:
        """Take a step of a loan."""
        ...

    def outcome(self, loan_id: str, body: Json) -> Json:
        """Say what came of a loan, for the side that the body names."""
        ...

    def export(self, what: str, form: str) -> Iterator[bytes]:
        """Yield the pieces of a file of resources or loans."""
        ...

    def trust(self, member_id: str) -> Json:
        """Return what is known of dealing with a member."""
        ...

    def figures(self, params: Json) -> Json:
        """Return figures; `params` may hold by, start and end."""
        ...

    def figures_csv(self, params: Json) -> bytes:
        """Return the same as CSV."""
        ...

    def demand(self, days: Json) -> Json:
        """Return what is asked for and not there; `days` may hold start and end."""
        ...

    def templates(self) -> list[Json]:
        """List the templates of agreements."""
        ...

    def propose(self, loan_id: str, body: Json) -> Json:
        """Propose a version of an agreement."""
        ...

    def agreements(self, loan_id: str) -> list[Json]:
        """List the versions of a loan's agreement."""
        ...

    def accept(self, agreement_id: str, body: Json) -> Json:
        """Accept a version for the side that the body names."""
        ...

    def document(self, agreement_id: str, form: str) -> str:
        """Return a version as Markdown or HTML."""
        ...


class RemoteExchange:
    """Asks the service; `ask` takes a method, a path and what httpx takes, `answer` gives the answer itself."""

    def __init__(self, ask: Callable[..., Any], answer: Callable[..., Any]) -> None:
        self._ask = ask
        self._answer = answer

    def resources(self, params: Json) -> list[Json]:
        """List resources."""
        return self._items("/resources", params)

    def classes(self) -> Json:
        """Return the classes."""
        return dict(self._ask("GET", "/resource-classes"))

    def resource(self, resource_id: str) -> Json:
        """Return one resource."""
        return dict(self._ask("GET", f"/resources/{resource_id}"))

    def add(self, body: Json) -> Json:
        """Add a resource."""
        return dict(self._ask("POST", "/resources", json=body))

    def change(self, resource_id: str, body: Json) -> Json:
        """Change a resource."""
        return dict(self._ask("PATCH", f"/resources/{resource_id}", json=body))

    def confirm(self, resource_id: str) -> Json:
        """Say that a resource is still there."""
        return dict(self._ask("POST", f"/resources/{resource_id}/confirm"))

    def changes(self, resource_id: str, limit: int) -> list[Json]:
        """List changes."""
        return self._items(f"/resources/{resource_id}/history", {"limit": limit})

    def calendar(self, resource_id: str, days: Json) -> Json:
        """Show what can be had."""
        return dict(self._ask("GET", f"/resources/{resource_id}/calendar", params=days))

    def close_days(self, resource_id: str, closures: list[Json]) -> Json:
        """Replace the days on which units cannot be had."""
        return dict(self._ask("PUT", f"/resources/{resource_id}/closures", json={"closures": closures}))

    def duplicates(self, status: str | None, limit: int) -> list[Json]:
        """List pairs."""
        return self._items("/resource-duplicates", {"limit": limit} | ({"status": status} if status else {}))

    def search_duplicates(self) -> Json:
        """Propose pairs."""
        return dict(self._ask("POST", "/resource-duplicates/search"))

    def decide_duplicate(self, pair_id: str, keep_id: str | None) -> Json:
        """Decide a pair."""
        return dict(self._ask("POST", f"/resource-duplicates/{pair_id}/decide", json={"keep_id": keep_id}))

    def reminders(self, kind: str, limit: int) -> list[Json]:
        """List whom to write to."""
        return self._items("/resource-reminders", {"kind": kind, "limit": limit})

    def loans(self, only: Json) -> list[Json]:
        """List loans."""
        params = dict(only)
        if member_id := params.pop("member_id", None):
            return self._items(f"/members/{member_id}/loans", params)
        params.pop("side", None)
        resource_id = params.pop("resource_id", None)
        return self._items(f"/resources/{resource_id}/requests" if resource_id else "/loans", params)

    def loan(self, loan_id: str) -> Json:
        """Return one loan with its history."""
        history = self._items(f"/loans/{loan_id}/history", {"limit": 200})
        return {**self._ask("GET", f"/loans/{loan_id}"), "history": history}

    def request(self, resource_id: str, body: Json) -> Json:
        """Ask for units."""
        return dict(self._ask("POST", f"/resources/{resource_id}/requests", json=body))

    def step(self, loan_id: str, body: Json) -> Json:
        """Take a step."""
        return dict(self._ask("POST", f"/loans/{loan_id}/steps", json=body))

    def outcome(self, loan_id: str, body: Json) -> Json:
        """Say what came of it."""
        return dict(self._ask("POST", f"/loans/{loan_id}/outcome", json=body))

    def export(self, what: str, form: str) -> Iterator[bytes]:
        """Yield the file."""
        yield self._answer("GET", f"/resource-exports/{what}", params={"format": form}).content

    def trust(self, member_id: str) -> Json:
        """Return what is known of a member."""
        return dict(self._ask("GET", f"/members/{member_id}/trust"))

    def figures(self, params: Json) -> Json:
        """Return figures."""
        return dict(self._ask("GET", "/resource-figures", params=params))

    def figures_csv(self, params: Json) -> bytes:
        """Return figures as CSV."""
        return bytes(self._answer("GET", "/resource-figures", params={**params, "format": "csv"}).content)

    def demand(self, days: Json) -> Json:
        """Return what is not there."""
        return dict(self._ask("GET", "/resource-demand", params=days))

    def templates(self) -> list[Json]:
        """List templates."""
        return self._items("/agreement-templates", {})

    def propose(self, loan_id: str, body: Json) -> Json:
        """Propose a version."""
        return dict(self._ask("POST", f"/loans/{loan_id}/agreements", json=body))

    def agreements(self, loan_id: str) -> list[Json]:
        """List versions."""
        return self._items(f"/loans/{loan_id}/agreements", {"limit": 200})

    def accept(self, agreement_id: str, body: Json) -> Json:
        """Accept a version."""
        return dict(self._ask("POST", f"/agreements/{agreement_id}/accept", json=body))

    def document(self, agreement_id: str, form: str) -> str:
        """Return a version as a document."""
        return str(self._answer("GET", f"/agreements/{agreement_id}/document", params={"format": form}).text)

    def _items(self, path: str, params: Json) -> list[Json]:
        return [dict(item) for item in self._ask("GET", path, params=params)["items"]]
