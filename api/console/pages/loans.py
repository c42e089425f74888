"""Loans for operators: how each stands, and the steps that may be taken now."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path, Query
from starlette.responses import Response

from api.console.navigation import PREFIX
from api.console.visit import VisitDep, WritingDep
from copilot.errors import InvalidInput
from copilot.resources.loan_models import AskedStep, LoanStep, SettledAs
from copilot.resources.loans import LoanFilter
from copilot.resources.transitions import TRANSITIONS, LoanStatus
from copilot.resources.viewing import OPERATE

router = APIRouter()
LoanId = Annotated[str, Path(max_length=64)]


@router.get("/loans")
def loans_page(
    visit: VisitDep, status: Annotated[LoanStatus | Literal[""], Query()] = "",
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> Response:  # fmt: skip
    """List loans, latest request first."""
    visit.actor.require(OPERATE)
    only = LoanFilter(status=LoanStatus(status) if status else None)
    page = visit.services.exchange.loans.page(visit.community_id, visit.actor, only, limit=20, cursor=cursor)
    return visit.page(
        "loans.html", place="resources", loans=page.items, next_cursor=page.next_cursor, state=status,
        statuses=tuple(LoanStatus), rules=TRANSITIONS,
    )  # fmt: skip


@router.post("/loans/{loan_id}/steps")
def take_step(
    visit: WritingDep, loan_id: LoanId, step: Annotated[AskedStep, Form()], *,
    words: Annotated[str, Form(max_length=2000)] = "",
    until: Annotated[str, Form(max_length=10, pattern=r"^(\d{4}-\d{2}-\d{2})?$")] = "",
    settled_as: Annotated[SettledAs | Literal[""], Form()] = "",
) -> Response:  # fmt: skip
    """Take a step; what the state of the loan does not allow is a conflict, said beside the button."""
    visit.actor.require(OPERATE)
    asked = LoanStep(step=step, words=words.strip(), until=_day(until), settled_as=settled_as or None)
    loan = visit.services.exchange.loans.step(visit.community_id, loan_id, asked, visit.actor)
    if visit.is_htmx:
        return visit.fragment("loan_row.html", one=loan, rules=TRANSITIONS)
    return visit.go(f"{PREFIX}/loans")


def _day(text: str) -> date | None:
    """Return the day that was written.

    Raises:
        InvalidInput: there is no such day, such as 30 February.
    """
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidInput("a day is written YYYY-MM-DD", field="until") from None
