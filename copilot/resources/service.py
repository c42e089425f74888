"""All that is done with resources, in one place to ask for.

What comes next plugs in here: trust and figures read `Loan` and `LoanOutcome` (dates, units, results, values in minor
units), agreements hang on an accepted loan, partners on `viewing.seen_resources`.
"""

from __future__ import annotations

from copilot.community.store import Store
from copilot.resources.calendars import CalendarDesk
from copilot.resources.duplicates import DuplicateDesk
from copilot.resources.library import Library
from copilot.resources.loans import LoanDesk
from copilot.resources.reminders import ExchangeReminders
from copilot.resources.upkeep import UpkeepReport, keep_up
from copilot.vectors.index import VectorIndex


class ResourceDesks:
    """The resource exchange. Safe to share between threads."""

    def __init__(self, store: Store, index: VectorIndex) -> None:
        self._store = store
        self.library = Library(store)
        self.calendars = CalendarDesk(store)
        self.loans = LoanDesk(store)
        self.reminders = ExchangeReminders(store)
        self.duplicates = DuplicateDesk(store, index)

    def keep_up(self, community_id: str) -> UpkeepReport:
        """Do what time asks for: stale resources, loans that fall due or lapse, the line."""
        return keep_up(self._store, community_id)
