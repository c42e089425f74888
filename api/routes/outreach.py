"""Whom to ask for a topic this week: the list, what came of it, and who does not want to be asked."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field, StrictBool, StrictInt

from api.deps import Caller, CallerDep, Cursor, Limit
from api.idempotency import IdempotentRoute
from api.routes.people import MemberId
from api.schemas.common import Body, ListOf
from copilot.topics.outcomes import Learned
from copilot.topics.outreach import MAX_QUOTA
from copilot.topics.outreach_models import Click, OutreachItem, OutreachSetting, OutreachWeek, Status

router = APIRouter(tags=["topics"], route_class=IdempotentRoute)


class OutreachIn(Body):
    """How many members to ask this week."""

    quota: StrictInt = Field(5, ge=1, le=MAX_QUOTA, description="places on this week's list")


class OutreachClickIn(Body):
    """What the operator did or heard."""

    status: Click


class OutreachSettingIn(Body):
    """Whether the member may be asked for topics."""

    paused: StrictBool


@router.post("/outreach", status_code=201)
def plan_outreach(caller: CallerDep, body: OutreachIn | None = None) -> OutreachWeek:
    """Fill this week's list: whom to ask, why now (cited), a message draft, the best hour. Nothing is sent.

    Nobody is asked twice within three weeks, nor within ninety days of a no; those asked least come first.
    """
    caller.actor.require("topics:write")
    quota = 5 if body is None else body.quota
    return caller.services.outreach.plan(caller.community_id, quota, actor=caller.actor.key_id)


@router.get("/outreach")
def list_outreach(
    caller: CallerDep,
    week: Annotated[
        str | None, Query(pattern=r"^\d{4}-W\d{2}$", description="ISO week, such as 2026-W47; all weeks when left out")
    ] = None,
    status: Annotated[Status | None, Query(description="only with this status")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ListOf[OutreachItem]:
    """List whom the operators meant to ask, newest first."""
    caller.actor.require("topics:read")
    page = caller.services.outreach.listed(caller.community_id, week=week, status=status, limit=limit, cursor=cursor)
    return ListOf(items=page.items, next_cursor=page.next_cursor, has_more=page.has_more)


@router.get("/outreach/learned")
def learned_from_outreach(caller: CallerDep) -> Learned:
    """Show how often members said yes, by framework and by hour; it weighs in the choice of the next ones."""
    caller.actor.require("topics:read")
    return caller.services.outreach.learned(caller.community_id)


@router.post("/outreach/{outreach_id}/status")
def click_outreach(
    caller: CallerDep,
    outreach_id: Annotated[str, Path(max_length=64, description="id of a place on a list")],
    body: OutreachClickIn,
) -> OutreachItem:
    """Note that the message was sent, or what the member said; the topic's status follows."""
    caller.actor.require("topics:write")
    return caller.services.outreach.click(caller.community_id, outreach_id, body.status, actor=caller.actor.key_id)


@router.get("/members/{member_id}/outreach")
def outreach_setting(caller: CallerDep, member_id: MemberId) -> OutreachSetting:
    """Say whether a member may be asked for topics; a member key reads its own."""
    caller.actor.require_member(member_id, "topics:read")
    return caller.services.outreach.setting(caller.community_id, member_id)


@router.put("/members/{member_id}/outreach")
def set_outreach(caller: CallerDep, member_id: MemberId, body: OutreachSettingIn) -> OutreachSetting:
    """Let a member be asked no more, or again; the member decides with their own key, an operator on their word."""
    _require_say(caller, member_id)
    return caller.services.outreach.pause(caller.community_id, member_id, paused=body.paused, actor=caller.actor.key_id)


def _require_say(caller: Caller, member_id: str) -> None:
    if not (caller.actor.member_id == member_id and caller.actor.may("self:write")):
        caller.actor.require("topics:write")
