"""Partners and circles over HTTP: who may, what is refused, and that what crosses is gone in the next request."""

from __future__ import annotations

from typing import Any

import pytest

from copilot.cli.circle_backend import RemoteCircles
from copilot.cli.partner_backend import RemotePartners
from tests.api.conftest import World


def put(world: World, role: str, path: str, body: object):
    return world.client.put(world.path + path, json=body, headers=world.headers(role))


def abroad(world: World, method: str, path: str, body: object = None):
    """Ask as the admin of the other community."""
    url = f"/api/v1/communities/other{path}"
    return world.client.request(method, url, json=body, headers=world.headers("stranger"))


@pytest.fixture
def agreement(world: World) -> dict[str, Any]:
    """The sample's side of an agreement with the other community, which shares one resource."""
    made = abroad(world, "POST", "/resources", {"type": "technology", "title": "Test bench"}).json()
    shared = abroad(world, "PUT", f"/resources/{made['id']}/sharing", {"is_shared": True})
    assert shared.json()["is_shared"] is True
    body = {"gives": {"classes": ["technology"], "codes": []}}
    invited = abroad(world, "POST", "/partners/invitations", body)
    assert invited.status_code == 201, invited.text
    accepted = world.post("operator", "/partners/acceptances", {"token": invited.json()["token"]})
    assert (accepted.status_code, accepted.json()["state"]) == (201, "waiting")
    confirmed = abroad(world, "POST", f"/partners/{invited.json()['id']}/confirm")
    assert confirmed.json()["state"] == "active"
    return {**accepted.json(), "theirs": invited.json()["id"], "resource": made["id"]}


def shown(world: World, agreement: dict[str, Any], role: str = "operator") -> list[str]:
    answer = world.get(role, "/partner-resources", partnership_id=agreement["id"])
    return [item["title"] for item in answer.json()["items"]]


def test_what_a_partner_shares_is_marked_and_gone_in_the_next_request(world: World, agreement: dict[str, Any]) -> None:
    assert "Test bench" in shown(world, agreement, "member")
    item = world.get("operator", "/partner-resources", partnership_id=agreement["id"]).json()["items"][0]
    assert (item["from_partner"]["name"], item["owner_name"]) == ("Other", None)
    assert "language" in {one["aspect"] for one in item["differences"]}
    matched = world.get("operator", f"/members/{world.member_id}/partner-matches")
    assert matched.status_code == 200
    assert abroad(world, "POST", f"/partners/{agreement['theirs']}/revoke").json()["state"] == "revoked"
    assert shown(world, agreement) == []
    assert world.get("operator", f"/partners/{agreement['id']}").json()["revoked_by"] == "them"


def test_an_invitation_is_shown_once_and_no_list_holds_its_token(world: World, agreement: dict[str, Any]) -> None:
    listed = world.get("operator", "/partners").json()["items"]
    assert agreement["id"] in [one["id"] for one in listed]
    assert all("token" not in one and "secret" not in one for one in listed)
    assert abroad(world, "POST", f"/partners/{agreement['theirs']}/revoke").status_code == 200


@pytest.mark.parametrize(
    ("role", "method", "path", "body", "status"),
    [
        ("member", "POST", "/partners/invitations", {}, 403),
        ("moderator", "POST", "/partners/invitations", {}, 403),
        ("member", "GET", "/partners", None, 403),
        ("moderator", "GET", "/partners", None, 200),
        ("operator", "GET", "/partners/ptn_nobody", None, 404),
        ("operator", "POST", "/partners/ptn_nobody/revoke", None, 404),
        ("operator", "GET", "/partner-resources?partnership_id=ptn_nobody", None, 404),
        ("operator", "POST", "/partners/invitations", {"days": 31}, 422),
        ("operator", "POST", "/partners/invitations", {"days": "7"}, 422),
        ("operator", "POST", "/partners/invitations", {"gives": {"codes": ["x"]}}, 422),
        ("operator", "POST", "/partners/invitations", {"url": "https://127.0.0.1.nip/#x"}, 422),
        ("operator", "POST", "/partners/acceptances", {"token": "cpi_AAAA.AAAA"}, 422),
        ("member", "GET", "/members/{other}/partner-matches", None, 403),
        ("member", "GET", "/members/{own}/partner-matches", None, 200),
        ("operator", "GET", "/members/{own}/partner-matches?n=21", None, 422),
        ("member", "GET", "/circles", None, 200),
        ("member", "GET", "/members/{own}/circles", None, 200),
        ("member", "GET", "/members/{other}/circles", None, 403),
        ("member", "PUT", "/members/{own}/circles/partner", {"is_in": True}, 403),
        ("operator", "PUT", "/members/{own}/circles/ordinary", {"is_in": True}, 422),
        ("operator", "PUT", "/members/{own}/circles/city", {"is_in": True}, 422),
        ("operator", "PUT", "/members/{own}/circles/partner", {"is_in": 1}, 422),
        ("member", "GET", "/small-events?city=x", None, 403),
        ("moderator", "GET", "/small-events?city=x", None, 403),
        ("operator", "GET", "/small-events?city=%20", None, 422),
        ("member", "POST", "/ventures", {"goal": "x"}, 403),
        ("operator", "POST", "/ventures", {"goal": ""}, 422),
        ("operator", "POST", "/ventures", {"goal": "x", "starter_id": "mem_nobody"}, 404),
    ],
)
def test_who_may_and_what_is_refused(
    world: World, role: str, method: str, path: str, body: object, status: int
) -> None:
    url = world.path + path.format(own=world.member_id, other=world.other_member_id)
    answer = world.client.request(method, url, json=body, headers=world.headers(role))
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize("what", ["accept", "confirm", "revoke", "offers"])
def test_letters_without_a_signature_learn_nothing(world: World, what: str) -> None:
    scope = {"classes": [], "codes": []}
    body = {"culture": {}, "gives": scope, "takes": scope} | ({"token": "cpi_AA.AA"} if what == "accept" else {})
    answer = world.client.post(f"/api/v1/partner-links/lnk_x/{what}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


def test_a_partner_tier_brings_benefits_and_goes_again(world: World) -> None:
    path = f"/members/{world.other_member_id}/circles"
    for is_in, tier in ((True, "partner"), (True, "partner"), (False, "ordinary")):
        assert put(world, "operator", f"{path}/partner", {"is_in": is_in}).json()["tier"] == tier
    assert world.get("operator", path).json()["benefits"]


def test_a_list_for_a_small_event_names_who_agreed_to_be_matched(world: World) -> None:
    found = world.get("operator", "/small-events", city="Chengdu", people=3).json()
    assert found["city"] == "成都"
    assert len(found["items"]) <= 3
    nobody = world.get("operator", "/small-events", city="一座没有的城").json()
    assert (nobody["items"], bool(nobody["note"])) == ([], True)


def test_the_terminal_asks_for_what_the_service_answers(world: World, agreement: dict[str, Any]) -> None:
    def ask(method: str, path: str, **options: Any) -> Any:
        answer = world.client.request(method, world.path + path, headers=world.headers("operator"), **options)
        assert answer.is_success, (method, path, answer.text)
        return answer.json()

    partners, circles = RemotePartners(ask), RemoteCircles(ask)
    scope = {"classes": ["knowledge"], "codes": []}
    taken_back = partners.invite({"gives": scope, "days": 1})
    assert partners.change(taken_back["id"], {"takes": scope})["takes"] == scope
    assert partners.revoke(taken_back["id"])["state"] == "revoked"
    assert agreement["id"] in [one["id"] for one in partners.partners(200)]
    assert {item["title"] for item in partners.resources(agreement["id"])["items"]} == {"Test bench"}
    assert set(partners.match(world.member_id, 3)) == {"member_id", "items", "unreachable", "note"}
    mine = ask("GET", "/resources", params={"limit": 1})["items"][0]["id"]
    assert partners.share(mine, {"is_shared": False})["is_shared"] is False
    assert partners.revoke(agreement["id"])["revoked_by"] == "us"
    assert [one["name"] for one in circles.circles()][:2] == ["ordinary", "partner"]
    assert circles.of(world.other_member_id)["tier"] == "ordinary"
    assert circles.seat(world.other_member_id, "partner", {"is_in": False})["tier"] == "ordinary"
    assert circles.city("成都", 2)["city"] == "成都"
    found = circles.ventures({"goal": "给餐饮门店做小程序", "ventures": 1})
    assert set(found) == {"goal", "items", "uncovered", "note"}
