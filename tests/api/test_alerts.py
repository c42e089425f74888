"""Alerts and the pulse over HTTP: happy, invalid, denied, and another community."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from copilot.community.tables import Alert, Channel
from tests.api.conftest import World
from tests.conftest import NOW


def put(world: World, role: str, path: str, body: object) -> Any:
    return world.client.put(world.path + path, json=body, headers=world.headers(role))


def alert(world: World, name: str, **values: Any) -> str:
    """Store an alert as a look would, and return its id."""
    with world.services.store.write(world.community_id) as unit:
        if unit.find(Alert, name) is None:
            channel = unit.session.scalars(select(Channel.id).order_by(Channel.id)).first()
            given: dict[str, Any] = {
                "channel_id": channel, "kind": "change", "dimension": "satisfaction", "measure": "net_sentiment",
                "status": "open", "seriousness": 1.2, "week": "2026-W46", "step": "waiting", "created_at": NOW,
                "opened_at": NOW - timedelta(days=1),
                "content": {"value": -0.2, "middle": 0.2, "spread": 0.1, "windows": 20, "peak": 5.0, "level": 4.5},
            }  # fmt: skip
            unit.add(Alert(id=name, **{**given, **values}))
    return name


def test_an_alert_is_listed_shown_and_taken_once(world: World) -> None:
    name = alert(world, "alr_taken")
    listed = world.get("moderator", "/alerts", status="open", limit=200).json()["items"]
    found = next(item for item in listed if item["id"] == name)
    assert found["step"]["passage_id"] == "room-actions#2"
    assert found["sentence"].endswith("依据此前 20 天）。")
    taken = world.post("operator", f"/alerts/{name}/take", {"note": "私聊了两位"})
    assert taken.status_code == 200, taken.text
    assert (taken.json()["step"]["status"], taken.json()["step"]["note"]) == ("taken", "私聊了两位")
    assert taken.json()["effect"]["sentence"]
    assert world.post("operator", f"/alerts/{name}/take").status_code == 200, "the same again changes nothing"
    refused = world.post("operator", f"/alerts/{name}/dismiss", {"reason": "放假"})
    assert refused.status_code == 409
    assert "已经处理过" in refused.json()["detail"]
    assert world.get("operator", f"/alerts/{name}").json()["step"]["by"]


def test_held_back_ones_are_listed_apart(world: World) -> None:
    name = alert(world, "alr_held", held_back=True, status="closed", closed_at=NOW)
    ids = {item["id"] for item in world.get("operator", "/alerts", held_back="true", limit=200).json()["items"]}
    announced = {item["id"] for item in world.get("operator", "/alerts", held_back="false", limit=200).json()["items"]}
    assert name in ids
    assert name not in announced


def test_pages_hold_every_alert_once(world: World) -> None:
    for number in range(3):
        alert(world, f"alr_page_{number}")
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = world.get("operator", "/alerts", limit=2, **({"cursor": cursor} if cursor else {})).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen))
    assert {"alr_page_0", "alr_page_1", "alr_page_2"} <= set(seen)


def test_operators_say_who_takes_steps_and_how_many_are_announced(world: World) -> None:
    before = world.get("operator", "/alerts/settings").json()
    new = {"budget": 5, "takers": {"satisfaction": "小满"}, "default_taker": "运营组"}
    assert put(world, "operator", "/alerts/settings", new).json() == new
    name = alert(world, "alr_who")
    assert world.get("operator", f"/alerts/{name}").json()["step"]["who"] == "小满"
    assert put(world, "moderator", "/alerts/settings", new).status_code == 403
    assert put(world, "operator", "/alerts/settings", before).status_code == 200


@pytest.mark.parametrize(
    "body",
    [{"budget": 0}, {"budget": 21}, {"takers": {"weather": "x"}}, {"default_taker": "字" * 101}, {"loud": True},
     {"takers": {"satisfaction": "字" * 101}}],
)  # fmt: skip
def test_wrong_settings_are_refused(world: World, body: object) -> None:
    assert put(world, "operator", "/alerts/settings", body).status_code == 422


def test_wrong_input_is_refused(world: World) -> None:
    name = alert(world, "alr_wrong")
    assert world.post("operator", f"/alerts/{name}/dismiss", {}).status_code == 422
    assert world.post("operator", f"/alerts/{name}/dismiss", {"reason": ""}).status_code == 422
    assert world.post("operator", f"/alerts/{name}/take", {"note": "字" * 501}).status_code == 422
    assert world.get("operator", "/alerts", status="loud").status_code == 422
    assert world.get("operator", "/alerts", cursor="x").status_code == 400
    assert world.get("operator", "/alerts/alr_missing").status_code == 404


def test_members_see_none_and_moderators_decide_none(world: World) -> None:
    name = alert(world, "alr_denied")
    for path in ("/alerts", f"/alerts/{name}", "/alerts/settings"):
        assert world.get("member", path).status_code == 403
        assert world.get("stranger", path).status_code == 404
    assert world.post("moderator", f"/alerts/{name}/take").status_code == 403
    assert world.post("stranger", f"/alerts/{name}/take").status_code == 404


def test_members_answer_the_pulse_for_themselves(world: World) -> None:
    assert put(world, "member", "/pulse", {"score": 2}).json()["score"] == 2
    assert put(world, "member", "/pulse", {"score": 4}).json()["score"] == 4, "a later answer takes its place"
    assert world.get("member", "/pulse").json()["week"] == "2026-W47"
    assert put(world, "member", "/pulse", {"score": 6}).status_code == 422
    assert put(world, "admin", "/pulse", {"score": 3}).status_code == 403, "nobody answers for a member"
    assert put(world, "operator", "/pulse", {"score": 3}).status_code == 403


def test_weeks_and_groups_are_read(world: World) -> None:
    weeks = world.get("operator", "/atmosphere/weeks").json()
    assert 1 <= len(weeks) <= 4
    assert world.get("operator", "/atmosphere", group="nowhere").status_code == 404
    assert world.get("member", "/atmosphere/weeks").status_code == 403
