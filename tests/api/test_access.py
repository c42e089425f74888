"""Who may do what: every route, every role."""

from __future__ import annotations

import pytest

from tests.api.conftest import World

READS = {
    "/me": {"operator", "moderator", "member", "admin"},
    "/members": {"operator", "moderator", "admin"},
    "/resources": {"operator", "moderator", "member", "admin"},
    "/resource-classes": {"operator", "moderator", "member", "admin"},
    "/loans": {"operator", "member", "admin"},
    "/members/{own}/loans": {"operator", "member", "admin"},
    "/members/{other}/loans": {"operator", "admin"},
    "/channels": {"operator", "moderator", "admin"},
    "/members/{own}": {"operator", "moderator", "member", "admin"},
    "/members/{other}": {"operator", "moderator", "admin"},
    "/members/{own}/matches": {"operator", "member", "admin"},
    "/members/{other}/matches": {"operator", "admin"},
    "/members/{own}/export": {"member", "admin"},
    "/members/{other}/export": {"admin"},
    "/members/{own}/matches/{other}/explanation": {"operator", "admin"},
    "/matches": {"operator", "admin"},
    "/newcomers": {"operator", "admin"},
    "/members/{own}/welcome": {"operator", "admin"},
    "/search/people?q=ERP": {"operator", "admin"},
    "/members/{own}/introductions": {"operator", "member", "admin"},
    "/members/{other}/introductions": {"operator", "admin"},
    "/introductions": {"operator", "admin"},
    "/members/{own}/contacts": {"member"},
    "/members/{own}/aspect-proposals": {"operator", "member", "admin"},
    "/members/{other}/aspect-proposals": {"operator", "admin"},
    "/members/{own}/consent-sources": {"operator", "member", "admin"},
    "/members/{other}/consent-sources": {"operator", "admin"},
    "/match-weights": {"operator", "admin"},
    "/match-outcomes": {"operator", "admin"},
    "/event-plans": {"operator", "admin"},
    "/topics/reluctant": {"operator", "admin"},
    "/topics/demand": {"operator", "admin"},
    "/outreach": {"operator", "admin"},
    "/outreach/learned": {"operator", "admin"},
    "/members/{own}/outreach": {"operator", "member", "admin"},
    "/members/{other}/outreach": {"operator", "admin"},
    "/topics": {"operator", "admin"},
    "/rounds": {"operator", "admin"},
    "/rotations": {"operator", "admin"},
    "/members/{own}/rounds": {"operator", "member", "admin"},
    "/members/{other}/rounds": {"operator", "admin"},
    "/topics?member_id={own}": {"operator", "member", "admin"},
    "/topics?member_id={other}": {"operator", "admin"},
    "/atmosphere": {"operator", "moderator", "admin"},
    "/atmosphere/days": {"operator", "moderator", "admin"},
    "/atmosphere/reply-pairs": {"operator", "moderator", "admin"},
    "/cases": {"operator", "moderator", "admin"},
    "/reports": {"member"},
    "/jobs": {"operator", "moderator", "admin"},
    "/usage": {"operator", "admin"},
    "/usage/summary": {"operator", "admin"},
    "/audit": {"admin"},
    "/keys": {"admin"},
}


@pytest.mark.slow
@pytest.mark.parametrize("path", READS)
def test_each_role_reads_exactly_what_its_scopes_allow(world: World, path: str) -> None:
    filled = path.format(own=world.member_id, other=world.other_member_id)
    for role in ("operator", "moderator", "member", "admin"):
        answer = world.get(role, filled)
        if role in READS[path]:
            assert answer.status_code == 200, (role, answer.text)
        else:
            assert answer.status_code == 403, (role, answer.text)
            problem = answer.json()
            assert problem["code"] == "denied"
            assert problem["data"]["scope"]


@pytest.mark.parametrize("path", READS)
def test_a_key_of_another_community_finds_nothing(world: World, path: str) -> None:
    answer = world.get("stranger", path.format(own=world.member_id, other=world.other_member_id))
    assert answer.status_code == 404
    assert answer.json() == {**answer.json(), "code": "not_found", "status": 404}


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer cpk_wrong"}, {"X-API-Key": "x" * 500}, {"Authorization": "Basic x"}]
)
def test_without_a_valid_key_there_is_401_and_a_challenge(world: World, headers: dict[str, str]) -> None:
    answer = world.client.get(world.path + "/members", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["content-type"] == "application/problem+json"


def test_both_ways_to_send_a_key_work(world: World) -> None:
    answer = world.client.get(world.path + "/me", headers={"X-API-Key": world.keys["operator"]})
    assert answer.json()["role"] == "operator"


def test_the_owner_of_the_machine_enters_any_community(world: World) -> None:
    for slug in ("qihang", "other"):
        answer = world.client.get(f"/api/v1/communities/{slug}/keys", headers={"Authorization": "Bearer local-token"})
        assert answer.status_code == 200
    missing = world.client.get("/api/v1/communities/nope/keys", headers={"Authorization": "Bearer local-token"})
    assert missing.status_code == 404


WRITES = {
    "/event-plans": ({"brief": "下周六线上AI分享，90分钟，50人"}, {"operator", "admin"}),
    "/members/{own}/topics": ({}, {"operator", "admin"}),
    "/jobs": ({"kind": "sync"}, {"operator", "admin"}),
    "/jobs/none/cancel": (None, {"operator", "admin"}),
    "/cases/none/claim": (None, {"moderator", "admin"}),
    "/cases/none/decide": ({"verdict": "no_violation"}, {"moderator", "admin"}),
    "/cases/none/undo": ({}, {"moderator", "admin"}),
    "/cases/none/split": ({"message_ids": ["none"]}, {"moderator", "admin"}),
    "/cases/none/merge": ({"case_ids": ["none"]}, {"moderator", "admin"}),
    "/cases/none/propose": (
        {"verdict": "violation", "action": "removal", "reason": "x"},
        {"moderator", "admin"},
    ),
    "/cases/none/hand-over": ({"to": "key_none"}, {"moderator", "admin"}),
    "/case-proposals/none/confirm": (None, {"moderator", "admin"}),
    "/case-proposals/none/decline": ({"reason": "x"}, {"moderator", "admin"}),
    "/decisions/none/appeal": ({"text": "x"}, {"member"}),
    "/appeals/none/answer": ({"outcome": "upheld", "reason": "x"}, {"moderator", "operator", "admin"}),
    "/reports": ({"message_id": "none", "category": "insult"}, {"member"}),
    "/members/{own}/introduction": ({"text": "大家好"}, {"operator", "member", "admin"}),
    "/members/{other}/introduction": ({"text": "大家好"}, {"operator", "admin"}),
    "/members/{own}/aspect-proposals/confirm": ({"ids": ["none"]}, {"member"}),
    "/aspect-proposals/none": ({"action": "decline"}, {"member"}),
    "/keys": ({"name": "n", "role": "operator"}, {"admin"}),
    "/resources/none/confirm": (None, {"operator", "member", "admin"}),
    "/loans/none/steps": ({"step": "accept"}, {"operator", "member", "admin"}),
    "/loans/none/outcome": ({"result": "met"}, {"operator", "member", "admin"}),
    "/resource-duplicates/search": (None, {"operator", "admin"}),
    "/resource-duplicates/none/decide": ({"keep_id": None}, {"operator", "admin"}),
}


@pytest.mark.slow
@pytest.mark.parametrize("path", WRITES)
def test_each_role_writes_exactly_what_its_scopes_allow(world: World, path: str) -> None:
    body, allowed = WRITES[path]
    for role in ("operator", "moderator", "member", "admin"):
        answer = world.post(role, path.format(own=world.member_id, other=world.other_member_id), body)
        expected = {200, 201, 202, 404} if role in allowed else {403}
        assert answer.status_code in expected, (role, answer.text)


def test_members_change_their_own_sources_and_admins_may_withdraw_anybodys(world: World) -> None:
    own, other = ("/members/" + who + "/consent-sources" for who in (world.member_id, world.other_member_id))
    may = {own: {"member", "admin"}, other: {"admin"}}
    for path in (own, other):
        for role in ("operator", "moderator", "member", "admin"):
            answer = world.client.put(world.path + path, json={"chat": False}, headers=world.headers(role))
            assert answer.status_code == (200 if role in may[path] else 403), (path, role, answer.text)


def test_a_member_cannot_answer_for_another(world: World) -> None:
    others = (row["id"] for row in world.get("operator", "/members", limit=200).json()["items"])
    lists = (
        world.get("operator", f"/members/{other}/matches", n=1).json() for other in others if other != world.member_id
    )
    found = next((listed["items"] for listed in lists if listed["items"]), [])
    assert found, "somebody of the sample has a match"
    answer = world.post("member", f"/matches/{found[0]['match_id']}/feedback", {"verdict": "accept"})
    assert answer.status_code in {403, 404}
    assert world.post("operator", f"/matches/{found[0]['match_id']}/feedback", {"verdict": "accept"}).status_code == 403
