"""What members report: it opens or joins a case, and the reporter learns what became of it without details.

Who reported is shown to nobody but keys that may know reporters; never to the reported, in no list, export or message.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select

from copilot.community.ids import derived_id
from copilot.community.models import Category, MessageType
from copilot.community.store import Page, Store, Unit
from copilot.community.tables import Case, Decision, Member, Message, Report
from copilot.community.text import clean_text
from copilot.errors import Collision, Conflict, InvalidInput, NotFound, RateLimited
from copilot.moderation.drafts import CaseDraft, Evidence
from copilot.moderation.intake import open_or_join
from copilot.moderation.models import Action, CaseStatus, FoundBy, Verdict
from copilot.moderation.settling import settle

TEXT_MAX_CHARS = 1_000
DAILY_REPORTS = 20
_DETECTOR = "report"
_VERSION = "1"


class ReportStatus(StrEnum):
    """What the reporter learns."""

    RECEIVED = "received"
    LOOKED_AT = "looked_at"
    ACTED_ON = "acted_on"
    TAKEN_BACK = "taken_back"


_SENTENCES: dict[ReportStatus, dict[str, str]] = {
    ReportStatus.RECEIVED: {"zh-CN": "已收到，等待管理员查看。", "en": "Received; it waits for a moderator."},
    ReportStatus.LOOKED_AT: {"zh-CN": "管理员已查看。谢谢你告诉我们。", "en": "A moderator looked at it. Thank you for telling us."},
    ReportStatus.ACTED_ON: {"zh-CN": "管理员已查看并作了处理。谢谢你告诉我们。", "en": "A moderator looked at it and acted. Thank you for telling us."},
    ReportStatus.TAKEN_BACK: {"zh-CN": "发言人已撤回这条消息。", "en": "The sender took the message back."},
}  # fmt: skip
_TOO_MANY = {
    "zh-CN": f"24 小时内最多举报 {DAILY_REPORTS} 条；如有急事，请直接联系管理员。",
    "en": f"You can report at most {DAILY_REPORTS} messages in 24 hours; please write to a moderator if it cannot wait.",
}


@dataclass(frozen=True)
class ReportView:
    """A report as its author sees it; `sentence` says its status in the community's language."""

    id: str
    message_id: str
    category: str
    text: str
    status: ReportStatus
    sentence: str
    created_at: datetime


class ReportDesk:
    """Takes reports and says what became of them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def submit(
        self, community_id: str, reporter_id: str, message_id: str, category: str, text: str = "", *, actor: str
    ) -> ReportView:
        """Report a message; the same member's second report of it changes nothing and returns the first.

        Raises:
            NotFound: there is no such message or member here.
            Conflict: the message was taken back.
            InvalidInput: an unknown category, an endless text, or a message that nobody else said.
            RateLimited: 20 reports in 24 hours.
        """
        if category not in set(Category):
            raise InvalidInput(f"unknown category; known: {', '.join(Category)}", field="category")
        words = clean_text(text)
        if len(words) > TEXT_MAX_CHARS:
            raise InvalidInput(f"a report has at most {TEXT_MAX_CHARS} characters", field="text", limit=TEXT_MAX_CHARS)
        given = (reporter_id, message_id, Category(category), words)
        try:
            return self._submit(community_id, *given, actor=actor)
        except Collision:  # somebody else brought the same message at the same moment: there is a case to join now
            return self._submit(community_id, *given, actor=actor)

    def _submit(
        self, community_id: str, reporter_id: str, message_id: str, category: Category, text: str, *, actor: str
    ) -> ReportView:
        with self._store.write(community_id) as unit:
            unit.get(Member, reporter_id)
            message = unit.get(Message, message_id)
            report_id = derived_id("rpt", community_id, message_id, reporter_id)
            earlier = unit.find(Report, report_id)
            if earlier is not None:
                return _views(unit, [earlier])[0]
            _require_reportable(message, reporter_id)
            _require_rate(unit, reporter_id)
            report = Report(
                id=report_id, message_id=message_id, reporter_id=reporter_id, category=category.value, text=text,
                created_at=unit.now,
            )  # fmt: skip
            unit.add(report)
            unit.session.flush()
            report.case_id = open_or_join(
                unit,
                CaseDraft(
                    found_by=FoundBy.REPORT, category=category, evidence=(Evidence(message_id),), score=0.0,
                    detector=_DETECTOR, version=_VERSION, threshold=0.0,
                ),
            )  # fmt: skip
            settle(unit, unit.get(Case, report.case_id))
            unit.audit(actor, "report.received", ("report", report_id), message_id=message_id, category=category.value)
            return _views(unit, [report])[0]

    def get(self, community_id: str, report_id: str, reporter_id: str | None) -> ReportView:
        """Return one report; with `reporter_id` only that member's own.

        Raises:
            NotFound: there is no such report here, or it is another member's; the two are not told apart.
        """
        with self._store.read(community_id) as unit:
            report = unit.get(Report, report_id)
            if reporter_id is not None and report.reporter_id != reporter_id:
                raise NotFound(f"there is no report {report_id!r} in this community", kind="report", id=report_id)
            return _views(unit, [report])[0]

    def page(self, community_id: str, reporter_id: str, limit: int, cursor: str | None) -> Page[ReportView]:
        """Return a member's own reports, newest first.

        Raises:
            InvalidInput: an unknown cursor, or a limit outside 1-200.
        """
        with self._store.read(community_id) as unit:
            statement = select(Report).where(Report.reporter_id == reporter_id)
            page = unit.page(statement, (Report.created_at, Report.id), limit=limit, cursor=cursor)
            return Page(_views(unit, page.items), page.next_cursor)


def _require_reportable(message: Message, reporter_id: str) -> None:
    if message.recalled_at is not None:
        raise Conflict(
            "the sender took this message back", message_id=message.id, sentence=_SENTENCES[ReportStatus.TAKEN_BACK]
        )
    if message.type in {MessageType.SYSTEM, MessageType.RECALLED}:
        raise InvalidInput("nobody said this message", field="message_id")
    if message.sender_id == reporter_id:
        raise InvalidInput("this message is your own; you can take it back", field="message_id")


def _require_rate(unit: Unit, reporter_id: str) -> None:
    """A bound on the number alone; how far somebody's reports were borne out refuses nothing."""
    since = unit.now - timedelta(days=1)
    mine = (Report.reporter_id == reporter_id, Report.created_at > since)
    count, oldest = unit.session.execute(select(func.count(Report.id), func.min(Report.created_at)).where(*mine)).one()
    if count >= DAILY_REPORTS:
        wait = int((oldest - since).total_seconds()) + 1
        raise RateLimited(_TOO_MANY["en"], retry_after_seconds=wait, sentence=_TOO_MANY)


def _views(unit: Unit, reports: Sequence[Report]) -> list[ReportView]:
    cases = unit.get_many(Case, [report.case_id for report in reports if report.case_id is not None])
    messages = unit.get_many(Message, [report.message_id for report in reports])
    acted = _acted_on(unit, list(cases))
    locale = "zh-CN" if unit.community().locale == "zh-CN" else "en"
    found: list[ReportView] = []
    for report in reports:
        case = cases.get(report.case_id or "")
        if case is not None and case.id in acted:
            status = ReportStatus.ACTED_ON
        elif case is not None and (case.status == CaseStatus.DECIDED or case.first_seen_at is not None):
            status = ReportStatus.LOOKED_AT
        elif messages[report.message_id].recalled_at is not None:
            status = ReportStatus.TAKEN_BACK
        else:
            status = ReportStatus.RECEIVED
        found.append(
            ReportView(
                report.id, report.message_id, report.category, report.text, status, _SENTENCES[status][locale],
                report.created_at,
            )
        )  # fmt: skip
    return found


def _acted_on(unit: Unit, case_ids: Sequence[str]) -> set[str]:
    statement = select(Decision.case_id).where(
        Decision.case_id.in_(case_ids), Decision.undone_at.is_(None),
        Decision.verdict == Verdict.VIOLATION.value, Decision.action != Action.NONE.value,
    )  # fmt: skip
    return set(unit.session.scalars(statement))
