"""Each feature over HTTP as its users meet it: real data, cited evidence, nothing half-done."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from tests.api.conftest import World


def finished(world: World, job_id: str) -> dict[str, Any]:
    for _ in range(600):
        job = world.get("operator", f"/jobs/{job_id}").json()
        if job["status"] in {"done", "failed", "cancelled"}:
            return dict(job)
        time.sleep(0.05)
    raise AssertionError("the job did not end")


def upload(
    world: World, role: str, name: str, content: bytes, options: dict[str, object] | None = None, **headers: str
) -> Any:
    return world.client.post(
        world.path + "/imports",
        files={"file": (name, content)},
        data={"options": json.dumps(options or {})},
        headers={**world.headers(role), **headers},
    )


def texts_of(world: World, member_id: str) -> dict[str, str]:
    return {text["id"]: text["text"] for text in world.get("admin", f"/members/{member_id}").json()["texts"]}


@pytest.mark.slow
def test_match_reasons_quote_both_profiles_exactly(world: World) -> None:
    found = world.matched()
    for item in found["items"]:
        known = {**texts_of(world, found["member_id"]), **texts_of(world, item["target_id"])}
        assert item["target_id"] != found["member_id"]
        assert all(0 <= value <= 1 for value in item["components"].values())
        for reason in item["reasons"]:
            for evidence in reason["evidence"]:
                if evidence["record_id"].startswith("txt_"):
                    assert evidence["quote"] in known[evidence["record_id"]]
                    assert evidence["quote"] in reason["text"]


def test_resources_are_matched_and_never_ones_own(world: World) -> None:
    found = world.get("operator", f"/members/{world.member_id}/matches", kind="resource", n=10).json()
    owners = {r["id"]: r["owner_id"] for r in world.get("operator", "/resources", limit=200).json()["items"]}
    assert all(owners[item["target_id"]] != world.member_id for item in found["items"])


def test_a_plan_is_stored_with_its_checks_and_exports_as_markdown(world: World) -> None:
    answer = world.post("operator", "/event-plans", {"brief": "下周六深圳60人AI路演沙龙，预算2万，两小时"})
    plan = answer.json()
    assert answer.status_code == 201, answer.text
    assert (plan["drafted_by"], plan["degraded"]) == ("playbook", None)
    content = plan["content"]
    assert sum(segment["minutes"] for segment in content["agenda"]) == 120
    assert sum(line["total_cents"] for line in content["budget"]["lines"]) <= 2_000_000
    assert all(check["passed"] for check in plan["checks"])
    assert "预算：20,000 元（原文“2万”）" in [item["sentence"] for item in plan["understood"]]
    assert world.get("operator", f"/event-plans/{plan['id']}").json() == plan
    assert plan["id"] in {item["id"] for item in world.get("operator", "/event-plans").json()["items"]}
    page = world.get("operator", f"/event-plans/{plan['id']}/markdown")
    assert page.headers["content-type"].startswith("text/markdown")
    assert content["title"] in page.text


def test_a_brief_that_cannot_be_planned_is_told_why(world: World) -> None:
    answer = world.post("operator", "/event-plans", {"brief": "下周六深圳线下路演沙龙，两小时，300人，预算100元"})
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_input"


def events_of(text: str) -> list[tuple[str, Any]]:
    blocks = [block.splitlines() for block in text.strip().split("\n\n")]
    return [(lines[0].removeprefix("event: "), json.loads(lines[1].removeprefix("data: "))) for lines in blocks]


def test_a_streamed_plan_tells_its_stages_and_ends_with_the_plan(world: World) -> None:
    answer = world.post("operator", "/event-plans/stream", {"brief": "下周四晚8点线上分享，60分钟，80人"})
    events = events_of(answer.text)
    assert answer.headers["content-type"].startswith("text/event-stream")
    stages = [data["stage"] for name, data in events if name == "progress"]
    assert stages[0] == "started"
    assert {"understood", "snapshot", "drafting"} <= set(stages)
    name, last = events[-1]
    assert name == "message_end"
    assert last["plan"]["content"]["agenda"]
    assert "日期：2026-11-26 周四（原文“下周四”）" in [item["sentence"] for item in last["plan"]["understood"]]
    stopped = world.post("operator", f"/drafts/{events[0][1]['draft_id']}/stop")
    assert stopped.status_code == 404, "a draft that has ended cannot be stopped"


def test_a_streamed_plan_that_fails_ends_with_a_problem(world: World) -> None:
    answer = world.post(
        "operator", "/event-plans/stream", {"brief": "下周六深圳线下路演沙龙，两小时，300人，预算100元"}
    )
    name, problem = events_of(answer.text)[-1]
    assert (name, problem["code"], problem["status"]) == ("error", "invalid_input", 422)


def test_topics_cite_the_member_and_a_question(world: World) -> None:
    for item in world.get("operator", "/topics/reluctant", n=20).json():
        found = world.post("operator", f"/members/{item['member_id']}/topics", {"n": 2}).json()
        for topic in found["topics"]:
            demand = topic["demand"]
            assert demand["question_id"].startswith("txt_" if demand["kind"] == "gap" else "msg_")
            assert topic["evidence"]
            assert topic["message"]
        if found["topics"]:
            return
        assert found["note"]["sentence"]
    pytest.fail("nobody in the sample got a topic")


@pytest.mark.slow
def test_suggested_topics_are_listed_and_read_back_by_whom_they_concern(world: World) -> None:
    made: dict[str, dict[str, Any]] = {}
    for item in world.get("operator", "/topics/reluctant", n=20).json():
        for topic in world.post("operator", f"/members/{item['member_id']}/topics", {"n": 1}).json()["topics"]:
            made[item["member_id"]] = topic
        if len(made) == 2:
            break
    listed = world.get("operator", "/topics", limit=200).json()["items"]
    assert {topic["id"] for topic in made.values()} <= {item["topic"]["id"] for item in listed}
    one, two = made
    own = world.get("operator", "/topics", member_id=one).json()["items"]
    assert {item["member_id"] for item in own} == {one}
    stored = next(item for item in own if item["topic"]["id"] == made[one]["id"])
    assert stored["topic"] == made[one]
    assert world.get("operator", f"/topics/{made[one]['id']}").json() == stored
    key = world.post("admin", "/keys", {"name": "m", "role": "member", "member_id": one}).json()["secret"]
    for member_id, status in ((one, 200), (two, 404)):
        path = f"{world.path}/topics/{made[member_id]['id']}"
        assert world.client.get(path, headers={"Authorization": f"Bearer {key}"}).status_code == status
    assert world.get("operator", "/topics/top_none").status_code == 404
    assert world.get("operator", "/topics", member_id="mem_none").status_code == 404
    assert world.get("moderator", f"/topics/{made[one]['id']}").status_code == 403


def test_the_room_is_read_with_n_or_not_at_all(world: World) -> None:
    reading = world.get("moderator", "/atmosphere", channel="main").json()
    assert reading["no_reading"] is None
    assert reading["sentiment"]["negative"]["n"] > 30
    assert len(reading["dimensions"]) == 5
    thin = world.get(
        "moderator", "/atmosphere", channel="main", start="2026-10-19T00:00:00+08:00", end="2026-10-19T00:30:00+08:00"
    ).json()
    assert thin["no_reading"]["sentence"]
    assert world.get("moderator", "/atmosphere", channel="nope").status_code == 404
    assert world.get("moderator", "/atmosphere", start="2026-10-19T00:00:00").status_code == 422
    backwards = world.get("moderator", "/atmosphere", start="2026-11-02T00:00:00Z", end="2026-11-01T00:00:00Z")
    assert backwards.status_code == 422


def test_a_case_is_claimed_decided_and_undone(world: World) -> None:
    cases = world.get("moderator", "/cases", status="open").json()["items"]
    assert cases
    case = cases[0]
    detail = world.get("moderator", f"/cases/{case['id']}").json()
    line = next(item for item in detail["lines"] if item["message_id"] == case["message_id"])
    assert line["text"][case["evidence_start"] : case["evidence_end"]] == case["quote"]
    assert world.post("moderator", f"/cases/{case['id']}/claim").json()["status"] == "claimed"
    assert world.post("admin", f"/cases/{case['id']}/claim").status_code == 409
    body = {"verdict": "violation", "action": "hide", "reason": "广告"}
    assert (
        world.post("moderator", f"/cases/{case['id']}/decide", {"verdict": "violation", "action": "hide"}).status_code
        == 422
    )
    decided = world.post("moderator", f"/cases/{case['id']}/decide", body).json()
    assert decided["effects"]
    undone = world.post("moderator", f"/cases/{case['id']}/undo", {"reason": "误判"}).json()
    assert undone["status"] == "open"
    actions = [entry["action"] for entry in world.get("admin", "/audit", limit=200).json()["items"]]
    assert {"case.decided", "case.undone"} <= set(actions) or any("undo" in action for action in actions)


CHAT = "\n".join(
    json.dumps(line, ensure_ascii=False)
    for line in [
        {
            "_type": "header",
            "chatlab": {"version": "0.0.2", "exportedAt": 1},
            "meta": {"name": "新群", "platform": "wechat", "type": "group", "groupId": "new"},
        },
        *(
            {
                "_type": "message",
                "platformMessageId": f"x{n}",
                "sender": "M001",
                "timestamp": 1_794_000_000 + n * 60,
                "type": 0,
                "content": f"今天的第{n}条消息",
            }
            for n in range(12)
        ),
    ]
).encode()


def test_an_upload_is_a_job_that_can_be_watched_and_replayed(world: World) -> None:
    first = upload(world, "operator", "chat.jsonl", CHAT, **{"Idempotency-Key": "up1"})
    assert first.status_code == 202, first.text
    again = upload(world, "operator", "chat.jsonl", CHAT, **{"Idempotency-Key": "up1"})
    other = upload(world, "operator", "chat.jsonl", CHAT + b"\n", **{"Idempotency-Key": "up1"})
    assert again.json()["id"] == first.json()["id"]
    assert other.status_code == 422
    assert first.headers["location"].endswith(f"/jobs/{first.json()['id']}")
    job = finished(world, first.json()["id"])
    assert job["result"]["import"]["counts"]["messages"]["inserted"] == 12
    assert job["result"]["read"]["messages"] >= 12
    assert not list(world.services.settings.uploads_dir.iterdir()), "uploads are dropped when their job has ended"


@pytest.mark.slow
def test_a_dry_run_writes_nothing(world: World) -> None:
    before = len(world.get("operator", "/members", limit=200).json()["items"])
    content = "external_id,name,city\nZ1,新人,深圳\n,没有编号的人,\n".encode()
    job = finished(
        world, upload(world, "operator", "m.csv", content, {"dry_run": True, "kind": "members"}).json()["id"]
    )
    report = job["result"]["import"]
    assert report["dry_run"]
    assert report["counts"]["members"]["inserted"] == 1
    assert report["errors"][0]["line"] == 3
    assert len(world.get("operator", "/members", limit=200).json()["items"]) == before


@pytest.mark.parametrize("options", ["not json", '{"typo": 1}', "[" * 5000, '{"kind": "spaceships"}'])
def test_wrong_import_options_are_refused_at_once(world: World, options: str) -> None:
    answer = world.client.post(
        world.path + "/imports",
        files={"file": ("a.csv", b"a")},
        data={"options": options},
        headers=world.headers("operator"),
    )
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_input"


@pytest.mark.slow
def test_a_member_changes_consent_exports_and_is_erased(world: World) -> None:
    content = "external_id,name,city,has,wants,consent_match\nE1,临时成员甲,深圳,会修老式留声机的机芯和喇叭,想找会木工的朋友做外壳,yes\n".encode()
    finished(world, upload(world, "operator", "m.csv", content, {"kind": "members"}).json()["id"])
    member = world.get("operator", "/members", q="临时成员甲").json()["items"][0]
    key = world.post("admin", "/keys", {"name": "m", "role": "member", "member_id": member["id"]}).json()
    own = {"Authorization": f"Bearer {key['secret']}"}
    base = f"{world.path}/members/{member['id']}"
    exported = world.client.get(base + "/export", headers=own).json()["records"]
    assert exported["member"][0]["name"] == "临时成员甲"
    # A vector of each sentence, and one of the whole profile.
    assert len(exported["profile_text"]) == 2
    assert len(exported["vector_row"]) == 3
    changed = world.client.patch(base + "/consent", json={"consent_ai": False}, headers=own)
    assert changed.json()["consent_ai"] is False
    assert world.client.get(base + "/export", headers=own).json()["records"]["vector_row"] == []
    proof = world.client.delete(base, headers=own).json()
    assert proof["counts"]["profile_text"] == 2
    assert proof["index_confirmed_at"]
    assert world.get("admin", f"/members/{member['id']}").status_code == 404
    assert world.client.get(base, headers=own).status_code == 401, "the member's key went with the member"
    again = finished(world, upload(world, "operator", "m.csv", content, {"kind": "members"}).json()["id"])
    assert again["result"]["import"]["skipped"] == {"erased": 1}
