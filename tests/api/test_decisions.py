"""Decisions over HTTP: second opinions, standing, appeals, terms, wellness, and what webhooks are told of them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from copilot.community.access import create_key
from copilot.community.ids import new_id
from copilot.community.models import Category, Role
from copilot.community.tables import Channel, Message
from copilot.moderation.drafts import CaseDraft, Evidence
from copilot.moderation.intake import open_or_join
from copilot.moderation.models import FoundBy
from tests.api.conftest import World
from tests.webhooks.receiver import Receiver, receiving

_numbers = itertools.count()


@pytest.fixture(scope="module")
def second(world: World) -> str:
    """The key of another moderator, whose id is its role among the world's keys."""
    with world.services.store.write(world.community_id) as unit:
        made = create_key(unit, "周管理员", Role.MODERATOR)
    world.keys["second"] = made.secret
    return made.key_id


@pytest.fixture
def case(world: World) -> str:
    """A new case about something the world's member said."""
    number = next(_numbers)
    with world.services.store.write(world.community_id) as unit:
        channel_id = world.get("operator", "/channels").json()["items"][0]["id"]
        message = Message(
            id=new_id("msg"), channel_id=unit.get(Channel, channel_id).id, external_id=f"decisions-{number}",
            sender_id=world.member_id, sent_at=unit.now, text=f"第{number}遍：你这人就是个{'大' * (number + 1)}草包", mentions=[],
        )  # fmt: skip
        unit.add(message)
        unit.session.flush()
        draft = CaseDraft(
            found_by=FoundBy.SIGNAL, category=Category.INSULT, evidence=(Evidence(message.id),), score=0.9,
            detector="test", version=str(number),
        )  # fmt: skip
        return open_or_join(unit, draft)


@pytest.fixture
def receiver(world: World) -> Iterator[Receiver]:
    with receiving() as found:
        yield found
    for item in world.get("admin", "/webhooks").json()["items"]:
        world.client.delete(f"{world.path}/webhooks/{item['id']}", headers=world.headers("admin"))


def mute(world: World, case: str) -> dict[str, Any]:
    body = {"verdict": "violation", "action": "mute", "reason": "骂人", "mute_hours": 24, "clause_id": "P1"}
    answer = world.post("moderator", f"/cases/{case}/decide", body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def overturned(world: World, decision_id: str) -> dict[str, Any]:
    appeal = world.post("member", f"/decisions/{decision_id}/appeal", {"text": "我在转述"}).json()
    answer = {"outcome": "overturned", "reason": "是转述"}
    return dict(world.post("second", f"/appeals/{appeal['id']}/answer", answer).json())


def test_a_member_sees_how_they_stand_appeals_and_is_answered_by_somebody_else(
    world: World, case: str, second: str
) -> None:
    decision = mute(world, case)
    own = world.get("member", f"/members/{world.member_id}/standing").json()
    [decided] = [row for row in own["decisions"] if row["id"] == decision["id"]]
    assert decided["clause"] and decided["reason"] == "骂人"
    assert "decided_by" not in str(own) and decision["decided_by"] not in str(own)
    assert [row["kind"] for row in own["sanctions"] if row["decision_id"] == decision["id"]] == ["mute"]
    appeal = world.post("member", f"/decisions/{decision['id']}/appeal", {"text": "我在转述"})
    assert appeal.status_code == 201
    appeal_id = appeal.json()["id"]
    again = world.post("member", f"/decisions/{decision['id']}/appeal", {"text": "再说一次"})
    assert (again.status_code, again.json()["detail"]) == (409, "这个决定已经申诉过；每个决定可以申诉一次。")
    for role in ("member", "moderator", "operator"):
        assert appeal_id in {row["id"] for row in world.get(role, "/appeals", waiting=True).json()["items"]}
        assert world.get(role, f"/appeals/{appeal_id}").json()["outcome"] is None
    answer = {"outcome": "overturned", "reason": "是转述"}
    assert world.post("member", f"/appeals/{appeal_id}/answer", answer).status_code == 403
    assert world.post("moderator", f"/appeals/{appeal_id}/answer", answer).json()["data"]["reason"] == "own_decision"
    standin = world.post("operator", f"/appeals/{appeal_id}/answer", answer)
    assert standin.json()["data"]["reason"] == "moderators_first"
    assert world.post("second", f"/appeals/{appeal_id}/answer", answer).json()["decided_as"] == "moderator"
    after = world.get("member", f"/members/{world.member_id}/standing").json()
    assert not any(row["is_in_force"] for row in after["sanctions"] if row["decision_id"] == decision["id"])
    found = world.get("moderator", f"/cases/{case}").json()
    assert [row["verdict"] for row in found["decisions"] if row["undone_at"] is None] == ["no_violation"]


def test_an_operator_writes_down_what_a_member_says_against_a_decision(world: World, case: str, second: str) -> None:
    decision = mute(world, case)
    body = {"text": "电话里说的", "member_id": world.member_id}
    assert world.post("moderator", f"/decisions/{decision['id']}/appeal", body).status_code == 403
    assert world.post("moderator", f"/decisions/{decision['id']}/appeal", {"text": "x"}).status_code == 403
    assert world.post("operator", f"/decisions/{decision['id']}/appeal", body).status_code == 201
    world.post("moderator", f"/cases/{case}/undo", {"reason": "看错了"})
    assert world.get("member", "/appeals").json()["items"][0]["outcome"] == "settled"


def test_a_removal_is_proposed_by_one_and_confirmed_by_another(world: World, case: str, second: str) -> None:
    body = {"verdict": "violation", "action": "removal", "reason": "第四次", "clause_id": "P1"}
    alone = world.post("moderator", f"/cases/{case}/decide", body)
    assert (alone.status_code, alone.json()["data"]["reason"]) == (409, "second_opinion_required")
    proposed = world.post("moderator", f"/cases/{case}/propose", body)
    assert proposed.status_code == 201
    proposal_id = proposed.json()["id"]
    assert world.get("operator", f"/case-proposals/{proposal_id}").json()["status"] == "waiting"
    listed = world.get("moderator", "/case-proposals", status="waiting", limit=1).json()
    assert [row["id"] for row in listed["items"]] == [proposal_id]
    assert world.get("moderator", "/case-proposals", status="forgotten").status_code == 422
    refused = world.post("moderator", f"/case-proposals/{proposal_id}/confirm")
    assert (refused.status_code, refused.json()["data"]["reason"]) == (409, "same_person")
    confirmed = world.post("second", f"/case-proposals/{proposal_id}/confirm").json()
    assert confirmed["confirmed_by"] == second
    world.post("moderator", f"/cases/{case}/undo", {})


def test_a_case_is_handed_over_and_a_proposal_declined(world: World, case: str, second: str) -> None:
    world.post("moderator", f"/cases/{case}/claim")
    assert world.post("moderator", f"/cases/{case}/hand-over", {"to": "key_none"}).status_code == 422
    handed = world.post("moderator", f"/cases/{case}/hand-over", {"to": second})
    assert handed.json()["claimed_by"] == second
    body = {"verdict": "violation", "action": "removal", "reason": "第四次", "clause_id": "P1"}
    proposal_id = world.post("second", f"/cases/{case}/propose", body).json()["id"]
    declined = world.post("moderator", f"/case-proposals/{proposal_id}/decline", {"reason": "太重"}).json()
    assert (declined["status"], declined["answer"]) == ("declined", "太重")
    assert world.post("moderator", f"/case-proposals/{proposal_id}/decline", {"reason": ""}).status_code == 422


@pytest.mark.slow
def test_what_follows_outside_leaves_as_signed_webhooks_with_ids_and_is_sent_again_on_request(
    world: World, case: str, second: str, receiver: Receiver
) -> None:
    events = ["case.decided", "action.mute", "action.reversed", "case.reversed", "appeal.received", "appeal.decided"]
    hook = world.post("admin", "/webhooks", {"url": receiver.url, "events": events}).json()
    decision = mute(world, case)
    receiver.status = 503
    assert send(world)["put_off"] == 2
    receiver.status = 200
    waiting = world.get("admin", f"/webhooks/{hook['id']}/deliveries").json()["items"]
    for delivery in waiting:
        assert world.post("admin", f"/webhook-deliveries/{delivery['id']}/retry").status_code == 200
    overturned(world, decision["id"])
    assert send(world)["delivered"] == 6 + 1  # closing the case again is a decision, too
    refused, *taken = receiver.got  # one that is away is asked once in a run
    arrived = {got.content["type"]: got for got in taken}
    assert set(arrived) == set(events)
    for got in receiver.got:
        assert {"webhook-id", "webhook-timestamp", "webhook-signature"} <= got.headers.keys()
        for words in ("骂人", "转述", "草包"):
            assert words not in got.body.decode()
    muted = arrived["action.mute"].content["data"]
    assert (muted["decision_id"], muted["until"]) == (decision["id"], decision["until"].replace("Z", "+00:00"))
    assert arrived["action.reversed"].content["data"]["decision_id"] == decision["id"]
    assert [got.id for got in taken].count(refused.id) == 1, "it came again under the same id"


def send(world: World) -> dict[str, int]:
    job = world.post("admin", "/jobs", {"kind": "webhooks"}).json()
    return dict(world.jobs.wait(world.community_id, job["id"]).result["webhooks"])


def test_operators_set_the_terms_and_moderators_their_own_limits(world: World) -> None:
    before = world.get("moderator", "/moderation/terms").json()["terms"]
    path = world.path + "/moderation/terms"
    for role, status in (("member", 403), ("moderator", 403), ("stranger", 404), ("operator", 200)):
        answer = world.client.put(path, json={**before, "severe_per_day": 20}, headers=world.headers(role))
        assert answer.status_code == status
    own = world.path + "/moderation/wellness"
    for body, status in (
        ({"severe_per_day": 21}, 422), ({"blur": "some"}, 422), ({"break_after_minutes": 1}, 422), ({"pause": 1}, 422),
        ({"blur": "all", "severe_per_day": 20, "break_after_minutes": 30}, 200),
    ):  # fmt: skip
        assert world.client.put(own, json=body, headers=world.headers("moderator")).status_code == status
    assert world.get("moderator", "/moderation/wellness").json()["blur"] == "all"
    assert world.get("operator", "/moderation/wellness").status_code == 403
    for wrong in ({"second_opinion_actions": []}, {"appeal_days": 0}, {"ladder": [{"strikes": 1, "action": "mute"}]}):
        assert world.client.put(path, json=wrong, headers=world.headers("operator")).status_code == 422
    world.client.put(path, json=before, headers=world.headers("operator"))
    world.client.put(own, json={}, headers=world.headers("moderator"))


def test_nothing_of_it_is_seen_from_another_community_or_by_another_member(
    world: World, case: str, second: str
) -> None:
    decision = mute(world, case)
    appeal = world.post("member", f"/decisions/{decision['id']}/appeal", {"text": "我在转述"}).json()
    with world.services.store.write(world.community_id) as unit:
        world.keys["neighbour"] = create_key(unit, "n", Role.MEMBER, member_id=world.other_member_id).secret
    assert world.get("neighbour", f"/members/{world.member_id}/standing").status_code == 403
    assert world.get("neighbour", f"/appeals/{appeal['id']}").status_code == 404
    assert world.get("neighbour", "/appeals").json()["items"] == []
    assert world.post("neighbour", f"/decisions/{decision['id']}/appeal", {"text": "x"}).status_code == 404
    elsewhere = {"Authorization": f"Bearer {world.keys['stranger']}"}
    for path in (f"/appeals/{appeal['id']}", f"/members/{world.member_id}/standing", "/appeals", "/case-proposals"):
        assert world.get("stranger", path).status_code == 404
        there = world.client.get(f"/api/v1/communities/other{path}", headers=elsewhere)
        assert there.status_code == 404 or there.json()["items"] == []
    world.post("moderator", f"/cases/{case}/undo", {})


@pytest.mark.parametrize(
    "body",
    [
        {}, {"verdict": "violation"}, {"verdict": "violation", "reason": "x", "clause_id": "P99"},
        {"verdict": "violation", "reason": "x", "action": "mute"}, {"verdict": "violation", "reason": "x", "severity": "grave"},
        {"verdict": "violation", "reason": "x", "action": "mute", "mute_hours": 100_000},
        {"verdict": "violation", "reason": "x", "action": "hide", "mute_hours": 1},
        {"verdict": "violation", "reason": "x", "clause_id": "x" * 21}, {"verdict": "violation", "reason": "x", "points": 3},
    ],
)  # fmt: skip
def test_rulings_that_make_no_sense_are_refused(world: World, case: str, body: dict[str, Any]) -> None:
    answer = world.post("moderator", f"/cases/{case}/decide", body)
    assert answer.status_code == 422
    assert answer.json()["errors"]
