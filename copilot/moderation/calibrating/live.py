"""How often each detector was right of late, by what people decided: for the console and for Prometheus."""

from __future__ import annotations

import threading
from collections import defaultdict
from contextlib import suppress
from datetime import timedelta

from pydantic import BaseModel, Field

from copilot.community.store import Store, Unit
from copilot.community.tables import Community
from copilot.errors import NotFound, StoreBusy, StoreUnavailable
from copilot.moderation.calibrating.known import known_items
from copilot.moderation.calibrating.proportions import Share, share
from copilot.telemetry import DETECTOR_DECIDED, DETECTOR_PRECISION

DAYS = 30
MOST_ROWS = 200
_SOURCES = frozenset({"signal", "llm", "pattern"})
# Each label value is a time series for ever: few communities, few rows, and only the newest version of a detector.
_MOST_COMMUNITIES = 50
_MOST_SERIES = 40
_REFRESH = timedelta(seconds=60)


class DetectorPrecision(BaseModel):
    """Decided cases of one detector in one version and category."""

    detector: str
    version: str
    category: str
    upheld: Share = Field(
        description="decided cases that stand as violations, of all decided; an overturned one does not"
    )
    corrected: int = Field(description="of these, decisions an appeal overturned")


def live_precision(unit: Unit, days: int = DAYS) -> list[DetectorPrecision]:
    """Return the precision of what was decided in the last `days`, most decisions first; a case counts once for each."""
    cases: dict[tuple[str, str, str], dict[str, tuple[bool, bool]]] = defaultdict(dict)
    for item in known_items(unit, unit.now - timedelta(days=days)):
        if item.found_by in _SOURCES:
            key = (item.detector, item.version, item.category)
            cases[key][item.case_id] = (item.is_violation, item.was_corrected)
    rows = [
        DetectorPrecision(
            detector=detector, version=version, category=category,
            upheld=share(sum(stands for stands, _ in found.values()), len(found)),
            corrected=sum(corrected for _, corrected in found.values()),
        )
        for (detector, version, category), found in cases.items()
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (-row.upheld.n, row.detector, row.version, row.category))[:MOST_ROWS]


class PrecisionGauges:
    """Keeps the gauges of this process up to date when somebody scrapes them, at most once a minute."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._due_at = store.clock.now()

    def refresh(self) -> None:
        """Measure again when a minute has passed; with the database away the gauges stay as they are."""
        with self._lock, suppress(StoreBusy, StoreUnavailable):
            if self._store.clock.now() < self._due_at:
                return
            self._due_at = self._store.clock.now() + _REFRESH
            found = []
            for community_id in sorted(self._store.community_ids())[:_MOST_COMMUNITIES]:
                with suppress(NotFound), self._store.read(community_id) as unit:
                    community: Community = unit.community()
                    found.append((community.slug, live_precision(unit)[:_MOST_SERIES]))
            DETECTOR_PRECISION.clear()
            DETECTOR_DECIDED.clear()
            for slug, rows in found:
                for row in rows:
                    labels = (slug, row.detector, row.version[:100], row.category)
                    DETECTOR_DECIDED.labels(*labels).set(row.upheld.n)
                    for bound in ("value", "low", "high"):
                        DETECTOR_PRECISION.labels(*labels, bound).set(getattr(row.upheld, bound))
