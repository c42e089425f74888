"""Messages over HTTP: single and in lines, once each, wrong ones by themselves, and read afterwards."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from copilot.community.tables import Message, StaleMark
from tests.api.conftest import World

AT = "2026-11-15T10:00:00+08:00"


def message(number: int, **more: object) -> dict[str, Any]:
    given = {"channel": "bridge", "id": f"b-{number}", "sent_at": AT, "sender": "M014", "text": f"第{number}条"}
    return {**given, **more}


def send(world: World, body: str, role: str = "operator", kind: str = "application/x-ndjson") -> Any:
    headers = {**world.headers(role), "Content-Type": kind}
    return world.client.post(world.path + "/messages", content=body.encode(), headers=headers)


def lines(*given: object) -> str:
    return "\n".join(item if isinstance(item, str) else json.dumps(item) for item in given) + "\n"


def stored(world: World, message_id: str) -> Message:
    with world.services.store.read(world.community_id) as unit:
        return unit.get(Message, message_id)


def test_a_message_is_stored_once_marked_for_reading_and_updated_when_it_changed(world: World) -> None:
    first = world.post("operator", "/messages", message(1))
    assert first.status_code == 202, first.text
    [result] = first.json()["results"]
    assert result["outcome"] == "stored"
    with world.services.store.read(world.community_id) as unit:
        marks = select(StaleMark).where(StaleMark.purpose == "reading", StaleMark.record_id == result["message_id"])
        assert unit.session.scalar(marks) is not None
    assert world.post("operator", "/messages", message(1)).json()["counts"] == {"unchanged": 1}
    assert world.post("operator", "/messages", message(1, text="改了")).json()["counts"] == {"updated": 1}
    row = stored(world, result["message_id"])
    assert (row.text, row.sender_id, row.sent_at.isoformat()) == ("改了", world.member_id, "2026-11-15T02:00:00+00:00")
    assert world.post("operator", "/messages", message(1, recalled=True)).json()["counts"] == {"recalled": 1}
    assert stored(world, result["message_id"]).text == ""
    # What was taken back does not come back.
    world.post("operator", "/messages", message(1))
    assert stored(world, result["message_id"]).text == ""


def test_each_line_has_a_result_and_wrong_ones_harm_no_other(world: World) -> None:
    body = lines(
        message(10), "oops", message(11, sent_at="2026-11-15T10:00:00"), message(12, reply_to="b-10"), message(10),
        "", message(13, text="x" * 10_001), message(14, extra=1), message(15, sent_at="2036-01-01T00:00:00Z"), "[]",
    )  # fmt: skip
    answer = send(world, body)
    assert answer.status_code == 202, answer.text
    report = answer.json()
    told = {row["line"]: (row["outcome"], row["field"]) for row in report["results"]}
    assert told == {
        1: ("stored", ""), 2: ("refused", ""), 3: ("refused", "sent_at"), 4: ("stored", ""), 5: ("duplicate", ""),
        7: ("refused", "text"), 8: ("refused", "extra"), 9: ("refused", "sent_at"), 10: ("refused", ""),
    }  # fmt: skip
    assert report["received"] == 9
    assert report["counts"] == {"stored": 2, "refused": 6, "duplicate": 1}
    ids = {row["line"]: row["message_id"] for row in report["results"]}
    assert stored(world, ids[4]).reply_to_id == ids[1]
    again = send(world, body).json()["counts"]
    assert again == {"unchanged": 2, "refused": 6, "duplicate": 1}


def test_a_batch_of_a_thousand_is_taken_and_one_more_is_not(world: World) -> None:
    many = [message(1000 + number, text="字" * 300) for number in range(1000)]
    body = "\n".join(json.dumps(item, ensure_ascii=False) for item in many)
    assert len(body.encode()) > world.services.settings.api.max_json_bytes
    assert send(world, body).json()["counts"] == {"stored": 1000}
    assert send(world, body + "\n" + json.dumps(message(1))).status_code == 413
    assert send(world, "x" * 2_000_001).status_code == 413
    assert send(world, "\n\n").status_code == 422


def test_a_single_wrong_message_is_refused_with_its_field(world: World) -> None:
    for wrong, field in ((message(2, sent_at="soon"), "sent_at"), (message(2, type=-1), "type"), ({}, "channel")):
        answer = world.post("operator", "/messages", wrong)
        assert answer.status_code == 422
        assert field in answer.text
    assert send(world, "{", kind="application/json").status_code == 422


def test_an_idempotency_key_replays_the_answer(world: World) -> None:
    headers = {"Idempotency-Key": "bridge-77"}
    first = world.post("operator", "/messages", message(77), **headers)
    again = world.post("operator", "/messages", message(77), **headers)
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"


def test_who_may_not_import_may_not_send(world: World) -> None:
    assert world.post("member", "/messages", message(3)).status_code == 403
    assert world.post("moderator", "/messages", message(3)).status_code == 403
    assert world.post("stranger", "/messages", message(3)).status_code == 404
    assert world.client.post(world.path + "/messages", json=message(3)).status_code == 401
