"""Agreements between the two sides of a loan: templates, versions, who accepted which. Records, not legal advice."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response

from api.deps import CallerDep, Cursor, Limit
from api.idempotency import IdempotentRoute
from api.routes.loans import LoanId
from api.routes.weekly import PAGE_HEADERS
from api.schemas.common import Body, ListOf, list_of
from copilot.resources.agreements.desk import DocumentForm
from copilot.resources.agreements.models import Acceptance, AgreementDraft, AgreementView, TemplateView
from copilot.resources.viewing import require_party

router = APIRouter(tags=["loans"], route_class=IdempotentRoute)
AgreementId = Annotated[str, Path(max_length=64, description="id of one version of an agreement")]
_PAGE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "the document",
        "content": {
            "text/markdown": {
                "schema": {"type": "string"},
                "example": "# 资源互换约定\n\n> 这是双方在社区里的约定记录，不是法律意见 …\n",
            },
            "text/html": {"schema": {"type": "string"}, "example": '<!DOCTYPE html>\n<html lang="zh-CN">...</html>\n'},
        },
    }
}


class AgreementDraftIn(AgreementDraft, Body):
    """What is agreed on besides what the loan says by itself."""


class AcceptanceIn(Acceptance, Body):
    """A yes to one version, by its hash."""


@router.get("/agreement-templates")
def list_templates(caller: CallerDep) -> ListOf[TemplateView]:
    """List the templates in the community's language with the fields to fill in; all of them, in one page."""
    return ListOf(items=caller.services.exchange.agreements.templates(caller.community_id, caller.actor))


@router.post("/loans/{loan_id}/agreements", status_code=201)
def propose_agreement(caller: CallerDep, loan_id: LoanId, body: AgreementDraftIn) -> AgreementView:
    """Propose a version: parties, resource, units and days come from the loan, shares must sum to 100 %.

    A change is a new version, which both sides accept again; until then, the one that both accepted stays in force.
    """
    require_party(caller.actor)
    return caller.services.exchange.agreements.propose(caller.community_id, loan_id, body, caller.actor)


@router.get("/loans/{loan_id}/agreements")
def list_agreements(
    caller: CallerDep, loan_id: LoanId, cursor: Cursor = None, limit: Limit = 50
) -> ListOf[AgreementView]:
    """List the versions of a loan's agreement, the latest first, to its two sides and operators."""
    require_party(caller.actor)
    page = caller.services.exchange.agreements.page(
        caller.community_id, loan_id, caller.actor, limit=limit, cursor=cursor
    )
    return list_of(page)


@router.get("/agreements/{agreement_id}")
def get_agreement(caller: CallerDep, agreement_id: AgreementId) -> AgreementView:
    """Show one version to its two sides and operators: clauses, hash, and who accepted it when."""
    require_party(caller.actor)
    return caller.services.exchange.agreements.get(caller.community_id, agreement_id, caller.actor)


@router.post("/agreements/{agreement_id}/accept")
def accept_agreement(caller: CallerDep, agreement_id: AgreementId, body: AcceptanceIn) -> AgreementView:
    """Accept the version with this hash for one's own side; when both sides have, it is in force.

    Operators speak for the community's own resources. What they note for a member is recorded as noted by an operator.
    """
    require_party(caller.actor)
    return caller.services.exchange.agreements.accept(caller.community_id, agreement_id, body, caller.actor)


@router.get("/agreements/{agreement_id}/document", response_class=Response, responses=_PAGE)
def agreement_document(
    caller: CallerDep,
    agreement_id: AgreementId,
    file_format: Annotated[DocumentForm, Query(alias="format", description="form of the document")] = "markdown",
) -> Response:
    """Give one version as Markdown or as a page that loads nothing and runs nothing. It says that it is no legal advice."""
    require_party(caller.actor)
    text = caller.services.exchange.agreements.document(caller.community_id, agreement_id, file_format, caller.actor)
    if file_format == "html":
        return Response(text, media_type="text/html; charset=utf-8", headers=PAGE_HEADERS)
    return Response(text, media_type="text/markdown; charset=utf-8")
