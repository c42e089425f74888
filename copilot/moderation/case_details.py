"""Everything about one case: its words and what stood around them, how it was found, to whom it was done, what was before."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from copilot.community.case_records import gravest_first
from copilot.community.private import NOT_SHOWN, private_among
from copilot.community.reader import reader_locale
from copilot.community.store import Unit
from copilot.community.tables import Case, CaseFinding, CaseItem, Decision, Member, Message, Report, Strike
from copilot.moderation.case_views import (
    Affected,
    CaseDetail,
    ContextLine,
    ItemView,
    MemberHistory,
    PastCase,
    ReportSeen,
    decision_view,
    finding_view,
    item_view,
)
from copilot.moderation.item_records import head_values_of
from copilot.moderation.ladder import Suggestion, suggestion_for
from copilot.moderation.merging import find_case
from copilot.moderation.models import CASE_SCORE, CaseStatus, FoundBy, Verdict
from copilot.moderation.proposals import proposal_view, waiting_proposal
from copilot.moderation.queue_rows import case_rows
from copilot.moderation.reliability import UNKNOWN
from copilot.moderation.report_weights import reliabilities, weigh_reports

_MOST_ITEMS = 200
_MOST_LINES = 50
_MOST_REPORTS = 100
_MOST_AFFECTED = 50
_MOST_PAST = 10
_PRIORITY = {
    "zh-CN": "优先级 {priority:.2f} = 危害 {harm:.2f}（{severity}）× 把握 {certainty:.2f} × 波及 {reach:.2f}；不看发言人的过往。",
    "en": "Priority {priority:.2f} = harm {harm:.2f} ({severity}) x certainty {certainty:.2f} x reach {reach:.2f}; "
    "the sender's past is not in it.",
}
_SEVERITY_ZH = {"low": "低", "medium": "中", "high": "高"}


def case_detail(unit: Unit, case_id: str, *, with_reporters: bool) -> CaseDetail:
    """Return one case; `with_reporters` names who reported it.

    Raises:
        NotFound: there is no such case here.
    """
    case = find_case(unit, case_id)
    items = _items(unit, case)
    community = unit.community()
    clauses = {clause.get("id"): clause for clause in community.policy}
    decisions = unit.session.scalars(
        select(Decision).where(Decision.case_id == case.id).order_by(Decision.decided_at, Decision.id)
    )
    findings = unit.session.scalars(
        select(CaseFinding).where(CaseFinding.case_id == case.id).order_by(CaseFinding.created_at, CaseFinding.id)
    ).all()
    messages = unit.get_many(Message, [case.message_id, *(item.message_id for item in items)])
    waiting = waiting_proposal(unit, case.id)
    pattern_ids = [member_id for finding in findings for member_id in finding.affected]
    return CaseDetail(
        case=case_rows(unit, [case])[0],
        priority_sentence=_sentence(case, reader_locale(unit)),
        lines=_lines(unit, case, list(messages)),
        clause=clauses.get(case.clause_id),
        items=items,
        findings=[finding_view(row) for row in findings],
        reports=_reports(unit, case.id, with_reporters=with_reporters),
        voices=weigh_reports(unit, case.id).voices,
        affected=_affected(unit, list(messages.values()), pattern_ids),
        history=_history(unit, case),
        suggestion=_suggestion(unit, case),
        proposal=None if waiting is None else proposal_view(waiting, unit.now),
        decisions=[decision_view(row) for row in decisions],
    )


def _suggestion(unit: Unit, case: Case) -> Suggestion | None:
    if case.member_id is None or case.status != CaseStatus.OPEN:
        return None
    return suggestion_for(unit, case.member_id, case.severity)


def _sentence(case: Case, locale: str) -> str:
    severity = _SEVERITY_ZH[case.severity] if locale == "zh-CN" else case.severity
    words = _PRIORITY["zh-CN" if locale == "zh-CN" else "en"]
    return words.format(
        priority=case.priority, harm=case.harm, certainty=case.certainty, reach=case.reach, severity=severity
    )


def _items(unit: Unit, case: Case) -> list[ItemView]:
    statement = select(CaseItem).where(CaseItem.case_id == case.id).order_by(CaseItem.created_at, CaseItem.id)
    rows = unit.session.scalars(statement.limit(_MOST_ITEMS)).all()
    if rows:
        return [item_view(row) for row in gravest_first(rows)]
    values = head_values_of(case)  # from before cases had items
    del values["context_ids"]
    return [
        ItemView(
            found_by=FoundBy.SIGNAL.value, threshold=CASE_SCORE, created_at=case.created_at, withdrawn_at=None, **values
        )
    ]


def _lines(unit: Unit, case: Case, message_ids: Sequence[str]) -> list[ContextLine]:
    also = [message_id for message_id in message_ids if message_id != case.message_id]
    messages = unit.get_many(Message, [case.message_id, *case.context_ids, *also[:_MOST_LINES]])
    subject = messages.get(case.message_id)
    parent_id = subject.reply_to_id if subject else None
    senders = unit.get_many(Member, [m.sender_id for m in messages.values() if m.sender_id is not None])
    private = private_among(unit, messages)
    not_shown = NOT_SHOWN[reader_locale(unit)]

    def role(message_id: str) -> str:
        if message_id == case.message_id:
            return "subject"
        if message_id in also:
            return "also"
        return "parent" if message_id == parent_id else "before"

    return [
        ContextLine(
            message_id=m.id,
            role=role(m.id),
            sender_id=m.sender_id,
            sender_name=senders[m.sender_id].name if m.sender_id in senders else "",
            sent_at=m.sent_at,
            text=not_shown if m.id in private else m.text,
        )
        for m in sorted(messages.values(), key=lambda m: (m.sent_at, m.id))
    ]


def _reports(unit: Unit, case_id: str, *, with_reporters: bool) -> list[ReportSeen]:
    statement = select(Report).where(Report.case_id == case_id).order_by(Report.created_at, Report.id)
    rows = unit.session.scalars(statement.limit(_MOST_REPORTS)).all()
    ids = [row.reporter_id for row in rows if row.reporter_id is not None]
    known = reliabilities(unit, ids)
    names = unit.get_many(Member, ids) if with_reporters else {}
    found: list[ReportSeen] = []
    for row in rows:
        reliability = known.get(row.reporter_id or "", UNKNOWN)
        reporter = names.get(row.reporter_id or "")
        found.append(
            ReportSeen(
                id=row.id, message_id=row.message_id, category=row.category, text=row.text, created_at=row.created_at,
                reporter_id=reporter.id if reporter else None, reporter_name=reporter.name if reporter else None,
                reliability=round(reliability.mean, 4), decided=reliability.n,
            )
        )  # fmt: skip
    return found


def _affected(unit: Unit, messages: Sequence[Message], pattern_ids: Sequence[str]) -> list[Affected]:
    """Return to whom the messages speak; nobody is affected by what they say to themselves."""
    senders = {message.sender_id for message in messages}
    parents = unit.get_many(Message, [m.reply_to_id for m in messages if m.reply_to_id is not None])
    how: dict[str, str] = dict.fromkeys(pattern_ids, "pattern")
    for message in messages:
        parent = parents.get(message.reply_to_id or "")
        if parent is not None and parent.sender_id is not None:
            how.setdefault(parent.sender_id, "answered")
        for member_id in message.mentions:
            how.setdefault(str(member_id), "mentioned")
    wanted = [member_id for member_id in how if member_id not in senders or how[member_id] == "pattern"]
    names = unit.get_many(Member, wanted[:_MOST_AFFECTED])
    return [Affected(member_id, names[member_id].name, how[member_id]) for member_id in wanted if member_id in names]


def _history(unit: Unit, case: Case) -> MemberHistory | None:
    """Return what was decided about the sender in other cases; taking back and strikes are counted with them."""
    if case.member_id is None:
        return None
    about = (Case.member_id == case.member_id, Case.id != case.id)
    counts = select(Decision.verdict, Decision.undone_at.is_not(None), func.count()).join(
        Case, Case.id == Decision.case_id
    )
    standing: dict[tuple[str, bool], int] = {
        (verdict, bool(undone)): number
        for verdict, undone, number in unit.session.execute(
            counts.where(*about).group_by(Decision.verdict, Decision.undone_at.is_not(None))
        )
    }
    in_force = (Strike.member_id == case.member_id, Strike.voided_at.is_(None), Strike.expires_at > unit.now)
    strikes, ends = unit.session.execute(
        select(func.count(Strike.id), func.max(Strike.expires_at)).where(*in_force)
    ).one()
    latest = unit.session.execute(
        select(Decision, Case.category)
        .join(Case, Case.id == Decision.case_id)
        .where(*about)
        .order_by(Decision.decided_at.desc(), Decision.id.desc())
        .limit(_MOST_PAST)
    )
    return MemberHistory(
        upheld=standing.get((Verdict.VIOLATION.value, False), 0),
        not_upheld=standing.get((Verdict.NO_VIOLATION.value, False), 0),
        overturned=sum(number for (_, undone), number in standing.items() if undone),
        strikes_in_force=strikes,
        last_strike_expires_at=ends,
        latest=[
            PastCase(row.case_id, category, row.verdict, row.action, row.decided_at, row.undone_at)
            for row, category in latest
        ],
    )
