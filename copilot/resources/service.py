"""All that is done with resources, in one place to ask for.

Trust and figures are counted from `Loan`, `LoanEntry` and `LoanOutcome` whenever they are asked for; agreements hang on an
open loan.
"""

from __future__ import annotations

from copilot.community.store import Store
from copilot.resources.agreements.desk import AgreementDesk
from copilot.resources.agreements.templates import AgreementLibrary
from copilot.resources.calendars import CalendarDesk
from copilot.resources.duplicates import DuplicateDesk
from copilot.resources.figures.demand import DemandDesk
from copilot.resources.figures.desk import FigureDesk
from copilot.resources.library import Library
from copilot.resources.loans import LoanDesk
from copilot.resources.reminders import ExchangeReminders
from copilot.resources.trust.desk import TrustDesk
from copilot.resources.upkeep import UpkeepReport, keep_up
from copilot.vectors.index import VectorIndex


class ResourceDesks:
    """The resource exchange. Safe to share between threads."""

    def __init__(self, store: Store, index: VectorIndex, agreements: AgreementLibrary | None = None) -> None:
        self._store = store
        self.library = Library(store)
        self.calendars = CalendarDesk(store)
        self.loans = LoanDesk(store)
        self.reminders = ExchangeReminders(store)
        self.duplicates = DuplicateDesk(store, index)
        self.trust = TrustDesk(store)
        self.figures = FigureDesk(store)
        self.demand = DemandDesk(store, index)
        self.agreements = AgreementDesk(store, agreements or AgreementLibrary([]))

    def keep_up(self, community_id: str) -> UpkeepReport:
        """Do what time asks for: stale resources, loans that fall due or lapse, the line."""
        return keep_up(self._store, community_id)
