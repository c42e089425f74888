"""Sign-ups, the door and the feedback form. Members act for themselves, operators for anyone."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from api.deps import Caller, CallerDep, Cursor, Limit
from api.idempotency import IdempotentRoute
from api.routes.event_life import EventId, require_reader
from api.routes.people import MemberId
from api.schemas.common import Body, ListOf
from copilot.errors import InvalidInput
from copilot.events.life.models import (
    CancelledSignup,
    CheckedIn,
    DoorCode,
    Feedback,
    FeedbackForm,
    FeedbackView,
    SignupStatus,
    SignupView,
)

router = APIRouter(tags=["events"], route_class=IdempotentRoute)


class SignupIn(Body):
    """Who signs up; a member key leaves it out."""

    member_id: str | None = Field(None, max_length=64)


class CheckInIn(SignupIn):
    """Who came, and the code from the door; operators need none."""

    code: str | None = Field(None, max_length=12)


class EventFeedbackIn(Feedback):
    """What somebody who came says; operators may type in a paper form and name its member."""

    member_id: str | None = Field(None, max_length=64)


def acting_for(caller: Caller, member_id: str | None) -> str:
    """Return for whom the caller acts: a member for themselves, an operator for whom they name.

    Raises:
        Denied: a member named somebody else, or the key may do neither.
        InvalidInput: an operator named nobody.
    """
    actor = caller.actor
    is_own = actor.member_id is not None and member_id in {None, actor.member_id}
    if is_own and actor.may("self:write"):
        return str(actor.member_id)
    actor.require("events:write")
    if member_id is None:
        raise InvalidInput("say who: member_id", field="member_id", pointer="/member_id")
    return member_id


@router.post("/events/{event_id}/signups", status_code=201)
def sign_up(caller: CallerDep, event_id: EventId, body: SignupIn | None = None) -> SignupView:
    """Sign up: a place, or the next one in the waiting list. Twice is once; never over capacity."""
    member_id = acting_for(caller, None if body is None else body.member_id)
    return caller.services.desks.signups.sign_up(caller.community_id, event_id, member_id, actor=caller.actor)


@router.post("/events/{event_id}/signups/cancel")
def cancel_signup(caller: CallerDep, event_id: EventId, body: SignupIn | None = None) -> CancelledSignup:
    """Take a sign-up back; the waiting list moves up by itself."""
    member_id = acting_for(caller, None if body is None else body.member_id)
    return caller.services.desks.signups.cancel(caller.community_id, event_id, member_id, actor=caller.actor)


@router.get("/events/{event_id}/signups")
def list_signups(
    caller: CallerDep,
    event_id: EventId,
    status: Annotated[SignupStatus | None, Query(description="only these")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ListOf[SignupView]:
    """List an event's sign-ups, first come first."""
    caller.actor.require("events:read")
    page = caller.services.desks.signups.list(
        caller.community_id, event_id, actor=caller.actor, status=status, limit=limit, cursor=cursor
    )
    return ListOf(items=page.items, next_cursor=page.next_cursor, has_more=page.has_more)


@router.get("/members/{member_id}/signups")
def member_signups(
    caller: CallerDep, member_id: MemberId, cursor: Cursor = None, limit: Limit = 20
) -> ListOf[SignupView]:
    """List a member's sign-ups, latest first. A member key reads its own only."""
    caller.actor.require_member(member_id, "events:read")
    page = caller.services.desks.signups.of_member(
        caller.community_id, member_id, actor=caller.actor, limit=limit, cursor=cursor
    )
    return ListOf(items=page.items, next_cursor=page.next_cursor, has_more=page.has_more)


@router.get("/events/{event_id}/check-in-code")
def check_in_code(caller: CallerDep, event_id: EventId) -> DoorCode:
    """Show the code for the door. It changes every five minutes, and is good for ten."""
    caller.actor.require("events:write")
    return caller.services.desks.door.code(caller.community_id, event_id)


@router.post("/events/{event_id}/check-ins", status_code=201)
def check_in(caller: CallerDep, event_id: EventId, body: CheckInIn) -> CheckedIn:
    """Check in: members with the code from the door (five tries in a quarter of an hour), operators without."""
    member_id = acting_for(caller, body.member_id)
    services, community_id = caller.services, caller.community_id
    if body.code is None:
        caller.actor.require("events:write")
        return services.desks.door.check_in(community_id, event_id, member_id, actor=caller.actor)
    return services.desks.door.check_in_by_code(community_id, event_id, member_id, body.code, actor=caller.actor)


@router.get("/events/{event_id}/feedback-form")
def feedback_form(caller: CallerDep, event_id: EventId) -> FeedbackForm:
    """Show what attendees are asked: a rating, the plan's questions, a comment."""
    require_reader(caller.actor)
    return caller.services.desks.feedback.form(caller.community_id, event_id)


@router.post("/events/{event_id}/feedback", status_code=201)
def give_feedback(caller: CallerDep, event_id: EventId, body: EventFeedbackIn) -> FeedbackView:
    """Say how it was; only those who came are heard. Said again, it replaces what was said before."""
    member_id = acting_for(caller, body.member_id)
    said = Feedback(rating=body.rating, comment=body.comment, answers=body.answers)
    return caller.services.desks.feedback.give(caller.community_id, event_id, member_id, said, actor=caller.actor)


@router.get("/events/{event_id}/feedback")
def list_feedback(
    caller: CallerDep, event_id: EventId, cursor: Cursor = None, limit: Limit = 50
) -> ListOf[FeedbackView]:
    """List what attendees said, latest first, without their names."""
    caller.actor.require("events:read")
    page = caller.services.desks.feedback.list(
        caller.community_id, event_id, actor=caller.actor, limit=limit, cursor=cursor
    )
    return ListOf(items=page.items, next_cursor=page.next_cursor, has_more=page.has_more)
