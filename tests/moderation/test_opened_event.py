"""Whoever listens learns of a new case once, by ids only, in the transaction that opened it."""

from __future__ import annotations

from sqlalchemy import select

from copilot.community.store import Store
from copilot.community.tables import Webhook, WebhookDelivery
from copilot.moderation.service import ModerationService
from tests.moderation.conftest import Say

INSULT = "你这个煞笔，滚出去"


def test_a_case_is_told_of_when_it_is_opened_and_not_when_it_is_joined(
    store: Store, room: str, say: Say, service: ModerationService
) -> None:
    with store.write(room) as unit:
        now = unit.now
        unit.add(
            Webhook(
                id="whk_1", url="https://example.org", events=["case.opened"], secret="s", status="active",
                created_by="key", created_at=now,
            )
        )  # fmt: skip
    say("ann", INSULT)
    say("ann", INSULT)
    while service.read_pending(room).taken:
        pass
    with store.read(room) as unit:
        noted = list(unit.session.scalars(select(WebhookDelivery)))
    assert [row.event for row in noted] == ["case.opened"]
    assert noted[0].payload["category"] == "insult"
    assert noted[0].payload["case_id"].startswith("cas_")
    assert INSULT not in str(noted[0].payload)
