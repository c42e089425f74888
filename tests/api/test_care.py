"""Care over HTTP: a key of its own, a queue, an entry, and what members may do about their own."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from copilot.care.intake import CareIntake
from copilot.community.access import create_key
from copilot.community.distress import DistressKind, DistressSign
from copilot.community.models import Role
from copilot.community.tables import Message
from tests.api.conftest import World
from tests.conftest import NOW

WORDS = "撑不住了，不想活了"


@pytest.fixture
def entry(world: World) -> str:
    """Let the member of the member key call for help and return the entry's id; keys `care` and `care2` are made."""
    with world.services.store.write(world.community_id) as unit:
        for name in ("care", "care2"):
            if name not in world.keys:
                world.keys[name] = create_key(unit, name, Role.CARE).secret
        message_id = f"msg_{uuid.uuid4().hex[:12]}"
        channel_id = unit.session.query(Message.channel_id).first()[0]
        message = unit.add(
            Message(
                id=message_id, channel_id=channel_id, external_id=message_id, sender_id=world.member_id, text=WORDS,
                sent_at=NOW - timedelta(days=30), mentions=[],
            )
        )  # fmt: skip
        unit.session.flush()
        sign = DistressSign(DistressKind.SELF_HARM, 0.0, "test")
        CareIntake().take(unit, {message_id: message}, {message_id: sign})
    return next(row["id"] for row in world.get("member", own(world)).json() if row["message_id"] == message_id)


def own(world: World) -> str:
    return f"/members/{world.member_id}/care"


def test_an_entry_is_listed_shown_taken_noted_and_closed(world: World, entry: str) -> None:
    listed = world.get("care", "/care", status="new", limit=200).json()["items"]
    assert entry in [row["id"] for row in listed]
    assert WORDS not in str(listed)
    shown = world.get("care", f"/care/{entry}").json()
    assert shown["text"] == WORDS
    assert next(line["reach"] for line in shown["helplines"]) == "12356"
    assert world.post("care2", f"/care/{entry}/status", {"status": "contacted"}).status_code == 409
    assert world.post("care", f"/care/{entry}/take").json()["status"] == "looked_at"
    assert world.post("care2", f"/care/{entry}/take").status_code == 409
    people = {row["name"]: row["key_id"] for row in world.get("care", "/care/people").json()}
    assert world.post("care", f"/care/{entry}/hand-over", {"to": people["care2"]}).json()["held_by_name"] == "care2"
    assert world.post("care2", f"/care/{entry}/notes", {"text": "聊过了"}).status_code == 201
    assert world.post("care2", f"/care/{entry}/status", {"status": "closed"}).json()["status"] == "closed"
    looked = [row for row in world.get("admin", "/audit", limit=50).json()["items"] if row["subject_id"] == entry]
    assert "care.looked_at" in [row["action"] for row in looked]
    assert "聊过了" not in str(looked)
    assert WORDS not in str(looked)


@pytest.mark.parametrize("role", ["admin", "operator", "moderator", "member"])
def test_other_keys_are_turned_away(world: World, entry: str, role: str) -> None:
    for path in ("/care", "/care/people", f"/care/{entry}"):
        answer = world.get(role, path)
        assert (answer.status_code, answer.json()["code"]) == (403, "denied")
    for action, body in (
        ("take", None),
        ("hand-over", {"to": "k"}),
        ("status", {"status": "closed"}),
        ("notes", {"text": "x"}),
    ):
        assert world.post(role, f"/care/{entry}/{action}", body).status_code == 403


@pytest.mark.parametrize("role", ["admin", "care"])
def test_only_the_member_is_told_what_is_kept_about_them(world: World, entry: str, role: str) -> None:
    assert world.get(role, own(world)).status_code == 403
    headers = world.headers(role)
    assert world.client.delete(f"{world.path}{own(world)}/{entry}", headers=headers).status_code == 403


def test_a_member_deletes_an_entry(world: World, entry: str) -> None:
    headers = world.headers("member")
    assert world.client.delete(f"{world.path}{own(world)}/{entry}", headers=headers).status_code == 204
    assert world.client.delete(f"{world.path}{own(world)}/{entry}", headers=headers).status_code == 404
    assert world.get("care", f"/care/{entry}").status_code == 404
    assert entry not in [row["id"] for row in world.get("member", own(world)).json()]


def test_nonsense_is_refused(world: World, entry: str) -> None:
    for path in ("/care?status=lost", "/care?kind=sad", "/care?limit=0"):
        assert world.get("care", path).status_code == 422, path
    assert world.get("care", "/care?cursor=%3F").status_code == 400
    assert world.post("care", f"/care/{entry}/status", {"status": "new"}).status_code == 422
    assert world.post("care", f"/care/{entry}/notes", {"text": ""}).status_code == 422
    assert world.post("care", f"/care/{entry}/hand-over", {"to": "nobody"}).status_code == 409


def test_a_stranger_finds_nothing(world: World, entry: str) -> None:
    assert world.get("stranger", f"/care/{entry}").status_code == 404


def test_its_message_is_shown_to_nobody_by_its_id(world: World, entry: str) -> None:
    message_id = next(row["message_id"] for row in world.get("member", own(world)).json() if row["id"] == entry)
    shown = world.get("admin", f"/messages/{message_id}").json()
    assert shown["message"]["withheld"] == "private"
    assert WORDS not in str(shown)
