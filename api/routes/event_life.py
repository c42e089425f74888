"""Events from publishing to review: what a person decides here, the service keeps and counts; it tells nobody."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.deps import CallerDep, Cursor, Limit
from api.idempotency import IdempotentRoute
from api.schemas.common import Body, ListOf
from copilot.community.access import Actor
from copilot.events.life.models import (
    MAX_REASON_CHARS,
    CancelledEvent,
    EventView,
    Published,
    Reminder,
    ReminderKind,
)
from copilot.events.reviews.effects_models import LongTermEffect
from copilot.events.reviews.models import ReviewView, Written
from copilot.events.reviews.spending import Spending, SpentRecord

router = APIRouter(tags=["events"], route_class=IdempotentRoute)
EventId = Annotated[str, Path(max_length=64, description="id of an event")]


class PublishIn(Body):
    """Which plan version becomes the event, or changes it."""

    plan_id: str = Field(max_length=64)


class CancelIn(Body):
    """Why an event is cancelled; people who signed up may be told."""

    reason: str = Field("", max_length=MAX_REASON_CHARS)


class ReviewIn(Written):
    """What the operator adds to the figures."""


class SpendingIn(SpentRecord):
    """Everything that was spent so far."""


def require_reader(actor: Actor) -> None:
    """Let members and operators read what members may know of events.

    Raises:
        Denied: the key has neither scope.
    """
    if not actor.may("self:read"):
        actor.require("events:read")


@router.post("/events", status_code=201)
def publish_event(caller: CallerDep, body: PublishIn) -> Published:
    """Publish a plan version as an event, or bring the event of its series in line with it. Twice is once.

    More places let the waiting list move up; fewer take nobody's place away.
    """
    caller.actor.require("events:write")
    return caller.services.desks.life.publish(caller.community_id, body.plan_id, actor=caller.actor)


@router.get("/events")
def list_events(
    caller: CallerDep,
    when: Annotated[
        Literal["coming", "past"] | None, Query(description="only these; coming ones soonest first")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> ListOf[EventView]:
    """List events, latest first. Members may, too: they sign up for them."""
    require_reader(caller.actor)
    page = caller.services.desks.life.list(caller.community_id, when=when, limit=limit, cursor=cursor)
    return ListOf(items=page.items, next_cursor=page.next_cursor, has_more=page.has_more)


@router.get("/events/{event_id}")
def get_event(caller: CallerDep, event_id: EventId) -> EventView:
    """Show one event with its places."""
    require_reader(caller.actor)
    return caller.services.desks.life.get(caller.community_id, event_id)


@router.post("/events/{event_id}/cancel")
def cancel_event(caller: CallerDep, event_id: EventId, body: CancelIn | None = None) -> CancelledEvent:
    """Cancel an event. Nobody is told by the service: `reminders` drafts what to send to whom."""
    caller.actor.require("events:write")
    reason = "" if body is None else body.reason
    return caller.services.desks.life.cancel(caller.community_id, event_id, reason, actor=caller.actor)


@router.get("/events/{event_id}/reminders")
def event_reminders(
    caller: CallerDep,
    event_id: EventId,
    kind: Annotated[ReminderKind | None, Query(description="the first that fits the moment when left out")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ListOf[Reminder]:
    """List whom to write to, each with a draft: before, after, or when it is cancelled. Nothing is sent."""
    caller.actor.require("events:read")
    page = caller.services.desks.reminders.list(
        caller.community_id, event_id, actor=caller.actor, kind=kind, limit=limit, cursor=cursor
    )
    return ListOf(items=page.items, next_cursor=page.next_cursor, has_more=page.has_more)


@router.post("/events/{event_id}/review", status_code=201)
def review_event(caller: CallerDep, event_id: EventId, body: ReviewIn | None = None) -> ReviewView:
    """Review an event that is over, from its records, and keep the review; a later one replaces it.

    Figures come with n and a 95 % interval, or with the reason why there is none. The lessons enter the next plan.
    """
    caller.actor.require("events:write")
    return caller.services.desks.reviews.make(caller.community_id, event_id, body, actor=caller.actor)


@router.get("/events/{event_id}/review")
def get_review(caller: CallerDep, event_id: EventId) -> ReviewView:
    """Show the review of an event. Quotes stand in the comments they are from, as these are today."""
    caller.actor.require("events:read")
    return caller.services.desks.reviews.get(caller.community_id, event_id)


@router.put("/events/{event_id}/spending")
def record_spending(caller: CallerDep, event_id: EventId, body: SpendingIn) -> Spending:
    """Record what was spent, line by line, in place of what was recorded before. Nothing is paid here.

    The review compares it with the plan. What stands in no plan needs a title.
    """
    caller.actor.require("events:write")
    return caller.services.desks.spending.record(caller.community_id, event_id, body, actor=caller.actor)


@router.get("/events/{event_id}/spending")
def get_spending(caller: CallerDep, event_id: EventId) -> Spending:
    """Show what was planned and what was spent, in minor units of the plan's currency."""
    caller.actor.require("events:read")
    return caller.services.desks.spending.get(caller.community_id, event_id)


@router.get("/event-effects")
def event_effects(caller: CallerDep) -> LongTermEffect:
    """Compare who stayed active: those who came to past events, and alike members who did not. An association, no proof."""
    caller.actor.require("events:read")
    return caller.services.desks.effects.read(caller.community_id)
