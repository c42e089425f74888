"""The queue, reports and messages over HTTP: happy, invalid, denied, and another community."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from copilot.community.tables import Channel, Message
from copilot.moderation.cases import CaseSort
from tests.api.conftest import World


@pytest.fixture(scope="module")
def said(world: World) -> dict[str, Any]:
    """Three plain messages of one member that nobody but this module looks at, and who is not their sender."""
    with world.services.store.read(world.community_id) as unit:
        own = select(Message.sender_id).where(Message.sender_id.is_not(None), Message.sender_id != world.member_id)
        sender = unit.session.scalars(own.order_by(Message.sender_id.desc()).limit(1)).one()
    channel = "chn_queue"
    with world.services.store.write(world.community_id) as unit:
        unit.add(Channel(id=channel, platform="test", external_id=channel, name="举报测试", created_at=unit.now))
        unit.session.flush()
        for number in range(3):
            unit.add(
                Message(
                    id=f"msg_queue_{number}", channel_id=channel, external_id=f"queue-{number}", sender_id=sender,
                    text=f"第{'一二三'[number]}件小事", sent_at=unit.now, mentions=[],
                )
            )  # fmt: skip
    return {"sender": sender, "channel": channel, "ids": [f"msg_queue_{number}" for number in range(3)]}


def report(world: World, role: str, message_id: str, **more: object) -> Any:  # httpx's response, whichever httpx it is
    return world.post(role, "/reports", {"message_id": message_id, "category": "harassment", **more})


@pytest.fixture(scope="module")
def told(world: World, said: dict[str, Any]) -> dict[str, Any]:
    """A member's report of the first of them."""
    answer = report(world, "member", said["ids"][0], text="这样说话让人难受")
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def case_with(world: World, message_id: str) -> dict[str, Any]:
    items = world.get("moderator", "/cases", detector="report", limit=200).json()["items"]
    return next(item for item in items if item["message_id"] == message_id)


def test_a_member_reports_and_follows_what_becomes_of_it(
    world: World, said: dict[str, Any], told: dict[str, Any]
) -> None:
    assert told["sentence"]
    assert report(world, "member", said["ids"][0], text="再说一次").json()["id"] == told["id"]
    assert told["id"] in {item["id"] for item in world.get("member", "/reports", limit=200).json()["items"]}
    assert world.get("member", f"/reports/{told['id']}").json()["text"] == "这样说话让人难受"


def test_moderators_see_what_was_said_and_operators_by_whom(
    world: World, said: dict[str, Any], told: dict[str, Any]
) -> None:
    case = case_with(world, said["ids"][0])
    assert (case["reports"], case["channel_id"]) == (1, said["channel"])
    name = world.get("operator", f"/members/{world.member_id}").json()["name"]
    seen = {role: world.get(role, f"/cases/{case['id']}") for role in ("moderator", "operator", "admin")}
    assert seen["moderator"].json()["reports"][0]["text"] == "这样说话让人难受"
    assert world.member_id not in seen["moderator"].text
    assert name not in seen["moderator"].text
    for role in ("operator", "admin"):
        assert seen[role].json()["reports"][0]["reporter_name"] == name
    assert "= 危害" in seen["moderator"].json()["priority_sentence"]


def test_an_operator_writes_down_what_a_member_told(world: World, said: dict[str, Any]) -> None:
    message_id = said["ids"][1]
    written = report(world, "operator", message_id, member_id=world.member_id, text="私信里说的")
    assert written.status_code == 201, written.text
    assert world.get("member", f"/reports/{written.json()['id']}").json()["text"] == "私信里说的"


def test_who_may_not_report_or_look_is_told_so(world: World, said: dict[str, Any], told: dict[str, Any]) -> None:
    for role in ("operator", "moderator", "admin"):
        assert report(world, role, said["ids"][0]).status_code == 403, role
        assert world.get(role, "/reports").status_code == 403, role
    assert report(world, "moderator", said["ids"][0], member_id=world.member_id).status_code == 403
    assert report(world, "member", said["ids"][0], member_id=world.other_member_id).status_code == 403
    assert world.get("member", "/cases").status_code == 403
    assert world.get("member", f"/messages/{said['ids'][0]}").status_code == 403
    other = world.client.get("/api/v1/communities/other/cases", headers=world.headers("moderator"))
    assert other.status_code == 404
    case_id = case_with(world, said["ids"][0])["id"]
    for path in (f"/cases/{case_id}", f"/messages/{said['ids'][0]}", f"/reports/{told['id']}"):
        foreign = world.client.get(f"/api/v1/communities/other{path}", headers=world.headers("stranger"))
        assert foreign.status_code in {403, 404}, path
    foreign = world.client.post(
        f"/api/v1/communities/other/cases/{case_id}/split",
        json={"message_ids": said["ids"]},
        headers=world.headers("stranger"),
    )
    assert foreign.status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {}, {"message_id": "msg_queue_0"}, {"message_id": "msg_queue_0", "category": "rudeness"},
        {"message_id": "msg_queue_0", "category": "distress"}, {"message_id": 1, "category": "insult"},
        {"message_id": "msg_queue_0", "category": "insult", "text": "长" * 1001},
        {"message_id": "m" * 65, "category": "insult"}, {"message_id": "msg_queue_0", "category": "insult", "who": "me"},
    ],
)  # fmt: skip
def test_a_report_that_says_nothing_is_refused(world: World, said: dict[str, Any], body: dict[str, object]) -> None:
    answer = world.post("member", "/reports", body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_message_that_is_not_here_is_not_found(world: World) -> None:
    assert report(world, "member", "msg_nowhere").status_code == 404
    assert world.get("moderator", "/messages/msg_nowhere").status_code == 404
    assert world.get("member", "/reports/rpt_nowhere").status_code == 404
    own = world.services
    with own.store.read(world.community_id) as unit:
        mine = unit.session.scalars(select(Message.id).where(Message.sender_id == world.member_id).limit(1)).first()
    if mine is not None:
        assert report(world, "member", mine).status_code == 422


def test_cases_are_split_and_merged_and_an_old_id_still_leads_there(world: World, said: dict[str, Any]) -> None:
    for message_id in said["ids"][1:]:
        assert report(world, "member", message_id).status_code == 201
    first, second = (case_with(world, message_id)["id"] for message_id in said["ids"][1:])
    path = f"/cases/{first}"
    assert world.post("moderator", f"{path}/merge", {"case_ids": [second]}).json()["id"] == first
    merged = world.get("moderator", f"/cases/{second}").json()
    assert (merged["case"]["id"], merged["case"]["messages"]) == (first, 2)
    made = world.post("moderator", f"{path}/split", {"message_ids": [said["ids"][2]]}).json()
    assert made["message_id"] == said["ids"][2]
    assert world.get("moderator", path).json()["case"]["messages"] == 1
    for action, body in (("split", {"message_ids": [said["ids"][1]]}), ("merge", {"case_ids": [first]})):
        assert world.post("moderator", f"{path}/{action}", body).status_code == 422
        assert world.post("operator", f"{path}/{action}", body).status_code == 403
        assert world.post("moderator", f"/cases/cas_nowhere/{action}", body).status_code == 404
    assert world.post("moderator", f"{path}/split", {"message_ids": []}).status_code == 422
    assert world.post("moderator", f"{path}/split", {"message_ids": ["m"] * 201}).status_code == 422


@pytest.mark.parametrize("sort", list(CaseSort))
def test_every_order_pages_through_everything_once(world: World, sort: CaseSort) -> None:
    whole = [item["id"] for item in world.get("moderator", "/cases", sort=sort.value, limit=200).json()["items"]]
    seen: list[str] = []
    cursor = None
    while True:
        params = {"sort": sort.value, "limit": 7} | ({} if cursor is None else {"cursor": cursor})
        page = world.get("moderator", "/cases", **params).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == whole
    assert len(seen) == len(set(seen))


def test_filters_narrow_and_nonsense_is_refused(world: World, said: dict[str, Any], told: dict[str, Any]) -> None:
    items = world.get("moderator", "/cases", sender=said["sender"], reported="true", limit=200).json()["items"]
    assert said["ids"][0] in {item["message_id"] for item in items}
    assert all(item["reports"] for item in items)
    claimed = world.post("moderator", f"/cases/{case_with(world, said['ids'][0])['id']}/claim").json()
    mine = world.get("moderator", "/cases", mine="true").json()["items"]
    assert claimed["id"] in {item["id"] for item in mine}
    assert world.get("admin", "/cases", mine="true", sender=said["sender"]).json()["items"] == []
    world.post("moderator", f"/cases/{claimed['id']}/release")
    for bad in (
        {"sort": "random"},
        {"severity": "grave"},
        {"reported": "perhaps"},
        {"channel": "c" * 101},
    ):
        assert world.get("moderator", "/cases", **bad).status_code == 422, bad
    assert world.get("moderator", "/cases", cursor="x").status_code == 400


def test_a_message_is_shown_with_its_neighbours_and_withheld_when_hidden(world: World, said: dict[str, Any]) -> None:
    message_id = said["ids"][2]
    for role in ("moderator", "operator"):
        found = world.get(role, f"/messages/{message_id}", before=2, after=0).json()
        assert (found["message"]["text"], found["message"]["withheld"]) == ("第三件小事", None)
        assert (len(found["before"]), found["after"]) == (2, [])
    with world.services.store.write(world.community_id) as unit:
        unit.get(Message, message_id).hidden_at = unit.now
    hidden = world.get("moderator", f"/messages/{message_id}").json()["message"]
    assert (hidden["text"], hidden["withheld"]) == ("", "hidden")
    assert "隐藏" in hidden["withheld_sentence"]
    with world.services.store.write(world.community_id) as unit:
        unit.get(Message, message_id).hidden_at = None
    for bad in ({"before": -1}, {"after": 21}):
        assert world.get("moderator", f"/messages/{message_id}", **bad).status_code == 422
