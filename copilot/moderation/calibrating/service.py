"""Calibration as the rest of the system sees it: cuts, back-tests, live precision, and what is missed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from copilot.community.models import Category
from copilot.community.store import Store
from copilot.errors import InvalidInput
from copilot.moderation.calibrating.audits import AuditDesk
from copilot.moderation.calibrating.backtests import BacktestDesk
from copilot.moderation.calibrating.candidates import CascadeOf
from copilot.moderation.calibrating.desk import TuningDesk
from copilot.moderation.calibrating.live import DAYS, DetectorPrecision, PrecisionGauges, live_precision
from copilot.moderation.calibrating.operating import OperatingPoint, operating_curve
from copilot.moderation.cascade import Cascade


class CalibrationService:
    """Feature key `moderation:calibrate`. Everything here is measured on decisions; only people switch anything on."""

    def __init__(self, store: Store, cascade: Callable[[], Cascade], models: Path, load: CascadeOf) -> None:
        self._store = store
        self.tuning = TuningDesk(store)
        self.backtests = BacktestDesk(store, cascade, models, load)
        self.audits = AuditDesk(store)
        self.gauges = PrecisionGauges(store)

    def precision(self, community_id: str, days: int = DAYS) -> list[DetectorPrecision]:
        """Return how often each detector was right in the last `days`, most decisions first.

        Raises:
            InvalidInput: days outside 1-366.
        """
        if not 1 <= days <= 366:
            raise InvalidInput("days must be between 1 and 366", field="days", limit=366)
        with self._store.read(community_id) as unit:
            return live_precision(unit, days)

    def curve(self, community_id: str, category: Category) -> list[OperatingPoint]:
        """Return how precise each cut would be and how much of what is known it would find; empty without decisions."""
        with self._store.read(community_id) as unit:
            return operating_curve(unit, category)
