"""Introductions and learning as commands need them, from the stores of this machine or from a running service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol

from copilot.cli.backend import Json


class Introductions(Protocol):
    """One community's introductions."""

    def listing(self, member_id: str | None, status: str | None, limit: int) -> list[Json]:
        """List those of one member or of all, newest first; `status` is for all."""
        ...

    def get(self, introduction_id: str) -> Json:
        """Return one with its messages."""
        ...

    def answer(self, introduction_id: str, body: Json, key: str) -> Json:
        """Answer as the member whose key it is."""
        ...


class Learning(Protocol):
    """What members of one community said of their matches, and the weights learnt from it."""

    def weights(self) -> Json:
        """Return the versions that were learnt, and what is in force."""
        ...

    def change(self, action: str, version: int = 0) -> Json:
        """Learn, activate a version or roll back."""
        ...

    def outcomes(self, form: str) -> Iterator[str]:
        """Yield the lines of an export, as csv or jsonl."""
        ...


class RemoteIntroductions:
    """Asks the service; `ask` takes a method, a path and what httpx takes, and returns the answer's JSON."""

    def __init__(self, ask: Callable[..., Any]) -> None:
        self._ask = ask

    def listing(self, member_id: str | None, status: str | None, limit: int) -> list[Json]:
        """List introductions."""
        path = f"/members/{member_id}/introductions" if member_id else "/introductions"
        params = {"limit": limit} | ({"status": status} if status else {})
        return [dict(item) for item in self._ask("GET", path, params=params)["items"]]

    def get(self, introduction_id: str) -> Json:
        """Return one introduction."""
        return dict(self._ask("GET", f"/introductions/{introduction_id}"))

    def answer(self, introduction_id: str, body: Json, key: str) -> Json:
        """Answer with the member's key in place of this backend's own."""
        headers = {"Authorization": f"Bearer {key}"}
        return dict(self._ask("POST", f"/introductions/{introduction_id}/answer", json=body, headers=headers))


class RemoteLearning:
    """Asks the service; `lines` yields the lines of an answer while it comes in."""

    def __init__(self, ask: Callable[..., Any], lines: Callable[..., Iterator[str]]) -> None:
        self._ask = ask
        self._lines = lines

    def weights(self) -> Json:
        """Return versions and what is in force."""
        return dict(self._ask("GET", "/match-weights", params={"limit": 200}))

    def change(self, action: str, version: int = 0) -> Json:
        """Learn, activate or roll back."""
        path = f"/match-weights/{version}/activate" if action == "activate" else f"/match-weights/{action}"
        return dict(self._ask("POST", path))

    def outcomes(self, form: str) -> Iterator[str]:
        """Yield the lines of an export."""
        return self._lines("GET", "/match-outcomes", params={"format": form})
