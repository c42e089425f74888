"""Demand, outreach and posts over HTTP: happy, invalid, denied, and another community."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import World

NOTES = "我做过两回。第一回花了三个月，后来改成先试一批，两周就看出来了。要紧的是先写清楚谁来验收。"


@pytest.fixture(scope="module")
def week(world: World) -> dict[str, Any]:
    """This week's list, planned once."""
    answer = world.post("operator", "/outreach", {"quota": 2})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def member_key(world: World, member_id: str) -> dict[str, str]:
    made = world.post("admin", "/keys", {"name": "m", "role": "member", "member_id": member_id}).json()
    return {"Authorization": f"Bearer {made['secret']}"}


def test_a_week_is_planned_listed_and_clicked_through(world: World, week: dict[str, Any]) -> None:
    item = next(item for item in week["items"] if item["status"] == "draft")
    listed = world.get("operator", "/outreach", week=week["week"], status="draft").json()["items"]
    assert item in listed
    path = f"/outreach/{item['id']}/status"
    assert world.post("operator", path, {"status": "accepted"}).status_code == 409
    refused = world.post("operator", path, {"status": "accepted"}).json()
    assert "不能改成" in refused["detail"], "said in the community's language"
    for status in ("sent", "accepted", "published"):
        assert world.post("operator", path, {"status": status}).json()["status"] == status
    assert world.get("operator", f"/topics/{item['topic_id']}").json()["status"] == "published"
    assert world.get("operator", "/outreach/learned").json()["yes"] >= 1


def test_a_member_decides_whether_to_be_asked(world: World) -> None:
    own, other = f"/members/{world.member_id}/outreach", f"/members/{world.other_member_id}/outreach"
    assert world.get("member", own).json() == {"member_id": world.member_id, "paused": False, "since": None}

    def put(role: str, path: str, paused: object) -> Any:
        return world.client.put(world.path + path, json={"paused": paused}, headers=world.headers(role))

    assert put("member", own, True).json()["paused"] is True
    assert world.get("operator", own).json()["paused"] is True
    assert put("operator", own, False).json()["paused"] is False
    assert put("member", other, True).status_code == 403
    assert put("moderator", own, True).status_code == 403
    assert put("operator", own, "perhaps").status_code == 422
    assert put("operator", "/members/mem_missing/outreach", True).status_code == 404


def test_notes_become_a_post_for_whoever_owns_the_topic(world: World, week: dict[str, Any]) -> None:
    item = week["items"][0]
    path = f"/topics/{item['topic_id']}/posts"
    made = world.post("operator", path, {"notes": NOTES})
    assert made.status_code == 201, made.text
    post = made.json()
    for section in post["content"]["sections"]:
        for sentence in section["sentences"]:
            slices = [post["notes"][span["start"] : span["end"]] for span in sentence["spans"]]
            assert sentence["text"] == "".join(slices)
    assert world.get("operator", path).json()["items"][0]["id"] == post["id"], "newest first"
    own = member_key(world, item["member_id"])
    assert world.client.post(world.path + path, json={"notes": NOTES}, headers=own).status_code == 201
    assert world.client.get(world.path + path, headers=own).status_code == 200
    other = member_key(world, world.other_member_id)
    assert world.client.post(world.path + path, json={"notes": NOTES}, headers=other).status_code == 404
    assert world.post("moderator", path, {"notes": NOTES}).status_code == 403


def test_demand_shows_lists_of_the_asked_length(world: World) -> None:
    found = world.get("operator", "/topics/demand", n=3).json()
    assert found["questions"] >= len(found["unanswered"])
    assert max(len(found[name]) for name in ("unanswered", "repeated", "rising", "gaps")) <= 3
    assert world.get("operator", "/topics/demand", n=0).status_code == 422


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/outreach", {"quota": 0}),
        ("/outreach", {"quota": 21}),
        ("/outreach", {"quota": 2, "send": True}),
        ("/outreach/out_x/status", {"status": "draft"}),
        ("/topics/top_x/posts", {"notes": ""}),
        ("/topics/top_x/posts", {"notes": "字" * 8001}),
    ],
)
def test_wrong_input_is_refused(world: World, path: str, body: object) -> None:
    assert world.post("operator", path, body).status_code == 422


@pytest.mark.parametrize(
    ("path", "body"),
    [("/outreach", {}), ("/outreach/out_x/status", {"status": "sent"}), ("/topics/top_x/posts", {"notes": NOTES})],
)
def test_only_operators_of_this_community_ask(world: World, path: str, body: object) -> None:
    assert world.post("moderator", path, body).status_code == 403
    assert world.post("stranger", path, body).status_code == 404


def test_what_does_not_exist_is_not_found(world: World) -> None:
    assert world.post("operator", "/outreach/out_missing/status", {"status": "sent"}).status_code == 404
    assert world.post("operator", "/topics/top_missing/posts", {"notes": NOTES}).status_code == 404
    assert world.get("operator", "/outreach", week="next").status_code == 422
