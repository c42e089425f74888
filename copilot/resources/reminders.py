"""Whom to write to about resources and loans, each with a draft. A person sends it, or nobody does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, exists, not_, select

from copilot.community.access import Actor
from copilot.community.embeddable import today
from copilot.community.models import ResourceStatus
from copilot.community.permission import is_seen_by
from copilot.community.store import Page, Store, Unit
from copilot.community.tables import Loan, LoanOutcome, Member, Resource
from copilot.resources.loan_models import ExchangeReminder, OutcomeSide, ReminderKind
from copilot.resources.transitions import LoanStatus
from copilot.resources.viewing import OPERATE, members_of
from copilot.resources.wording import said

_ASK_BEFORE = timedelta(days=14)
_DUE_SOON = timedelta(days=3)
_OUTCOME_WITHIN = timedelta(days=30)
_TO_BORROWER = frozenset({"due_soon", "overdue", "outcome"})
_IN_USE = (LoanStatus.LENT.value, LoanStatus.GRANTED.value)


class ExchangeReminders:
    """Lists people to remind. Safe to share between threads."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def page(
        self, community_id: str, kind: ReminderKind, actor: Actor, *, limit: int = 50, cursor: str | None = None
    ) -> Page[ExchangeReminder]:
        """Return whom to remind of what; members the actor may not know of are left out.

        Args:
            community_id: whose library it is.
            kind: `confirm` resources within two weeks of becoming stale, or stale; `decide` requests, `hand_over` what
                begins, `due_soon` what is due in three days, `overdue`, `confirm_return` what is said to be back,
                `extension` what is asked for longer, `dispute`, `outcome` of what ended within 30 days, if the borrower told none,
                `outcome_lender` of the same, if the lender told none.
            actor: an operator.
            limit: 1 to 200.
            cursor: of the page before.

        Raises:
            Denied: the actor is no operator.
            InvalidInput: limit or cursor is wrong.
        """
        actor.require(OPERATE)
        with self._store.read(community_id) as unit:
            if kind == "confirm":
                return _to_confirm(unit, actor, limit, cursor)
            statement = select(Loan).where(_loans(kind, unit, today(unit)))
            page = unit.page(statement, (Loan.requested_at, Loan.id), limit=limit, cursor=cursor, descending=False)
            return Page(_of_loans(unit, actor, kind, page.items), page.next_cursor)


def _loans(kind: ReminderKind, unit: Unit, day: date) -> ColumnElement[bool]:
    ended = and_(
        Loan.status.in_((LoanStatus.RETURNED.value, LoanStatus.USED.value)),
        Loan.closed_at >= unit.now - _OUTCOME_WITHIN,
    )  # fmt: skip
    conditions: dict[ReminderKind, ColumnElement[bool]] = {
        "decide": Loan.status == LoanStatus.REQUESTED.value,
        "hand_over": and_(Loan.status == LoanStatus.ACCEPTED.value, Loan.starts_on <= day),
        "due_soon": and_(Loan.status.in_(_IN_USE), Loan.ends_on.between(day, day + _DUE_SOON)),
        # Also what the hourly upkeep has not come to yet.
        "overdue": and_(Loan.status.in_((*_IN_USE, LoanStatus.OVERDUE.value)), Loan.ends_on < day),
        "confirm_return": Loan.status == LoanStatus.HANDED_BACK.value,
        "extension": and_(Loan.extension_until.is_not(None), Loan.status.in_((*_IN_USE, LoanStatus.OVERDUE.value))),
        "dispute": Loan.status == LoanStatus.DISPUTED.value,
        "outcome": and_(ended, not_(_told("borrower"))),
        "outcome_lender": and_(ended, not_(_told("lender"))),
    }
    return conditions[kind]


def _told(side: OutcomeSide) -> ColumnElement[bool]:
    return exists().where(
        LoanOutcome.loan_id == Loan.id, LoanOutcome.community_id == Loan.community_id, LoanOutcome.side == side
    )


def _to_confirm(unit: Unit, actor: Actor, limit: int, cursor: str | None) -> Page[ExchangeReminder]:
    asked = (ResourceStatus.AVAILABLE.value, ResourceStatus.CONFIDENTIAL.value, ResourceStatus.STALE.value)
    statement: Select[Any] = select(Resource).where(
        Resource.status.in_(asked), Resource.confirm_by.is_not(None), Resource.confirm_by <= unit.now + _ASK_BEFORE
    )
    page = unit.page(statement, (Resource.confirm_by, Resource.id), limit=limit, cursor=cursor, descending=False)
    people = members_of(unit, [row.owner_id for row in page.items])
    zone, locale = ZoneInfo(unit.community().timezone), unit.community().locale
    found = []
    for row in page.items:
        whom = people.get(row.owner_id or "")
        if whom is not None and not is_seen_by(actor, whom):
            continue
        day = row.confirm_by.astimezone(zone).date()
        found.append(_reminder("confirm", row, None, whom, locale, day=day))
    return Page(found, page.next_cursor)


def _of_loans(unit: Unit, actor: Actor, kind: ReminderKind, loans: Sequence[Loan]) -> list[ExchangeReminder]:
    resources = unit.get_many(Resource, [loan.resource_id for loan in loans])
    whom = {
        loan.id: loan.member_id if kind in _TO_BORROWER else resources[loan.resource_id].owner_id
        for loan in loans
    }  # fmt: skip
    people, locale = members_of(unit, whom.values()), unit.community().locale
    found = []
    for loan in loans:
        person = None if kind == "dispute" else people.get(whom[loan.id] or "")
        if person is not None and not is_seen_by(actor, person):
            continue
        words = {"start": loan.starts_on, "until": loan.extension_until, "day": loan.ends_on}
        found.append(_reminder(kind, resources[loan.resource_id], loan, person, locale, **words))
    return found


def _reminder(
    kind: ReminderKind, row: Resource, loan: Loan | None, whom: Member | None, locale: str, **words: object
) -> ExchangeReminder:
    name = whom.name if whom is not None else said("operators", locale)
    text = said(f"remind.{kind}", locale, name=name, title=row.title, code=row.library_code or row.code, **words)
    due = words["day"]
    return ExchangeReminder(
        kind=kind, resource_id=row.id, loan_id=loan.id if loan is not None else None,
        member_id=whom.id if whom is not None else None, name=name, due_on=due if isinstance(due, date) else None, text=text,
    )  # fmt: skip
