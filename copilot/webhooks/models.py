"""Webhooks and their deliveries as the service shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from copilot.community.outbox import Event

WebhookStatus = Literal["active", "disabled"]
DeliveryStatus = Literal["waiting", "delivered", "failed"]
TEST_EVENT = "webhook.test"
MAX_WEBHOOKS = 20


class _Shown(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class WebhookView(_Shown):
    """Where a community is told of something."""

    id: str = Field(examples=["whk_0f3k2m9q8w1e5r7t6y4u"])
    url: str
    events: list[Event]
    status: WebhookStatus = Field(description="disabled: by an admin, or by the receiver with a 410")
    created_by: str = Field(description="the key that made it")
    created_at: datetime


class NewWebhook(WebhookView):
    """A webhook with the secret that signs what it is sent; no other answer shows it."""

    secret: str = Field(description="for any library of Standard Webhooks")


class DeliveryView(_Shown):
    """One message to one webhook and what became of it."""

    id: str = Field(description="the same in every try: receivers know by it what they have already")
    webhook_id: str
    event: str
    payload: dict[str, Any] = Field(description="ids and figures")
    status: DeliveryStatus
    attempts: int = Field(
        description="tries, those included that were spared because the receiver was known to be away"
    )
    next_try_at: datetime | None
    last_answer: str = Field(description="status and first characters of the answer, or a code when there was none")
    sentence: str = Field(description="the same in the community's language")
    created_at: datetime
    delivered_at: datetime | None


class SendReport(BaseModel):
    """What one run did."""

    delivered: int = 0
    put_off: int = Field(0, description="not taken; they are tried again later")
    failed: int = Field(0, description="given up")
    pruned: int = Field(0, description="older than they are kept")
