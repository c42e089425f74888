"""Matches as commands need them, from the stores of this machine or from a running service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol

from copilot.cli.backend import Json, OnJob

PAGE = 200


class Matches(Protocol):
    """One community's matches. Answers are those of the API."""

    def for_member(self, member_id: str, asked: Json) -> Json:
        """Return matches; `asked` holds kind, n, filters and wording."""
        ...

    def explanation(self, member_id: str, target_id: str, kind: str) -> Json:
        """Return why something is, or is not, proposed to a member."""
        ...

    def everybody(self, kind: str, n: int, on_job: OnJob) -> Json:
        """Match everybody and return the finished job."""
        ...

    def listing(self, kind: str) -> Iterator[Json]:
        """Yield all proposals of a kind that wait for an answer, the newest first."""
        ...

    def scores(self, pairs: list[Json]) -> list[Json]:
        """Return the outcome of each of up to 200 pairs."""
        ...

    def audience(self, kind: str, target_id: str, n: int) -> Json:
        """Return who should hear of a resource or an event, or can answer a question."""
        ...

    def newcomers(self, limit: int) -> list[Json]:
        """List who joined in the last 14 days."""
        ...

    def welcome(self, member_id: str, channel: str | None) -> Json:
        """Draft a member's welcome."""
        ...


class RemoteMatches:
    """Asks the service.

    Attributes:
        ask: takes a method, a path and what httpx takes, and returns the answer's JSON.
        watch: takes a job, and returns it when it has ended.
    """

    def __init__(self, ask: Callable[..., Any], watch: Callable[[Any, OnJob], Json]) -> None:
        self._ask = ask
        self._watch = watch

    def for_member(self, member_id: str, asked: Json) -> Json:
        """Return matches."""
        return dict(self._ask("GET", f"/members/{member_id}/matches", params={k: v for k, v in asked.items() if v}))

    def explanation(self, member_id: str, target_id: str, kind: str) -> Json:
        """Explain a pair."""
        path = f"/members/{member_id}/matches/{target_id}/explanation"
        return dict(self._ask("GET", path, params={"kind": kind}))

    def everybody(self, kind: str, n: int, on_job: OnJob) -> Json:
        """Start the job, then watch it."""
        return self._watch(self._ask("POST", "/matches", json={"kind": kind, "n": n}), on_job)

    def listing(self, kind: str) -> Iterator[Json]:
        """Yield all proposals, page by page."""
        cursor = None
        while True:
            params = {"kind": kind, "status": "proposed", "limit": PAGE} | ({"cursor": cursor} if cursor else {})
            page = self._ask("GET", "/matches", params=params)
            yield from page["items"]
            cursor = page["next_cursor"]
            if not page["has_more"]:
                return

    def scores(self, pairs: list[Json]) -> list[Json]:
        """Score pairs."""
        return list(self._ask("POST", "/match-scores", json={"pairs": pairs})["items"])

    def audience(self, kind: str, target_id: str, n: int) -> Json:
        """Return an audience."""
        return dict(self._ask("GET", f"/{kind}s/{target_id}/audience", params={"n": n}))

    def newcomers(self, limit: int) -> list[Json]:
        """List newcomers."""
        return list(self._ask("GET", "/newcomers", params={"limit": limit})["items"])

    def welcome(self, member_id: str, channel: str | None) -> Json:
        """Draft a welcome."""
        params = {} if channel is None else {"channel": channel}
        return dict(self._ask("GET", f"/members/{member_id}/welcome", params=params))
