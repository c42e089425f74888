"""Loans: requests for resources and all that follows, by a table of steps. Members act for themselves, operators for anyone."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query

from api.deps import Caller, CallerDep, Cursor, Limit
from api.idempotency import IdempotentRoute
from api.routes.people import MemberId
from api.routes.resources import ResourceId
from api.schemas.common import Body, ListOf, list_of
from copilot.resources.loan_models import EntryView, LoanRequest, LoanStep, LoanView, OutcomeIn
from copilot.resources.loans import LoanFilter
from copilot.resources.transitions import LoanStatus
from copilot.resources.viewing import OPERATE, require_party

router = APIRouter(tags=["loans"], route_class=IdempotentRoute)
LoanId = Annotated[str, Path(max_length=64, description="id of a loan")]
Status = Annotated[LoanStatus | None, Query(description="only in this state")]


class LoanRequestIn(LoanRequest, Body):
    """A request for units of a resource."""


class LoanStepIn(LoanStep, Body):
    """A step of a loan and what it needs."""


class LoanOutcomeIn(OutcomeIn, Body):
    """What came of a loan."""


@router.post("/resources/{resource_id}/requests", status_code=201)
def request_resource(caller: CallerDep, resource_id: ResourceId, body: LoanRequestIn) -> LoanView:
    """Ask for units on some days: the owner answers, the terms do at once, or it waits in the line.

    Units are counted day by day; the last one is never given twice, whoever asks at the same moment.
    """
    return caller.services.exchange.loans.request(caller.community_id, resource_id, body, caller.actor)


@router.get("/resources/{resource_id}/requests")
def resource_loans(
    caller: CallerDep, resource_id: ResourceId, status: Status = None, cursor: Cursor = None, limit: Limit = 50
) -> ListOf[LoanView]:
    """List the loans of a resource to its owner and operators, latest request first, the waiting list included."""
    return _page(caller, LoanFilter(resource_id=resource_id, status=status), cursor, limit)


@router.get("/loans")
def list_loans(
    caller: CallerDep, status: Status = None, cursor: Cursor = None, limit: Limit = 50
) -> ListOf[LoanView]:  # fmt: skip
    """List loans, latest request first: operators all, members those they have part in."""
    if caller.actor.member_id is None:
        caller.actor.require(OPERATE)
    return _page(caller, LoanFilter(status=status), cursor, limit)


@router.get("/members/{member_id}/loans")
def member_loans(
    caller: CallerDep,
    member_id: MemberId,
    side: Annotated[Literal["borrowed", "lent"], Query(description="what the member borrows, or lends")] = "borrowed",
    status: Status = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ListOf[LoanView]:
    """List what a member borrows, or lends, latest request first. A member key reads its own only."""
    caller.actor.require_member(member_id, OPERATE)
    only = LoanFilter(
        borrower_id=member_id if side == "borrowed" else None,
        lender_id=member_id if side == "lent" else None,
        status=status,
    )  # fmt: skip
    return _page(caller, only, cursor, limit)


@router.get("/loans/{loan_id}")
def get_loan(caller: CallerDep, loan_id: LoanId) -> LoanView:
    """Show one loan to its two sides and operators, with the steps that may be taken now."""
    require_party(caller.actor)
    return caller.services.exchange.loans.get(caller.community_id, loan_id, caller.actor)


@router.get("/loans/{loan_id}/history")
def loan_history(caller: CallerDep, loan_id: LoanId, cursor: Cursor = None, limit: Limit = 50) -> ListOf[EntryView]:
    """List the steps of a loan, first one first."""
    require_party(caller.actor)
    page = caller.services.exchange.loans.history(
        caller.community_id, loan_id, caller.actor, limit=limit, cursor=cursor
    )
    return list_of(page)


@router.post("/loans/{loan_id}/steps")
def take_step(caller: CallerDep, loan_id: LoanId, body: LoanStepIn) -> LoanView:
    """Take a step. What is allowed from which state and to whom is one table; anything else is a conflict.

    The owner: `accept`, `decline`, `cancel`, `hand_over`, `confirm_return`, `deny_return`, `extend`, `refuse_extension`.
    The borrower: `withdraw`, `hand_back`, `ask_extension`. Either: `use_up`, `dispute`. Operators: any, and `settle`.
    """
    require_party(caller.actor)
    return caller.services.exchange.loans.step(caller.community_id, loan_id, body, caller.actor)


@router.post("/loans/{loan_id}/outcome")
def tell_outcome(caller: CallerDep, loan_id: LoanId, body: LoanOutcomeIn) -> LoanView:
    """Say what came of a loan that has ended, in money, in words or both; said again, it replaces what was said."""
    require_party(caller.actor)
    return caller.services.exchange.loans.tell_outcome(caller.community_id, loan_id, body, caller.actor)


def _page(caller: Caller, only: LoanFilter, cursor: str | None, limit: int) -> ListOf[LoanView]:
    page = caller.services.exchange.loans.page(
        caller.community_id, caller.actor, only, limit=limit, cursor=cursor
    )  # fmt: skip
    return list_of(page)
