"""Webhooks over HTTP: admins make them, and what happens in the community reaches a receiver."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import product

import pytest

from copilot.catch_up import catching_up
from tests.api.conftest import World
from tests.webhooks.receiver import Receiver, receiving


@pytest.fixture
def receiver(world: World) -> Iterator[Receiver]:
    with receiving() as found:
        yield found
    for item in world.get("admin", "/webhooks").json()["items"]:
        world.client.delete(f"{world.path}/webhooks/{item['id']}", headers=world.headers("admin"))


def make(world: World, url: str, *events: str) -> dict[str, object]:
    answer = world.post("admin", "/webhooks", {"url": url, "events": list(events) or ["match.proposed"]})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_a_webhook_is_made_shown_without_its_secret_changed_and_removed(world: World, receiver: Receiver) -> None:
    made = make(world, receiver.url, "round.planned", "match.proposed")
    assert str(made["secret"]).startswith("whsec_")
    shown = world.get("admin", f"/webhooks/{made['id']}").json()
    assert shown == {name: value for name, value in made.items() if name != "secret"}
    assert shown["events"] == ["match.proposed", "round.planned"]
    assert world.get("admin", "/webhooks").json()["items"] == [shown]
    path, headers = f"{world.path}/webhooks/{made['id']}", world.headers("admin")
    changed = world.client.patch(path, json={"status": "disabled", "events": ["match.accepted"]}, headers=headers)
    assert (changed.json()["status"], changed.json()["events"]) == ("disabled", ["match.accepted"])
    rotated = world.post("admin", f"/webhooks/{made['id']}/rotate").json()
    assert rotated["secret"] != made["secret"]
    assert world.client.delete(path, headers=headers).json()["id"] == made["id"]
    assert world.get("admin", f"/webhooks/{made['id']}").status_code == 404
    actions = [row["action"] for row in world.get("admin", "/audit", limit=4).json()["items"]]
    assert actions == ["webhook.removed", "webhook.rotated", "webhook.changed", "webhook.created"]


def test_a_secret_is_not_kept_for_replays(world: World, receiver: Receiver) -> None:
    body = {"url": receiver.url, "events": ["match.proposed"]}
    twice = [world.post("admin", "/webhooks", body, **{"Idempotency-Key": "hook-1"}).json() for _ in range(2)]
    assert twice[0]["id"] != twice[1]["id"]


@pytest.mark.slow
def test_a_match_is_told_of_with_ids_and_a_score_and_nothing_else(world: World, receiver: Receiver) -> None:
    made = make(world, receiver.url)
    # What was proposed before in this session is not told again: the first list with somebody or something new.
    members = (row["id"] for row in world.get("admin", "/members", limit=200).json()["items"] if row["consent_match"])
    asked = next(
        member_id for member_id, kind in product(members, ("member", "resource", "thread"))
        if world.get("admin", f"/members/{member_id}/matches", n=1, kind=kind).json()["items"]
        and world.get("admin", f"/webhooks/{made['id']}/deliveries").json()["items"]
    )  # fmt: skip
    with catching_up(world.services, world.jobs, seconds=0.05):
        until = time.monotonic() + 60
        while not receiver.got and time.monotonic() < until:
            time.sleep(0.05)
    got = receiver.got[0]
    assert got.content["type"] == "match.proposed"
    assert got.content["data"].keys() == {"match_id", "member_id", "kind", "target_id", "score"}
    assert got.content["data"]["member_id"] == asked
    job = world.post("admin", "/jobs", {"kind": "webhooks"}).json()
    assert world.jobs.wait(world.community_id, job["id"]).status == "done"
    (delivery,) = world.get("admin", f"/webhooks/{made['id']}/deliveries").json()["items"]
    assert (delivery["id"], delivery["status"], delivery["sentence"]) == (got.id, "delivered", "已送达。")
    refused = world.post("admin", f"/webhook-deliveries/{delivery['id']}/retry")
    assert refused.status_code == 409
    assert refused.json()["data"]["sentence"]["zh-CN"] == "这条通知已经送达。"


@pytest.mark.slow
def test_a_test_says_what_became_of_it(world: World, receiver: Receiver) -> None:
    made = make(world, receiver.url)
    assert world.post("admin", f"/webhooks/{made['id']}/test").json()["status"] == "delivered"
    receiver.status = 503
    failed = world.post("admin", f"/webhooks/{made['id']}/test").json()
    assert (failed["status"], failed["last_answer"]) == ("failed", "503 Service Unavailable: thank you")
    receiver.status = 200
    assert world.post("admin", f"/webhook-deliveries/{failed['id']}/retry").json()["status"] == "waiting"
    job = world.post("admin", "/jobs", {"kind": "webhooks"}).json()
    assert world.jobs.wait(world.community_id, job["id"]).result["webhooks"]["delivered"] == 1
    newest, oldest = world.get("admin", f"/webhooks/{made['id']}/deliveries", limit=2).json()["items"]
    assert newest["id"] == failed["id"] == receiver.got[-1].id
    page = world.get("admin", f"/webhooks/{made['id']}/deliveries", limit=1).json()
    rest = world.get("admin", f"/webhooks/{made['id']}/deliveries", limit=1, cursor=page["next_cursor"]).json()
    assert [row["id"] for row in rest["items"]] == [oldest["id"]]


@pytest.mark.parametrize(
    "body",
    [
        {}, {"url": "https://x.example"}, {"url": "https://x.example", "events": []},
        {"url": "https://x.example", "events": ["match.guessed"]}, {"url": "https://x.example", "events": "match.proposed"},
        {"url": "ftp://x.example", "events": ["match.proposed"]}, {"url": "x", "events": ["match.proposed"]},
        {"url": "https://169.254.169.254/", "events": ["match.proposed"]}, {"url": 1, "events": ["match.proposed"]},
        {"url": "https://x.example/" + "x" * 2000, "events": ["match.proposed"]},
        {"url": "https://x.example", "events": ["match.proposed"], "secret": "mine"},
    ],
)  # fmt: skip
def test_wrong_webhooks_are_refused(world: World, body: object) -> None:
    answer = world.post("admin", "/webhooks", body)
    assert answer.status_code == 422
    assert answer.json()["errors"]


@pytest.mark.slow
def test_webhooks_are_for_admins_of_the_community(world: World, receiver: Receiver) -> None:
    made = make(world, receiver.url)
    delivery = world.post("admin", f"/webhooks/{made['id']}/test").json()
    body = {"url": receiver.url, "events": ["match.proposed"]}
    for role, status in (("member", 403), ("moderator", 403), ("operator", 403), ("stranger", 404)):
        assert world.post(role, "/webhooks", body).status_code == status
        assert world.get(role, "/webhooks").status_code == status
        for path in (f"/webhooks/{made['id']}", f"/webhooks/{made['id']}/deliveries"):
            assert world.get(role, path).status_code == status
        for path in (
            f"/webhooks/{made['id']}/test", f"/webhooks/{made['id']}/rotate", f"/webhook-deliveries/{delivery['id']}/retry",
        ):  # fmt: skip
            assert world.post(role, path).status_code == status
        for method in ("PATCH", "DELETE"):
            answer = world.client.request(
                method, f"{world.path}/webhooks/{made['id']}", headers=world.headers(role),
                json={"status": "disabled"} if method == "PATCH" else None,
            )  # fmt: skip
            assert answer.status_code == status
        assert world.post(role, "/jobs", {"kind": "webhooks"}).status_code == status
    for path in ("/webhooks/whk_x", "/webhooks/whk_x/deliveries"):
        assert world.get("admin", path).status_code == 404
    for path in ("/webhooks/whk_x/test", "/webhooks/whk_x/rotate", "/webhook-deliveries/whd_x/retry"):
        assert world.post("admin", path).status_code == 404
