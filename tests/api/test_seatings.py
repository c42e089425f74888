"""Rounds, rotations and teams over HTTP: happy, invalid, denied, of another community."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import World

PLANS = [
    ("/rounds", {"series": "denied"}),
    ("/rotations", {"series": "denied", "groups": {"a": ["M001"], "b": ["M002"]}}),
    ("/teams", {"goal": "做一个小程序"}),
]


def planned(world: World, **body: Any) -> dict[str, Any]:
    answer = world.post("operator", "/rounds", {"seconds": 5, **body})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_a_round_is_planned_shown_listed_and_held(world: World) -> None:
    made = planned(world, series="held", size=3)["rounds"][0]
    assert made["status"] == "planned" and made["figures"]["repeats"] == 0
    assert world.get("operator", f"/rounds/{made['id']}").json() == made
    listed = world.get("operator", "/rounds", series="held", status="planned").json()
    assert [row["id"] for row in listed["items"]] == [made["id"]] and not listed["has_more"]
    absent = made["groups"][0]["members"][0]["member_id"]
    held = world.post("operator", f"/rounds/{made['id']}/confirm", {"absent": [absent]})
    assert held.status_code == 200 and held.json()["status"] == "held"
    assert absent not in {one["member_id"] for group in held.json()["groups"] for one in group["members"]}
    late = world.post("operator", f"/rounds/{made['id']}/cancel")
    assert late.status_code == 409 and set(late.json()["data"]["sentence"]) == {"zh-CN", "en"}


def test_a_preview_leaves_nothing_behind(world: World) -> None:
    made = planned(world, series="preview", preview=True)["rounds"][0]
    assert made["id"] is None
    assert world.get("operator", "/rounds", series="preview").json()["items"] == []


def test_planning_twice_with_one_key_plans_once(world: World) -> None:
    body = {"series": "once", "seconds": 5}
    one, two = (world.post("operator", "/rounds", body, **{"Idempotency-Key": "rounds-once"}) for _ in range(2))
    assert one.json() == two.json() and two.headers["Idempotent-Replayed"] == "true"
    assert len(world.get("operator", "/rounds", series="once").json()["items"]) == 1


def test_lists_page_by_cursor(world: World) -> None:
    planned(world, series="paged", rounds=3)
    seen, cursor = [], None
    while True:
        page = world.get(
            "operator", "/rounds", series="paged", limit=2, **({"cursor": cursor} if cursor else {})
        ).json()
        seen += [row["number"] for row in page["items"]]
        if not page["has_more"]:
            break
        cursor = page["next_cursor"]
    assert sorted(seen) == [1, 2, 3]


@pytest.mark.parametrize(
    "body",
    [
        {"size": 1}, {"size": 21}, {"rounds": 13}, {"rounds": 0}, {"seconds": 61}, {"seconds": "NaN"}, {"active_days": 0},
        {"members": []}, {"members": ["M001"]}, {"members": ["M001", "M001"]}, {"members": ["M013"] * 601},
        {"members": ["M013", "M014"], "city": "深圳"}, {"no_repeat_rounds": 53}, {"series": ""}, {"surprise": 1},
        {"city": "月球"},
    ],
)  # fmt: skip
def test_wrong_rounds_are_refused(world: World, body: dict[str, Any]) -> None:
    answer = world.post("operator", "/rounds", body)
    assert answer.status_code in {413, 422}, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_unknown_member_and_an_unknown_round_are_not_found(world: World) -> None:
    assert world.post("operator", "/rounds", {"members": ["M014", "M999"]}).status_code == 404
    for path in ("/rounds/sit_none", "/rotations/sit_none"):
        assert world.get("operator", path).status_code == 404
    for path in ("/rounds/sit_none/confirm", "/rotations/sit_none/apply", "/rotations/sit_none/discard"):
        assert world.post("operator", path).status_code == 404
    assert world.get("operator", "/rounds", cursor="nonsense").status_code == 400


@pytest.mark.parametrize(("path", "body"), PLANS)
def test_only_who_may_write_matching_plans(world: World, path: str, body: dict[str, Any]) -> None:
    for role in ("member", "moderator"):
        answer = world.post(role, path, body)
        assert answer.status_code == 403 and answer.json()["data"]["scope"] == "matching:write"
    assert world.post("stranger", path, body).status_code == 404


def test_a_member_reads_the_own_rounds_alone(world: World) -> None:
    made = planned(world, series="mine")["rounds"][0]
    own = world.get("member", f"/members/{world.member_id}/rounds").json()["items"]
    mine = next(row for row in own if row["round_id"] == made["id"])
    group = next(g for g in made["groups"] if world.member_id in {m["member_id"] for m in g["members"]})
    assert {one["member_id"] for one in mine["beside"]} == {m["member_id"] for m in group["members"]} - {
        world.member_id
    }
    assert world.get("member", f"/members/{world.other_member_id}/rounds").status_code == 403
    assert world.get("member", f"/rounds/{made['id']}").status_code == 403
    assert world.get("stranger", f"/members/{world.member_id}/rounds").status_code == 404
    assert world.get("operator", f"/members/{world.member_id}/rounds").status_code == 200


def test_a_rotation_is_previewed_applied_and_built_upon(world: World) -> None:
    names = [f"M{number:03d}" for number in range(1, 13)]
    visible = [name for name in names if world.get("admin", "/members", q=name).json()["items"]]
    half = len(visible) // 2
    body = {"series": "groups", "groups": {"一": visible[:half], "二": visible[half:]}, "seconds": 2, "most_moves": 4}
    made = world.post("admin", "/rotations", body)
    assert made.status_code == 201, made.text
    found = made.json()
    assert found["status"] == "preview" and len(found["moves"]) <= 4
    assert found["figures"]["new_acquaintances"] <= found["figures"]["bound"]
    applied = world.post("admin", f"/rotations/{found['id']}/apply")
    assert applied.status_code == 200 and applied.json()["status"] == "applied"
    following = world.post("admin", "/rotations", {"series": "groups", "seconds": 2})
    assert following.status_code == 201
    assert world.post("admin", f"/rotations/{following.json()['id']}/discard").json()["status"] == "discarded"
    listed = world.get("operator", "/rotations", series="groups").json()["items"]
    assert {row["status"] for row in listed} == {"applied", "discarded"}


@pytest.mark.parametrize(
    "body",
    [
        {"series": "none yet"}, {"groups": {}}, {"groups": {"a": ["M001"]}}, {"groups": {"": ["M001"], "b": ["M002"]}},
        {"groups": {"a": ["M001"], "b": ["M001"]}}, {"groups": {str(n): [f"M{n}"] for n in range(31)}},
        {"groups": {"a": ["M001"], "b": ["M002"]}, "pinned_members": ["M003"]},
        {"groups": {"a": ["M001"], "b": ["M002"]}, "seconds": 0},
    ],
)  # fmt: skip
def test_wrong_rotations_are_refused(world: World, body: dict[str, Any]) -> None:
    assert world.post("admin", "/rotations", body).status_code == 422


def test_teams_fill_every_slot_with_a_quote_or_name_the_hole(world: World) -> None:
    answer = world.post("operator", "/teams", {"goal": "做一个带传感器的硬件，卖到海外", "teams": 2, "seconds": 5})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["slots"] and (found["teams"] or found["uncovered"])
    for team in found["teams"]:
        assert {slot["slot_id"] for slot in team["slots"]} == {slot["id"] for slot in found["slots"]}
        for slot in team["slots"]:
            assert all(item["quote"] in slot["reason"]["text"] for item in slot["reason"]["evidence"])


def test_members_without_a_goal_are_shown_what_they_want(world: World) -> None:
    found = world.post("operator", "/teams", {"asker": "M014"}).json()
    assert found["teams"] == [] and {goal["member_id"] for goal in found["goals"]} <= {world.member_id}
    assert found["notes"]


@pytest.mark.parametrize(
    "body",
    [
        {}, {"goal": "x" * 501}, {"goal": "x", "teams": 6}, {"goal": "x", "slots": []},
        {"slots": [{"label": ""}]}, {"slots": [{"label": "x", "kind": "wizard"}]},
        {"slots": [{"label": str(n)} for n in range(9)]}, {"goal": "x", "seconds": 61},
    ],
)  # fmt: skip
def test_wrong_teams_are_refused(world: World, body: dict[str, Any]) -> None:
    assert world.post("operator", "/teams", body).status_code == 422
