from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from api.console.form_fields import ids_of
from api.console.pages.rotations import groups_of
from copilot.community.access import ROLE_SCOPES, Actor
from copilot.community.models import Role, Visibility
from copilot.community.permission import open_to_match
from copilot.community.tables import Loan, Member, ProfileText, Resource
from copilot.errors import InvalidInput, said_in
from tests.api.conftest import World
from tests.api.console.hostile import HOSTILE
from tests.api.console.visitor import Markup, Visitor

_HX = {"HX-Request": "true"}


def _stage(world: World) -> None:
    """Add, once, members and a resource whose every word is hostile, one of them hidden."""
    with world.services.store.write(world.community_id) as unit:
        if unit.session.scalar(select(Member).where(Member.id == "mem_console_p0")) is not None:
            return
        for n, text in enumerate(HOSTILE[:3]):
            unit.add(Member(id=f"mem_console_p{n}", platform="p", external_id=f"console_p{n}", name=text, headline=HOSTILE[n + 3], city="控制台城", visibility=Visibility.HIDDEN.value if n == 2 else Visibility.COMMUNITY.value, created_at=unit.now))  # fmt: skip
        unit.session.flush()
        unit.add(Resource(id="res_console_p", code="RCP", library_code="TEC-HW-999", type="technology", title=HOSTILE[6], description=HOSTILE[7], owner_id="mem_console_p0", capacity=2, created_at=unit.now))  # fmt: skip


def test_people_are_found_by_words_on_the_server_a_page_at_a_time(world: World, visitors: dict[str, Visitor]) -> None:
    _stage(world)
    operator = visitors["operator"]
    found = operator.get("/console/people?q=控制台城")
    assert Markup(found.text).dangers() == []
    assert "mem_console_p0" in found.text and "mem_console_p1" in found.text
    assert "mem_console_p2" not in found.text, "who is hidden is known to themselves and admins alone"
    assert "mem_console_p2" in visitors["admin"].get("/console/people?q=控制台城").text
    assert operator.get("/console/people/mem_console_p2").status_code == 404
    first = operator.get("/console/people").text
    cursor = re.findall(r"cursor=([^\"&]+)", first)[0]
    part = operator.get(f"/console/people?q=&cursor={cursor}", **_HX).text
    assert part.lstrip().startswith("<li>") and "<html" not in part
    assert operator.get("/console/people?cursor=nothing").status_code == 400


def test_meaning_finds_whose_words_answer(world: World, visitors: dict[str, Visitor]) -> None:
    with world.services.store.read(world.community_id) as unit:
        offers = select(ProfileText).join(Member, Member.id == ProfileText.member_id).where(ProfileText.aspect == "has", *open_to_match())  # fmt: skip
        said = unit.session.scalars(offers.order_by(ProfileText.id).limit(1)).one()
    page = visitors["operator"].client.get("/console/people/meaning", params={"q": said.text[:60]}).text
    assert "<mark>" in page and f"/console/people/{said.member_id}" in page
    assert visitors["moderator"].get("/console/people/meaning?q=x").status_code == 403
    assert visitors["operator"].get("/console/resources/meaning?q=场地").status_code == 200


def test_a_person_is_shown_with_sources_consent_and_matches_with_their_parts(
    world: World, visitors: dict[str, Visitor]
) -> None:
    _stage(world)
    page = visitors["operator"].get(f"/console/people/{world.member_id}").text
    assert "来自导入的名单" in page and f"/console/people/{world.member_id}/matches" in page
    matched = world.matched()["member_id"]
    part = visitors["operator"].get(f"/console/people/{matched}/matches?kind=member").text
    assert 'class="sub-value"' in part and "<mark>" in part
    assert "/answer" not in part and 'name="verdict"' not in part, "only the member answers a proposal"
    assert visitors["moderator"].get(f"/console/people/{world.member_id}/matches").status_code == 403
    assert "/matches" not in visitors["moderator"].get(f"/console/people/{world.member_id}").text
    assert Markup(visitors["operator"].get("/console/people/mem_console_p0").text).dangers() == []


def test_another_communitys_people_and_resources_are_not_there(world: World) -> None:
    _stage(world)
    stranger = Visitor.of(world.client.app).sign_in(world.keys["stranger"])
    for path in ("people/mem_console_p0", "people/mem_console_p0/matches", "resources/res_console_p", "rounds/rnd_x", "rotations/rot_x"):  # fmt: skip
        assert stranger.get(f"/console/{path}").status_code == 404
    assert "mem_console_p0" not in stranger.get("/console/people").text


def test_a_team_is_built_with_the_words_it_rests_on(visitors: dict[str, Visitor]) -> None:
    answer = visitors["operator"].search("/console/teams", {"goal": "做一款硬件产品并找到渠道", "slots": "硬件", "teams": "1"})  # fmt: skip
    assert answer.status_code == 200 and "<html" not in answer.text
    assert Markup(answer.text).dangers() == []
    hostile = visitors["operator"].search("/console/teams", {"goal": HOSTILE[0], "slots": "\n".join(HOSTILE[:3])[:120]})  # fmt: skip
    assert hostile.status_code in {200, 422} and Markup(hostile.text).dangers() == []
    assert visitors["operator"].send("/console/teams", {"teams": "9"}, **_HX).status_code == 422


def test_a_round_is_previewed_kept_and_cancelled(visitors: dict[str, Visitor]) -> None:
    operator = visitors["operator"]
    form = {"series": "console", "size": "2", "no_repeat_rounds": "0", "allow_repeats": "true"}
    preview = operator.search("/console/rounds", form)
    assert preview.status_code == 200 and 'class="tables"' in preview.text
    assert "console" not in operator.get("/console/rounds").text.split('id="preview"')[1]
    kept = operator.send("/console/rounds", {**form, "keep": "true"})
    path = kept.headers["location"]
    page = operator.get(path).text
    assert "没来的人" in page and 'name="absent"' in page
    assert operator.send(f"{path}/cancel", {}).status_code == 303
    assert "已取消" in operator.get(path).text


def test_a_rotation_shows_its_differences_before_it_is_applied(world: World, visitors: dict[str, Visitor]) -> None:
    operator = visitors["operator"]
    with world.services.store.read(world.community_id) as unit:
        ids = [row.external_id for row in unit.session.scalars(select(Member).where(Member.consent_match.is_(True), Member.consent_ai.is_(True), Member.external_id.like("M%")).limit(12))]  # fmt: skip
    groups = "\n".join(f"{n + 1}组：{'，'.join(ids[n::3])}" for n in range(3))
    # It says how far it is, can be stopped, and leads to what was found; a browser without scripts waits for it.
    made = operator.search("/console/rotations", {"groups": groups, "series": "console"})
    assert made.status_code == 204, made.text[:600]
    path = made.headers["hx-redirect"]
    plain = operator.send("/console/rotations", {"groups": groups, "series": "console"})
    assert plain.status_code == 303 and plain.headers["location"] != path
    page = operator.get(path).text
    assert "谁换到哪里" in page
    assert operator.send(f"{path}/discard", {}).status_code == 303
    assert operator.send(f"{path}/apply", {}, **_HX).status_code == 409


def test_groups_are_read_from_lines_and_odd_ones_are_refused() -> None:
    assert groups_of("一组：M1，M2、M3\n\nTwo: M4") == {"一组": ["M1", "M2", "M3"], "Two": ["M4"]}
    assert groups_of(" \n ") is None
    for wrong in ("no colon", ": M1", "a: M1\na: M2", "a: " + "x" * 129, "\n".join(f"g{n}: M{n}" for n in range(31))):
        with pytest.raises(InvalidInput):
            groups_of(wrong)


def test_the_library_is_found_by_code_with_its_calendar_and_history(world: World, visitors: dict[str, Visitor]) -> None:
    _stage(world)
    operator = visitors["operator"]
    found = operator.get("/console/resources?q=TEC-HW-999&kind=technology&status=")
    assert "res_console_p" in found.text and Markup(found.text).dangers() == []
    part = operator.get("/console/resources?q=TEC-HW-999", **_HX).text
    assert "res_console_p" in part and "<html" not in part
    page = operator.get("/console/resources/res_console_p").text
    assert page.count('<li class="day') == 42 and HOSTILE[6] in Markup(page).text
    assert operator.send("/console/resources/res_console_p/confirm", {}).status_code == 303
    assert "confirm" not in visitors["moderator"].get("/console/resources/res_console_p").text
    assert operator.get("/console/resources?kind=nothing").status_code == 422
    assert operator.get("/console/resources?cursor=nothing").status_code == 400


def test_a_loan_goes_step_by_step_and_a_wrong_step_is_said_beside_it(
    world: World, visitors: dict[str, Visitor]
) -> None:
    _stage(world)
    operator = visitors["operator"]
    day = world.services.clock.now().date().isoformat()
    made = world.post("operator", "/resources/res_console_p/requests", {"member_id": world.member_id, "units": 1, "starts_on": day, "ends_on": day})  # fmt: skip
    assert made.status_code == 201, made.text
    path = f"/console/loans/{made.json()['id']}/steps"
    assert made.json()["id"] in operator.get("/console/loans?status=requested").text
    accepted = operator.send(path, {"step": "accept"}, **_HX)
    assert accepted.status_code == 200 and "已答应" in accepted.text
    again = operator.send(path, {"step": "accept"}, **_HX)
    assert again.status_code == 409 and again.headers["x-request-id"] in again.text
    assert operator.send(path, {"step": "extend", "until": "2026-02-30"}, **_HX).status_code == 422
    assert operator.send(path, {"step": "cancel", "words": "不用了"}).status_code == 303
    with world.services.store.read(world.community_id) as unit:
        assert unit.get(Loan, made.json()["id"]).status == "cancelled"


def test_operators_add_a_resource_note_a_request_for_a_member_and_pause_it(
    world: World, visitors: dict[str, Visitor]
) -> None:
    _stage(world)
    operator = visitors["operator"]
    added = {"kind": "technology", "title": HOSTILE[8], "owner": "mem_console_p1", "capacity": "2", "max_days": ""}
    path = operator.send("/console/resources", added).headers["location"]
    page = Markup(operator.get(path).text)
    assert HOSTILE[8].strip()[:20] in page.text and "2 / 2 可用" in page.text and page.dangers() == []
    nobody = operator.send("/console/resources", {**added, "owner": "没有这个人"}, **_HX)
    assert nobody.status_code == 422 and "请填编号或完整的名字" in nobody.text
    day = world.services.clock.now().date().isoformat()
    asked = operator.send(f"{path}/requests", {"member": world.member_id, "starts": day, "ends": day, "units": "1"})
    assert asked.status_code == 303, asked.text[:500]
    assert asked.headers["location"] in operator.get(path).text
    assert operator.send(f"{path}/requests", {"member": world.member_id, "starts": "x", "ends": day}).status_code == 422
    assert operator.send(f"{path}/status", {"to": "paused"}).status_code == 303
    assert "恢复" in operator.get(path).text
    assert operator.send(f"{path}/status", {"to": "withdrawn"}).status_code == 303
    assert "/status" not in operator.get(path).text


def test_whoever_is_named_in_a_list_is_found_by_id_or_whole_name(world: World, visitors: dict[str, Visitor]) -> None:
    _stage(world)
    with world.services.store.read(world.community_id) as unit:
        row = unit.session.scalars(select(Member).where(*open_to_match()).order_by(Member.id).limit(1)).one()
        actor = Actor(world.community_id, "o", Role.OPERATOR, frozenset(ROLE_SCOPES[Role.OPERATOR]), "key_x", None)
        assert ids_of(unit, actor, [row.name, row.external_id, row.id]) == [row.id] * 3
        for unknown in ("没有这个人", "mem_console_p2"):
            with pytest.raises(InvalidInput) as refused:
                ids_of(unit, actor, [row.id, unknown])
            assert unknown in said_in(refused.value, "zh-CN")
    wrong = visitors["operator"].send("/console/rotations", {"groups": "一组：没有这个人", "series": "s"}, **_HX)
    assert wrong.status_code == 422 and "没有这个人" in wrong.text


def test_how_sure_a_match_is_stands_in_the_readers_language(world: World) -> None:
    matched = world.matched()["member_id"]
    reader = Visitor.of(world.client.app).sign_in(world.keys["operator"])
    reader.client.cookies.set("console_language", "en")
    part = reader.get(f"/console/people/{matched}/matches").text
    assert "help for you" in part and "帮到你：" not in part
    assert "on their own page" in part


def test_duplicates_and_reminders_open_and_are_searched(visitors: dict[str, Visitor]) -> None:
    assert visitors["operator"].send("/console/resources/duplicates", {}).status_code == 303
    for kind in ("confirm", "decide", "overdue", "outcome"):
        assert visitors["operator"].get(f"/console/resources/reminders?kind={kind}").status_code == 200
    assert visitors["operator"].get("/console/resources/reminders?kind=x").status_code == 422
