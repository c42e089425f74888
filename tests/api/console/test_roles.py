"""Who may open which page and do what: asked on the server at every step, whatever the page shows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.routing import APIRoute

from tests.api.conftest import World
from tests.api.console import desk_places, people_places, record_places
from tests.api.console.conftest import ROLES
from tests.api.console.visitor import PAGES, Markup, Visitor

# Forms that change something, by path, with what they need to be understood; and who may send them.
ACTIONS: dict[str, tuple[dict[str, str], frozenset[str]]] = {
    "/console/start/imports": ({}, frozenset({"operator", "admin"})),
    "/console/jobs": ({"kind": "nonsense"}, frozenset({"operator", "admin"})),
    "/console/jobs/job_x/cancel": ({}, frozenset({"operator", "admin"})),
    "/console/overview/alerts/alr_x/take": ({}, frozenset({"operator", "admin"})),
    "/console/overview/alerts/alr_x/dismiss": ({"reason": "r"}, frozenset({"operator", "admin"})),
    "/console/moderation/cases/cas_x/claim": ({}, frozenset({"moderator", "admin"})),
    "/console/moderation/cases/cas_x/release": ({}, frozenset({"moderator", "admin"})),
    "/console/moderation/cases/cas_x/decide": ({"verdict": "no_violation"}, frozenset({"moderator", "admin"})),
    "/console/moderation/cases/cas_x/undo": ({}, frozenset({"moderator", "admin"})),
    "/console/moderation/cases/cas_x/proposals/prp_x/confirm": ({}, frozenset({"moderator", "admin"})),
    "/console/moderation/cases/cas_x/proposals/prp_x/decline": ({"reason": "r"}, frozenset({"moderator", "admin"})),
    "/console/ask": ({"text": ""}, frozenset({"operator", "admin"})),
    "/console/ask/inq_x/stop": ({}, frozenset({"operator", "admin"})),
    "/console/plans/plan_x/edit": ({"section": "texts", "title": "t"}, frozenset({"operator", "admin"})),
    "/console/plans/plan_x/revise": ({"request": "r"}, frozenset({"operator", "admin"})),
    "/console/plans/plan_x/lock": ({"address": "agenda"}, frozenset({"operator", "admin"})),
    "/console/plans/plan_x/restore": ({"to": "plan_y"}, frozenset({"operator", "admin"})),
    "/console/plans/plan_x/publish": ({}, frozenset({"operator", "admin"})),
    "/console/events/evt_x/sign-ups": ({"member_id": "mem_x"}, frozenset({"operator", "admin"})),
    "/console/events/evt_x/sign-ups/cancel": ({"member_id": "mem_x"}, frozenset({"operator", "admin"})),
    "/console/events/evt_x/cancel": ({}, frozenset({"operator", "admin"})),
    "/console/events/evt_x/spending": ({}, frozenset({"operator", "admin"})),
    "/console/events/evt_x/review": ({}, frozenset({"operator", "admin"})),
    "/console/events/evt_x/door/check-ins": ({"member_id": "mem_x"}, frozenset({"operator", "admin"})),
    "/console/topics/members/mem_x": ({}, frozenset({"operator", "admin"})),
    "/console/topics/members/mem_x/pause": ({"paused": "1"}, frozenset({"operator", "admin"})),
    "/console/topics/outreach": ({"quota": "x"}, frozenset({"operator", "admin"})),
    "/console/topics/outreach/out_x": ({"status": "sent"}, frozenset({"operator", "admin"})),
    "/console/topics/top_x/posts": ({"notes": "n"}, frozenset({"operator", "admin"})),
    "/console/moderation/appeals/apl_x/answer": (
        {"outcome": "upheld", "reason": "r"}, frozenset({"moderator", "operator", "admin"})
    ),
    **people_places.ACTIONS,
    **desk_places.ACTIONS,
}  # fmt: skip


def _routes(world: World) -> Iterator[APIRoute]:
    app = world.client.app
    (console,) = (route.app for route in app.routes if getattr(route, "path", "") == "/console")
    pending = list(console.routes)
    while pending:
        route = pending.pop()
        if isinstance(route, APIRoute):
            yield route
        elif hasattr(route, "original_router"):
            pending += route.original_router.routes


@pytest.mark.parametrize("role", [*ROLES, "nobody"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_for_whom_it_is_made_and_for_nobody_else(
    visitors: dict[str, Visitor], path: str, role: str
) -> None:
    expected = 303 if role == "nobody" else 200 if role in PAGES[path] else 403
    assert visitors[role].get(path).status_code == expected


@pytest.mark.parametrize("role", [*ROLES, "nobody"])
@pytest.mark.parametrize("path", ACTIONS)
def test_an_action_is_refused_to_who_may_not_do_it(visitors: dict[str, Visitor], path: str, role: str) -> None:
    form, allowed = ACTIONS[path]
    if role == "nobody":
        assert visitors[role].client.post(path, data=form).status_code == 303
        return
    status = visitors[role].send(path, form).status_code
    # There is no such record, or the form is not whole: who may act is told that, others are told nothing.
    assert status in ({404, 422} if role in allowed else {403, 422} if path == "/console/jobs" else {403})


@pytest.mark.parametrize("path", [*ACTIONS, "/console/sign-out"])
def test_no_form_of_another_page_or_site_is_taken(visitors: dict[str, Visitor], path: str) -> None:
    form, _ = ACTIONS.get(path, ({}, None))
    admin = visitors["admin"]
    if path != "/console/start/imports" and path != "/console/jobs":
        assert admin.client.post(path, data=form).status_code == 403
        assert admin.client.post(path, data={**form, "csrf": visitors["operator"].token("/console/welcome")}).status_code == 403  # fmt: skip
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        assert admin.send(path, form, **headers).status_code in {403, 422}
    assert admin.get("/console/overview").status_code == 200


def test_every_page_and_form_is_in_this_matrix(world: World) -> None:
    def stands_for(template: str, path: str) -> bool:
        parts, given = (
            template.strip("/").split("/"),
            path.removeprefix("/console").partition("?")[0].strip("/").split("/"),
        )
        return len(parts) == len(given) and all(a == b or "{" in a for a, b in zip(parts, given, strict=True))

    routes = [route for route in _routes(world) if route.path not in record_places.FOR_EVERYBODY]
    assert len(routes) > 150
    for route in routes:
        known = (*ACTIONS, *record_places.FORMS) if "POST" in route.methods else (*PAGES, *desk_places.DATA, *record_places.PAGES)  # fmt: skip
        assert route.methods <= {"GET", "POST"}, route.path
        assert any(stands_for(route.path, path) for path in known), route.path


def test_the_menu_holds_only_what_opens(visitors: dict[str, Visitor]) -> None:
    for role in ROLES:
        page = Markup(visitors[role].get("/console/welcome").text)
        menu = {str(a["href"]) for tag, a in page.tags if tag == "a" and str(a.get("href", "")).startswith("/console/")}
        for path in menu - {"/console/"}:
            assert visitors[role].get(path).status_code == 200, (role, path)


def test_another_communitys_records_are_not_there(world: World, visitors: dict[str, Visitor]) -> None:
    case_id = world.get("moderator", "/cases", limit=1).json()["items"][0]["id"]
    stranger = Visitor.of(world.client.app).sign_in(world.keys["stranger"])
    assert stranger.get(f"/console/moderation/cases/{case_id}").status_code == 404
    assert case_id not in stranger.get("/console/moderation?status=all").text
    assert stranger.send(f"/console/moderation/cases/{case_id}/claim", {}).status_code == 404
