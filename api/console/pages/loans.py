"""Loans for operators: how each stands, and the steps that may be taken now."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path, Query
from starlette.responses import Response

from api.console.form_fields import day_of
from api.console.navigation import PREFIX
from api.console.visit import VisitDep, WritingDep
from copilot.resources.loan_models import AskedStep, LoanStep, SettledAs
from copilot.resources.loans import LoanFilter
from copilot.resources.transitions import TRANSITIONS, LoanStatus
from copilot.resources.viewing import OPERATE, require_party

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
def take_step(  # noqa: PLR0913  # one parameter for each field of the form
    visit: WritingDep, loan_id: LoanId, step: Annotated[AskedStep, Form()], *,
    words: Annotated[str, Form(max_length=2000)] = "",
    until: Annotated[str, Form(max_length=10)] = "",
    settled_as: Annotated[SettledAs | Literal[""], Form()] = "", on_page: Annotated[Literal["yes", ""], Form()] = "",
) -> Response:  # fmt: skip
    """Take a step as one of its sides or as an operator; what the loan's state does not allow is said beside the button."""
    require_party(visit.actor)
    asked = LoanStep(
        step=step, words=words.strip(), until=day_of(until, "until") if until else None, settled_as=settled_as or None
    )
    loan = visit.services.exchange.loans.step(visit.community_id, loan_id, asked, visit.actor)
    if visit.is_htmx and not on_page:
        return visit.fragment("loan_row.html", one=loan, rules=TRANSITIONS)
    return visit.go(f"{PREFIX}/loans/{loan_id}")
