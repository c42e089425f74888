"""Single records: who may open them, and that those of another community, or of another member, are not there."""

from __future__ import annotations

import pytest

from copilot.community.access import create_key
from copilot.community.models import Role
from copilot.community.tables import Member
from tests.api.conftest import World
from tests.api.console.conftest import ROLES
from tests.api.console.hostile import hostile_community
from tests.api.console.record_places import FILLED, FORMS, PAGES, of
from tests.api.console.test_roles import ACTIONS
from tests.api.console.visitor import Visitor

_SLUG = "elsewhere"


@pytest.fixture(scope="module")
def elsewhere(world: World) -> dict[str, Visitor]:
    """Visitors of a community that has all kinds of records: its admin, and a member who has part in none of them."""
    admin = hostile_community(world.services, _SLUG)
    with world.services.store.system() as session:
        community_id = session.get_one(Member, f"{_SLUG}_mem3").community_id
    with world.services.store.write(community_id) as unit:
        member = create_key(unit, "m", Role.MEMBER, member_id=f"{_SLUG}_mem3").secret
    return {name: Visitor.of(world.client.app).sign_in(key) for name, key in (("admin", admin), ("member", member))}


@pytest.mark.parametrize("role", [*ROLES, "nobody"])
def test_a_page_of_a_record_is_refused_before_anybody_is_told_whether_there_is_one(
    visitors: dict[str, Visitor], role: str
) -> None:
    for path, allowed in PAGES.items():
        expected = {303} if role == "nobody" else {404} if role in allowed else {403}
        assert visitors[role].get(path).status_code in expected, path


@pytest.mark.parametrize("role", ROLES)
def test_another_communitys_records_are_as_if_they_never_were(
    visitors: dict[str, Visitor], elsewhere: dict[str, Visitor], role: str
) -> None:
    visitor = visitors[role]
    for path in PAGES:
        if (theirs := of(_SLUG, path)) != path:
            assert visitor.get(theirs).status_code == visitor.get(path).status_code, path
    csrf = visitor.token("/console/welcome")
    for path, (form, _) in ACTIONS.items():
        known = {name: of(_SLUG, value) for name, value in form.items()}
        if (theirs := of(_SLUG, path)) != path or known != form:
            asked = visitor.client.post(theirs, data={"csrf": csrf, **known})
            assert asked.status_code == visitor.client.post(path, data={"csrf": csrf, **form}).status_code, path
    assert elsewhere["admin"].get(f"/console/loans/{_SLUG}_loa").status_code == 200, "it is there, for its own"


def test_another_members_records_are_as_if_they_never_were(elsewhere: dict[str, Visitor]) -> None:
    member = elsewhere["member"]
    for path, allowed in PAGES.items():
        if "member" in allowed and "res_x" not in path and "/me/events" not in path:
            assert member.get(of(_SLUG, path)).status_code == 404, path
    for path, (form, allowed) in ACTIONS.items():
        if "member" in allowed and of(_SLUG, path) != path and "res_x" not in path and "evt_x" not in path:
            assert member.send(of(_SLUG, path), form).status_code in {403, 404}, path
    # A message and a person are staff's to look up; a resource and an event are the community's.
    assert member.get(f"/console/messages/{_SLUG}_msg1").status_code == 403
    assert member.get(f"/console/me/resources/{_SLUG}_res0").status_code == 200


@pytest.mark.parametrize("role", [*ROLES, "nobody"])
def test_forms_that_act_at_once_are_refused_to_who_may_not_send_them(visitors: dict[str, Visitor], role: str) -> None:
    for path, allowed in FORMS.items():
        form = FILLED.get(path, {})
        if role == "nobody":
            assert visitors[role].client.post(path, data=form).status_code == 303, path
        elif role not in allowed:
            assert visitors[role].send(path, form).status_code == 403, path


def test_forms_that_act_at_once_are_taken_from_our_own_pages_alone(visitors: dict[str, Visitor]) -> None:
    for path, allowed in FORMS.items():
        role = "member" if "member" in allowed else "admin"
        form, other = FILLED.get(path, {}), visitors["operator"].token("/console/welcome")
        for sent in ({}, {"csrf": other}, {"csrf": "0" * 64}):
            assert visitors[role].client.post(path, data={**form, **sent}).status_code == 403, path
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
            assert visitors[role].send(path, form, **headers).status_code == 403, path


def test_a_session_that_was_signed_out_or_made_up_opens_nothing(world: World) -> None:
    visitor = Visitor.of(world.client.app).sign_in(world.keys["admin"])
    kept = dict(visitor.client.cookies)
    assert visitor.send("/console/sign-out", {}).status_code == 303
    for session in (kept["console_session"], "0" * len(kept["console_session"]), "' OR 1=1", ""):
        visitor.client.cookies.clear()
        visitor.client.cookies.set("console_session", session, path="/console")
        assert visitor.get("/console/audit").status_code == 303
