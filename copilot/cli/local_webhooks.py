"""Webhooks from the stores of this machine."""

from __future__ import annotations

from pydantic import BaseModel

from copilot.cli.backend import Json
from copilot.webhooks.models import MAX_WEBHOOKS
from copilot.webhooks.service import WebhookService


class LocalWebhooks:
    """Works on the webhooks of one community."""

    def __init__(self, service: WebhookService, community_id: str, actor: str) -> None:
        self._service = service
        self._community_id = community_id
        self._actor = actor

    def add(self, url: str, events: list[str]) -> Json:
        """Make a webhook."""
        return _plain(self._service.create(self._community_id, url, events, actor=self._actor))

    def change(self, webhook_id: str, change: Json) -> Json:
        """Change a webhook."""
        return _plain(self._service.change(self._community_id, webhook_id, **change, actor=self._actor))

    def rotate(self, webhook_id: str) -> Json:
        """Replace the secret."""
        return _plain(self._service.rotate(self._community_id, webhook_id, actor=self._actor))

    def remove(self, webhook_id: str) -> Json:
        """Delete a webhook."""
        return _plain(self._service.remove(self._community_id, webhook_id, actor=self._actor))

    def test(self, webhook_id: str) -> Json:
        """Send a message now."""
        return _plain(self._service.test(self._community_id, webhook_id, actor=self._actor))

    def retry(self, delivery_id: str) -> Json:
        """Let a delivery be sent again."""
        return _plain(self._service.retry(self._community_id, delivery_id, actor=self._actor))

    def deliveries(self, webhook_id: str, limit: int) -> list[Json]:
        """List deliveries."""
        return [_plain(row) for row in self._service.deliveries(self._community_id, webhook_id, limit=limit).items]

    def listing(self) -> list[Json]:
        """List webhooks."""
        return [_plain(row) for row in self._service.list(self._community_id, limit=MAX_WEBHOOKS).items]


def _plain(model: BaseModel) -> Json:
    return model.model_dump(mode="json")
