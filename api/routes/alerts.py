"""Alerts of the room: what changed beyond noise, which thread to look at, one step, and what people did about it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field, StrictInt

from api.deps import CallerDep, Cursor, Limit
from api.idempotency import IdempotentRoute
from api.schemas.common import Body, ListOf
from copilot.atmosphere.alert_models import AlertSettings, AlertStatus, AlertView
from copilot.atmosphere.pulses import PulseView
from copilot.errors import Denied

router = APIRouter(tags=["atmosphere"], route_class=IdempotentRoute)
AlertId = Annotated[str, Path(max_length=64, description="id of an alert")]


class TakenIn(Body):
    """What was done about it."""

    note: str = Field("", max_length=500, description="for colleagues; empty is fine")


class DismissedIn(Body):
    """Why the step is not taken."""

    reason: str = Field(min_length=1, max_length=500)


class AlertSettingsIn(Body, AlertSettings):
    """Who takes steps, and how many alerts a week are announced."""


class PulseIn(Body):
    """How the member feels here this week."""

    score: StrictInt = Field(ge=1, le=5, description="1 (bad) to 5 (good)")


@router.get("/alerts")
def list_alerts(
    caller: CallerDep,
    status: Annotated[AlertStatus | None, Query(description="only these")] = None,
    held_back: Annotated[
        bool | None, Query(description="false: only announced ones; true: only those over the week's budget")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ListOf[AlertView]:
    """List alerts, newest first, each with one suggested step. Nothing was done and nobody is named."""
    caller.actor.require("atmosphere:read")
    page = caller.services.alerts.listed(
        caller.community_id, status=status, held_back=held_back, limit=limit, cursor=cursor
    )
    return ListOf(items=page.items, next_cursor=page.next_cursor, has_more=page.has_more)


@router.get("/alerts/settings")
def alert_settings(caller: CallerDep) -> AlertSettings:
    """Show who takes steps and how many alerts a week are announced."""
    caller.actor.require("atmosphere:read")
    return caller.services.alerts.settings(caller.community_id)


@router.put("/alerts/settings")
def set_alert_settings(caller: CallerDep, body: AlertSettingsIn) -> AlertSettings:
    """Set who takes steps and how many alerts a week are announced."""
    caller.actor.require("atmosphere:write")
    return caller.services.alerts.configure(caller.community_id, body, actor=caller.actor.key_id)


@router.get("/alerts/{alert_id}")
def get_alert(caller: CallerDep, alert_id: AlertId) -> AlertView:
    """Show an alert; once its step was taken, with what was measured before and after (an association, no proof)."""
    caller.actor.require("atmosphere:read")
    return caller.services.alerts.get(caller.community_id, alert_id)


@router.post("/alerts/{alert_id}/take")
def take_alert(caller: CallerDep, alert_id: AlertId, body: TakenIn | None = None) -> AlertView:
    """Note that the suggested step was taken; a week later the alert says what was measured since."""
    caller.actor.require("atmosphere:write")
    note = "" if body is None else body.note
    return caller.services.alerts.decide(caller.community_id, alert_id, "taken", note, actor=caller.actor.key_id)


@router.post("/alerts/{alert_id}/dismiss")
def dismiss_alert(caller: CallerDep, alert_id: AlertId, body: DismissedIn) -> AlertView:
    """Note why the suggested step is not taken."""
    caller.actor.require("atmosphere:write")
    return caller.services.alerts.decide(
        caller.community_id, alert_id, "dismissed", body.reason, actor=caller.actor.key_id
    )


@router.get("/pulse")
def my_pulse(caller: CallerDep) -> PulseView:
    """Show a member key its own answer of this week."""
    caller.actor.require("self:read")
    return caller.services.pulses.mine(caller.community_id, _self(caller))


@router.put("/pulse")
def answer_pulse(caller: CallerDep, body: PulseIn) -> PulseView:
    """Answer for oneself how it feels here, 1 to 5, once a week; operators see means of five people or more."""
    caller.actor.require("self:write")
    return caller.services.pulses.answer(caller.community_id, _self(caller), body.score)


def _self(caller: CallerDep) -> str:
    if caller.actor.member_id is None:
        raise Denied("only a member's own key answers for a member")
    return caller.actor.member_id
