"""The policy over HTTP: what everybody who moderates reads, and operators change."""

from __future__ import annotations

import json

import pytest

from tests.api.conftest import World

WORDS = {"title_en": "No spam", "text_en": "One\r\nadvert a week.", "categories": ["spam"]}


def test_a_clause_is_added_changed_and_taken_out_and_the_log_keeps_what_was(world: World) -> None:
    before = world.get("moderator", "/moderation/policy").json()["clauses"]
    path = f"{world.path}/moderation/policy/X1"
    for title in ("No spam", "Less spam"):
        answer = world.client.put(path, json={**WORDS, "title_en": title}, headers=world.headers("operator"))
        assert answer.status_code == 200
        assert answer.json() == {
            "id": "X1", "title_zh": "", "title_en": title, "text_zh": "", "text_en": "One\nadvert a week.",
            "categories": ["spam"],
        }  # fmt: skip
        assert world.get("moderator", "/moderation/policy").json()["clauses"] == [*before, answer.json()]
    removed = world.client.delete(path, headers=world.headers("operator"))
    assert removed.json()["title_en"] == "Less spam"
    assert world.client.delete(path, headers=world.headers("operator")).status_code == 404
    assert world.get("moderator", "/moderation/policy").json()["clauses"] == before
    entries = [one for one in world.get("admin", "/audit").json()["items"] if one["subject_id"] == "X1"]
    assert [(one["action"], (one["data"]["before"] or {}).get("title_en")) for one in entries] == [
        ("policy.clause_removed", "Less spam"), ("policy.clause_saved", "No spam"), ("policy.clause_saved", None),
    ]  # fmt: skip


@pytest.mark.parametrize(("role", "status"), [("member", 403), ("moderator", 403), ("stranger", 404)])
def test_who_does_not_set_the_terms_does_not_write_the_policy(world: World, role: str, status: int) -> None:
    path = f"{world.path}/moderation/policy/X2"
    assert world.client.put(path, json=WORDS, headers=world.headers(role)).status_code == status
    assert world.client.delete(path, headers=world.headers(role)).status_code == status
    assert world.get(role, "/moderation/policy").status_code == (200 if role == "moderator" else status)


@pytest.mark.parametrize(
    ("clause_id", "body"),
    [
        ("X3", {}), ("X3", {"title_en": "\u0000 \ud800"}), ("X3", {"title_en": "x" * 101}), ("X3", {**WORDS, "id": "X4"}),
        ("X3", {**WORDS, "categories": ["nonsense"]}), ("X3", {**WORDS, "text_zh": "x" * 2001}), ("x" * 21, WORDS),
        ("no%20id", WORDS),
    ],
)  # fmt: skip
def test_what_is_no_clause_is_refused_by_its_field(world: World, clause_id: str, body: dict[str, object]) -> None:
    path = f"{world.path}/moderation/policy/{clause_id}"
    answer = world.client.put(path, content=json.dumps(body), headers=world.headers("operator"))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
