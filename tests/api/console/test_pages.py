from __future__ import annotations

import re

import pytest

from api.console.evidence import pieces
from copilot.community.access import create_key
from copilot.community.console_sessions import session_actor
from copilot.community.models import Role
from tests.api.conftest import World
from tests.api.console.hostile import HOSTILE, hostile_community
from tests.api.console.visitor import PAGES, Markup, Visitor

_LARGEST_PAGE = 300_000
_DOORS = ("/console/sign-in", "/console/link/nothing", "/console/setup/nothing", "/console/nothing")


# A file to download is no page, and nothing in it is ever shown.
_SHOWN = [path for path in PAGES if not path.endswith("/export")]


@pytest.fixture(scope="module")
def victim(world: World) -> Visitor:
    """Somebody signed in to a community that is made of hostile strings."""
    return Visitor.of(world.client.app).sign_in(hostile_community(world.services))


@pytest.fixture(scope="module")
def hostile_member(world: World, victim: Visitor) -> Visitor:
    """A member of that community, by their own key."""
    actor = session_actor(world.services.store, victim.client.cookies["console_session"])
    with world.services.store.write(actor.community_id) as unit:
        secret = create_key(unit, "member", Role.MEMBER, member_id="hostile_mem3").secret
    return Visitor.of(world.client.app).sign_in(secret)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("path", [*_SHOWN, *_DOORS])
def test_nothing_in_a_page_can_run_and_the_policy_allows_our_own_files_alone(
    visitors: dict[str, Visitor], path: str, language: str
) -> None:
    visitor = visitors["member" if path.startswith("/console/me") else "admin"]
    visitor.client.cookies.set("console_language", language, path="/console")
    answer = visitor.get(path)
    visitor.client.cookies.delete("console_language", path="/console")  # these visitors are everybody's
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy and "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["cache-control"] == "no-store"
    assert Markup(answer.text).dangers() == []
    assert len(answer.content) < _LARGEST_PAGE
    assert "cpk_" not in answer.text.replace("cpk_…", "")
    if "<html" in answer.text:
        assert f'<html lang="{language}"' in answer.text


@pytest.mark.parametrize("path", [*_SHOWN, "/console/moderation/cases/hostile_cas0", "/console/messages/hostile_msg3", "/console/people/hostile_mem3", "/console/people/hostile_mem5/matches", "/console/people?q=pwned"])  # fmt: skip
def test_hostile_words_stay_words_on_every_page(victim: Visitor, hostile_member: Visitor, path: str) -> None:
    answer = (hostile_member if path.startswith("/console/me") and "/mess" not in path else victim).get(path)
    assert answer.status_code == 200
    page = Markup(answer.text)
    assert page.dangers() == []
    assert not any(tag == "meta" and "http-equiv" in a for tag, a in page.tags)
    assert "49 pwned" not in page.text
    assert "<class" not in page.text


def test_each_hostile_message_is_shown_as_it_was_said(victim: Visitor) -> None:
    for number, text in enumerate(HOSTILE):
        page = Markup(victim.get(f"/console/moderation/cases/hostile_cas{number}").text)
        assert page.dangers() == []
        assert text in page.text


def test_hostile_answers_to_forms_stay_words(victim: Visitor) -> None:
    for text in HOSTILE:
        for headers in ({}, {"HX-Request": "true"}):
            answer = victim.send("/console/moderation/cases/hostile_cas5/decide", {"verdict": text, "clause_id": text}, **headers)  # fmt: skip
            assert answer.status_code == 422
            assert Markup(answer.text).dangers() == []
        assert Markup(Visitor.of(victim.client.app).get("/console/sign-in?next=" + text.replace("&", "")).text).dangers() == []  # fmt: skip


@pytest.mark.parametrize(
    "value", ["\x00", "\ud800".encode("utf-8", "surrogatepass"), "NaN", "-1", "9" * 40, "' OR 1=1"]
)
@pytest.mark.parametrize("path", ["/console/moderation?cursor=", "/console/audit?cursor=", "/console/audit?subject=", "/console/atmosphere?channel=", "/console/jobs?cursor=", "/console/moderation/cases/", "/console/messages/"])  # fmt: skip
def test_odd_addresses_are_refused_in_words(visitors: dict[str, Visitor], path: str, value: str | bytes) -> None:
    from urllib.parse import quote

    answer = visitors["admin"].get(path + quote(value))
    assert answer.status_code in {200, 400, 404, 422}
    assert answer.headers["x-request-id"] in answer.text or answer.status_code == 200


def test_an_error_says_what_went_wrong_where_it_happened_with_the_id_of_the_request(
    visitors: dict[str, Visitor],
) -> None:
    whole = visitors["admin"].get("/console/moderation/cases/cas_nothing")
    assert whole.status_code == 404
    assert whole.headers["x-request-id"] in whole.text
    part = visitors["admin"].get("/console/moderation/cases/cas_nothing", **{"HX-Request": "true"})
    assert "<html" not in part.text and part.headers["x-request-id"] in part.text


def test_a_choice_of_language_and_theme_is_kept(world: World, visitor: Visitor) -> None:
    visitor.sign_in(world.keys["operator"])
    assert '<html lang="zh-CN" data-theme="auto"' in visitor.get("/console/jobs").text
    answer = visitor.send("/console/preferences", {"language": "en", "theme": "dark", "next": "/console/jobs"})
    assert answer.headers["location"] == "/console/jobs"
    assert '<html lang="en" data-theme="dark"' in visitor.get("/console/jobs").text
    assert visitor.send("/console/preferences", {"language": "xx"}).status_code == 422


def test_static_files_are_kept_by_browsers_and_nothing_else_is_served(visitor: Visitor) -> None:
    page = visitor.get("/console/sign-in").text
    for address in re.findall(r'(?:src|href)="(/console/static/[^"]+)"', page):
        answer = visitor.get(address)
        assert answer.status_code == 200 and "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-encoding"] == "gzip" and "accept-encoding" in answer.headers["vary"].lower()
        plain = visitor.get(address, **{"Accept-Encoding": "br, gzip;q=0"})
        assert "content-encoding" not in plain.headers and plain.content == answer.content
        assert visitor.get(address, **{"If-None-Match": answer.headers["etag"]}).status_code == 304
        # Asked of a process that has another version of the file, the answer is not kept.
        assert visitor.get(address.partition("?")[0] + "?v=0").headers["cache-control"] == "no-cache"
    for path in ("/console/static/../app.py", "/console/static/%2e%2e/app.py", "/console/static/"):
        assert visitor.get(path).status_code == 404


@pytest.mark.parametrize(("site", "is_compressed"), [("same-origin", True), ("none", True), ("cross-site", False), ("same-site", False), (None, False)])  # fmt: skip
def test_pages_are_compressed_for_our_own_pages_alone_so_that_no_other_site_can_guess_at_them_by_their_length(
    visitors: dict[str, Visitor], site: str | None, is_compressed: bool
) -> None:
    answer = visitors["operator"].get("/console/jobs", **({"Sec-Fetch-Site": site} if site else {}))
    assert ("content-encoding" in answer.headers) is is_compressed
    assert "<html" in answer.text and answer.headers["content-security-policy"]


def test_moments_are_those_of_the_communitys_time_zone(world: World, visitors: dict[str, Visitor]) -> None:
    case = world.get("moderator", "/cases", limit=1).json()["items"][0]
    page = visitors["moderator"].get(f"/console/moderation/cases/{case['id']}").text
    hour = (int(case["sent_at"][11:13]) + 8) % 24  # Asia/Shanghai
    assert f" {hour:02}:{case['sent_at'][14:16]}</time>" in page


def test_evidence_is_marked_where_the_words_still_are_what_was_quoted() -> None:
    def marked(text: str, *spans: tuple[int, int, str]) -> list[tuple[str, bool]]:
        return [(piece.text, piece.is_evidence) for piece in pieces(text, spans)]

    assert marked("你这个笨蛋走开", (3, 5, "笨蛋")) == [("你这个", False), ("笨蛋", True), ("走开", False)]
    assert marked("abcd", (0, 2, "ab"), (1, 3, "bc")) == [("abc", True), ("d", False)]
    assert marked("changed", (0, 3, "old")) == [("changed", False)]
    assert marked("ab", (0, 9, "ab"), (-1, 1, "b"), (1, 1, "")) == [("ab", False)]
    assert marked("") == []
    assert "".join(text for text, _ in marked("一二三四", (1, 2, "二"))) == "一二三四"
