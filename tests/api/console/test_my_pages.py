from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from copilot.community.access import SELF, Actor, create_key
from copilot.community.models import Role
from copilot.community.tables import AspectProposal, Event, Match, Member, ProfileText
from tests.api.conftest import World
from tests.api.console.hostile import HOSTILE
from tests.api.console.visitor import Markup, Visitor

_HX = {"HX-Request": "true"}


def _newcomer(world: World, name: str, *, external_id: str) -> tuple[Visitor, str]:
    """Return a member of their own, signed in: what they change touches no other test."""
    member_id = f"mem_{external_id}"
    with world.services.store.write(world.community_id) as unit:
        unit.add(
            Member(
                id=member_id, platform="p", external_id=external_id, name=name, city="杭州", consent_match=True,
                created_at=unit.now,
            )
        )  # fmt: skip
        unit.session.flush()
        for n, aspect in enumerate(("is", "has", "wants")):
            unit.add(ProfileText(id=f"txt_{external_id}{n}", member_id=member_id, aspect=aspect, position=n, text=f"{name} {aspect}", source="introduction"))  # fmt: skip
        secret = create_key(unit, name[:100], Role.MEMBER, member_id=member_id).secret
    return Visitor.of(world.client.app).sign_in(secret), member_id


def _proposed(world: World, external_id: str, target: str) -> tuple[str, Visitor]:
    """Propose one newcomer to another, who is made; return the proposal and the other one, signed in."""
    other, other_id = _newcomer(world, "被想认识的人", external_id=target)
    with world.services.store.write(world.community_id) as unit:
        row = unit.add(Match(id=f"mat_{external_id}", member_id=f"mem_{external_id}", kind="member", target_id=other_id, score=0.9, created_at=unit.now, proposed_at=unit.now, updated_at=unit.now))  # fmt: skip
        return row.id, other


def _matched(world: World) -> tuple[Visitor, dict[str, Any]]:
    """Return a member of the sample who has matches, signed in, with them."""
    found = world.matched()
    with world.services.store.write(world.community_id) as unit:
        secret = create_key(unit, "matched", Role.MEMBER, member_id=found["member_id"]).secret
    return Visitor.of(world.client.app).sign_in(secret), found


def test_a_members_key_lands_on_their_own_page(world: World, visitors: dict[str, Visitor]) -> None:
    assert visitors["member"].get("/console/").headers["location"] == "/console/me"
    page = visitors["member"].get("/console/me").text
    with world.services.store.read(world.community_id) as unit:
        assert unit.get(Member, world.member_id).name in page
    menu = [str(a["href"]) for tag, a in Markup(page).tags if tag == "a" and "/console/me/" in str(a.get("href"))]
    assert {"/console/me/events", "/console/me/topics", "/console/me/data"} <= set(menu)


def test_an_admin_who_is_no_member_has_no_such_page(visitors: dict[str, Visitor]) -> None:
    assert "/console/me" not in visitors["admin"].get("/console/overview").text
    assert visitors["admin"].get("/console/me/data/export").status_code == 403


def test_matches_quote_the_words_they_rest_on_and_tell_nothing_of_others_decisions(world: World) -> None:
    member, found = _matched(world)
    page = member.get("/console/me/matches?kind=member", **_HX).text
    assert "<mark>" in page and 'class="sub-value"' in page
    assert found["items"][0]["target_name"] in page
    assert "屏蔽" not in page
    assert member.get("/console/me/matches?kind=nothing").status_code == 422


def test_an_answer_to_a_match_replaces_it_and_an_unknown_one_is_refused(world: World) -> None:
    asker, _ = _newcomer(world, "答复的人", external_id="console_answer")
    match_id, _ = _proposed(world, "console_answer", "console_answer_target")
    answer = asker.send(f"/console/me/matches/{match_id}", {"verdict": "reject"}, **_HX)
    assert answer.status_code == 200 and "match-answered" in answer.text
    assert asker.send(f"/console/me/matches/{match_id}", {"verdict": "maybe"}, **_HX).status_code == 422


def test_two_members_are_introduced_from_their_pages(world: World) -> None:
    """What one accepts the other one is asked, with the message written to them; a no is told as nothing at all."""
    asker, asker_id = _newcomer(world, "想认识人的人", external_id="console_asker")
    match_id, asked = _proposed(world, "console_asker", "console_asked")
    assert asker.send(f"/console/me/matches/{match_id}", {"verdict": "accept"}, **_HX).status_code == 200
    row = world.get("operator", f"/members/{asker_id}/introductions").json()["items"][0]
    path = f"/console/me/introductions/{row['id']}"
    page = asked.get("/console/me").text
    assert f"{path}/answer" in page and 'class="said"' in page
    assert asker.send(f"{path}/answer", {"reply": "accept"}, **_HX).status_code == 403, "the other one is asked"
    done = asked.send(f"{path}/answer", {"reply": "decline", "reason": "not_now", "comment": HOSTILE[2]}, **_HX)
    assert done.headers["hx-redirect"] == path
    # The one who asked is told that nothing came of it, and not what the other one did.
    told = asker.get(path).text
    assert "没有下文" in told and "婉拒" not in told and "svg/onload" not in told
    assert "没有下文" in asker.get("/console/me/introductions").text


def test_signing_up_and_taking_it_back_change_the_row_in_place(world: World) -> None:
    member, _ = _newcomer(world, "报名的人", external_id="console_signup")
    with world.services.store.write(world.community_id) as unit:
        starts = unit.now + timedelta(days=2)
        unit.add(Event(id="evt_console_me", code="EVCM", title=HOSTILE[1], format="talk", status="published", starts_at=starts, ends_at=starts + timedelta(hours=2), capacity=5, created_at=unit.now))  # fmt: skip
    path = "/console/me/events/evt_console_me"
    answer = member.send(f"{path}/sign-up", {}, **_HX)
    assert answer.status_code == 200 and f"{path}/cancel" in answer.text
    assert Markup(answer.text).dangers() == [] and HOSTILE[1] in Markup(answer.text).text
    assert f"{path}/cancel" in member.get("/console/me/events").text
    assert f"{path}/sign-up" in member.send(f"{path}/cancel", {}, **_HX).text
    assert member.send("/console/me/events/evt_nothing/sign-up", {}, **_HX).status_code == 404


def test_consent_acts_at_once_and_says_where_every_sentence_came_from(world: World) -> None:
    member, member_id = _newcomer(world, HOSTILE[0], external_id="console_consent")
    page = member.get("/console/me/data")
    assert "来自自我介绍" in page.text and Markup(page.text).dangers() == []
    off = member.send("/console/me/data/consent", {"name": "consent_match", "value": "no"}, **_HX)
    assert off.status_code == 200 and 'aria-checked="false"' in off.text
    assert member.send("/console/me/data/consent", {"name": "visibility", "value": "hidden"}).status_code == 303
    with world.services.store.read(world.community_id) as unit:
        row = unit.get(Member, member_id)
        assert (row.consent_match, row.visibility) == (False, "hidden")
        assert row.consents_decided["consent_match"]["by"] == "member"
    for form in ({"name": "consent_ai", "value": "hidden"}, {"name": "visibility", "value": "yes"}):
        member.send("/console/me/data/consent", form)
    with world.services.store.read(world.community_id) as unit:
        assert (unit.get(Member, member_id).consent_ai, unit.get(Member, member_id).visibility) == (True, "hidden")
    assert member.send("/console/me/data/consent", {"name": "name", "value": "yes"}).status_code == 422
    assert member.send("/console/me/data/sources", {"source": "chat", "value": "yes"}, **_HX).status_code == 200
    assert world.services.profiles.sources(world.community_id, member_id, actor=_actor(world, member_id)).chat is True


def _actor(world: World, member_id: str) -> Actor:
    return Actor(world.community_id, "m", Role.MEMBER, SELF, key_id="k", member_id=member_id)


def test_a_proposal_enters_the_profile_by_the_members_word_alone(world: World) -> None:
    member, member_id = _newcomer(world, "确认的人", external_id="console_aspect")
    with world.services.store.write(world.community_id) as unit:
        for n, text in enumerate((HOSTILE[3], "会做硬件")):
            unit.add(AspectProposal(id=f"asp_console{n}", member_id=member_id, aspect="has", field="", text=text, quote=text, source="introduction", extracted_by="rules", status="proposed", created_at=unit.now))  # fmt: skip
    assert "有 2 条" in member.get("/console/me").text
    assert Markup(member.get("/console/me/data").text).dangers() == []
    assert member.send("/console/me/data/proposals/asp_console1", {"action": "confirm"}, **_HX).status_code == 200
    assert "会做硬件" in member.get("/console/me/data").text
    assert member.send("/console/me/data/proposals/asp_console0", {"action": "decline"}).status_code == 303
    stranger, _ = _newcomer(world, "别人", external_id="console_aspect_other")
    assert stranger.send("/console/me/data/proposals/asp_console1", {"action": "decline"}).status_code in {403, 404}


def test_contacts_that_were_not_touched_are_nobodys_word_yet(world: World) -> None:
    member, member_id = _newcomer(world, "联系我", external_id="console_contacts")
    assert member.send("/console/me/data/contacts", {"wechat": HOSTILE[5]}).status_code == 303
    with world.services.store.read(world.community_id) as unit:
        assert list(unit.get(Member, member_id).contacts) == ["wechat"]
    page = Markup(member.get("/console/me/data").text)
    assert page.dangers() == []
    assert {a["value"] for tag, a in page.tags if a.get("name") == "wechat"} == {HOSTILE[5]}


def test_everything_stored_can_be_had_and_then_be_gone(world: World) -> None:
    member, member_id = _newcomer(world, "要走的人", external_id="console_erase")
    exported = json.loads(member.get("/console/me/data/export").text)
    assert exported["member_id"] == member_id and len(exported["records"]["profile_text"]) == 3
    wrong = member.send("/console/me/data/erase", {"word": "不删"})
    assert wrong.status_code == 422 and "什么都没有删" in wrong.text
    gone = member.send("/console/me/data/erase", {"word": " 删除 "})
    assert (
        gone.status_code == 200
        and 'class="fields proof"' in gone.text
        and "console_session=" in gone.headers["set-cookie"]
    )
    with world.services.store.read(world.community_id) as unit:
        assert unit.session.get(Member, member_id) is None
    assert member.get("/console/me").status_code == 303


def test_points_are_explained_and_a_member_can_stay_off_the_boards(world: World) -> None:
    member, member_id = _newcomer(world, "积分", external_id="console_points")
    assert member.send("/console/me/points/shown", {"shown": "no"}).status_code == 303
    assert world.services.recognition.points.setting(world.community_id, member_id).is_shown is False
    assert "不会出现在任何榜单" in member.get("/console/me/points").text


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_members_pages_are_said_in_both_languages(world: World, visitors: dict[str, Visitor], language: str) -> None:
    visitor = Visitor.of(world.client.app).sign_in(world.keys["member"])
    visitor.client.cookies.set("console_language", language, path="/console")
    for path in ("me", "me/data", "me/events", "me/topics", "me/introductions", "me/points", "me/data/erase"):
        page = visitor.get(f"/console/{path}")
        assert page.status_code == 200 and f'<html lang="{language}"' in page.text
        assert Markup(page.text).dangers() == []
