"""Webhooks: who is told of what happens here, what was sent, and sending it again. Secrets are shown once."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path, Query
from starlette.responses import Response

from api.console.navigation import PREFIX
from api.console.visit import Visit, VisitDep, WritingDep
from copilot.community.outbox import EVENTS
from copilot.errors import InvalidInput
from copilot.webhooks.models import NewWebhook

router = APIRouter(prefix="/settings/webhooks")
WebhookId = Annotated[str, Path(max_length=64)]
Cursor = Annotated[str | None, Query(max_length=500)]
Url = Annotated[str, Form(max_length=2000)]
Names = Annotated[list[Annotated[str, Form(max_length=60)]], Form(max_length=50)]
_SCOPE = "webhooks:write"


@router.get("")
def hooks_page(visit: VisitDep) -> Response:
    """List webhooks, newest first."""
    visit.actor.require(_SCOPE)
    return _page(visit, None)


@router.post("")
def make_hook(visit: WritingDep, url: Url = "", events: Names = []) -> Response:  # noqa: B006  # read, never changed
    """Make a webhook and show its secret, once."""
    visit.actor.require(_SCOPE)
    if not events:
        sentence = {"zh-CN": "请至少选一种事件。", "en": "Choose at least one kind of event."}
        raise InvalidInput("events is empty", field="events", sentence=sentence)
    made = visit.services.webhooks.create(visit.community_id, url.strip(), events, actor=visit.actor.key_id)
    return visit.fragment("hook_secret.html", made=made, trigger="made") if visit.is_htmx else _page(visit, made)


@router.get("/{webhook_id}")
def hook_page(visit: VisitDep, webhook_id: WebhookId, cursor: Cursor = None) -> Response:
    """Show what one webhook was sent, newest first."""
    visit.actor.require(_SCOPE)
    hook = visit.services.webhooks.get(visit.community_id, webhook_id)
    page = visit.services.webhooks.deliveries(visit.community_id, webhook_id, limit=30, cursor=cursor)
    return visit.page("hook.html", place="settings", hook=hook, deliveries=page.items, next_cursor=page.next_cursor)


@router.post("/{webhook_id}/status")
def switch(
    visit: WritingDep, webhook_id: WebhookId, status: Annotated[Literal["active", "disabled"], Form()]
) -> Response:
    """Tell it nothing for now, or again; what waits meanwhile is sent then."""
    visit.actor.require(_SCOPE)
    visit.services.webhooks.change(
        visit.community_id, webhook_id, url=None, events=None, status=status, actor=visit.actor.key_id
    )
    return visit.go(_path(webhook_id))


@router.post("/{webhook_id}/test")
def test_hook(visit: WritingDep, webhook_id: WebhookId) -> Response:
    """Send one test now, once; the log says what became of it."""
    visit.actor.require(_SCOPE)
    visit.services.webhooks.test(visit.community_id, webhook_id, actor=visit.actor.key_id)
    return visit.go(_path(webhook_id))


@router.post("/{webhook_id}/rotate")
def rotate(visit: WritingDep, webhook_id: WebhookId) -> Response:
    """Replace the secret and show the new one, once."""
    visit.actor.require(_SCOPE)
    made = visit.services.webhooks.rotate(visit.community_id, webhook_id, actor=visit.actor.key_id)
    return visit.fragment("hook_secret.html", made=made) if visit.is_htmx else _page(visit, made)


@router.post("/{webhook_id}/remove")
def remove(visit: WritingDep, webhook_id: WebhookId) -> Response:
    """Delete a webhook with all that waits for it."""
    visit.actor.require(_SCOPE)
    visit.services.webhooks.remove(visit.community_id, webhook_id, actor=visit.actor.key_id)
    return visit.go(f"{PREFIX}/settings/webhooks")


@router.post("/{webhook_id}/deliveries/{delivery_id}/retry")
def retry(visit: WritingDep, webhook_id: WebhookId, delivery_id: WebhookId) -> Response:
    """Let a delivery be sent again, and wake the job that sends."""
    visit.actor.require(_SCOPE)
    visit.services.webhooks.retry(visit.community_id, delivery_id, actor=visit.actor.key_id)
    visit.jobs.submit(visit.community_id, "webhooks", {}, created_by=visit.actor.key_id)
    return visit.go(_path(webhook_id))


def _path(webhook_id: str) -> str:
    return f"{PREFIX}/settings/webhooks/{webhook_id}"


def _page(visit: Visit, made: NewWebhook | None) -> Response:
    hooks = visit.services.webhooks.list(visit.community_id, limit=50).items
    return visit.page("hooks.html", place="settings", hooks=hooks, events=EVENTS, made=made)
