"""Cases as people see them: plain data, made from rows. Reporters' names are not in it but where they may be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from copilot.community.tables import Case, CaseFinding, CaseItem, Decision
from copilot.moderation.ladder import Suggestion
from copilot.moderation.models import CaseStatus
from copilot.moderation.proposals import ProposalView


@dataclass(frozen=True)
class CaseView:
    """A case; what stands for it is its gravest message. `status` is `claimed` while a lease runs.

    Attributes:
        harm: 0-1, by severity; `certainty` and `reach` are 0-1 too, and `priority` is the product of the three.
    """

    id: str
    message_id: str
    member_id: str | None
    category: str
    severity: str
    score: float
    clause_id: str
    evidence_start: int
    evidence_end: int
    quote: str
    context_ids: list[str]
    detector: str
    detector_version: str
    harm: float
    certainty: float
    reach: float
    priority: float
    status: str
    claimed_by: str | None
    first_seen_at: datetime | None
    claimed_at: datetime | None
    lease_expires_at: datetime | None
    decided_at: datetime | None
    created_at: datetime


@dataclass(frozen=True)
class CaseRow(CaseView):
    """A case in the queue, with what a moderator needs to choose.

    Attributes:
        sender_name: of the message that stands for the case; empty when nobody knows.
        excerpt: of that message, around the evidence; empty when it was taken back.
        sent_at: of that message.
        age_seconds: since the case was opened.
        categories: of all messages, gravest first.
        messages: how many the case holds.
        reports: how many members reported any of them.
    """

    sender_name: str
    channel_id: str
    channel_name: str
    sent_at: datetime | None
    excerpt: str
    age_seconds: int
    categories: list[str]
    messages: int
    reports: int


@dataclass(frozen=True)
class ContextLine:
    """One message around a case; `role` is `parent`, `before`, `subject` or `also` (another message of the case)."""

    message_id: str
    role: str
    sender_id: str | None
    sender_name: str
    sent_at: datetime
    text: str


@dataclass(frozen=True)
class DecisionView:
    """A decision.

    Attributes:
        clause_id: the clause it cites; empty without a violation.
        severity: as a person saw it.
        until: when a mute ends.
        confirmed_by: the second person, where it took two.
        undone_at: when it was taken back; it no longer stands.
    """

    id: str
    case_id: str
    verdict: str
    action: str
    reason: str
    clause_id: str
    severity: str
    until: datetime | None
    effects: list[dict[str, Any]]
    decided_by: str
    decided_at: datetime
    confirmed_by: str | None
    undone_by: str | None
    undone_at: datetime | None


@dataclass(frozen=True)
class ItemView:
    """A message of a case as one source found it: how it was found, and from which score on the source asked a person."""

    message_id: str
    category: str
    found_by: str
    severity: str
    score: float
    clause_id: str
    evidence_start: int
    evidence_end: int
    quote: str
    detector: str
    detector_version: str
    threshold: float
    created_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class FindingView:
    """A pattern over several messages of a case."""

    category: str
    detector: str
    detector_version: str
    score: float
    threshold: float
    affected: list[str]
    evidence: dict[str, Any]
    created_at: datetime


@dataclass(frozen=True)
class ReportSeen:
    """A report as moderators see it.

    Attributes:
        reporter_id: None unless the key may know reporters; so is `reporter_name`.
        reliability: expected share of this reporter's reports that are upheld, 0-1; 0.5 before any decision.
        decided: how many decided reports that rests on.
    """

    id: str
    message_id: str
    category: str
    text: str
    created_at: datetime
    reporter_id: str | None
    reporter_name: str | None
    reliability: float
    decided: int


@dataclass(frozen=True)
class Affected:
    """Somebody it was done to; `how` is `answered`, `mentioned` or `pattern`."""

    member_id: str
    name: str
    how: str


@dataclass(frozen=True)
class PastCase:
    """An earlier decision about the same sender."""

    case_id: str
    category: str
    verdict: str
    action: str
    decided_at: datetime
    undone_at: datetime | None


@dataclass(frozen=True)
class MemberHistory:
    """What was decided about the sender before: counts with dates, and no number that sums a person up.

    Attributes:
        upheld: standing decisions that found a breach.
        not_upheld: standing decisions that found none.
        overturned: decisions that were taken back.
        strikes_in_force: strikes that neither expired nor were voided.
        last_strike_expires_at: when the last of those ends.
        latest: the newest decisions, at most ten.
    """

    upheld: int
    not_upheld: int
    overturned: int
    strikes_in_force: int
    last_strike_expires_at: datetime | None
    latest: list[PastCase]


@dataclass(frozen=True)
class CaseDetail:
    """A case with everything a moderator should know before deciding.

    Attributes:
        priority_sentence: why the case stands where it does in the queue, in the community's language.
        lines: the words around it, oldest first; its own messages at their time.
        items: what it rests on, gravest first, at most 200; those a detector withdrew are among them.
        voices: as how many the reporters count: those who always report together are one.
        affected: to whom it was done, as far as replies, mentions and patterns say.
        history: None when the sender is unknown.
        suggestion: what the ladder suggests if this is a violation; it only suggests. None when the sender is unknown, and once
            the case is closed.
        proposal: what waits for a second person.
    """

    case: CaseRow
    priority_sentence: str
    lines: list[ContextLine]
    clause: dict[str, Any] | None
    items: list[ItemView]
    findings: list[FindingView]
    reports: list[ReportSeen]
    voices: int
    affected: list[Affected]
    history: MemberHistory | None
    suggestion: Suggestion | None
    proposal: ProposalView | None
    decisions: list[DecisionView]


def view_values(case: Case, now: datetime) -> dict[str, Any]:
    """Return the fields of `CaseView`."""
    is_claimed = (
        case.status == CaseStatus.OPEN
        and case.claimed_by is not None
        and case.lease_expires_at is not None
        and case.lease_expires_at > now
    )
    values = {name: getattr(case, name) for name in CaseView.__dataclass_fields__}
    if is_claimed:
        values["status"] = CaseStatus.CLAIMED.value
    elif case.status == CaseStatus.OPEN:
        values |= {"claimed_by": None, "lease_expires_at": None}
    return values


def view_of(case: Case, now: datetime) -> CaseView:
    """Return a case as plain data."""
    return CaseView(**view_values(case, now))


def decision_view(row: Decision) -> DecisionView:
    """Return a decision as plain data."""
    return DecisionView(**{name: getattr(row, name) for name in DecisionView.__dataclass_fields__})


def item_view(row: CaseItem) -> ItemView:
    """Return an item as plain data."""
    return ItemView(**{name: getattr(row, name) for name in ItemView.__dataclass_fields__})


def finding_view(row: CaseFinding) -> FindingView:
    """Return a finding as plain data."""
    return FindingView(**{name: getattr(row, name) for name in FindingView.__dataclass_fields__})
