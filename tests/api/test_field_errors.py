"""Where a request is wrong: pointers of the client's own, and nothing of our types."""

from __future__ import annotations

import json
from typing import Any

import pytest

from api.field_errors import field_errors
from api.field_sentences import in_chinese
from tests.api.conftest import World


def errors_of(world: World, body: object, path: str = "/event-plans") -> dict[str, list[str]]:
    answer = world.post("admin", path, body)
    assert answer.status_code == 422, answer.text
    found: dict[str, list[str]] = {}
    for error in answer.json()["errors"]:
        found.setdefault(error["pointer"], []).append(error["detail"])
    assert not any(word in answer.text for word in ("constrained", "function-", "Brief", "instance of"))
    return found


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"brief": ""}, {"#/brief"}),
        ({"brief": 5}, {"#/brief"}),
        ({"brief": []}, {"#/brief"}),
        ({}, {"#/brief"}),
        ({"brief": {"headcount": "many"}}, {"#/brief/headcount"}),
        ({"brief": {"no": 1}}, {"#/brief/no"}),
        ({"brief": "AI", "x": 1}, {"#/x"}),
        ({"brief": "x" * 4001, "a/b~c": 1}, {"#/brief", "#/a~1b~0c"}),
        ({"brief": "下周六深圳60人沙龙，预算200元"}, {"#/brief"}),
        ({"brief": {"format": "rave"}}, {"#/brief"}),
        ([], {"#/"}),
        (None, {"#/"}),
    ],
)
def test_a_brief_of_two_shapes_is_wrong_in_one_place(world: World, body: object, pointers: set[str]) -> None:
    assert set(errors_of(world, body)) == pointers


def test_a_shape_that_is_wrong_is_named_in_plain_words(world: World) -> None:
    assert set(errors_of(world, {"brief": 5})["#/brief"]) == {"应为文字", "应为对象"}
    assert errors_of(world, {"brief": "x" * 4001})["#/brief"] == ["最多 4000 个字符"]
    assert errors_of(world, {"brief": " "})["#/brief"] == ["需求是空的：请用一句话说想办什么活动。"]


def test_lists_and_their_items_are_pointed_to(world: World) -> None:
    body = {"url": "https://x.example", "events": ["match.proposed", "x"]}
    assert set(errors_of(world, body, "/webhooks")) == {"#/events/1"}
    body = {"name": "x", "role": "operator", "scopes": ["a", 1]}
    assert set(errors_of(world, body, "/keys")) == {"#/scopes/1"}


def test_parameters_go_by_their_name(world: World) -> None:
    answer = world.get("operator", "/members", limit=0)
    assert [error["pointer"] for error in answer.json()["errors"]] == ["limit"]


def test_a_body_that_is_no_json_is_wrong_as_a_whole(world: World) -> None:
    headers = {**world.headers("operator"), "Content-Type": "application/json"}
    answer = world.client.post(world.path + "/event-plans", content=b'{"brief": ', headers=headers)
    (error,) = answer.json()["errors"]
    assert error["pointer"] == "#/"
    assert "第 10 个字符" in error["detail"]


def test_of_many_errors_50_are_told_and_none_twice() -> None:
    def wrong(number: int) -> dict[str, Any]:
        return {"type": "int_parsing", "loc": ("body", "items", number), "msg": "no number"}

    assert len(field_errors([wrong(n) for n in range(80)], {"items": ["x"] * 80})) == 50
    assert len(field_errors([wrong(1), wrong(1)], {"items": ["x"] * 3})) == 1
    assert field_errors([], None) == []


def test_an_error_speaks_the_language_of_the_community(world: World) -> None:
    body = {"url": "https://127.0.0.1/x", "events": ["match.proposed"]}
    chinese = world.post("admin", "/webhooks", {**body, "url": "http://hooks.example#x"}).json()
    assert chinese["detail"] == "网址里不能带用户名、密码或 # 片段。"
    assert chinese["errors"] == [{"pointer": "#/url", "detail": chinese["detail"]}]
    headers = {"Authorization": f"Bearer {world.keys['stranger']}"}
    answer = world.client.post(
        "/api/v1/communities/other/webhooks", json={**body, "url": "ftp://x"}, headers=headers
    ).json()  # fmt: skip
    assert answer["detail"] == "A webhook's URL begins with https://."
    unknown = world.get("admin", "/webhooks/whk_x").json()
    assert unknown["detail"] == "没有找到「whk_x」（webhook）"
    assert world.get("member", "/topics/demand").json()["detail"].startswith("这把钥匙没有 ")
    there = world.client.get("/api/v1/communities/other/webhooks/whk_x", headers=headers).json()
    assert there["detail"] == "there is no webhook 'whk_x' in this community", "English needs no sentence"


def test_fields_of_a_brief_are_wrong_in_the_language_of_the_community(world: World) -> None:
    wrong = {
        "headcount": 1, "budget_cents": -1, "topic": "x" * 201, "starts_on": "soon", "goals": ["a"] * 6, "foo": 1,
        "format": "BAD", "closed": "maybe",
    }  # fmt: skip
    chinese = world.post("operator", "/event-plans", {"brief": wrong}).json()
    assert chinese["detail"] == "请求有误，每一处见 errors"
    assert {error["pointer"].removeprefix("#/brief/"): error["detail"] for error in chinese["errors"]} == {
        "headcount": "不能小于 2", "budget_cents": "不能小于 0", "topic": "最多 200 个字符",
        "starts_on": "应为日期，如 2026-12-05", "goals": "最多 5 项", "foo": "没有这个字段",
        "format": "格式应符合 ^[a-z][a-z0-9_]{0,59}$", "closed": "应为 true 或 false",
    }  # fmt: skip
    headers = {"Authorization": f"Bearer {world.keys['stranger']}"}
    path = "/api/v1/communities/other/event-plans"
    english = world.client.post(path, json={"brief": {"headcount": 1}}, headers=headers).json()
    assert english["detail"] == "the request is not valid; see errors"
    assert english["errors"][0]["detail"] == "Input should be greater than or equal to 2"


@pytest.mark.parametrize(
    ("brief", "detail"),
    [
        ("昨天深圳60人沙龙", "2026-11-15 14:00 已经过去了（现在是 2026-11-16 10:00）。请给一个将来的日期。"),
        ("下周六 -5人 沙龙", "「-5人」是负数。人数和金额请写成正数再试一次。"),
        ("下周六深圳9999人沙龙", "人数不对：人数应在 2 到 5000 之间。"),
        ({"format": "salon", "duration_minutes": 20}, "「沙龙」至少需要 {} 分钟，给的是 20 分钟。请加长时间，或换一种形式。"),
    ],
)  # fmt: skip
def test_a_brief_that_cannot_be_planned_is_told_in_the_communitys_language_streamed_or_not(
    world: World, brief: object, detail: str
) -> None:
    plain = world.post("operator", "/event-plans", {"brief": brief}).json()
    streamed = world.post("operator", "/event-plans/stream", {"brief": brief}).text
    before, _, after = detail.partition("{}")
    for problem in (plain, json.loads(streamed.strip().splitlines()[-1].removeprefix("data: "))):
        assert problem["detail"].startswith(before)
        assert problem["detail"].endswith(after)


def test_every_kind_of_error_is_said_even_when_it_leaves_its_bounds_out() -> None:
    assert in_chinese({"type": "too_long", "loc": ("body",)}) == "最多 … 项"
    assert in_chinese({"type": "value_error", "loc": ("body",), "msg": "x"}) is None


@pytest.mark.parametrize("body", [b"{", b"no json", b"\xff\xfe{}", b'{"brief": '])
def test_a_body_that_is_no_json_is_refused_in_the_communitys_language(world: World, body: bytes) -> None:
    key = world.keys["operator"]
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    answer = world.client.post(f"{world.path}/event-plans", content=body, headers=headers)
    assert answer.status_code in {400, 422}
    said = answer.json()
    assert "请求" in said["detail"]
    assert all("JSON" in error["detail"] and "请求体" in error["detail"] for error in said.get("errors", []))
    nobody = world.client.post(f"{world.path}/event-plans", content=body, headers={"Content-Type": "application/json"})
    assert "请求" not in nobody.text  # who is let into no community learns not even its language
