"""The queue: listing cases, seeing one with its context, and claims that run out by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy import case as sql_case

from copilot.community.models import Category
from copilot.community.store import Page, Store, Unit
from copilot.community.tables import Case, Decision, Member, Message
from copilot.errors import Conflict, InvalidInput
from copilot.moderation.models import CaseStatus

CLAIM_LEASE = timedelta(minutes=30)
_ACTOR_MAX_CHARS = 200


@dataclass(frozen=True)
class CaseView:
    """A case as people see it; `status` is `claimed` while a lease runs."""

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
    status: str
    claimed_by: str | None
    first_seen_at: datetime | None
    claimed_at: datetime | None
    lease_expires_at: datetime | None
    decided_at: datetime | None
    created_at: datetime


@dataclass(frozen=True)
class ContextLine:
    """One message around a case; `role` is `parent`, `before` or `subject`."""

    message_id: str
    role: str
    sender_id: str | None
    sender_name: str
    sent_at: datetime
    text: str


@dataclass(frozen=True)
class DecisionView:
    """A decision; `undone_at` says that it no longer stands."""

    id: str
    case_id: str
    verdict: str
    action: str
    reason: str
    effects: list[dict[str, Any]]
    decided_by: str
    decided_at: datetime
    undone_by: str | None
    undone_at: datetime | None


@dataclass(frozen=True)
class CaseDetail:
    """A case with the words around it, the clause it may breach, and every decision so far, oldest first."""

    case: CaseView
    lines: list[ContextLine]
    clause: dict[str, Any] | None
    decisions: list[DecisionView]


class CaseQueue:
    """Reads and claims cases."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def page(
        self, community_id: str, status: str | None, category: str | None, limit: int, cursor: str | None
    ) -> Page[CaseView]:
        """Return cases, newest first.

        Raises:
            InvalidInput: unknown status, category or cursor, or a limit outside 1-200.
        """
        with self._store.read(community_id) as unit:
            statement = select(Case)
            if status is not None:
                statement = statement.where(_has_status(_status(status), unit.now))
            if category is not None:
                statement = statement.where(Case.category == _category(category))
            page = unit.page(statement, (Case.created_at, Case.id), limit=limit, cursor=cursor)
            return Page([view_of(row, unit.now) for row in page.items], page.next_cursor)

    def detail(self, community_id: str, case_id: str) -> CaseDetail:
        """Return one case with its context.

        Raises:
            NotFound: there is no such case here.
        """
        with self._store.read(community_id) as unit:
            case = unit.get(Case, case_id)
            decisions = unit.session.scalars(
                select(Decision).where(Decision.case_id == case_id).order_by(Decision.decided_at, Decision.id)
            )
            clauses = {clause.get("id"): clause for clause in unit.community().policy}
            return CaseDetail(
                view_of(case, unit.now),
                _lines(unit, case),
                clauses.get(case.clause_id),
                [decision_view(row) for row in decisions],
            )

    def claim(self, community_id: str, case_id: str, actor: str) -> CaseView:
        """Give the case to `actor` for half an hour; claiming again renews the lease.

        Raises:
            NotFound: there is no such case here.
            Conflict: somebody else holds it, or it is not open.
        """
        actor = checked_actor(actor)
        with self._store.write(community_id) as unit:
            case = unit.get(Case, case_id)
            renewed = and_(Case.claimed_by == actor, Case.lease_expires_at > unit.now)
            # One conditional statement: of two moderators who race, the database lets exactly one through.
            statement = (
                update(Case)
                .where(Case.id == case_id, Case.status == CaseStatus.OPEN.value, is_free_for(actor, unit.now))
                .values(
                    claimed_by=actor,
                    claimed_at=sql_case((renewed, Case.claimed_at), else_=unit.now),
                    lease_expires_at=unit.now + CLAIM_LEASE,
                    first_seen_at=func.coalesce(Case.first_seen_at, unit.now),
                )
                .execution_options(synchronize_session=False)
            )
            if not changed_one(unit, statement):
                raise held_conflict(unit, case)
            unit.session.refresh(case)
            unit.audit(actor, "case.claimed", ("case", case_id), until=_iso(case.lease_expires_at))
            return view_of(case, unit.now)

    def release(self, community_id: str, case_id: str, actor: str) -> CaseView:
        """Give the case back before the lease ends.

        Raises:
            NotFound: there is no such case here.
            Conflict: `actor` does not hold it.
        """
        actor = checked_actor(actor)
        with self._store.write(community_id) as unit:
            case = unit.get(Case, case_id)
            statement = (
                update(Case)
                .where(Case.id == case_id, Case.status == CaseStatus.OPEN.value, Case.claimed_by == actor)
                .values(claimed_by=None, lease_expires_at=None)
                .execution_options(synchronize_session=False)
            )
            if not changed_one(unit, statement):
                raise Conflict(f"{actor} does not hold this case", case_id=case_id, claimed_by=case.claimed_by)
            unit.session.refresh(case)
            unit.audit(actor, "case.released", ("case", case_id))
            return view_of(case, unit.now)


def is_free_for(actor: str, now: datetime) -> ColumnElement[bool]:
    """Return the condition that nobody else holds a case."""
    return or_(Case.claimed_by.is_(None), Case.claimed_by == actor, Case.lease_expires_at <= now)


def changed_one(unit: Unit, statement: Any) -> bool:
    """Run a conditional update and say whether it met its row."""
    result: Any = unit.session.execute(statement)
    return bool(result.rowcount == 1)


def held_conflict(unit: Unit, case: Case) -> Conflict:
    """Return the error that says why a case cannot be taken."""
    unit.session.refresh(case)
    if case.status != CaseStatus.OPEN:
        return Conflict(f"this case is {case.status}, not open", case_id=case.id, status=case.status)
    return Conflict(
        f"{case.claimed_by} holds this case until {_iso(case.lease_expires_at)}",
        case_id=case.id, claimed_by=case.claimed_by, lease_expires_at=_iso(case.lease_expires_at),
    )  # fmt: skip


def checked_actor(actor: str) -> str:
    """Return who acts, or refuse an empty or endless name.

    Raises:
        InvalidInput: the name is empty or too long.
    """
    name = actor.strip()
    if not 0 < len(name) <= _ACTOR_MAX_CHARS:
        raise InvalidInput(f"an actor has 1 to {_ACTOR_MAX_CHARS} characters", field="actor", limit=_ACTOR_MAX_CHARS)
    return name


def view_of(case: Case, now: datetime) -> CaseView:
    """Return a case as plain data."""
    is_claimed = (
        case.status == CaseStatus.OPEN
        and case.claimed_by is not None
        and case.lease_expires_at is not None
        and case.lease_expires_at > now
    )
    values = {name: getattr(case, name) for name in CaseView.__dataclass_fields__ if name != "status"}
    if not is_claimed and case.status == CaseStatus.OPEN:
        values |= {"claimed_by": None, "lease_expires_at": None}
    return CaseView(status=CaseStatus.CLAIMED.value if is_claimed else case.status, **values)


def decision_view(row: Decision) -> DecisionView:
    """Return a decision as plain data."""
    return DecisionView(**{name: getattr(row, name) for name in DecisionView.__dataclass_fields__})


def _has_status(status: CaseStatus, now: datetime) -> ColumnElement[bool]:
    lease_runs = and_(Case.claimed_by.is_not(None), Case.lease_expires_at > now)
    if status is CaseStatus.CLAIMED:
        return and_(Case.status == CaseStatus.OPEN.value, lease_runs)
    if status is CaseStatus.OPEN:
        free = or_(Case.claimed_by.is_(None), Case.lease_expires_at.is_(None), Case.lease_expires_at <= now)
        return and_(Case.status == CaseStatus.OPEN.value, free)
    return Case.status == status.value


def _status(value: str) -> CaseStatus:
    try:
        return CaseStatus(value)
    except ValueError as error:
        known = [status.value for status in CaseStatus]
        raise InvalidInput(f"unknown status {value!r}; known: {', '.join(known)}", field="status") from error


def _category(value: str) -> str:
    try:
        return Category(value).value
    except ValueError as error:
        known = [category.value for category in Category]
        raise InvalidInput(f"unknown category {value!r}; known: {', '.join(known)}", field="category") from error


def _lines(unit: Unit, case: Case) -> list[ContextLine]:
    messages = unit.get_many(Message, [*case.context_ids, case.message_id])
    subject = messages.get(case.message_id)
    parent_id = subject.reply_to_id if subject else None
    ordered = sorted(messages.values(), key=lambda m: (m.id == case.message_id, m.sent_at, m.id))
    senders = unit.get_many(Member, [m.sender_id for m in ordered if m.sender_id is not None])
    return [
        ContextLine(
            message_id=m.id,
            role="subject" if m.id == case.message_id else "parent" if m.id == parent_id else "before",
            sender_id=m.sender_id,
            sender_name=senders[m.sender_id].name if m.sender_id in senders else "",
            sent_at=m.sent_at,
            text=m.text,
        )
        for m in ordered
    ]


def _iso(value: datetime | None) -> str | None:
    return value.isoformat() if value else None
