"""The process that is killed while it sends what waits for webhooks."""

from __future__ import annotations

import sys

from copilot.community.store import Store
from copilot.settings import WebhookSettings
from copilot.webhooks.sender import Sender
from copilot.webhooks.service import WebhookService


def main() -> None:
    url, community_id = sys.argv[1:]
    store = Store.open(url)
    WebhookService(store, Sender(WebhookSettings(allow_private=True))).deliver(community_id)
    store.close()
