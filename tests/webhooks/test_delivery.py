"""How long a batch may take."""

from __future__ import annotations

import itertools

import pytest

from copilot.community.outbox import emit_all
from copilot.community.store import Store
from copilot.webhooks.delivery import Courier
from copilot.webhooks.sender import Sender
from copilot.webhooks.service import WebhookService
from tests.recognition.world import Told, add_members
from tests.recognition.world import service as recognition_of
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


def test_points_are_told_when_they_are_awarded_and_when_they_are_reversed(
    store: Store, community: str, service: WebhookService, sender: Sender, receiver: Receiver
) -> None:
    service.create(community, receiver.url, ["points.awarded", "points.reversed"], actor="key")
    add_members(store, community, ["ann", "bo", "cy"])
    told = Told()
    told.tell("ann", "bo")
    told.tell("ann", "cy", evidence="msg_taken")
    recognition = recognition_of(store, told)
    assert recognition.ledger.settle(community).written == 2
    told.withdrawn = {"msg_taken"}
    assert recognition.ledger.settle(community).reversed == 1
    recognition.ledger.settle(community)  # nothing new, so nothing to tell
    assert Courier(store, sender).run(community).delivered == 3
    entries = {view.id: view for view in recognition.points.entries(community).items}
    told_of = {got.content["data"]["entry_id"]: got.content for got in receiver.got}
    assert set(told_of) == set(entries)
    for entry_id, content in told_of.items():
        view = entries[entry_id]
        assert content["type"] == ("points.awarded" if view.reverses_id is None else "points.reversed")
        assert content["data"] == {
            "entry_id": view.id, "member_id": "ann", "rule": "answer_thanked", "points": view.points,
            "reverses_id": view.reverses_id, "reason": view.reason or "",
        }  # fmt: skip
    total = sum(content["data"]["points"] for content in told_of.values())
    assert total == pytest.approx(recognition.points.why(community, "ann").points)
