"""What members have with one another: a resource asked for, an agreement, an outcome; how an event was; a card shared."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from copilot.community.tables import CheckIn, Event, EventFeedback, Signup
from tests.api.conftest import World
from tests.api.console.hostile import HOSTILE
from tests.api.console.test_my_pages import _newcomer
from tests.api.console.visitor import Markup, Visitor

_HX = {"HX-Request": "true"}


def _offered(owner: Visitor, title: str, **more: str) -> str:
    """Offer something and return its page."""
    answer = owner.send("/console/me/resources", {"kind": "technology", "title": title, "capacity": "1", **more})
    assert answer.status_code == 303, answer.text[:500]
    return answer.headers["location"]


def test_a_resource_goes_from_hand_to_hand_and_back(world: World) -> None:
    """Offered, asked for, agreed on, handed over, kept longer, brought back; and both say what came of it."""
    owner, _ = _newcomer(world, "提供的人", external_id="exchange_owner")
    asker, _ = _newcomer(world, "申请的人", external_id="exchange_asker")
    third, _ = _newcomer(world, "旁人", external_id="exchange_third")
    resource = _offered(owner, HOSTILE[1], description=HOSTILE[25], terms=HOSTILE[9], max_days="10")
    shown = Markup(asker.get(resource).text)
    assert shown.dangers() == [] and HOSTILE[1] in shown.text and f"{resource}/requests" in asker.get(resource).text
    assert f"{resource}/requests" not in owner.get(resource).text, "one's own is not asked for"
    day = world.services.clock.now().date()
    late = asker.send(f"{resource}/requests", {"starts": str(day), "ends": str(day + timedelta(days=30))}, **_HX)
    assert late.status_code == 422 and "最长可用 10 天" in late.text
    asked = {"starts": str(day), "ends": str(day + timedelta(days=2)), "words": HOSTILE[0]}
    loan = asker.send(f"{resource}/requests", asked, **_HX).headers["hx-redirect"]
    assert third.get(loan).status_code == 404
    assert loan in asker.get("/console/me/loans").text and loan in owner.get("/console/me/loans?side=lent").text
    page = Markup(owner.get(loan).text)
    assert page.dangers() == [] and HOSTILE[0] in page.text
    assert asker.send(f"{loan}/steps", {"step": "accept", "on_page": "yes"}, **_HX).status_code == 403
    assert owner.send(f"{loan}/steps", {"step": "decline", "on_page": "yes"}, **_HX).status_code == 422, "without words"
    for who, step in ((owner, "accept"), (owner, "hand_over")):
        assert who.send(f"{loan}/steps", {"step": step, "on_page": "yes"}, **_HX).headers["hx-redirect"] == loan
    longer = {"step": "ask_extension", "until": "30.2.2027", "on_page": "yes"}
    assert "请填日期" in asker.send(f"{loan}/steps", longer, **_HX).text
    assert asker.send(f"{loan}/steps", {**longer, "until": str(day + timedelta(days=5))}, **_HX).status_code == 204
    assert owner.send(f"{loan}/steps", {**longer, "step": "extend", "until": str(day + timedelta(days=5))}).status_code == 303  # fmt: skip
    _agree(owner, asker, loan)
    for who, step in ((asker, "hand_back"), (owner, "confirm_return")):
        assert who.send(f"{loan}/steps", {"step": step, "on_page": "yes"}).status_code == 303
    assert asker.send(f"{loan}/outcome", {"result": "met", "value": "much"}, **_HX).status_code == 422
    assert asker.send(f"{loan}/outcome", {"result": "met", "value": "1,200.5", "words": HOSTILE[2]}).status_code == 303
    told = Markup(owner.get(loan).text)
    assert told.dangers() == [] and "1,200.50 元" in told.text and HOSTILE[2] in told.text


def _agree(owner: Visitor, asker: Visitor, loan: str) -> None:
    form = owner.get(f"{loan}/agreement?template=revenue_share").text
    keys = re.findall(r'name="key" value="([a-z_]+)"', form)
    values = {"project": HOSTILE[12], "expected": "10,000", "settle_within_days": "30"}
    filled = {"template": "revenue_share", "key": keys, "value": [values[key] for key in keys], "lender": "60", "borrower": "30"}  # fmt: skip
    assert "现在是 90%" in owner.send(f"{loan}/agreements", filled, **_HX).text
    assert owner.send(f"{loan}/agreements", {**filled, "value": values["project"]}, **_HX).status_code == 422
    agreement = owner.send(f"{loan}/agreements", {**filled, "community": "10"}, **_HX).headers["hx-redirect"]
    page = Markup(asker.get(agreement).text)
    assert page.dangers() == [] and HOSTILE[12] in page.text and "提供方 6,000 元" in page.text
    (version,) = {a["value"] for tag, a in page.tags if a.get("name") == "content_hash"}
    assert asker.send(f"{agreement}/accept", {"content_hash": "0" * 64}, **_HX).status_code == 409
    for who in (asker, owner):
        assert who.send(f"{agreement}/accept", {"content_hash": version}, **_HX).headers["hx-redirect"] == agreement
    assert "已生效" in owner.get(agreement).text and "content_hash" not in owner.get(agreement).text
    document = asker.get(f"{agreement}/document")
    assert "sandbox" in document.headers["content-security-policy"] and "<script" not in document.text
    assert "attachment" in asker.get(f"{agreement}/document?form=markdown").headers["content-disposition"]


def test_what_a_member_offers_is_paused_and_offered_again_by_its_owner_alone(world: World) -> None:
    owner, _ = _newcomer(world, "暂停的人", external_id="exchange_pause")
    other, _ = _newcomer(world, "想用的人", external_id="exchange_wants")
    resource = _offered(owner, "激光切割机")
    for to, word in (("paused", "暂停"), ("available", "可用"), ("confirmed", "可用"), ("withdrawn", "撤回")):
        assert other.send(f"{resource}/status", {"to": to}).status_code in {403, 404}
        assert owner.send(f"{resource}/status", {"to": to}).status_code == 303
        assert word in owner.get(resource).text
    assert "激光切割机" not in other.get("/console/me/resources?q=激光").text


def test_who_came_says_how_it_was_and_may_change_it(world: World) -> None:
    member, member_id = _newcomer(world, "来过的人", external_id="exchange_feedback")
    with world.services.store.write(world.community_id) as unit:
        starts = unit.now - timedelta(days=1)
        unit.add(Event(id="evt_feedback", code="EVFB", title=HOSTILE[25], format="talk", status="finished", starts_at=starts, ends_at=starts + timedelta(hours=2), feedback_questions=[HOSTILE[3]], created_at=starts))  # fmt: skip
        unit.session.flush()
        unit.add(Signup(id="sgn_feedback", event_id="evt_feedback", member_id=member_id, status="attended", signed_up_at=starts))  # fmt: skip
        unit.add(CheckIn(id="chk_feedback", event_id="evt_feedback", member_id=member_id, checked_in_at=starts))
    path = "/console/me/events/evt_feedback/feedback"
    assert path in member.get("/console/me/events").text
    assert Markup(member.get(path).text).dangers() == []
    assert member.send(path, {"rating": "6"}, **_HX).status_code == 422
    said = {"rating": "4", "question": HOSTILE[3], "answer": HOSTILE[4], "comment": HOSTILE[5]}
    assert "thanks=yes" in member.send(path, said, **_HX).headers["hx-redirect"]
    again = Markup(member.get(path).text)
    assert again.dangers() == [] and HOSTILE[5] in again.text
    assert [a["value"] for tag, a in again.tags if a.get("name") == "rating" and "checked" in a] == ["4"]
    with world.services.store.read(world.community_id) as unit:
        assert unit.session.query(EventFeedback).filter_by(event_id="evt_feedback").one().rating == 4
    other, _ = _newcomer(world, "没来的人", external_id="exchange_absent")
    assert other.send(path, {"rating": "5"}, **_HX).status_code == 409


def test_a_card_is_shared_by_a_link_until_it_is_taken_back(world: World) -> None:
    member, _ = _newcomer(world, "有名片的人", external_id="exchange_card")
    _, stranger_id = _newcomer(world, "别人的名片", external_id="exchange_card_other")
    own = {"of": "member", "record": "mem_exchange_card", "theme": "light", "language": "zh-CN"}
    made = member.send("/console/cards/links", own, **_HX).text
    (address,) = re.findall(r">https?://[^/]+(/cards/crd_[^<]+)\.png<", made)
    assert world.client.get(f"{address}.svg").status_code == 200
    assert member.send("/console/cards/links", {**own, "record": stranger_id}, **_HX).status_code == 403
    (link, *_) = re.findall(r"/console/cards/links/(clk_[^/]+)/revoke", member.get("/console/cards").text)[-1:]
    assert member.send(f"/console/cards/links/{link}/revoke", {}, **_HX).status_code == 204
    assert world.client.get(f"{address}.svg").status_code == 404


@pytest.mark.parametrize("path", ["/console/me/boards", "/console/me/boards?season=ssn_no", "/console/me/resources?cursor=x"])  # fmt: skip
def test_pages_say_what_is_not_there(world: World, path: str) -> None:
    member, _ = _newcomer(world, "看榜的人", external_id=f"exchange_{abs(hash(path))}")
    assert member.get(path).status_code == (200 if path.endswith("boards") else 404 if "season" in path else 400)
