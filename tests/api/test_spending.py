"""What was spent, over the API: recorded by operators, beside the plan, refused with the place that is wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.conftest import World


@pytest.fixture
def event_id(world: World) -> Iterator[str]:
    plan = world.post(
        "operator", "/event-plans", {"brief": "12月12日下午两点深圳60人AI路演沙龙，预算2万，两小时"}
    ).json()
    event = world.post("operator", "/events", {"plan_id": plan["id"]}).json()["event"]
    yield str(event["id"])
    world.post("operator", f"/events/{event['id']}/cancel")  # for tests that share the sample


def put(world: World, role: str, event_id: str, body: object):  # httpx's response, whichever httpx it is
    return world.client.put(f"{world.path}/events/{event_id}/spending", json=body, headers=world.headers(role))


def test_an_operator_records_what_was_spent_and_reads_it_back(world: World, event_id: str) -> None:
    body = {"lines": [{"key": "venue", "spent_cents": 120_050, "title": "场地", "note": "发票在群文件"}]}
    answer = put(world, "operator", event_id, body)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["spent_cents"], answer.json()["currency"]) == (120_050, "CNY")
    assert answer.json()["planned_cents"] > 0
    again = world.get("operator", f"/events/{event_id}/spending").json()
    assert again == answer.json()
    assert again["lines"][0]["note"] == "发票在群文件"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"lines": []}, "#/lines"),
        ({"lines": [{"key": "venue", "spent_cents": -1, "title": "x"}]}, "#/lines/0/spent_cents"),
        ({"lines": [{"key": "Venue!", "spent_cents": 1, "title": "x"}]}, "#/lines/0/key"),
        ({"lines": [{"key": "not_planned", "spent_cents": 1}]}, "#/lines/0/key"),
        ({"lines": [{"key": "a", "spent_cents": 1, "title": "x"}] * 2}, "#/lines/1/key"),
        ({"lines": [{"key": "a", "spent_cents": 1, "title": "x"}], "total": 1}, "#/total"),
    ],
)
def test_what_cannot_be_recorded_is_pointed_to(world: World, event_id: str, body: object, pointer: str) -> None:
    answer = put(world, "operator", event_id, body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_members_and_moderators_neither_record_nor_read_it(world: World, event_id: str) -> None:
    body = {"lines": [{"key": "venue", "spent_cents": 1, "title": "x"}]}
    assert put(world, "member", event_id, body).status_code == 403
    assert world.get("member", f"/events/{event_id}/spending").status_code == 403


def test_an_event_that_is_not_there_is_not_found(world: World) -> None:
    assert world.get("operator", "/events/evt_none/spending").status_code == 404
