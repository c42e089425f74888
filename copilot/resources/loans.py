"""Loans: asked for, answered, handed over, brought back or used, and what came of them. The last unit is lent once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, select

from copilot.community.access import Actor
from copilot.community.embeddable import today
from copilot.community.ids import derived_id, new_id
from copilot.community.permission import get_seen
from copilot.community.store import Page, Store, Unit
from copilot.community.tables import Loan, LoanEntry, LoanOutcome, Member, Resource
from copilot.community.text import clean_text
from copilot.resources.ledger import Doer, tell, write_entry
from copilot.resources.loan_models import EntryView, LoanRequest, LoanStep, LoanView, OutcomeIn, OutcomeSide
from copilot.resources.loan_views import entry_views, find_loan, loan_views, seen_loans
from copilot.resources.models import MAX_DAYS
from copilot.resources.occupancy import lock_resource
from copilot.resources.steps import take_step
from copilot.resources.transitions import ENDED_IN_USE, OPEN, TRANSITIONS, LoanStatus, Side, Step
from copilot.resources.viewing import (
    acting_for,
    find_resource,
    is_on_offer,
    lendable_to,
    require_owner,
    sides_of,
)
from copilot.resources.waiting import place
from copilot.resources.wording import not_yours, refusal, wrong

MOST_OPEN = 20
_OPEN_OF = select(Loan.resource_id, Loan.starts_on, Loan.ends_on).where(
    Loan.member_id == bindparam("member_id"), Loan.status.in_([status.value for status in OPEN])
)


@dataclass(frozen=True)
class LoanFilter:
    """Which loans a list is of; what is None does not narrow it."""

    resource_id: str | None = None
    borrower_id: str | None = None
    lender_id: str | None = None
    status: LoanStatus | None = None


class LoanDesk:
    """Keeps loans. Safe between threads and processes: units are given under the resource's lock alone."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def request(self, community_id: str, resource_id: str, asked: LoanRequest, actor: Actor) -> LoanView:
        """Ask for units of a resource: the owner answers, the terms do, or it waits in the line.

        Raises:
            Denied: the key acts for nobody here.
            NotFound: no such resource or member that the actor may know of.
            Conflict: not on offer, not for this member, asked for already, or too many requests at once.
            InvalidInput: days or units that the terms do not allow, or an operator who names nobody.
        """
        member_id = acting_for(actor, asked.member_id)
        if member_id is None:
            raise wrong("member_needed", "member_id")
        with self._store.write(community_id) as unit:
            find_resource(unit, actor, resource_id)
            row = lock_resource(unit, resource_id)
            member = get_seen(unit, actor, member_id)
            _check_request(unit, row, member, asked)
            loan = Loan(
                id=new_id("loa"), resource_id=row.id, member_id=member_id, units=asked.units, starts_on=asked.starts_on,
                ends_on=asked.ends_on, mode=row.mode, status=LoanStatus.REQUESTED.value, requested_at=unit.now,
            )  # fmt: skip
            unit.add(loan)
            unit.session.flush()
            side = Side.BORROWER if member_id == actor.member_id else Side.OPERATOR
            doer = Doer(actor.key_id, side, member_id, clean_text(asked.words))
            write_entry(unit, loan, "request", "", doer)
            place(unit, row, loan)
            unit.audit(actor.key_id, "loan.request", ("loan", loan.id), resource_id=row.id, status=loan.status)
            tell(unit, "resource.requested", loan, row)
            return loan_views(unit, actor, [loan])[0]

    def step(self, community_id: str, loan_id: str, asked: LoanStep, actor: Actor) -> LoanView:
        """Take a step of the table in `transitions`; whoever waits moves up for what it frees.

        Raises:
            NotFound: there is no such loan that the actor has part in.
            Denied: the actor's part does not take this step.
            Conflict: the loan is not where the step begins, or no unit is free.
            InvalidInput: a step without the words, the day or the outcome that it needs.
        """
        step, words = Step(asked.step), clean_text(asked.words)
        with self._changing(community_id, loan_id, actor) as (unit, loan, row):
            doer = _doer(actor, loan, row, step, words)
            if TRANSITIONS[step].needs_words and not words:
                raise wrong("words_needed", "words")
            take_step(unit, row, loan, asked, doer)
            return loan_views(unit, actor, [loan])[0]

    def tell_outcome(self, community_id: str, loan_id: str, said: OutcomeIn, actor: Actor) -> LoanView:
        """Say what came of a loan that has ended, as one side sees it; said again, it replaces what was said before.

        Raises:
            NotFound: there is no such loan that the actor has part in.
            Denied: the actor has no part in it and is no operator.
            Conflict: it has not ended, or was never in use.
            InvalidInput: an operator who does not say for which side.
        """
        with self._changing(community_id, loan_id, actor) as (unit, loan, row):
            side, author = _outcome_side(actor, loan, row, said.side)
            if LoanStatus(loan.status) not in ENDED_IN_USE:
                raise refusal("not_ended")
            values = {
                "id": derived_id("lou", loan.id, side), "loan_id": loan.id, "side": side, "author_id": author,
                "result": said.result, "value_minor": said.value_minor, "words": clean_text(said.words),
                "given_at": unit.now,
            }  # fmt: skip
            unit.upsert(LoanOutcome, [values])
            unit.audit(
                actor.key_id, "loan.outcome", ("loan", loan.id),
                side=side, result=said.result, value_minor=said.value_minor,
            )  # fmt: skip
            return loan_views(unit, actor, [loan])[0]

    def get(self, community_id: str, loan_id: str, actor: Actor) -> LoanView:
        """Return one loan.

        Raises:
            NotFound: there is none that the actor has part in.
        """
        with self._store.read(community_id) as unit:
            return loan_views(unit, actor, [find_loan(unit, actor, loan_id)])[0]

    def history(
        self, community_id: str, loan_id: str, actor: Actor, *, limit: int = 50, cursor: str | None = None
    ) -> Page[EntryView]:
        """Return the steps of a loan, first one first.

        Raises:
            NotFound: there is none that the actor has part in.
            InvalidInput: limit or cursor is wrong.
        """
        with self._store.read(community_id) as unit:
            loan = find_loan(unit, actor, loan_id)
            statement = select(LoanEntry).where(LoanEntry.loan_id == loan.id)
            sort = (LoanEntry.at, LoanEntry.id)
            page = unit.page(statement, sort, limit=limit, cursor=cursor, descending=False)
            return Page(entry_views(page.items), page.next_cursor)

    def page(
        self, community_id: str, actor: Actor, only: LoanFilter, *, limit: int = 50, cursor: str | None = None
    ) -> Page[LoanView]:
        """Return loans that the actor has part in, latest request first; operators see all.

        Raises:
            Denied: the loans of a resource that is not the actor's.
            NotFound: no such resource that the actor may know of.
            InvalidInput: limit or cursor is wrong.
        """
        statement = select(Loan).where(seen_loans(actor))
        with self._store.read(community_id) as unit:
            if only.resource_id is not None:
                require_owner(actor, find_resource(unit, actor, only.resource_id))
                statement = statement.where(Loan.resource_id == only.resource_id)
            if only.borrower_id is not None:
                statement = statement.where(Loan.member_id == only.borrower_id)
            if only.lender_id is not None:
                owned = select(Resource.id).where(Resource.owner_id == only.lender_id)
                statement = statement.where(Loan.resource_id.in_(owned))
            if only.status is not None:
                statement = statement.where(Loan.status == only.status.value)
            page = unit.page(statement, (Loan.requested_at, Loan.id), limit=limit, cursor=cursor)
            return Page(loan_views(unit, actor, page.items), page.next_cursor)

    @contextmanager
    def _changing(self, community_id: str, loan_id: str, actor: Actor) -> Iterator[tuple[Unit, Loan, Resource]]:
        """Yield a writing unit with the loan as it is now, its resource locked."""
        with self._store.write(community_id) as unit:
            known = find_loan(unit, actor, loan_id)
            row = lock_resource(unit, known.resource_id)
            yield unit, find_loan(unit, actor, loan_id), row


def _doer(actor: Actor, loan: Loan, row: Resource, step: Step, words: str) -> Doer:
    """Return in which part the actor takes a step: a member's own part before the operator's.

    Raises:
        Denied: none of the actor's parts takes this step.
    """
    able = sides_of(actor, loan, row.owner_id) & TRANSITIONS[step].sides
    for side in (Side.BORROWER, Side.LENDER, Side.OPERATOR):
        if side in able and (side is Side.OPERATOR or actor.may("self:write")):
            return Doer(actor.key_id, side, None if side is Side.OPERATOR else actor.member_id, words)
    raise not_yours("other_side", step=step.value, loan_id=loan.id)


def _outcome_side(
    actor: Actor, loan: Loan, row: Resource, named: OutcomeSide | None
) -> tuple[OutcomeSide, str | None]:  # fmt: skip
    """Return for which side the actor speaks, and the member whose words these are."""
    sides = sides_of(actor, loan, row.owner_id)
    people: dict[OutcomeSide, str | None] = {"borrower": loan.member_id, "lender": row.owner_id}
    own: list[OutcomeSide] = [side for side in people if Side(side) in sides and actor.may("self:write")]
    if own and named in {None, *own}:
        side = named or own[0]
        return side, people[side]
    if Side.OPERATOR not in sides:
        raise not_yours("own_side", loan_id=loan.id)
    if named is None:
        raise wrong("side_needed", "side")
    return named, people[named]


def _check_request(unit: Unit, row: Resource, member: Member, asked: LoanRequest) -> None:
    """Pass what the resource, its terms and the member's other requests allow.

    Raises:
        Conflict, InvalidInput: see `LoanDesk.request`.
    """
    if not is_on_offer(row):
        raise refusal("not_offered")
    if row.owner_id == member.id:
        raise refusal("own_resource")
    if not lendable_to(unit, row, member):
        raise refusal("not_for_you")
    _check_days(row, asked.starts_on, asked.ends_on, today(unit))
    if row.capacity is not None and asked.units > row.capacity:
        raise wrong("more_than_there_are", "units", limit=row.capacity)
    mine = unit.session.execute(_OPEN_OF, {"member_id": member.id}).all()
    if any(key == row.id and first <= asked.ends_on and last >= asked.starts_on for key, first, last in mine):
        raise refusal("asked_already")
    if len(mine) >= MOST_OPEN:
        raise refusal("too_many_open", limit=MOST_OPEN)


def _check_days(row: Resource, starts_on: date, ends_on: date, day: date) -> None:
    if starts_on < day:
        raise wrong("in_the_past", "starts_on")
    if ends_on < starts_on:
        raise wrong("ends_before_start", "ends_on")
    limit = row.max_days or MAX_DAYS
    if (ends_on - starts_on).days + 1 > limit:
        raise wrong("too_long", "ends_on", limit=limit)
    if (ends_on - day).days > 2 * MAX_DAYS:
        raise wrong("too_long", "ends_on", limit=2 * MAX_DAYS)
    if row.expires_on is not None and ends_on > row.expires_on:
        raise wrong("after_expiry", "ends_on", day=row.expires_on)
