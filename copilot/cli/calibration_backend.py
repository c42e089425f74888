"""Thresholds, back-tests and audits as commands need them, and how a running service is asked for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from copilot.cli.backend import Json, OnJob


class Calibration(Protocol):
    """What scores are worth in one community."""

    def thresholds(self) -> list[Json]:
        """Show what is in force for every category."""
        ...

    def history(self, category: str, limit: int) -> list[Json]:
        """List the versions of a category, newest first."""
        ...

    def propose(self, category: str, precision: float) -> Json:
        """Compute the cut that is precise enough."""
        ...

    def set(self, category: str, rule: Json) -> Json:
        """Put a cut, a curve or both in force; `rule` holds cut, recalibrate and reason."""
        ...

    def reset(self, category: str, reason: str) -> Json:
        """Go back to what was shipped."""
        ...

    def precision(self, days: int) -> list[Json]:
        """Show how right detectors were."""
        ...

    def backtest(self, spec: Json, on_job: OnJob) -> Json:
        """Try a rule, wait for it and return the back-test."""
        ...

    def backtests(self, limit: int) -> list[Json]:
        """List back-tests, newest first."""
        ...

    def show_backtest(self, backtest_id: str) -> Json:
        """Show one."""
        ...

    def audits(self, waiting: bool | None, limit: int) -> list[Json]:
        """List messages drawn by chance."""
        ...

    def look(self, sample_id: str, verdict: str, category: str | None) -> Json:
        """Note what was seen in one."""
        ...

    def recall(self) -> Json:
        """Estimate how much is found."""
        ...


class RemoteCalibration:
    """Asks the service; `watch` takes a job and returns it when it has ended."""

    def __init__(self, ask: Callable[..., Any], watch: Callable[[Any, OnJob], Json]) -> None:
        self._ask = ask
        self._watch = watch

    def thresholds(self) -> list[Json]:
        """Show what is in force."""
        return list(self._ask("GET", "/moderation/thresholds"))

    def history(self, category: str, limit: int) -> list[Json]:
        """List versions."""
        return list(self._ask("GET", f"/moderation/thresholds/{category}/history", params={"limit": limit})["items"])

    def propose(self, category: str, precision: float) -> Json:
        """Compute a cut."""
        return dict(self._ask("GET", f"/moderation/thresholds/{category}/proposal", params={"precision": precision}))

    def set(self, category: str, rule: Json) -> Json:
        """Put a rule in force."""
        return dict(self._ask("PUT", f"/moderation/thresholds/{category}", json=rule))

    def reset(self, category: str, reason: str) -> Json:
        """Go back."""
        return dict(self._ask("POST", f"/moderation/thresholds/{category}/reset", json={"reason": reason}))

    def precision(self, days: int) -> list[Json]:
        """Show how right detectors were."""
        return list(self._ask("GET", "/moderation/precision", params={"days": days}))

    def backtest(self, spec: Json, on_job: OnJob) -> Json:
        """Try a rule and wait for it."""
        made = self._ask("POST", "/backtests", json=spec)
        self._watch(self._ask("GET", f"/jobs/{made['job_id']}"), on_job)
        return self.show_backtest(made["id"])

    def backtests(self, limit: int) -> list[Json]:
        """List back-tests."""
        return list(self._ask("GET", "/backtests", params={"limit": limit})["items"])

    def show_backtest(self, backtest_id: str) -> Json:
        """Show one."""
        return dict(self._ask("GET", f"/backtests/{backtest_id}"))

    def audits(self, waiting: bool | None, limit: int) -> list[Json]:
        """List messages drawn by chance."""
        params: Json = {"limit": limit} if waiting is None else {"limit": limit, "waiting": waiting}
        return list(self._ask("GET", "/moderation/audit-messages", params=params)["items"])

    def look(self, sample_id: str, verdict: str, category: str | None) -> Json:
        """Note what was seen."""
        body = {"verdict": verdict, "category": category}
        return dict(self._ask("POST", f"/moderation/audit-messages/{sample_id}/look", json=body))

    def recall(self) -> Json:
        """Estimate how much is found."""
        return dict(self._ask("GET", "/moderation/recall"))
