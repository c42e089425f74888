"""Cases for evaluation as commands need them, from the stores of this machine or from a running service."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import httpx


class EvalCases(Protocol):
    """One community's production as cases."""

    def export(self, what: Sequence[str]) -> bytes:
        """Return an export of these kinds, all for none, as a ZIP."""
        ...


class RemoteEvalCases:
    """Asks the service; `answer` takes a method, a path and what httpx takes."""

    def __init__(self, answer: Callable[..., httpx.Response]) -> None:
        self._answer = answer

    def export(self, what: Sequence[str]) -> bytes:
        """Return an export."""
        return self._answer("POST", "/eval-cases", json={"what": list(what)}).content
