"""Stars and weekly reports over HTTP: who may read which version, forms, bounds."""

from __future__ import annotations

import pytest

from tests.api.conftest import World

PATH = "/atmosphere/weekly"


@pytest.fixture(scope="module")
def made(world: World) -> dict[str, object]:
    answer = world.post("operator", PATH)  # of the newest message's week
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_a_report_is_made_read_and_listed(world: World, made: dict[str, object]) -> None:
    assert world.get("operator", PATH, week=made["week"]).json() == made
    assert made["week"] in {item["week"] for item in world.get("operator", "/atmosphere/weeklies").json()["items"]}


def test_what_to_do_today_needs_no_report_and_is_for_operators(world: World, made: dict[str, object]) -> None:
    today = world.get("operator", "/atmosphere/today").json()
    assert today["week"] == made["week"] and today["actions"] == made["actions"]
    assert {world.get(role, "/atmosphere/today").status_code for role in ("member", "moderator")} == {403}


@pytest.mark.parametrize(("form", "media_type"), [("markdown", "text/markdown"), ("html", "text/html")])
def test_a_report_is_read_as_a_file(world: World, made: dict[str, object], form: str, media_type: str) -> None:
    answer = world.get("operator", PATH, week=made["week"], format=form)
    assert answer.headers["content-type"].startswith(media_type)
    assert "周报" in answer.text
    if form == "html":
        assert "sandbox" in answer.headers["content-security-policy"]
        assert "script-src" not in answer.headers["content-security-policy"]


def test_charts_are_pictures(world: World, made: dict[str, object]) -> None:
    answer = world.get("operator", f"{PATH}/charts/activity.png", week=made["week"])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert world.get("operator", f"{PATH}/charts/other.png", week=made["week"]).status_code == 422
    assert world.get("operator", f"{PATH}/charts/days.png", week="2020-W01").status_code == 404


def test_members_and_moderators_read_the_version_without_names_only(world: World, made: dict[str, object]) -> None:
    for role in ("member", "moderator"):
        assert world.get(role, PATH, week=made["week"]).status_code == 403
        assert world.get(role, f"{PATH}/charts/activity.png", week=made["week"]).status_code == 403
        answer = world.get(role, PATH, week=made["week"], audience="members")
        assert answer.status_code == 200
        found = answer.json()
        assert (found["names"], found["best"], found["questions"], found["actions"]) == ({}, [], [], [])
        assert "msg_" not in answer.text and "mem_" not in answer.text
        assert world.get(role, "/atmosphere/weeklies").status_code == 403
        assert world.post(role, PATH, {"week": made["week"]}).status_code == 403
        assert world.get(role, "/atmosphere/stars").status_code == 403


def test_another_community_sees_nothing(world: World, made: dict[str, object]) -> None:
    assert world.get("stranger", PATH, week=made["week"]).status_code == 404
    own = world.client.get("/api/v1/communities/other/atmosphere/weekly", headers=world.headers("stranger"))
    assert own.status_code == 404
    assert own.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("week", ["2026-46", "2026-W54", "9999-W01", "x"])
def test_what_is_no_week_is_refused(world: World, week: str) -> None:
    assert world.get("operator", PATH, week=week).status_code in {404, 422}
    assert world.post("operator", PATH, {"week": week}).status_code == 422


def test_a_week_to_come_and_unknown_fields_are_refused(world: World) -> None:
    assert world.post("operator", PATH, {"week": "2199-W01"}).status_code == 422
    assert world.post("operator", PATH, {"weeks": "2026-W46"}).status_code == 422
    assert world.get("operator", PATH, audience="public").status_code == 422


def test_stars_are_read_and_the_owner_named(world: World) -> None:
    found = world.get("operator", "/atmosphere/stars", weeks=8).json()
    assert set(found["roles"]) == {"answers", "connects", "calms"}
    assert world.get("operator", "/atmosphere/stars", weeks=27).status_code == 422
    assert world.get("operator", "/atmosphere/stars", group="nowhere").status_code == 404
    before = world.get("operator", "/atmosphere/owner").json()
    path = world.path + "/atmosphere/owner"
    headers = world.headers("operator")
    assert world.client.put(path, json={"member_id": world.member_id}, headers=headers).json() == {
        "member_id": world.member_id
    }
    assert world.client.put(path, json={"member_id": "mem_none"}, headers=headers).status_code == 404
    assert world.client.put(path, json={"member_id": None}, headers=headers).json() == before
    assert world.client.put(path, json={"member_id": None}, headers=world.headers("moderator")).status_code == 403
