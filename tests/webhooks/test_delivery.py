"""How long a batch may take."""

from __future__ import annotations

import itertools

from copilot.community.outbox import emit_all
from copilot.community.store import Store
from copilot.webhooks.delivery import Courier
from copilot.webhooks.sender import Sender
from copilot.webhooks.service import WebhookService
from tests.webhooks.receiver import Receiver


def test_what_a_slow_batch_does_not_reach_goes_with_the_next(
    store: Store, community: str, service: WebhookService, sender: Sender, receiver: Receiver
) -> None:
    service.create(community, receiver.url, ["match.proposed"], actor="key")
    with store.write(community) as unit:
        emit_all(unit, "match.proposed", [{"match_id": f"mat_{n}"} for n in range(7)])
    seconds = itertools.count(0, 25)
    batches = []
    courier = Courier(store, sender, lambda: float(next(seconds)))
    report = courier.run(community, lambda so_far: batches.append(so_far.delivered))
    assert report.delivered == 7
    assert batches == [2, 4, 6, 7]
    assert len(receiver.got) == 7
