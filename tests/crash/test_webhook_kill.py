"""`kill -9` while webhooks are told: nothing is lost, and what is told twice comes under the same id."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from copilot.clock import FixedClock
from copilot.community.creation import create_community
from copilot.community.models import CommunityConfig
from copilot.community.outbox import emit_all
from copilot.community.store import Store
from copilot.community.tables import WebhookDelivery
from copilot.settings import WebhookSettings
from copilot.webhooks.sender import Sender
from copilot.webhooks.service import WebhookService
from tests.webhooks.receiver import Receiver, receiving
from tests.zygote import Forked

KILLS, NOTES = 8, 120


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_kills_lose_nothing_and_double_only_what_was_under_way(tmp_path: Path) -> None:
    pick = random.Random(20261121)
    url = f"sqlite:///{tmp_path / 'copilot.sqlite'}"
    clock = FixedClock(datetime.now(UTC) - timedelta(hours=1))
    store = Store.open(url, clock=clock)
    community_id = create_community(store, CommunityConfig(slug="crash", name="crash"))
    service = WebhookService(store, Sender(WebhookSettings(allow_private=True)))
    with receiving() as receiver:
        service.create(community_id, receiver.url, ["match.proposed"], actor="test")
        with store.write(community_id) as unit:
            emit_all(unit, "match.proposed", [{"match_id": f"mat_{n}"} for n in range(NOTES)])
        for _ in range(KILLS):
            _kill_in_the_middle(receiver, url, community_id, pick)
            # As if the while for which the victim had taken its batch were over.
            with store.write(community_id) as unit:
                for row in unit.session.scalars(select(WebhookDelivery).where(WebhookDelivery.status == "waiting")):
                    row.next_try_at = unit.now
        assert service.deliver(community_id).delivered > 0
    with store.read(community_id) as unit:
        delivered = unit.session.scalar(select(func.count()).where(WebhookDelivery.status == "delivered"))
    store.close()
    times = Counter(got.id for got in receiver.got)
    assert delivered == len(times) == NOTES
    assert max(times.values()) <= 2
    assert sum(times.values()) - NOTES <= KILLS


def _kill_in_the_middle(receiver: Receiver, url: str, community_id: str, pick: random.Random) -> None:
    until = len(receiver.got) + pick.randint(2, 8)
    with Forked("tests.crash.webhook_victim", [url, community_id]) as victim:
        receiver.before_answer = lambda: victim.kill() if len(receiver.got) >= until else None
        assert victim.wait(timeout=60) == -9
    receiver.before_answer = lambda: None
