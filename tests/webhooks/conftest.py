"""A community, its webhooks, and a receiver on this machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from copilot.community.store import Store
from copilot.settings import WebhookSettings
from copilot.webhooks.sender import Sender
from copilot.webhooks.service import WebhookService
from tests.webhooks.receiver import Receiver, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def sender() -> Sender:
    return Sender(WebhookSettings(allow_private=True, timeout_seconds=0.6))


@pytest.fixture
def service(store: Store, sender: Sender) -> WebhookService:
    return WebhookService(store, sender)
