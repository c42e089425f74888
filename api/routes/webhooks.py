"""Webhooks: who is told of what happens here, and what became of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field

from api.deps import CallerDep, Cursor, Limit
from api.idempotency import IdempotentRoute
from api.schemas.common import Body, ListOf, list_of
from copilot.community.outbox import Event
from copilot.webhooks.models import DeliveryView, NewWebhook, WebhookStatus, WebhookView

_SCOPE = "webhooks:write"
_Url = Annotated[str, Field(min_length=1, max_length=2000, examples=["https://hooks.example.org/copilot"])]
_Events = Annotated[list[Event], Field(min_length=1, max_length=50)]


class WebhookIn(Body):
    """A webhook to make."""

    url: _Url = Field(description="https, on the public internet")
    events: _Events = Field(description="what to be told of")


class WebhookChangeIn(Body):
    """What to change; a field left out stays as it is."""

    url: _Url | None = None
    events: _Events | None = None
    status: WebhookStatus | None = Field(None, description="what waits while it is disabled is sent when it is enabled")


WebhookId = Annotated[str, Path(max_length=64, description="id of a webhook")]
router = APIRouter(tags=["webhooks"], route_class=IdempotentRoute)
# Plain routes: their answers hold a secret, and idempotent ones would store it.
secrets = APIRouter(tags=["webhooks"])


@secrets.post("/webhooks", status_code=201)
def make_webhook(caller: CallerDep, body: WebhookIn) -> NewWebhook:
    """Make a webhook; its secret is shown in this answer and never again.

    Each event is posted as JSON (`type`, `timestamp`, `data` with ids and figures), signed as Standard Webhooks 1.0
    (`webhook-id`, `webhook-timestamp`, `webhook-signature`). It comes at least once, under the same `webhook-id` each
    time, in no promised order. Any 2xx within 10 seconds is taken for received; redirects are not followed. What is not
    received is sent again, 8 times in about a day. 410 disables the webhook.

    What moderators decide leaves the service in no other way. `case.decided` (verdict, action, category, severity,
    clause_id) and `case.reversed` tell of every decision and of its being undone or overturned. `action.warning`,
    `action.hide`, `action.mute` (with `until`) and `action.removal` are for whoever carries them out in the group;
    `action.reversed` (with `action`) is for taking that back. All of these name `case_id`, `decision_id`, `member_id`
    and, where messages are hidden or shown again, `message_ids`. `decision.proposed` asks for a second person;
    `resource.requested` (asked for, or moved up in the line) and `resource.overdue` name loan, resource and days.
    `points.awarded` and `points.reversed` name entry, member, rule and points.
    `appeal.received` and `appeal.decided` (with `outcome`) tell of appeals. No words are in any of them.
    """
    caller.actor.require(_SCOPE)
    return caller.services.webhooks.create(caller.community_id, body.url, body.events, actor=caller.actor.key_id)


@router.get("/webhooks")
def list_webhooks(caller: CallerDep, cursor: Cursor = None, limit: Limit = 50) -> ListOf[WebhookView]:
    """List webhooks, newest first; a community has at most 20."""
    caller.actor.require(_SCOPE)
    page = caller.services.webhooks.list(caller.community_id, limit=limit, cursor=cursor)
    return list_of(page)


@router.get("/webhooks/{webhook_id}")
def get_webhook(caller: CallerDep, webhook_id: WebhookId) -> WebhookView:
    """Show one webhook, without its secret."""
    caller.actor.require(_SCOPE)
    return caller.services.webhooks.get(caller.community_id, webhook_id)


@router.patch("/webhooks/{webhook_id}")
def change_webhook(caller: CallerDep, webhook_id: WebhookId, body: WebhookChangeIn) -> WebhookView:
    """Change where a webhook leads, what it is told of, or whether it is told at all."""
    caller.actor.require(_SCOPE)
    return caller.services.webhooks.change(
        caller.community_id, webhook_id, url=body.url, events=body.events, status=body.status, actor=caller.actor.key_id
    )


@router.delete("/webhooks/{webhook_id}")
def remove_webhook(caller: CallerDep, webhook_id: WebhookId) -> WebhookView:
    """Delete a webhook with all that waits for it; the answer is what it was."""
    caller.actor.require(_SCOPE)
    return caller.services.webhooks.remove(caller.community_id, webhook_id, actor=caller.actor.key_id)


@secrets.post("/webhooks/{webhook_id}/rotate")
def rotate_webhook(caller: CallerDep, webhook_id: WebhookId) -> NewWebhook:
    """Replace the secret; the new one is shown in this answer, and the old one signs nothing from now on."""
    caller.actor.require(_SCOPE)
    return caller.services.webhooks.rotate(caller.community_id, webhook_id, actor=caller.actor.key_id)


@router.post("/webhooks/{webhook_id}/test")
def test_webhook(caller: CallerDep, webhook_id: WebhookId) -> DeliveryView:
    """Send one `webhook.test` now, once, and say what became of it; a disabled webhook can be tested, too."""
    caller.actor.require(_SCOPE)
    return caller.services.webhooks.test(caller.community_id, webhook_id, actor=caller.actor.key_id)


@router.get("/webhooks/{webhook_id}/deliveries")
def list_deliveries(
    caller: CallerDep, webhook_id: WebhookId, cursor: Cursor = None, limit: Limit = 50
) -> ListOf[DeliveryView]:
    """List what was sent or waits, newest first; it is kept for 30 days."""
    caller.actor.require(_SCOPE)
    page = caller.services.webhooks.deliveries(caller.community_id, webhook_id, limit=limit, cursor=cursor)
    return list_of(page)


@router.post("/webhook-deliveries/{delivery_id}/retry")
def retry_delivery(
    caller: CallerDep, delivery_id: Annotated[str, Path(max_length=64, description="id of a delivery")]
) -> DeliveryView:
    """Let a delivery that waits or was given up be sent at the next look, with all its tries before it."""
    caller.actor.require(_SCOPE)
    return caller.services.webhooks.retry(caller.community_id, delivery_id, actor=caller.actor.key_id)
