"""The exchange over HTTP: who sees and does what, refusals in words, files, and that a replay lends nothing twice."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from copilot.community.tables import Resource
from tests.api.conftest import World
from tests.conftest import NOW


def day(number: int) -> str:
    return (NOW.date() + timedelta(days=number)).isoformat()


def patch(world: World, role: str, path: str, body: object):
    return world.client.patch(world.path + path, json=body, headers=world.headers(role))


def put(world: World, role: str, path: str, body: object):
    return world.client.put(world.path + path, json=body, headers=world.headers(role))


def add(world: World, role: str = "operator", **more: Any) -> dict[str, Any]:
    body = {"type": "technology", "title": "借用测试相机", "capacity": 1, "owner_id": world.other_member_id, **more}
    answer = world.post(role, "/resources", body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def request(world: World, resource: dict[str, Any], first: int = 0, last: int = 2, role: str = "member", **more: str):
    body: dict[str, Any] = {"starts_on": day(first), "ends_on": day(last)}
    if role != "member":
        body["member_id"] = world.member_id
    return world.post(role, f"/resources/{resource['id']}/requests", body, **more)


def test_a_loan_over_http_from_request_to_outcome(world: World) -> None:
    camera = add(world)
    loan = request(world, camera).json()
    assert (loan["status"], loan["next_steps"]) == ("requested", ["withdraw"])
    steps = f"/loans/{loan['id']}/steps"
    refused = world.post("member", steps, {"step": "accept"})
    assert refused.status_code == 403
    for step, status in (("accept", "accepted"), ("hand_over", "lent"), ("confirm_return", "returned")):
        assert world.post("operator", steps, {"step": step}).json()["status"] == status
    again = world.post("operator", steps, {"step": "confirm_return"})
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert again.json()["detail"] == "现在的状态（已归还）不能这样做。"
    told = world.post("member", f"/loans/{loan['id']}/outcome", {"result": "met", "value_minor": 100})
    assert told.json()["outcomes"][0]["side"] == "borrower"
    lines = world.get("member", f"/loans/{loan['id']}/history").json()["items"]
    assert [line["step"] for line in lines] == ["request", "accept", "hand_over", "confirm_return"]
    mine = world.get("member", f"/members/{world.member_id}/loans").json()["items"]
    assert loan["id"] in [item["id"] for item in mine]
    assert world.get("member", f"/members/{world.member_id}/loans", side="lent").json()["items"] == []
    assert world.get("member", f"/members/{world.other_member_id}/loans").status_code == 403


def test_the_same_request_sent_twice_under_one_key_is_one_loan(world: World) -> None:
    camera = add(world)
    answers = [request(world, camera, **{"Idempotency-Key": f"loan-{camera['id']}"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    assert request(world, camera).status_code == 409


def test_members_see_what_is_on_offer_to_them_and_nothing_confidential(world: World) -> None:
    hidden = add(world, terms_of_use={"confidential": True, "who": "chosen", "cities": ["一座没有的城"]})
    meant = add(world, terms_of_use={"confidential": True, "who": "chosen", "member_ids": [world.member_id]})
    for role, seen in (("operator", {hidden["id"], meant["id"]}), ("member", {meant["id"]}), ("moderator", set())):
        listed = world.get(role, "/resources", q="借用测试相机", status="confidential").json()["items"]
        assert {item["id"] for item in listed} & {hidden["id"], meant["id"]} == seen, role
    assert world.get("member", f"/resources/{hidden['id']}").status_code == 404
    assert request(world, hidden).status_code == 404
    offered = world.get("member", "/resources", limit=200).json()["items"]
    # What is one's own is seen in every state.
    others = {item["status"] for item in offered if item["owner_id"] != world.member_id}
    assert "available" in others and others <= {"available", "confidential"}
    assert world.get("stranger", f"/resources/{meant['id']}").status_code == 404


def test_only_owners_and_operators_change_a_resource(world: World) -> None:
    mine = add(world, "member", owner_id=None)
    assert mine["owner_id"] == world.member_id
    theirs = add(world)
    for role, resource, status in (("member", mine, 200), ("member", theirs, 403), ("moderator", theirs, 403)):
        assert patch(world, role, f"/resources/{resource['id']}", {"city": "深圳"}).status_code == status
        assert world.post(role, f"/resources/{resource['id']}/confirm").status_code == status
        assert world.get(role, f"/resources/{resource['id']}/history").status_code == status
        closures = {"closures": [{"starts_on": day(5), "ends_on": day(6)}]}
        assert put(world, role, f"/resources/{resource['id']}/closures", closures).status_code == status
    shown = world.get("member", f"/resources/{mine['id']}/calendar", start=day(4), end=day(7)).json()["days"]
    assert [item["free"] for item in shown] == [1, 0, 0, 1]
    assert (
        world.post("member", "/resources", {"type": "people", "title": "x", "owner_id": "mem_other"}).status_code == 403
    )


@pytest.mark.parametrize("path", ["/resource-duplicates", "/resource-reminders", "/resource-exports/loans"])
def test_what_is_of_operators_is_refused_to_others(world: World, path: str) -> None:
    for role, status in (("operator", 200), ("admin", 200), ("moderator", 403), ("member", 403)):
        assert world.get(role, path).status_code == status, role


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"starts_on": 0, "ends_on": "2030-01-01"}, "#/starts_on"),
        ({"starts_on": "1704067200", "ends_on": "2030-01-01"}, "#/starts_on"),
        ({"starts_on": "2030-01-01", "ends_on": "2030-01-01", "units": "1"}, "#/units"),
        ({"starts_on": "2030-01-01", "ends_on": "2030-01-01", "units": 0}, "#/units"),
        ({"starts_on": "2030-01-01", "ends_on": "2030-01-01", "units": 1.5}, "#/units"),
        ({"starts_on": "2030-01-01", "ends_on": "2030-01-01", "why": "x"}, "#/why"),
        ({"ends_on": "2030-01-01"}, "#/starts_on"),
    ],
)
def test_a_request_of_the_wrong_form_is_refused_with_its_field(world: World, body: object, pointer: str) -> None:
    answer = world.post("member", "/resources/none/requests", body)
    assert answer.status_code == 422
    assert pointer in [item["pointer"] for item in answer.json()["errors"]]


def test_what_is_refused_for_its_sense_is_said_in_chinese_with_a_pointer_or_the_parameter(world: World) -> None:
    made = world.post("operator", "/resources", {"type": "technology", "title": "示波器"}).json()
    path = f"/resources/{made['id']}"
    days = {"starts_on": "2000-01-02", "ends_on": "2000-01-01"}
    refused = {
        "#/starts_on": world.post("member", f"{path}/requests", days),
        "#/member_id": world.post("operator", f"{path}/requests", days),
        "#/subclass": world.post("operator", "/resources", {"type": "funding", "subclass": "ZZ", "title": "x"}),
        "#/": patch(world, "operator", path, {}),
        "end": world.get("operator", f"{path}/calendar", start="2030-01-02", end="2030-01-01"),
    }  # fmt: skip
    refused["figures"] = world.get("operator", "/resource-figures", start="2030-01-02", end="2030-01-01")
    for place, answer in refused.items():
        [error] = answer.json()["errors"]
        assert answer.status_code == 422 and "\u4e00" <= error["detail"][0] <= "\u9fff", answer.text
        assert error["pointer"] == ("end" if place == "figures" else place)


def test_an_operator_says_for_whom(world: World) -> None:
    camera = add(world)
    body = {"starts_on": day(0), "ends_on": day(0)}
    assert world.post("operator", f"/resources/{camera['id']}/requests", body).status_code == 422
    assert request(world, camera, role="operator").status_code == 201


def test_files_name_the_columns_that_an_import_reads(world: World) -> None:
    add(world)
    text = world.get("operator", "/resource-exports/resources").content.decode("utf-8-sig")
    assert text.splitlines()[0].startswith("code,library_code,type,subclass,title,description,owner")
    lines = world.get("operator", "/resource-exports/loans", format="jsonl").text.splitlines()
    assert all("words" not in line for line in lines)


def test_every_imported_resource_has_a_readable_code(world: World) -> None:
    listed = world.get("operator", "/resources", limit=200).json()["items"]
    codes = [item["library_code"] for item in listed]
    assert all(codes) and len(set(codes)) == len(codes)
    with world.services.store.read(world.community_id) as unit:
        assert unit.get(Resource, listed[0]["id"]).confirm_by is not None


def test_the_last_units_asked_for_at_once_go_to_as_many_as_there_are(world: World) -> None:
    terms = {"accepts_at_once": True}
    body = {"type": "technology", "title": "最后两台", "capacity": 2, "terms_of_use": terms}
    made = world.post("operator", "/resources", body).json()
    people = [row["id"] for row in world.get("operator", "/members", limit=12).json()["items"]]

    def ask(member_id: str) -> str:
        asked = {"member_id": member_id, "starts_on": "2027-06-01", "ends_on": "2027-06-02"}
        answer = world.post("operator", f"/resources/{made['id']}/requests", asked)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["status"])

    with ThreadPoolExecutor(4) as pool:
        stand = Counter(pool.map(ask, people))
    assert stand == {"accepted": 2, "waiting": len(people) - 2} and len(people) > 4
