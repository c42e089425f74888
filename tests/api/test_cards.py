"""Cards over HTTP: who may, what is refused, that a copy at hand is kept, and that opting out holds at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from copilot.community.tables import Event
from tests.api.conftest import World
from tests.conftest import NOW


@pytest.fixture(scope="module")
def season_id(world: World) -> str:
    body = {"name": "Cards", "starts_at": "2026-10-01T00:00:00+08:00", "ends_at": "2026-12-01T00:00:00+08:00"}
    return str(world.post("operator", "/seasons", body).json()["id"])


def test_a_member_draws_their_own_card_and_a_copy_at_hand_is_kept(world: World) -> None:
    path = f"/members/{world.member_id}/card.svg"
    first = world.get("member", path, theme="night", language="en", link="https://example.org/a?b=1")
    assert first.status_code == 200
    assert first.headers["content-type"] == "image/svg+xml"
    assert "sandbox" in first.headers["content-security-policy"]
    assert first.headers["cache-control"] == "private, no-cache"
    assert 'width="1080" height="1350"' in first.text
    headers = {**world.headers("member"), "If-None-Match": first.headers["etag"]}
    same = {"theme": "night", "language": "en", "link": "https://example.org/a?b=1"}
    assert world.client.get(world.path + path, params=same, headers=headers).status_code == 304
    assert world.client.get(world.path + path, headers=headers).status_code == 200


def test_a_png_is_a_picture_or_says_what_is_missing(world: World) -> None:
    answer = world.get("member", f"/members/{world.member_id}/card.png")
    if world.services.cards.book.has_chinese:
        assert answer.headers["content-type"] == "image/png"
        assert answer.content[16:24] == (1080).to_bytes(4) + (1350).to_bytes(4)
    else:
        assert (answer.status_code, answer.json()["code"]) == (409, "font_missing")


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        ("operator", "/members/{own}/card.svg", 200),
        ("member", "/members/{other}/card.svg", 403),
        ("stranger", "/members/{own}/card.svg", 404),
        ("operator", "/members/mem_x/card.svg", 404),
        ("operator", "/members/{own}/card.gif", 422),
        ("operator", "/members/{own}/card.svg?theme=red", 422),
        ("operator", "/members/{own}/card.svg?language=fr", 422),
        ("operator", "/members/{own}/card.svg?link=javascript:alert(1)", 422),
        ("operator", "/members/{own}/card.svg?link=https://a:b@example.org", 422),
        ("operator", "/members/{own}/card.svg?link=https://[", 422),
        ("member", "/seasons/{season}/boards/individual/card.svg", 200),
        ("moderator", "/seasons/{season}/boards/team/card.svg", 200),
        ("member", "/seasons/{season}/boards/best/card.svg", 422),
        ("member", "/seasons/ssn_x/boards/team/card.svg", 404),
        ("member", "/events/evt_x/card.svg", 404),
        ("moderator", "/events/evt_x/card.svg", 403),
        ("member", "/posts/pst_x/card.svg", 404),
        ("moderator", "/posts/pst_x/card.svg", 404),
    ],
)
def test_each_card_is_for_whom_it_is_for(world: World, season_id: str, role: str, path: str, status: int) -> None:
    for name, value in (("own", world.member_id), ("other", world.other_member_id), ("season", season_id)):
        path = path.replace(f"{{{name}}}", value)
    answer = world.client.get(world.path + path, headers=world.headers(role))
    assert answer.status_code == status, answer.text


def test_members_draw_an_event_and_staff_without_its_scope_do_not(world: World) -> None:
    with world.services.store.write(world.community_id) as unit:
        unit.add(
            Event(
                id="evt_card", code="card", title="下午茶", format="salon", starts_at=NOW + timedelta(days=5),
                ends_at=NOW + timedelta(days=5, hours=2), created_at=NOW,
            )
        )  # fmt: skip
    try:
        assert "下午茶" in world.get("member", "/events/evt_card/card.svg").text
        assert world.get("operator", "/events/evt_card/card.svg").status_code == 200
        assert world.get("moderator", "/events/evt_card/card.svg").status_code == 403
    finally:
        with world.services.store.write(world.community_id) as unit:
            unit.session.delete(unit.get(Event, "evt_card"))


def test_opting_out_takes_points_off_the_next_card(world: World) -> None:
    path = f"/members/{world.member_id}/recognition"
    world.client.put(world.path + path, json={"is_shown": False}, headers=world.headers("member"))
    try:
        assert ">积分<" not in world.get("member", f"/members/{world.member_id}/card.svg").text
    finally:
        world.client.put(world.path + path, json={"is_shown": True}, headers=world.headers("member"))


def test_a_link_shows_the_card_without_a_key_until_its_member_opts_out_or_revokes_it(world: World) -> None:
    made = world.post(
        "member", "/card-links", {"kind": "member", "target_id": world.member_id, "language": "en"}
    ).json()

    def seen() -> int:
        return int(world.client.get(made["path"]).status_code)

    drawn = world.client.get(made["path"])
    assert 'width="1080" height="1350"' in drawn.text
    assert drawn.headers["cache-control"] == "private, no-cache"
    assert world.client.get(made["path"], headers={"If-None-Match": drawn.headers["etag"]}).status_code == 304
    for is_shown, status in ((False, 404), (True, 200)):
        setting = f"{world.path}/members/{world.member_id}/recognition"
        world.client.put(setting, json={"is_shown": is_shown}, headers=world.headers("member"))
        assert seen() == status
    listed = world.get("member", "/card-links", member_id=world.member_id).json()["items"]
    assert made["id"] in {one["id"] for one in listed}
    assert "token" not in listed[0]
    assert world.client.delete(f"{world.path}/card-links/{made['id']}", headers=world.headers("member")).json()[
        "revoked_at"
    ]
    assert (seen(), world.client.get("/cards/crd_x.svg").status_code) == (404, 404)


def test_links_are_made_by_the_member_or_by_operators_and_the_board_drops_who_opted_out(
    world: World, season_id: str
) -> None:
    for role, kind, target, status in (
        ("member", "member", world.other_member_id, 403),
        ("member", "ranking", season_id, 403),
        ("moderator", "event", "evt_x", 403),
        ("operator", "event", "evt_x", 404),
        ("operator", "ranking", season_id, 201),
        ("operator", "write-up", "pst_x", 422),
    ):
        answer = world.post(role, "/card-links", {"kind": kind, "target_id": target})
        assert answer.status_code == status, (role, kind, answer.text)
        if status == 201:
            assert "Cards" in world.client.get(answer.json()["path"]).text
            gone = world.client.delete(
                f"{world.path}/card-links/{answer.json()['id']}", headers=world.headers("member")
            )
            assert gone.status_code == 403
    assert world.get("member", "/card-links").status_code == 403
