"""How members stand, and their appeals against decisions about them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.deps import Caller, CallerDep, Cursor, Limit
from api.idempotency import IdempotentRoute
from api.schemas.common import Body, ListOf, list_of
from copilot.errors import Denied
from copilot.moderation.appeals import TEXT_MAX_CHARS, AfterOverturn, AppealAnswer, AppealView
from copilot.moderation.rulings import REASON_MAX_CHARS
from copilot.moderation.standing import Standing

router = APIRouter(tags=["moderation"], route_class=IdempotentRoute)
AppealId = Annotated[str, Path(max_length=64, description="id of an appeal", examples=["apl_0f3k2m9q8w1e5r7t6y4u"])]


class AppealIn(Body):
    """Why a decision is wrong."""

    text: str = Field(min_length=1, max_length=TEXT_MAX_CHARS, description="in the member's own words")
    member_id: str | None = Field(
        None, max_length=64, description="who told it, when an operator writes it down; their own when left out"
    )


class AppealAnswerIn(Body):
    """What becomes of an appeal."""

    outcome: str = Field(max_length=20, description="upheld or overturned", examples=["overturned"])
    reason: str = Field(min_length=1, max_length=REASON_MAX_CHARS, description="the member reads it")
    after: AfterOverturn = Field(
        AfterOverturn.CLOSE, description="what becomes of the case when overturned: closed without a violation, or open"
    )


@router.get("/members/{member_id}/standing")
def get_standing(
    caller: CallerDep, member_id: Annotated[str, Path(max_length=64, description="id of a member")]
) -> Standing:
    """Show strikes, warnings, mutes and decisions of a member with their dates; members see their own.

    Neither who decided nor who reported is in it.
    """
    caller.actor.require_member(member_id, "moderation:read")
    return caller.services.moderation.standing.get(caller.community_id, member_id)


@router.post("/decisions/{decision_id}/appeal", status_code=201)
def appeal(
    caller: CallerDep, decision_id: Annotated[str, Path(max_length=64, description="id of a decision")], body: AppealIn
) -> AppealView:
    """Appeal a decision about oneself, once, while the community's terms allow it; somebody else looks at it again."""
    member_id = _appellant(caller, body.member_id)
    desk = caller.services.moderation.appeals
    return desk.submit(caller.community_id, decision_id, member_id, body.text, actor=caller.actor.key_id)


@router.get("/appeals")
def list_appeals(
    caller: CallerDep,
    *,
    waiting: Annotated[bool | None, Query(description="only those without an answer, or only those with one")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ListOf[AppealView]:
    """List appeals, newest first; members see their own."""
    page = caller.services.moderation.appeals.page(
        caller.community_id, waiting=waiting, member_id=_only_own(caller), limit=limit, cursor=cursor
    )
    return list_of(page)


@router.get("/appeals/{appeal_id}")
def get_appeal(caller: CallerDep, appeal_id: AppealId) -> AppealView:
    """Show an appeal and what became of it; members see their own."""
    return caller.services.moderation.appeals.get(caller.community_id, appeal_id, _only_own(caller))


@router.post("/appeals/{appeal_id}/answer")
def answer_appeal(caller: CallerDep, appeal_id: AppealId, body: AppealAnswerIn) -> AppealView:
    """Uphold or overturn. Overturning takes everything back that the decision did, at once, and tells it by webhook.

    Who made or confirmed the decision does not answer. An operator's key does only where no other moderator is left, and
    the answer says so.
    """
    is_moderator = caller.actor.may("moderation:decide")
    if not is_moderator:
        caller.actor.require("moderation:appeals")
    answer = AppealAnswer.parse(body.outcome, body.reason, body.after.value)
    return caller.services.moderation.appeals.answer(
        caller.community_id, appeal_id, answer, actor=caller.actor.key_id, is_moderator=is_moderator
    )


def _appellant(caller: Caller, member_id: str | None) -> str:
    """Return whose appeal it is: the member's own, or that of somebody for whom an operator writes it down."""
    if member_id is not None and member_id != caller.actor.member_id:
        caller.actor.require("moderation:appeals")
        return member_id
    caller.actor.require("self:write")
    if caller.actor.member_id is None:
        raise Denied("this key speaks for no member; name who told it as member_id", scope="self:write")
    return caller.actor.member_id


def _only_own(caller: Caller) -> str | None:
    """Return whose appeals may be seen: everybody's with `moderation:read`, the member's own otherwise."""
    if caller.actor.may("moderation:read"):
        return None
    caller.actor.require("self:read")
    if caller.actor.member_id is None:
        raise Denied("this key speaks for no member", scope="self:read")
    return caller.actor.member_id
