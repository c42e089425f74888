"""Claims and corrections over HTTP."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from tests.api.conftest import World


@pytest.fixture
def correction(world: World) -> Iterator[dict[str, object]]:
    """A correction about something no other test speaks of; it is withdrawn afterwards."""
    name = uuid.uuid4().hex[:6]
    body = {"text": f"园区班车 {name} 票价 8 元", "source": "园区公告", "expires_at": "2027-06-01T00:00:00+08:00"}
    made = world.post("moderator", "/corrections", body)
    assert made.status_code == 201, made.text
    yield {**made.json(), "name": name}
    world.client.delete(f"{world.path}/corrections/{made.json()['id']}", headers=world.headers("moderator"))


def test_a_text_is_held_against_the_records(world: World, correction: dict[str, object]) -> None:
    text = f"园区班车 {correction['name']} 票价 12 元"
    found = world.post("moderator", "/claims/check", {"text": text}).json()
    [claim] = found["claims"]
    assert (claim["outcome"], claim["source_kind"], claim["source_id"]) == (
        "contradicted",
        "correction",
        correction["id"],
    )
    assert claim["claim"] == text[claim["start"] : claim["end"]]
    assert claim["source_quote"] == correction["text"]
    assert world.post("operator", "/claims/check", {"text": "哈哈好的"}).json()["claims"] == []


def test_a_correction_is_listed_changed_and_withdrawn(world: World, correction: dict[str, object]) -> None:
    path, headers = f"{world.path}/corrections/{correction['id']}", world.headers("moderator")
    assert world.get("operator", f"/corrections/{correction['id']}").json()["is_in_force"] is True
    listed = world.get("moderator", "/corrections", in_force=True, limit=200).json()["items"]
    assert correction["id"] in [row["id"] for row in listed]
    changed = world.client.patch(path, json={"source": "公告第二版"}, headers=headers).json()
    assert changed["source"] == "公告第二版"
    assert world.client.patch(path, json={}, headers=headers).status_code == 422
    gone = world.client.delete(path, headers=headers).json()
    assert gone["is_in_force"] is False
    assert world.client.patch(path, json={"source": "x"}, headers=headers).status_code == 409
    text = f"园区班车 {correction['name']} 票价 12 元"
    assert world.post("moderator", "/claims/check", {"text": text}).json()["claims"][0]["outcome"] == "cannot_tell"


@pytest.mark.parametrize("role", ["member", "stranger"])
def test_others_are_turned_away(world: World, correction: dict[str, object], role: str) -> None:
    expected = 403 if role == "member" else 404
    assert world.post(role, "/claims/check", {"text": "x"}).status_code == expected
    assert world.post(role, "/corrections", {"text": "x", "source": "y"}).status_code == expected
    assert world.get(role, f"/corrections/{correction['id']}").status_code == expected


def test_operators_read_and_moderators_write(world: World) -> None:
    assert world.post("operator", "/corrections", {"text": "x", "source": "y"}).status_code == 403


def test_nonsense_is_refused(world: World) -> None:
    for body in (
        {"text": ""},
        {"text": "x" * 2_001},
        {},
        {"text": "x", "said_at": "2026-01-01T00:00:00"},
        {"text": "x", "y": 1},
    ):
        assert world.post("moderator", "/claims/check", body).status_code == 422, body
    for body in (
        {"text": "x"},
        {"text": "x", "source": ""},
        {"text": "x", "source": "y", "expires_at": "2020-01-01T00:00:00Z"},
    ):
        assert world.post("moderator", "/corrections", body).status_code == 422, body
    assert world.get("moderator", "/corrections/cor_none").status_code == 404
