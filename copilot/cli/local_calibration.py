"""Thresholds, back-tests and audits from the stores of this machine."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import BaseModel, ValidationError

from copilot.cli.backend import Json, OnJob
from copilot.community.models import Category
from copilot.errors import InvalidInput
from copilot.moderation.calibrating.backtest_models import BacktestSpec
from copilot.moderation.calibrating.service import CalibrationService


class LocalCalibration:
    """Works on the scores of one community."""

    def __init__(
        self,
        service: CalibrationService,
        community_id: str,
        actor: str,
        work: Callable[[str, Json, OnJob], Json],
    ) -> None:
        self._service = service
        self._community_id = community_id
        self._actor = actor
        self._work = work

    def thresholds(self) -> list[Json]:
        """Show what is in force."""
        return [_plain(rule) for rule in self._service.tuning.in_force(self._community_id)]

    def history(self, category: str, limit: int) -> list[Json]:
        """List versions."""
        page = self._service.tuning.history(self._community_id, _category(category), limit=limit)
        return [_plain(row) for row in page.items]

    def propose(self, category: str, precision: float) -> Json:
        """Compute a cut."""
        return _plain(self._service.tuning.propose(self._community_id, _category(category), precision))

    def set(self, category: str, rule: Json) -> Json:
        """Put a rule in force."""
        return _plain(self._service.tuning.set(self._community_id, _category(category), actor=self._actor, **rule))

    def reset(self, category: str, reason: str) -> Json:
        """Go back."""
        desk = self._service.tuning
        return _plain(desk.reset(self._community_id, _category(category), reason=reason, actor=self._actor))

    def precision(self, days: int) -> list[Json]:
        """Show how right detectors were."""
        return [_plain(row) for row in self._service.precision(self._community_id, days)]

    def backtest(self, spec: Json, on_job: OnJob) -> Json:
        """Try a rule and wait for it."""
        try:
            parsed = BacktestSpec.model_validate(spec)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise InvalidInput(f"{where}: {first['msg']}", field=where) from error
        desk = self._service.backtests
        backtest_id = desk.ask(self._community_id, parsed, actor=self._actor)
        done = self._work("backtest", {"backtest_id": backtest_id}, on_job)
        desk.note_job(self._community_id, backtest_id, done["id"])
        return self.show_backtest(backtest_id)

    def backtests(self, limit: int) -> list[Json]:
        """List back-tests."""
        return [_plain(row) for row in self._service.backtests.page(self._community_id, limit=limit).items]

    def show_backtest(self, backtest_id: str) -> Json:
        """Show one."""
        return _plain(self._service.backtests.get(self._community_id, backtest_id))

    def audits(self, waiting: bool | None, limit: int) -> list[Json]:
        """List messages drawn by chance."""
        page = self._service.audits.page(self._community_id, waiting=waiting, limit=limit)
        return [_plain(row) for row in page.items]

    def look(self, sample_id: str, verdict: str, category: str | None) -> Json:
        """Note what was seen."""
        meant = None if category is None else _category(category)
        found = self._service.audits.look(
            self._community_id, sample_id, verdict=verdict, category=meant, actor=self._actor
        )
        return _plain(found)

    def recall(self) -> Json:
        """Estimate how much is found."""
        return _plain(self._service.audits.recall(self._community_id))


def _category(text: str) -> Category:
    try:
        return Category(text)
    except ValueError as error:
        raise InvalidInput(f"category is one of {', '.join(Category)}, not {text!r}", field="category") from error


def _plain(found: BaseModel) -> Json:
    return dict(found.model_dump(mode="json"))
