"""Rewards: prizes with a stock and days on which a member's card is shown."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import Field, StrictInt

from api.deps import CallerDep, Cursor, Limit
from api.idempotency import IdempotentRoute
from api.routes.points import require_own_say, require_seer
from api.schemas.common import Body, ListOf, list_of
from copilot.recognition.exposures import MOST_DAYS, MOST_PLACES
from copilot.recognition.rewards import NewReward
from copilot.recognition.season_models import (
    ExposurePlan,
    RedemptionStatus,
    RedemptionView,
    RewardKind,
    RewardStatus,
    RewardView,
)

router = APIRouter(tags=["recognition"], route_class=IdempotentRoute)
RewardId = Annotated[str, Path(max_length=64, description="id of a reward")]


class RewardIn(Body):
    """A reward to offer."""

    kind: RewardKind
    title: str = Field(min_length=1, max_length=100)
    description: str = Field("", max_length=1000)
    cost: StrictInt = Field(ge=1, le=1_000_000, description="points")
    stock: StrictInt | None = Field(None, ge=1, le=1_000_000, description="null: without end")


class RedemptionIn(Body):
    """Who exchanges points."""

    member_id: str = Field(min_length=1, max_length=64)


class RedemptionDecisionIn(Body):
    """What became of it."""

    status: Literal["handed_over", "cancelled"]


class ExposuresIn(Body):
    """Which days to fill."""

    start: date | None = Field(None, description="today when left out; at most 60 days ahead")
    days: StrictInt = Field(7, ge=1, le=MOST_DAYS)
    places: StrictInt = Field(1, ge=1, le=MOST_PLACES, description="cards a day")


@router.post("/rewards", status_code=201)
def offer_reward(caller: CallerDep, body: RewardIn) -> RewardView:
    """Offer a prize with a stock, or a day on which a member's card is shown."""
    caller.actor.require("recognition:write")
    new = NewReward(body.kind, body.title, body.description, body.cost * 100, body.stock)
    return caller.services.recognition.rewards.offer(caller.community_id, new, actor=caller.actor.key_id)


@router.get("/rewards")
def list_rewards(
    caller: CallerDep,
    status: Annotated[RewardStatus | None, Query(description="only these")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ListOf[RewardView]:
    """List rewards, newest first."""
    require_seer(caller.actor)
    page = caller.services.recognition.rewards.rewards(caller.community_id, status=status, limit=limit, cursor=cursor)
    return list_of(page)


@router.post("/rewards/{reward_id}/closing")
def close_reward(caller: CallerDep, reward_id: RewardId) -> RewardView:
    """Offer a reward no more; what was exchanged stays."""
    caller.actor.require("recognition:write")
    return caller.services.recognition.rewards.close(caller.community_id, reward_id, actor=caller.actor.key_id)


@router.post("/rewards/{reward_id}/redemptions", status_code=201)
def redeem_reward(caller: CallerDep, reward_id: RewardId, body: RedemptionIn) -> RedemptionView:
    """Exchange a member's points for a reward, with their own key or by an operator on their word.

    In one transaction: of two who ask for the last one, one is told that there is none. Ranks stay as they are.
    """
    require_own_say(caller, body.member_id)
    return caller.services.recognition.rewards.redeem(
        caller.community_id, reward_id, body.member_id, actor=caller.actor.key_id
    )


@router.get("/redemptions")
def list_redemptions(
    caller: CallerDep,
    member_id: Annotated[str | None, Query(max_length=64, description="only of this member")] = None,
    status: Annotated[RedemptionStatus | None, Query(description="only these")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ListOf[RedemptionView]:
    """List exchanges, newest first; a member key lists its own by naming the member."""
    if member_id is None:
        caller.actor.require("recognition:write")
    else:
        caller.actor.require_member(member_id, "recognition:write")
    page = caller.services.recognition.rewards.redemptions(
        caller.community_id, member_id=member_id, status=status, limit=limit, cursor=cursor
    )
    return list_of(page)


@router.post("/redemptions/{redemption_id}/decision")
def decide_redemption(
    caller: CallerDep,
    redemption_id: Annotated[str, Path(max_length=64, description="id of an exchange")],
    body: RedemptionDecisionIn,
) -> RedemptionView:
    """Note that a reward was handed over, or cancel: points, stock and days to come are free again."""
    caller.actor.require("recognition:write")
    return caller.services.recognition.rewards.decide(
        caller.community_id, redemption_id, body.status, actor=caller.actor.key_id
    )


@router.post("/exposures", status_code=201)
def plan_exposures(caller: CallerDep, body: ExposuresIn | None = None) -> ExposurePlan:
    """Fill free days in turn: whoever was shown least comes next, points decide among equals. Again changes nothing."""
    caller.actor.require("recognition:write")
    asked = ExposuresIn.model_validate({}) if body is None else body
    return caller.services.recognition.exposures.plan(
        caller.community_id, asked.start, asked.days, asked.places, actor=caller.actor.key_id
    )


@router.get("/exposures")
def list_exposures(
    caller: CallerDep,
    start: Annotated[date | None, Query(description="first day; today when left out")] = None,
    days: Annotated[int, Query(ge=1, le=MOST_DAYS, description="how many days")] = 7,
) -> ExposurePlan:
    """List whose card is shown on which day; who opted out meanwhile is not in it."""
    require_seer(caller.actor)
    return caller.services.recognition.exposures.listed(caller.community_id, start, days)
