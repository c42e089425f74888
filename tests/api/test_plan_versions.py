"""Plans in versions over HTTP: revised, edited, locked, compared, brought back, and refused when somebody was first."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.api.conftest import World

BRIEF = "12月5日下午两点深圳40人AI沙龙，预算2万，两小时"


@pytest.fixture(scope="module")
def plan(world: World) -> dict[str, Any]:
    answer = world.post("operator", "/event-plans", {"brief": BRIEF})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def patch(world: World, plan_id: str, body: object, role: str = "operator") -> Any:
    return world.client.patch(f"{world.path}/event-plans/{plan_id}", json=body, headers=world.headers(role))


def put(world: World, plan_id: str, locks: list[str], role: str = "operator") -> Any:
    path = f"{world.path}/event-plans/{plan_id}/locks"
    return world.client.put(path, json={"locks": locks}, headers=world.headers(role))


def newest(world: World, plan_id: str) -> dict[str, Any]:
    versions = world.get("operator", f"/event-plans/{plan_id}/versions").json()["items"]
    return dict(max(versions, key=lambda item: item["version"]))


def test_a_plan_goes_through_its_versions(world: World, plan: dict[str, Any]) -> None:
    answer = world.post("operator", f"/event-plans/{plan['id']}/revisions", {"request": "预算压到1万，人数改成30"})
    assert answer.status_code == 201, answer.text
    revised = answer.json()
    assert (revised["version"], revised["content"]["headcount"]) == (2, 30)
    assert revised["content"]["budget"]["cap_cents"] == 1_000_000
    assert {item["field"] for item in revised["change"]["understood"]} == {"budget_cents", "headcount"}
    differences = world.get("operator", f"/event-plans/{revised['id']}/differences").json()["items"]
    assert {"path": "headcount", "old": 40, "new": 30, "sentence": "人数：40 → 30"} in differences

    locked = put(world, revised["id"], ["title"]).json()
    assert locked["locks"] == ["title"]
    edited = patch(world, revised["id"], {"interactions": ["每人认识三个新朋友"]}).json()
    assert edited["locks"] == ["interactions", "title"]
    assert edited["content"]["interactions"] == ["每人认识三个新朋友"]

    back = world.post("operator", f"/event-plans/{edited['id']}/restore", {"to": plan["id"]}).json()
    assert back["version"] == 4
    assert back["content"] == plan["content"]
    listed = world.get("operator", f"/event-plans/{plan['id']}/versions", limit=3).json()
    assert len(listed["items"]) == 3
    assert listed["has_more"]
    rest = world.get("operator", f"/event-plans/{plan['id']}/versions", limit=3, cursor=listed["next_cursor"]).json()
    assert {item["version"] for item in [*listed["items"], *rest["items"]]} == {1, 2, 3, 4}
    actions = {row["action"] for row in world.get("admin", "/audit", limit=50).json()["items"]}
    assert {"event_plan.revised", "event_plan.edited", "event_plan.locked", "event_plan.restored"} <= actions


def test_an_older_version_is_not_changed_and_the_newest_is_named(world: World, plan: dict[str, Any]) -> None:
    latest = newest(world, plan["id"])
    if latest["id"] == plan["id"]:
        latest = world.post("operator", f"/event-plans/{plan['id']}/revisions", {"request": "人数改成35"}).json()
    for answer in (
        world.post("operator", f"/event-plans/{plan['id']}/revisions", {"request": "人数改成36"}),
        patch(world, plan["id"], {"title": "另一个名字"}),
        put(world, plan["id"], ["title"]),
        world.post("operator", f"/event-plans/{plan['id']}/restore", {"to": plan["id"]}),
    ):
        assert answer.status_code == 409
        assert answer.json()["data"]["newest_id"] == latest["id"]


@pytest.mark.parametrize(
    ("request_text", "reason"),
    [
        ("让它好一点", "revision_not_understood"),
        ("", "revision_not_understood"),
        ("预算压到10元", "budget_short"),
        ("提前两个月", "date_in_past"),
    ],
)
def test_an_impossible_request_is_refused_in_the_communitys_language(
    world: World, plan: dict[str, Any], request_text: str, reason: str
) -> None:
    latest = newest(world, plan["id"])
    answer = world.post("operator", f"/event-plans/{latest['id']}/revisions", {"request": request_text})
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["data"]["reason"] == reason
    assert newest(world, plan["id"])["id"] == latest["id"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"unknown": 1},
        {"headcount": 40},
        {"agenda": [{"key": "opening", "minutes": 0}]},
        {"agenda": [{"key": "no such part", "minutes": 5}]},
        {"agenda": [{"key": "opening", "start_minute": 5}]},
        {"budget_lines": [{"key": "venue", "total_cents": 1}]},
        {"budget_lines": [{"key": "venue", "unit_cents": 1e300}]},
        {"brief": {"headcount": "viele"}},
        {"roles": [{"key": "host", "pick_id": "mem_nobody"}]},
        {"title": "x" * 201},
        {"title": "a\u0000b"},
    ],
)
def test_a_wrong_patch_is_refused_and_changes_nothing(world: World, plan: dict[str, Any], body: Any) -> None:
    latest = newest(world, plan["id"])
    answer = patch(world, latest["id"], body)
    assert answer.status_code == 422, answer.text
    assert newest(world, plan["id"])["id"] == latest["id"]


def test_who_may_not_write_events_changes_no_plan(world: World, plan: dict[str, Any]) -> None:
    def asked(role: str) -> list[httpx.Response]:
        base = f"/event-plans/{plan['id']}"
        return [
            world.post(role, f"{base}/revisions", {"request": "人数改成30"}),
            world.post(role, f"{base}/restore", {"to": plan["id"]}),
            patch(world, plan["id"], {"title": "x"}, role),
            put(world, plan["id"], [], role),
            world.get(role, f"{base}/versions"),
            world.get(role, f"{base}/differences"),
            world.get(role, f"{base}/export"),
        ]

    assert {answer.status_code for answer in asked("member")} == {403}
    assert {answer.status_code for answer in asked("moderator")} == {403}
    assert {answer.status_code for answer in asked("stranger")} == {404}


def test_versions_of_two_plans_are_not_compared(world: World, plan: dict[str, Any]) -> None:
    other = world.post("operator", "/event-plans", {"brief": "12月12日晚上七点深圳30人AI沙龙"}).json()
    answer = world.get("operator", f"/event-plans/{plan['id']}/differences", **{"from": other["id"]})
    assert answer.status_code == 422
    assert world.get("operator", "/event-plans/plan_none/differences").status_code == 404
