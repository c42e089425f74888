"""Cuts, back-tests and audits over HTTP: happy, invalid, denied, another community."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from copilot.community.models import Category
from copilot.community.tables import AuditSample, Message
from tests.api.conftest import World
from tests.conftest import NOW


def put(world: World, role: str, path: str, body: object) -> Any:
    return world.client.put(world.path + path, json=body, headers=world.headers(role))


def backtest(world: World, candidate: dict[str, Any], **more: Any) -> Any:
    body = {"category": "insult", "candidate": candidate, "messages": 50, **more}
    return world.post("operator", "/backtests", body)


def test_a_cut_is_set_with_a_reason_seen_and_taken_back(world: World) -> None:
    made = put(world, "operator", "/moderation/thresholds/sexual", {"cut": 0.7, "reason": "误报多"})
    assert made.status_code == 200, made.text
    rules = {rule["category"]: rule for rule in world.get("moderator", "/moderation/thresholds").json()}
    assert (rules["sexual"]["cut"], rules["sexual"]["reason"]) == (0.7, "误报多")
    assert set(rules) == {category.value for category in Category}
    back = world.post("operator", "/moderation/thresholds/sexual/reset", {"reason": "漏得多"})
    assert back.json()["cut"] is None
    history = world.get("moderator", "/moderation/thresholds/sexual/history").json()["items"]
    assert [row["reason"] for row in history][:2] == ["漏得多", "误报多"]
    again = world.post("operator", "/moderation/thresholds/sexual/reset", {"reason": "漏得多"})
    assert again.status_code == 409
    assert "出厂设置" in again.json()["detail"]


def test_a_proposal_says_when_decisions_are_too_few(world: World) -> None:
    found = world.get("moderator", "/moderation/thresholds/spam/proposal", precision=0.9).json()
    assert found["cut"] is None
    assert "要 35 件" in found["sentence"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/moderation/thresholds/sexual", {"cut": 3, "reason": "x"}),
        ("/moderation/thresholds/sexual", {"cut": 0.5}),
        ("/moderation/thresholds/sexual", {"reason": "x"}),
        ("/moderation/thresholds/weather", {"cut": 0.5, "reason": "x"}),
    ],
)
def test_what_makes_no_sense_is_refused(world: World, path: str, body: object) -> None:
    assert put(world, "operator", path, body).status_code == 422


def test_moderators_see_and_operators_set(world: World) -> None:
    body = {"cut": 0.7, "reason": "x"}
    assert put(world, "moderator", "/moderation/thresholds/insult", body).status_code == 403
    assert world.get("member", "/moderation/thresholds").status_code == 403
    assert world.post("moderator", "/backtests", {}).status_code in {403, 422}
    assert world.get("operator", "/moderation/audit-messages").status_code == 403, "operators do not decide"
    assert world.get("moderator", "/moderation/precision").status_code == 200
    assert world.get("moderator", "/moderation/precision", days=0).status_code == 422


def test_a_pattern_is_tried_by_a_job_and_shown_with_words_to_look_at(world: World) -> None:
    made = backtest(world, {"kind": "pattern", "pattern": "老师|谢谢"}, messages=200)
    assert made.status_code == 202, made.text
    job = world.jobs.wait(world.community_id, made.json()["job_id"])
    assert (job.status, job.done) == ("done", job.total)
    found = world.get("moderator", f"/backtests/{made.json()['id']}").json()
    result = found["result"]
    assert result["newly_flagged_unlabelled"] > 0
    assert result["candidate"]["cases_per_1000"] > result["in_force"]["cases_per_1000"]
    assert result["candidate"]["cpu_ms_per_1000"] > 0
    shown = {row["message_id"]: row["text"] for row in found["excerpts"]}
    assert set(result["confusions"]["unlabelled"]) <= set(shown)
    listed = world.get("moderator", "/backtests").json()["items"]
    assert all(row["excerpts"] == [] for row in listed)


@pytest.mark.parametrize(
    "candidate",
    [
        {"kind": "threshold", "cut": 0.9},
        {"kind": "detector", "name": "room-model"},
        {"kind": "pattern", "pattern": "滚", "beside": False},
    ],
)
def test_cuts_and_detectors_are_tried(world: World, candidate: dict[str, Any]) -> None:
    made = backtest(world, candidate).json()
    assert world.jobs.wait(world.community_id, made["job_id"]).status == "done"
    assert world.get("moderator", f"/backtests/{made['id']}").json()["result"]["messages"] > 0


@pytest.mark.parametrize(
    "candidate",
    [
        {"kind": "pattern", "pattern": "(a+)+b"},
        {"kind": "detector", "name": "crystal-ball"},
        {"kind": "model", "name": "../etc"},
        {"kind": "model", "name": "nowhere"},
        {"kind": "threshold", "cut": 7},
        {"kind": "magic"},
    ],
)
def test_what_cannot_be_tried_is_refused_before_any_job(world: World, candidate: dict[str, Any]) -> None:
    before = len(world.get("operator", "/backtests", limit=200).json()["items"])
    refused = backtest(world, candidate)
    assert refused.status_code == 422, refused.text
    assert len(world.get("operator", "/backtests", limit=200).json()["items"]) == before


def test_another_community_sees_no_backtest(world: World) -> None:
    made = backtest(world, {"kind": "threshold", "cut": 0.9}).json()
    other = world.client.get(f"/api/v1/communities/other/backtests/{made['id']}", headers=world.headers("stranger"))
    assert other.status_code == 404


def test_a_message_drawn_by_chance_is_looked_at_once_and_a_violation_opens_a_case(world: World) -> None:
    with world.services.store.write(world.community_id) as unit:
        taken = select(AuditSample.message_id)
        ids = unit.session.scalars(
            select(Message.id).where(Message.id.not_in(taken)).order_by(Message.id).limit(2)
        ).all()
        for message_id in ids:
            unit.add(
                AuditSample(id=f"smp_{message_id}", message_id=message_id, week="2026-11-02", eligible=50, drawn_at=NOW)
            )
    first, second = (f"/moderation/audit-messages/smp_{message_id}/look" for message_id in ids)
    assert world.post("moderator", first, {"verdict": "violation"}).status_code == 422, "which category?"
    seen = world.post("moderator", first, {"verdict": "violation", "category": "privacy"}).json()
    case = world.get("moderator", f"/cases/{seen['case_id']}").json()
    assert any(item["found_by"] == "audit" for item in case["items"])
    assert world.post("moderator", first, {"verdict": "clean"}).status_code == 409
    assert world.post("moderator", second, {"verdict": "clean"}).json()["case_id"] is None
    recall = world.get("moderator", "/moderation/recall").json()
    assert recall["recall"] is None
    assert "要 30 条" in recall["sentence"]
    assert world.post("moderator", "/moderation/audit-messages/nothing/look", {"verdict": "clean"}).status_code == 404


def test_metrics_show_the_precision_of_detectors(world: World) -> None:
    assert "copilot_detector_precision" in world.client.get("/metrics").text
