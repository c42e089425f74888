"""Moderation as the rest of the system sees it: read what waits, list and claim cases, decide, undo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy import select

from copilot.community.distress import CarePort
from copilot.community.store import Page, Store
from copilot.community.tables import Reading
from copilot.errors import InvalidInput
from copilot.moderation.appeals import AppealDesk
from copilot.moderation.cascade import Cascade
from copilot.moderation.case_views import CaseDetail, CaseRow, CaseView, DecisionView
from copilot.moderation.cases import CaseFilter, CaseQueue, CaseSort
from copilot.moderation.decisions import DecisionDesk, Ruling
from copilot.moderation.grey import GreyReader
from copilot.moderation.handover import Handover
from copilot.moderation.pattern_watch import PatternWatch
from copilot.moderation.policy import PolicyDesk
from copilot.moderation.reading import MAX_BATCH, PendingReader, ReadReport, mark_for_reading
from copilot.moderation.reports import ReportDesk
from copilot.moderation.second_opinions import SecondOpinionDesk
from copilot.moderation.standing import StandingDesk
from copilot.moderation.terms import TermsDesk
from copilot.moderation.wellness import WellnessDesk

_MARK_CHUNK = 500


class ModerationService:
    """Feature key `moderation`. A machine only ranks: every consequence has a person's decision behind it."""

    def __init__(
        self, store: Store, cascade: Cascade, care: CarePort | None = None, grey: GreyReader | None = None
    ) -> None:
        """`care` takes what nobody else may see; `grey` is asked where the local models are not sure."""
        self._store = store
        self._cascade = cascade
        self._reader = PendingReader(store, cascade, care, grey)
        self._queue = CaseQueue(store)
        self._desk = DecisionDesk(store)
        self.reports = ReportDesk(store)
        self.handover = Handover(store)
        self.second_opinions = SecondOpinionDesk(store)
        self.appeals = AppealDesk(store)
        self.standing = StandingDesk(store)
        self.terms = TermsDesk(store)
        self.policy = PolicyDesk(store)
        self.wellness = WellnessDesk(store)
        self.patterns = PatternWatch(store)

    @property
    def cascade(self) -> Cascade:
        """What reads messages now."""
        return self._cascade

    @property
    def model_version(self) -> str:
        """Identifies everything that can change a reading."""
        return self._cascade.version

    def read_pending(
        self, community_id: str, limit: int = 500, is_cancelled: Callable[[], bool] | None = None
    ) -> ReadReport:
        """Read up to `limit` waiting messages; call again until `taken` is 0. Safe to kill and to run twice.

        Raises:
            InvalidInput: limit outside 1-1000.
            ModelCancelled: `is_cancelled` said so while a language model was asked.
        """
        if not 1 <= limit <= MAX_BATCH:
            raise InvalidInput(f"limit must be between 1 and {MAX_BATCH}", field="limit", limit=MAX_BATCH)
        report = self._reader.read(community_id, limit, is_cancelled)
        if report.taken:
            return report
        # All is read: what single messages do not show is looked for now.
        return replace(report, cases=self.patterns.run(community_id))

    def mark_outdated(self, community_id: str) -> int:
        """Mark for reading what another model version read; return how many messages."""
        marked, last = 0, ""
        while True:
            with self._store.read(community_id) as unit:
                statement = (
                    select(Reading.message_id)
                    .where(Reading.model_version != self._cascade.version, Reading.message_id > last)
                    .order_by(Reading.message_id)
                    .limit(_MARK_CHUNK)
                )
                found = list(unit.session.scalars(statement))
            if not found:
                return marked
            with self._store.write(community_id) as unit:
                mark_for_reading(unit, found)
            marked, last = marked + len(found), found[-1]

    def cases(
        self,
        community_id: str,
        wanted: CaseFilter | None = None,
        *,
        sort: str = CaseSort.PRIORITY,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[CaseRow]:
        """Return cases in order of `CaseSort`; see `CaseStatus` for the words of a status.

        Raises:
            InvalidInput: unknown status, category, severity, order or cursor, or a limit outside 1-200.
        """
        return self._queue.page(community_id, wanted or CaseFilter(), limit, cursor, sort)

    def case(self, community_id: str, case_id: str, *, with_reporters: bool = False) -> CaseDetail:
        """Return one case with all that a moderator should know; `with_reporters` names who reported it.

        Raises:
            NotFound: there is no such case here.
        """
        return self._queue.detail(community_id, case_id, with_reporters=with_reporters)

    def split(self, community_id: str, case_id: str, message_ids: Sequence[str], *, actor: str) -> CaseView:
        """Give some messages of an open case a case of their own and return that.

        Raises:
            NotFound: there is no such case here.
            Conflict: somebody else holds it, or it is not open.
            InvalidInput: a message is not of this case, or none would stay.
        """
        return self._queue.split(community_id, case_id, message_ids, actor)

    def merge(self, community_id: str, case_id: str, other_ids: Sequence[str], *, actor: str) -> CaseView:
        """Take other open cases into this one and return it.

        Raises:
            NotFound: one of them is not here.
            Conflict: somebody else holds one of them, or one is not open.
            InvalidInput: none or too many are named, or the case itself is.
        """
        return self._queue.merge(community_id, case_id, other_ids, actor)

    def claim(self, community_id: str, case_id: str, *, actor: str) -> CaseView:
        """Give the case to `actor` for half an hour; claiming again renews the lease.

        Raises:
            NotFound: there is no such case here.
            Conflict: somebody else holds it, it is not open, or the moderator has seen enough severe cases today.
        """
        return self._queue.claim(community_id, case_id, actor)

    def release(self, community_id: str, case_id: str, *, actor: str) -> CaseView:
        """Give the case back.

        Raises:
            NotFound: there is no such case here.
            Conflict: `actor` does not hold it.
        """
        return self._queue.release(community_id, case_id, actor)

    def decide(self, community_id: str, case_id: str, ruling: Ruling, *, actor: str) -> DecisionView:
        """Close the case. The verdict is apart from the action, and the action defaults to none.

        Raises:
            NotFound: there is no such case here.
            Conflict: somebody else holds it, it is not open, it takes two people or waits for the second, or the
                moderator has seen enough severe cases today.
            InvalidInput: no clause of the policy is cited, or it would be done to a sender nobody knows.
        """
        return self._desk.decide(community_id, case_id, ruling, actor=actor)

    def undo(self, community_id: str, case_id: str, *, actor: str, reason: str = "") -> CaseView:
        """Take the standing decision back, reverse every effect and open the case again.

        Raises:
            NotFound: there is no such case here.
            Conflict: no decision stands.
        """
        return self._desk.undo(community_id, case_id, actor=actor, reason=reason)
