"""What the two sides of a loan agree on: a version is proposed from a template, read, and accepted by each for itself."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path, Query
from pydantic import Field
from starlette.responses import Response

from api.console.form_fields import day_of, decimal_number, minor_of, whole_number
from api.console.navigation import PREFIX
from api.console.pages.loan import LoanId, currency_of, own_side, place_of
from api.console.visit import Visit, VisitDep, WritingDep
from api.routes.weekly import PAGE_HEADERS
from copilot.currency import heading
from copilot.errors import InvalidInput
from copilot.resources.agreements.models import (
    MAX_FIELD_CHARS,
    MOST_VALUES,
    WHOLE,
    Acceptance,
    AgreementDraft,
    DayValue,
    NumberValue,
    Party,
    Share,
    TemplateView,
    TextValue,
)
from copilot.resources.loan_models import MAX_VALUE_MINOR, OutcomeSide
from copilot.resources.viewing import require_party

router = APIRouter()
AgreementId = Annotated[str, Path(max_length=64)]
Key = Annotated[str, Form(max_length=60)]
Keys = Annotated[list[Annotated[str, Field(max_length=60)]], Form(max_length=MOST_VALUES)]
Values = Annotated[list[Annotated[str, Field(max_length=MAX_FIELD_CHARS)]], Form(max_length=MOST_VALUES)]
Percent = Annotated[str, Form(max_length=10)]
PARTIES: tuple[Party, ...] = ("lender", "borrower", "community")


@router.get("/loans/{loan_id}/agreement")
def form_page(visit: VisitDep, loan_id: LoanId, template: Annotated[str, Query(max_length=60)] = "") -> Response:
    """Show the form of a template; without a name, the one that goes with what the resource asks in return."""
    require_party(visit.actor)
    exchange, community_id = visit.services.exchange, visit.community_id
    loan = exchange.loans.get(community_id, loan_id, visit.actor)
    templates = exchange.agreements.templates(community_id, visit.actor)
    asked = exchange.library.get(community_id, loan.resource_id, visit.actor).terms_of_use.in_return
    chosen = _named(templates, template or asked or "") or templates[0]
    return visit.page(
        "agreement_form.html", place=place_of(visit), loan=loan, templates=templates, chosen=chosen, parties=PARTIES,
        unit_of_money=heading(currency_of(visit), visit.language),
    )  # fmt: skip


@router.post("/loans/{loan_id}/agreements")
def propose(  # noqa: PLR0913  # one parameter for each part of the form
    visit: WritingDep, loan_id: LoanId, template: Key, *, key: Keys = [], value: Values = [],  # noqa: B006  # FastAPI copies it
    lender: Percent = "", borrower: Percent = "", community: Percent = "",
) -> Response:  # fmt: skip
    """Propose a version; the one that both accepted before stays in force until both accept this one."""
    require_party(visit.actor)
    agreements = visit.services.exchange.agreements
    chosen = _named(agreements.templates(visit.community_id, visit.actor), template)
    if chosen is None or len(key) != len(value):
        raise InvalidInput("the form is not whole", field="template")
    shares: dict[Party, str] = {"lender": lender, "borrower": borrower, "community": community}
    draft = _draft(visit, chosen, dict(zip(key, value, strict=True)), shares)
    made = agreements.propose(visit.community_id, loan_id, draft, visit.actor)
    return visit.go(_path(made.id))


@router.get("/agreements/{agreement_id}")
def agreement_page(visit: VisitDep, agreement_id: AgreementId) -> Response:
    """Show one version: its clauses, who accepted it, and who still has to."""
    require_party(visit.actor)
    exchange, community_id = visit.services.exchange, visit.community_id
    found = exchange.agreements.get(community_id, agreement_id, visit.actor)
    loan = exchange.loans.get(community_id, found.loan_id, visit.actor)
    side = own_side(visit, loan)
    return visit.page(
        "agreement.html", place=place_of(visit), one=found, loan=loan,
        may_accept=[one for one in found.waiting_for if side in (None, one)] if not found.differs_from_loan else [],
    )  # fmt: skip


@router.post("/agreements/{agreement_id}/accept")
def accept(
    visit: WritingDep, agreement_id: AgreementId,
    content_hash: Annotated[str, Form(pattern=r"^[0-9a-f]{64}$")], side: Annotated[OutcomeSide | Literal[""], Form()] = "",
) -> Response:  # fmt: skip
    """Accept the version that was read, by its hash, for one's own side; operators say for whom they note it."""
    require_party(visit.actor)
    said = Acceptance(content_hash=content_hash, side=side or None)
    visit.services.exchange.agreements.accept(visit.community_id, agreement_id, said, visit.actor)
    return visit.go(_path(agreement_id))


@router.get("/agreements/{agreement_id}/document")
def document(
    visit: VisitDep, agreement_id: AgreementId, form: Annotated[Literal["markdown", "html"], Query()] = "html"
) -> Response:
    """Give a version to be printed or kept: a page that loads nothing and runs nothing, or Markdown."""
    require_party(visit.actor)
    text = visit.services.exchange.agreements.document(visit.community_id, agreement_id, form, visit.actor)
    if form == "html":
        return Response(
            text, media_type="text/html; charset=utf-8", headers={**PAGE_HEADERS, "Cache-Control": "no-store"}
        )
    headers = {"Content-Disposition": f'attachment; filename="{agreement_id}.md"', "Cache-Control": "no-store"}
    return Response(text, media_type="text/markdown; charset=utf-8", headers=headers)


def _named(templates: list[TemplateView], key: str) -> TemplateView | None:
    return next((one for one in templates if one.key == key), None)


def _draft(visit: Visit, template: TemplateView, given: dict[str, str], shares: dict[Party, str]) -> AgreementDraft:
    """Return what was filled in, each field as its kind is written.

    Raises:
        InvalidInput: a number, a day or a share that is none.
    """
    texts, numbers, days = [], [], []
    for field in template.fields:
        text = given.get(field.key, "").strip()
        if not text or field.kind == "shares":
            continue
        if field.kind == "text":
            texts.append(TextValue(field=field.key, text=text))
        elif field.kind == "day":
            days.append(DayValue(field=field.key, day=day_of(text, field.label)))
        elif field.kind == "money":
            numbers.append(NumberValue(field=field.key, number=minor_of(text, currency_of(visit), field.label)))
        else:
            numbers.append(NumberValue(field=field.key, number=_count(text, field.label)))
    has_shares = any(field.kind == "shares" for field in template.fields)
    parts = [
        Share(party=party, basis_points=_basis_points(text, party)) for party, text in shares.items() if text.strip()
    ]
    return AgreementDraft(
        template=template.key, texts=texts, numbers=numbers, days=days, shares=parts if has_shares else []
    )  # fmt: skip


def _count(text: str, label: str) -> int:
    number = whole_number(text, label)
    if number is None or not 0 <= number <= MAX_VALUE_MINOR:
        raise InvalidInput(
            f"{label} is a whole number", field=label,
            sentence={"zh-CN": f"“{label}”要填整数。", "en": f"“{label}” takes a whole number."},
        )  # fmt: skip
    return number


def _basis_points(text: str, party: str) -> int:
    number = decimal_number(text, party)
    if number is None or not 0 <= number <= WHOLE // 100:
        raise InvalidInput(
            "a share is from 0 to 100 per cent", field=party,
            sentence={"zh-CN": "比例要填 0 到 100。", "en": "Shares are from 0 to 100 per cent."},
        )  # fmt: skip
    return round(100 * number)


def _path(agreement_id: str) -> str:
    return f"{PREFIX}/agreements/{agreement_id}"
