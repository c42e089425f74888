"""Points, boards, awards and rewards over HTTP: who may, what is refused, and that opting out holds at once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from copilot.community.conversation import visible
from copilot.community.tables import Message
from tests.api.conftest import World


@pytest.fixture(scope="module")
def message_id(world: World) -> str:
    """A visible message of somebody else's than the member key's."""
    with world.services.store.read(world.community_id) as unit:
        return str(
            unit.session.scalars(
                select(Message.id)
                .where(visible(), Message.sender_id != world.member_id)
                .order_by(Message.sent_at, Message.id)
            ).first()
        )


def test_thanks_become_points_and_go_when_withdrawn(world: World, message_id: str) -> None:
    said = world.post("member", f"/members/{world.member_id}/thanks", {"kind": "write_up", "evidence_id": message_id})
    assert said.status_code == 201
    assert world.post("operator", "/points/settle").json()["written"] >= 1
    author = said.json()["member_id"]
    entry = world.get("operator", "/points", member_id=author).json()["items"][0]
    assert (entry["rule"], entry["giver_id"], entry["evidence_id"]) == ("write_up", world.member_id, message_id)
    before = world.get("operator", f"/members/{author}/points").json()["points"]
    back = world.post("member", f"/members/{world.member_id}/thanks/{said.json()['id']}/withdrawal")
    assert back.json()["withdrawn_at"] is not None
    after = world.get("operator", f"/members/{author}/points").json()["points"]
    assert after == pytest.approx(before - entry["points"])
    assert world.get("operator", "/points/recount").json()["is_equal"] is True
    again = world.post("member", f"/members/{world.member_id}/thanks", {"kind": "write_up", "evidence_id": message_id})
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("role", "method", "path", "body", "status"),
    [
        ("member", "GET", "/points", None, 403),
        ("moderator", "GET", "/points", None, 403),
        ("moderator", "POST", "/points/settle", {}, 403),
        ("member", "GET", "/points/rules", None, 200),
        ("member", "GET", "/members/{other}/points", None, 403),
        ("member", "GET", "/members/{own}/points", None, 200),
        ("member", "PUT", "/members/{other}/recognition", {"is_shown": False}, 403),
        ("member", "POST", "/members/{other}/thanks", {"kind": "answer", "evidence_id": "msg_x"}, 403),
        ("member", "POST", "/members/{own}/thanks", {"kind": "answer", "evidence_id": "msg_x"}, 404),
        ("member", "GET", "/seasons", None, 200),
        ("member", "GET", "/awards", None, 403),
        ("moderator", "GET", "/awards", None, 200),
        ("member", "GET", "/redemptions", None, 403),
        ("member", "GET", "/redemptions?member_id={own}", None, 200),
        ("operator", "GET", "/points?rule=made_up", None, 422),
        ("operator", "POST", "/points/settle", {"days": 401}, 422),
        ("operator", "POST", "/points/settle", {"days": "7"}, 422),
        ("operator", "PUT", "/points/rules", {"rules": [{"name": "report_upheld", "enabled": True}]}, 422),
        ("operator", "PUT", "/points/rules", {"rules": [{"name": "write_up", "enabled": 1}]}, 422),
        ("operator", "POST", "/points/pnt_x/reversal", {"reason": "gamed"}, 404),
        ("operator", "POST", "/points/pnt_x/reversal", {"reason": "taken_back"}, 422),
        ("operator", "POST", "/seasons", {"name": "x", "starts_at": "2026-01-01T00:00:00", "ends_at": "2026-02-01T00:00:00"}, 422),
        ("operator", "POST", "/seasons", {"name": "x", "starts_at": "9999-12-31T23:59:59-12:00", "ends_at": "9999-12-31T23:59:59-13:00"}, 422),
        ("operator", "GET", "/seasons/ssn_x/boards/individual", None, 404),
        ("operator", "GET", "/seasons/ssn_x/boards/best", None, 422),
        ("operator", "POST", "/rewards", {"kind": "prize", "title": "x", "cost": 0}, 422),
        ("operator", "GET", "/exposures?start=9999-12-31", None, 422),
        ("stranger", "GET", "/seasons", None, 404),
    ],
)  # fmt: skip
def test_each_route_is_for_whom_it_is_for(
    world: World, role: str, method: str, path: str, body: object, status: int
) -> None:
    path = path.replace("{own}", world.member_id).replace("{other}", world.other_member_id)
    answer = world.client.request(method, world.path + path, json=body, headers=world.headers(role))
    assert answer.status_code == status, answer.text


def test_a_member_opts_out_and_is_on_no_board_of_the_next_request(world: World, message_id: str) -> None:
    season = world.post(
        "operator", "/seasons",
        {"name": "冬季", "starts_at": "2026-11-01T00:00:00+08:00", "ends_at": "2027-01-01T00:00:00+08:00"},
    ).json()["id"]  # fmt: skip
    said = world.post("operator", f"/members/{world.member_id}/thanks", {"kind": "answer", "evidence_id": message_id})
    author = said.json()["member_id"]
    world.post("operator", "/points/settle")

    def listed() -> list[str]:
        return [row["id"] for row in world.get("member", f"/seasons/{season}/boards/individual").json()["rows"]]

    assert author in listed()
    for is_shown in (False, True):
        changed = world.client.put(
            f"{world.path}/members/{author}/recognition", json={"is_shown": is_shown}, headers=world.headers("operator")
        )
        assert changed.json()["is_shown"] is is_shown
        assert (author in listed()) is is_shown


def test_the_ledger_is_exported_as_csv_and_in_the_member_s_own_data(world: World) -> None:
    exported = world.get("operator", "/points/export.csv")
    assert exported.headers["content-type"] == "text/csv; charset=utf-8"
    assert exported.text.startswith("\ufeffnumber,id,member_id")
    entry = world.get("operator", "/points").json()["items"][0]
    records = world.get("admin", f"/members/{entry['member_id']}/export").json()["records"]
    assert entry["id"] in {row["id"] for row in records["point_entry"]}
    assert all("giver_id" not in row for row in records["point_entry"])
