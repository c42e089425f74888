"""One loan, for its two sides and operators: how it stands, what can be done now, what happened, what came of it."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path
from starlette.responses import Response

from api.console.form_fields import minor_of
from api.console.navigation import PREFIX
from api.console.visit import Visit, VisitDep, WritingDep
from copilot.community.tables import Member
from copilot.currency import heading, money, stored_currency
from copilot.resources.loan_models import MAX_WORDS, LoanView, OutcomeIn, OutcomeSide, Result
from copilot.resources.transitions import ENDED_IN_USE, OPEN, TRANSITIONS
from copilot.resources.viewing import require_party

router = APIRouter(prefix="/loans/{loan_id}")
LoanId = Annotated[str, Path(max_length=64)]
RESULTS: tuple[Result, ...] = ("met", "partly", "not_met")
SIDES: tuple[OutcomeSide, ...] = ("borrower", "lender")
_STEPS, _VERSIONS = 100, 10


@router.get("")
def loan_page(visit: VisitDep, loan_id: LoanId) -> Response:
    """Show a loan with the steps that whoever looks may take, its history, outcomes and agreements."""
    require_party(visit.actor)
    exchange, community_id, actor = visit.services.exchange, visit.community_id, visit.actor
    loan = exchange.loans.get(community_id, loan_id, actor)
    currency = currency_of(visit)
    return visit.page(
        "loan.html", place=place_of(visit), one=loan, rules=TRANSITIONS, lender=lender_of(visit, loan), results=RESULTS,
        steps=exchange.loans.history(community_id, loan_id, actor, limit=_STEPS).items,
        versions=exchange.agreements.page(community_id, loan_id, actor, limit=_VERSIONS).items,
        is_open=loan.status in OPEN and loan.member_id is not None, has_outcome=loan.status in ENDED_IN_USE,
        unit_of_money=heading(currency, visit.language), amount=lambda minor: money(minor, currency, visit.language),
        own_side=own_side(visit, loan), sides=SIDES,
    )  # fmt: skip


@router.post("/outcome")
def tell_outcome(
    visit: WritingDep, loan_id: LoanId, result: Annotated[Result, Form()], *,
    value: Annotated[str, Form(max_length=20)] = "", words: Annotated[str, Form(max_length=MAX_WORDS)] = "",
    side: Annotated[OutcomeSide | Literal[""], Form()] = "",
) -> Response:  # fmt: skip
    """Say what came of it, for one's own side; operators say for whom they write it down."""
    require_party(visit.actor)
    minor = minor_of(value, currency_of(visit), "value") if value.strip() else None
    said = OutcomeIn(side=side or None, result=result, value_minor=minor, words=words.strip())
    visit.services.exchange.loans.tell_outcome(visit.community_id, loan_id, said, visit.actor)
    return visit.go(f"{PREFIX}/loans/{loan_id}")


def place_of(visit: Visit) -> str:
    """Return the entry of the menu under which loans stand for whoever looks."""
    return "me_resources" if visit.actor.member_id is not None else "resources"


def own_side(visit: Visit, loan: LoanView) -> OutcomeSide | None:
    """Return in which part a member looks; operators, and who has none, look in no part."""
    if visit.actor.member_id is None:
        return None
    return "borrower" if loan.member_id == visit.actor.member_id else "lender"


def lender_of(visit: Visit, loan: LoanView) -> str:
    """Return the name of whoever lends; empty for the community's own."""
    if loan.owner_id is None:
        return ""
    with visit.services.store.read(visit.community_id) as unit:
        owner = unit.find(Member, loan.owner_id)
        return owner.name if owner is not None else ""


def currency_of(visit: Visit) -> str:
    """Return the currency in which the community counts."""
    with visit.services.store.read(visit.community_id) as unit:
        return stored_currency(unit.community().settings)
