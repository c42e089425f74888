"""The moderators' queue: list, look, claim, decide, undo."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.deps import CallerDep, Cursor, Limit
from api.idempotency import IdempotentRoute
from api.schemas.common import Body, ListOf, list_of
from copilot.community.models import Category
from copilot.moderation.cases import CaseDetail, CaseView, DecisionView
from copilot.moderation.decisions import REASON_MAX_CHARS, Ruling
from copilot.moderation.models import Action, CaseStatus, Verdict

router = APIRouter(tags=["moderation"], route_class=IdempotentRoute)
CaseId = Annotated[str, Path(max_length=64, description="id of a case", examples=["cas_0f3k2m9q8w1e5r7t6y4u"])]


class DecideIn(Body):
    """The verdict, and apart from it what follows."""

    verdict: Verdict = Field(examples=["violation"])
    action: Action = Field(Action.NONE, description="mute and removal are recommendations to the operators")
    reason: str = Field("", max_length=REASON_MAX_CHARS, description="required for any action")


class UndoIn(Body):
    """Why a decision is taken back."""

    reason: str = Field("", max_length=1000)


@router.get("/cases")
def list_cases(
    caller: CallerDep,
    status: Annotated[CaseStatus | None, Query(description="only these")] = None,
    category: Annotated[Category | None, Query(description="only these")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ListOf[CaseView]:
    """List cases, newest first: category, severity apart from score, evidence span, policy clause."""
    caller.actor.require("moderation:read")
    page = caller.services.moderation.cases(
        caller.community_id,
        status=None if status is None else status.value,
        category=None if category is None else category.value,
        limit=limit,
        cursor=cursor,
    )
    return list_of(page)


@router.get("/cases/{case_id}")
def get_case(caller: CallerDep, case_id: CaseId) -> CaseDetail:
    """Show a case with the messages around it, its policy clause and its decisions."""
    caller.actor.require("moderation:read")
    return caller.services.moderation.case(caller.community_id, case_id)


@router.post("/cases/{case_id}/claim")
def claim(caller: CallerDep, case_id: CaseId) -> CaseView:
    """Take a case for half an hour, so that nobody else decides it meanwhile."""
    caller.actor.require("moderation:decide")
    return caller.services.moderation.claim(caller.community_id, case_id, actor=caller.actor.key_id)


@router.post("/cases/{case_id}/release")
def release(caller: CallerDep, case_id: CaseId) -> CaseView:
    """Give a claimed case back."""
    caller.actor.require("moderation:decide")
    return caller.services.moderation.release(caller.community_id, case_id, actor=caller.actor.key_id)


@router.post("/cases/{case_id}/decide")
def decide(caller: CallerDep, case_id: CaseId, body: DecideIn) -> DecisionView:
    """Close a case: the verdict, and apart from it what follows. Every effect can be undone."""
    caller.actor.require("moderation:decide")
    ruling = Ruling.parse(body.verdict.value, body.action.value, body.reason)
    return caller.services.moderation.decide(caller.community_id, case_id, ruling, actor=caller.actor.key_id)


@router.post("/cases/{case_id}/undo")
def undo(caller: CallerDep, case_id: CaseId, body: UndoIn | None = None) -> CaseView:
    """Take a decision back with everything it did, and reopen the case."""
    caller.actor.require("moderation:decide")
    reason = "" if body is None else body.reason
    return caller.services.moderation.undo(caller.community_id, case_id, actor=caller.actor.key_id, reason=reason)
