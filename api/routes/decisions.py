"""What surrounds a decision: second opinions, handing over, the community's terms, and moderators' own limits."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field, StrictInt

from api.deps import CallerDep, Cursor, Limit
from api.idempotency import IdempotentRoute
from api.routes.moderation import CaseId, DecideIn
from api.schemas.common import Body, ListOf, list_of
from copilot.moderation.case_views import CaseView, DecisionView
from copilot.moderation.proposals import ProposalView
from copilot.moderation.rulings import REASON_MAX_CHARS
from copilot.moderation.terms import Terms, TermsView
from copilot.moderation.wellness import Blur, Wellness

router = APIRouter(tags=["moderation"], route_class=IdempotentRoute)
ProposalId = Annotated[str, Path(max_length=64, description="id of a proposal", examples=["prp_0f3k2m9q8w1e5r7t6y4u"])]


class DeclineIn(Body):
    """Why a proposal is not followed."""

    reason: str = Field(min_length=1, max_length=REASON_MAX_CHARS)


class HandOverIn(Body):
    """Who takes the case on."""

    to: str = Field(max_length=64, description="id of a key that may decide cases")


class TermsIn(Terms):
    """New terms; a field left out is as everybody starts with."""


class WellnessIn(Body):
    """A moderator's own settings; null is the community's."""

    blur: Blur = Field(Blur.SEVERE, description="which text a client shows only when asked to")
    severe_per_day: StrictInt | None = Field(
        None, ge=0, le=500, description="cases of high severity in a day, at most; not more than the terms allow"
    )
    break_after_minutes: StrictInt | None = Field(None, ge=15, le=240)


@router.post("/cases/{case_id}/propose", status_code=201)
def propose(caller: CallerDep, case_id: CaseId, body: DecideIn) -> ProposalView:
    """Propose what takes two people, such as a removal; a webhook tells of it, and another moderator confirms."""
    caller.actor.require("moderation:decide")
    desk = caller.services.moderation.second_opinions
    return desk.propose(caller.community_id, case_id, body.ruling(), actor=caller.actor.key_id)


@router.get("/case-proposals")
def list_proposals(
    caller: CallerDep,
    *,
    status: Annotated[
        str | None, Query(max_length=20, description="waiting, confirmed, declined, withdrawn or lapsed")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ListOf[ProposalView]:
    """List proposals, newest first."""
    caller.actor.require("moderation:read")
    return list_of(caller.services.moderation.second_opinions.page(caller.community_id, status, limit, cursor))


@router.get("/case-proposals/{proposal_id}")
def get_proposal(caller: CallerDep, proposal_id: ProposalId) -> ProposalView:
    """Show a proposal."""
    caller.actor.require("moderation:read")
    return caller.services.moderation.second_opinions.get(caller.community_id, proposal_id)


@router.post("/case-proposals/{proposal_id}/confirm")
def confirm_proposal(caller: CallerDep, proposal_id: ProposalId) -> DecisionView:
    """Agree to a proposal, as another person: it becomes the decision of both, with everything that follows."""
    caller.actor.require("moderation:decide")
    desk = caller.services.moderation.second_opinions
    return desk.confirm(caller.community_id, proposal_id, actor=caller.actor.key_id)


@router.post("/case-proposals/{proposal_id}/decline")
def decline_proposal(caller: CallerDep, proposal_id: ProposalId, body: DeclineIn) -> ProposalView:
    """Say no to a proposal, or withdraw one's own; the case stays open."""
    caller.actor.require("moderation:decide")
    desk = caller.services.moderation.second_opinions
    return desk.decline(caller.community_id, proposal_id, actor=caller.actor.key_id, reason=body.reason)


@router.post("/cases/{case_id}/hand-over")
def hand_over(caller: CallerDep, case_id: CaseId, body: HandOverIn) -> CaseView:
    """Give a case one holds to another moderator, with a new lease; nobody else can take it in between."""
    caller.actor.require("moderation:decide")
    return caller.services.moderation.handover.give(caller.community_id, case_id, body.to, actor=caller.actor.key_id)


@router.get("/moderation/terms")
def get_terms(caller: CallerDep) -> TermsView:
    """Show how long strikes last, what the ladder suggests, what takes two people, and how long one can appeal."""
    caller.actor.require("moderation:read")
    return caller.services.moderation.terms.get(caller.community_id)


@router.put("/moderation/terms")
def put_terms(caller: CallerDep, body: TermsIn) -> TermsView:
    """Replace the terms; strikes that are there keep their dates."""
    caller.actor.require("moderation:terms")
    terms = Terms(**body.model_dump())
    return caller.services.moderation.terms.put(caller.community_id, terms, actor=caller.actor.key_id)


@router.get("/moderation/wellness")
def get_wellness(caller: CallerDep) -> Wellness:
    """Show this moderator's own settings and day: severe cases seen, and whether a break is due."""
    caller.actor.require("moderation:decide")
    return caller.services.moderation.wellness.get(caller.community_id, caller.actor.key_id)


@router.put("/moderation/wellness")
def put_wellness(caller: CallerDep, body: WellnessIn) -> Wellness:
    """Replace this moderator's own settings. Beyond the limit, claims of severe cases are refused until the next day."""
    caller.actor.require("moderation:decide")
    return caller.services.moderation.wellness.put(
        caller.community_id, caller.actor.key_id, blur=body.blur, severe_per_day=body.severe_per_day,
        break_after_minutes=body.break_after_minutes,
    )  # fmt: skip
