"""The queue: listing cases, seeing one, claims that run out by themselves, and cases made into one or two by a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy import case as sql_case

from copilot.community.models import Category
from copilot.community.store import Page, Store, Unit
from copilot.community.tables import ApiKey, Case, CaseItem, Message, Report
from copilot.errors import Conflict, InvalidInput
from copilot.moderation.case_details import case_detail
from copilot.moderation.case_views import CaseDetail, CaseRow, CaseView, view_of
from copilot.moderation.decision_wording import moment_said, refusal
from copilot.moderation.merging import absorb, find_case, split, with_items
from copilot.moderation.models import CaseStatus, Severity
from copilot.moderation.proposals import require_no_proposal
from copilot.moderation.queue_rows import case_rows
from copilot.moderation.settling import settle
from copilot.moderation.wellness import require_capacity

CLAIM_LEASE = timedelta(minutes=30)
MAX_MOVED = 200
_ACTOR_MAX_CHARS = 200
_WORD_MAX_CHARS = 100


class CaseSort(StrEnum):
    """Orders of the queue; within equals the id decides."""

    PRIORITY = "priority"
    SEVERITY = "severity"
    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True)
class CaseFilter:
    """Which cases; everything that is given must hold.

    Attributes:
        category: of any of its messages; so `detector` is that of any of them.
        channel_id: where any of its messages stands.
        sender_id: who sent any of its messages.
        claimed_by: who holds it now.
        is_reported: whether anybody reported it.
    """

    status: str | None = None
    category: str | None = None
    severity: str | None = None
    channel_id: str | None = None
    sender_id: str | None = None
    detector: str | None = None
    claimed_by: str | None = None
    is_reported: bool | None = None


class CaseQueue:
    """Reads and claims cases."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def page(
        self, community_id: str, wanted: CaseFilter, limit: int, cursor: str | None, sort: str = CaseSort.PRIORITY
    ) -> Page[CaseRow]:
        """Return cases in order. Deciding a case between two pages neither repeats nor skips another.

        Raises:
            InvalidInput: unknown status, category, severity, order or cursor, or a limit outside 1-200.
        """
        columns: dict[CaseSort, tuple[Any, bool]] = {
            CaseSort.PRIORITY: (Case.priority, True),
            CaseSort.SEVERITY: (Case.harm, True),
            CaseSort.NEWEST: (Case.created_at, True),
            CaseSort.OLDEST: (Case.created_at, False),
        }
        column, descending = columns[CaseSort(_word(sort, [s.value for s in CaseSort], "sort"))]
        with self._store.read(community_id) as unit:
            statement = _filtered(wanted, unit.now)
            page = unit.page(statement, (column, Case.id), limit=limit, cursor=cursor, descending=descending)
            return Page(case_rows(unit, page.items), page.next_cursor)

    def detail(self, community_id: str, case_id: str, *, with_reporters: bool = False) -> CaseDetail:
        """Return one case with its context; `with_reporters` names who reported it.

        Raises:
            NotFound: there is no such case here.
        """
        with self._store.read(community_id) as unit:
            return case_detail(unit, case_id, with_reporters=with_reporters)

    def split(self, community_id: str, case_id: str, message_ids: Sequence[str], actor: str) -> CaseView:
        """Give some messages of an open case a case of their own and return that.

        Raises:
            NotFound: there is no such case here.
            Conflict: somebody else holds it, or it is not open.
            InvalidInput: a message is not of this case, or none would stay.
        """
        actor = checked_actor(actor)
        if not 1 <= len(message_ids) <= MAX_MOVED:
            raise InvalidInput(f"name 1 to {MAX_MOVED} messages", field="message_ids", limit=MAX_MOVED)
        with self._store.write(community_id) as unit:
            case = _held_open(unit, case_id, actor)
            return view_of(split(unit, case, set(message_ids), actor), unit.now)

    def merge(self, community_id: str, case_id: str, other_ids: Sequence[str], actor: str) -> CaseView:
        """Take other open cases into this one and return it.

        Raises:
            NotFound: one of them is not here.
            Conflict: somebody else holds one of them, or one is not open.
            InvalidInput: none or too many are named, or the case itself is.
        """
        actor = checked_actor(actor)
        if not 1 <= len(other_ids) <= MAX_MOVED:
            raise InvalidInput(f"name 1 to {MAX_MOVED} cases", field="case_ids", limit=MAX_MOVED)
        with self._store.write(community_id) as unit:
            case = with_items(unit, _held_open(unit, case_id, actor))
            for other_id in dict.fromkeys(other_ids):
                other = _held_open(unit, other_id, actor)
                if other.id == case.id:
                    raise InvalidInput("a case is not merged with itself", field="case_ids", case_id=other_id)
                absorb(unit, other, case, actor)
            settle(unit, case)
            return view_of(case, unit.now)

    def claim(self, community_id: str, case_id: str, actor: str) -> CaseView:
        """Give the case to `actor` for half an hour; claiming again renews the lease.

        Raises:
            NotFound: there is no such case here.
            Conflict: somebody else holds it, it is not open, or the moderator has seen enough severe cases today.
        """
        actor = checked_actor(actor)
        with self._store.write(community_id) as unit:
            case = find_case(unit, case_id)
            require_capacity(unit, case, actor)
            renewed = and_(Case.claimed_by == actor, Case.lease_expires_at > unit.now)
            # One conditional statement: of two moderators who race, the database lets exactly one through.
            statement = (
                update(Case)
                .where(Case.id == case.id, Case.status == CaseStatus.OPEN.value, is_free_for(actor, unit.now))
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
            unit.audit(actor, "case.claimed", ("case", case.id), until=_iso(case.lease_expires_at))
            return view_of(case, unit.now)

    def release(self, community_id: str, case_id: str, actor: str) -> CaseView:
        """Give the case back before the lease ends.

        Raises:
            NotFound: there is no such case here.
            Conflict: `actor` does not hold it.
        """
        actor = checked_actor(actor)
        with self._store.write(community_id) as unit:
            case = find_case(unit, case_id)
            statement = (
                update(Case)
                .where(Case.id == case.id, Case.status == CaseStatus.OPEN.value, Case.claimed_by == actor)
                .values(claimed_by=None, lease_expires_at=None)
                .execution_options(synchronize_session=False)
            )
            if not changed_one(unit, statement):
                raise Conflict(case_id=case_id, claimed_by=case.claimed_by, **refusal("not_yours"))
            unit.session.refresh(case)
            unit.audit(actor, "case.released", ("case", case.id))
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
        return Conflict(case_id=case.id, status=case.status, **refusal("not_open", status=case.status))
    key = None if case.claimed_by is None else unit.find(ApiKey, case.claimed_by)
    until = None if case.lease_expires_at is None else moment_said(case.lease_expires_at, unit.community().timezone)
    said = refusal("held", who=case.claimed_by if key is None else key.name, until=until)
    return Conflict(case_id=case.id, claimed_by=case.claimed_by, lease_expires_at=_iso(case.lease_expires_at), **said)


def checked_actor(actor: str) -> str:
    """Return who acts, or refuse an empty or endless name.

    Raises:
        InvalidInput: the name is empty or too long.
    """
    name = actor.strip()
    if not 0 < len(name) <= _ACTOR_MAX_CHARS:
        raise InvalidInput(f"an actor has 1 to {_ACTOR_MAX_CHARS} characters", field="actor", limit=_ACTOR_MAX_CHARS)
    return name


def _held_open(unit: Unit, case_id: str, actor: str) -> Case:
    """Return an open case that nobody else holds, locked until the unit ends."""
    found = find_case(unit, case_id)
    statement = select(Case.id).where(
        Case.id == found.id, Case.status == CaseStatus.OPEN.value, is_free_for(actor, unit.now)
    )
    if unit.session.scalar(statement.with_for_update()) is None:
        raise held_conflict(unit, found)
    require_no_proposal(unit, found.id)
    return found


def _filtered(wanted: CaseFilter, now: datetime) -> Select[Case]:
    statement: Select[Any] = select(Case)
    if wanted.status is not None:
        known = [status.value for status in CaseStatus]
        statement = statement.where(_has_status(CaseStatus(_word(wanted.status, known, "status")), now))
    if wanted.category is not None:
        category = _word(wanted.category, [category.value for category in Category], "category")
        statement = statement.where(or_(Case.category == category, _has_item(CaseItem.category == category)))
    if wanted.severity is not None:
        severity = _word(wanted.severity, [severity.value for severity in Severity], "severity")
        statement = statement.where(Case.severity == severity)
    if wanted.detector is not None:
        detector = _short(wanted.detector, "detector")
        statement = statement.where(or_(Case.detector == detector, _has_item(CaseItem.detector == detector)))
    for column, value, field in (
        (Message.channel_id, wanted.channel_id, "channel"), (Message.sender_id, wanted.sender_id, "sender")
    ):  # fmt: skip
        if value is not None:
            said = select(Message.id).where(column == _short(value, field))
            statement = statement.where(or_(Case.message_id.in_(said), _has_item(CaseItem.message_id.in_(said))))
    if wanted.claimed_by is not None:
        statement = statement.where(Case.claimed_by == wanted.claimed_by, _has_status(CaseStatus.CLAIMED, now))
    if wanted.is_reported is not None:
        reported = select(Report.id).where(Report.case_id == Case.id).exists()
        statement = statement.where(reported if wanted.is_reported else ~reported)
    return statement


def _has_item(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return Case.id.in_(select(CaseItem.case_id).where(CaseItem.withdrawn_at.is_(None), condition))


def _has_status(status: CaseStatus, now: datetime) -> ColumnElement[bool]:
    lease_runs = and_(Case.claimed_by.is_not(None), Case.lease_expires_at > now)
    if status is CaseStatus.CLAIMED:
        return and_(Case.status == CaseStatus.OPEN.value, lease_runs)
    if status is CaseStatus.OPEN:
        free = or_(Case.claimed_by.is_(None), Case.lease_expires_at.is_(None), Case.lease_expires_at <= now)
        return and_(Case.status == CaseStatus.OPEN.value, free)
    return Case.status == status.value


def _word(value: str, known: Sequence[str], field: str) -> str:
    if value not in known:
        raise InvalidInput(f"unknown {field} {value!r}; known: {', '.join(known)}", field=field)
    return value


def _short(value: str, field: str) -> str:
    if len(value) > _WORD_MAX_CHARS or "\x00" in value:
        raise InvalidInput(f"{field} has at most {_WORD_MAX_CHARS} characters", field=field, limit=_WORD_MAX_CHARS)
    return value


def _iso(value: datetime | None) -> str | None:
    return value.isoformat() if value else None
