from __future__ import annotations

from datetime import timedelta

import pytest

from copilot.community.access import create_key, revoke_key
from copilot.community.console_sessions import make_link
from copilot.community.models import Role
from copilot.community.setup_links import make_setup_token
from tests.api.conftest import World
from tests.api.console.visitor import Visitor


def _key(world: World, role: Role = Role.OPERATOR) -> tuple[str, str]:
    with world.services.store.write(world.community_id) as unit:
        made = create_key(unit, "of a test", role)
    return made.key_id, made.secret


def _link(world: World, key_id: str) -> str:
    with world.services.store.write(world.community_id) as unit:
        return f"/console/link/{make_link(unit, key_id, actor='test').token}"


def test_a_key_opens_a_session_in_a_cookie_that_no_script_reads(world: World, visitor: Visitor) -> None:
    answer = visitor.send("/console/sign-in", {"key": f" {world.keys['operator']} "}, shown_on="/console/sign-in")
    assert answer.headers["location"] == "/console/overview"
    (cookie,) = (line for line in answer.headers.get_list("set-cookie") if line.startswith("console_session="))
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/console" in cookie
    assert world.keys["operator"] not in cookie
    assert world.keys["operator"] not in visitor.get("/console/overview").text


def test_a_wrong_key_opens_nothing_and_is_not_shown_again(visitor: Visitor) -> None:
    answer = visitor.send("/console/sign-in", {"key": "cpk_wrong"}, shown_on="/console/sign-in")
    assert answer.status_code == 401
    assert "cpk_wrong" not in answer.text
    assert visitor.get("/console/overview").status_code == 303


def test_one_is_led_back_to_the_page_one_wanted_and_to_no_other_place(world: World, visitor: Visitor) -> None:
    assert visitor.get("/console/weekly").headers["location"] == "/console/sign-in?next=/console/weekly"
    form = {"key": world.keys["operator"], "next": "/console/weekly"}
    assert visitor.send("/console/sign-in", form, shown_on="/console/sign-in").headers["location"] == "/console/weekly"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/console//evil.example", "/console/\\evil", "/docs", "/console/a\r\nX: y"])  # fmt: skip
def test_a_link_to_the_sign_in_page_sends_nobody_elsewhere(world: World, elsewhere: str) -> None:
    visitor = Visitor.of(world.client.app)
    form = {"key": world.keys["operator"], "next": elsewhere}
    answer = visitor.send("/console/sign-in", form, shown_on="/console/sign-in")
    assert answer.headers["location"] == "/console/overview"


def test_signing_out_ends_the_session_for_whoever_kept_the_cookie(world: World, visitor: Visitor) -> None:
    visitor.sign_in(world.keys["operator"])
    kept = visitor.client.cookies["console_session"]
    assert visitor.send("/console/sign-out", {}).headers["location"] == "/console/sign-in"
    thief = Visitor.of(world.client.app)
    thief.client.cookies.set("console_session", kept, path="/console")
    assert thief.get("/console/overview").status_code == 303


def test_a_revoked_key_ends_its_sessions_and_links(world: World, visitor: Visitor) -> None:
    key_id, secret = _key(world)
    visitor.sign_in(secret)
    link = _link(world, key_id)
    assert visitor.get("/console/overview").status_code == 200
    with world.services.store.write(world.community_id) as unit:
        revoke_key(unit, key_id)
    assert visitor.get("/console/overview").status_code == 303
    assert Visitor.of(world.client.app).get(link).status_code == 401


def test_a_link_is_used_up_by_its_button_and_not_by_a_preview(world: World) -> None:
    link = _link(world, _key(world)[0])
    first, second = Visitor.of(world.client.app), Visitor.of(world.client.app)
    assert [first.get(link).status_code for _ in range(3)] == [200, 200, 200]
    assert second.get(link).status_code == 200
    token = second.token(link)
    assert first.send(link, {}, shown_on=link).status_code == 303
    assert first.get("/console/overview").status_code == 200
    assert second.client.post(link, data={"csrf": token}).status_code == 401
    assert second.get("/console/overview").status_code == 303


def test_the_bare_address_leads_to_the_console(visitor: Visitor) -> None:
    answer = visitor.client.get("/", follow_redirects=True)
    assert answer.status_code == 200 and "/console/sign-in" in str(answer.url)


def test_htmx_is_told_to_load_the_sign_in_page_in_place_of_a_part(visitor: Visitor) -> None:
    answer = visitor.get("/console/overview/room", **{"HX-Request": "true"})
    assert answer.status_code == 204
    assert answer.headers["hx-redirect"] == "/console/sign-in"


def test_the_owner_creates_a_community_with_a_link_once(world: World) -> None:
    link = f"/console/setup/{make_setup_token('local-token', world.services.clock.now())}"
    visitor, late = Visitor.of(world.client.app), Visitor.of(world.client.app)
    late_token = late.token(link)
    form = {"name": "新社区", "slug": "qihang", "locale": "zh-CN", "timezone": "Asia/Shanghai", "kind": "light"}
    assert visitor.send(link, form, shown_on=link).status_code == 422  # there is one of this name
    assert visitor.send(link, {**form, "slug": "-x"}, shown_on=link).status_code == 422
    made = visitor.send(link, {**form, "slug": "xin-shequ"}, shown_on=link)
    assert made.headers["location"] == "/console/start"
    assert "新社区" in visitor.get("/console/start").text
    again = late.client.post(link, data={"csrf": late_token, **form, "slug": "second"})
    assert again.status_code == 401


def test_a_forged_or_late_setup_link_opens_nothing(world: World, visitor: Visitor) -> None:
    now = world.services.clock.now()
    for token in (
        make_setup_token("guess", now),
        make_setup_token("local-token", now - timedelta(hours=1)),
        "x",
        "1.2.3",
    ):
        assert visitor.get(f"/console/setup/{token}").status_code == 401
