from __future__ import annotations

import re
import threading
from datetime import timedelta
from typing import Any

import pytest

from api.console.pages.exchange_figures import said
from api.console.searches import Asker, Search, Searches, stop_here
from copilot.community.access import create_key
from copilot.community.creation import create_community
from copilot.community.models import CommunityConfig, Role, Visibility
from copilot.community.tables import Event, Member, Resource
from copilot.errors import CopilotError, ModelCancelled, NotFound, RateLimited
from tests.api.conftest import World
from tests.api.console.hostile import HOSTILE
from tests.api.console.visitor import Markup, Visitor
from tests.api.test_resources import add, request

_HX = {"HX-Request": "true"}


def test_figures_stand_with_their_intervals_definitions_and_what_is_missing(
    world: World, visitors: dict[str, Visitor]
) -> None:
    operator = visitors["operator"]
    page = Markup(operator.get("/console/resources/figures").text)
    assert "使用率" in page.text and "指标怎么算" in page.text
    # Nothing is lent yet, so nothing differs; with one thing out there is an interval.
    assert "重复抽样画不出区间" in page.text and "95% 区间" not in page.text
    loan = request(world, add(world, title="看板测试相机")).json()
    for step in ("accept", "hand_over"):
        assert world.post("operator", f"/loans/{loan['id']}/steps", {"step": step}).status_code == 200
    assert "95% 区间" in Markup(operator.get("/console/resources/figures").text).text
    operator.client.cookies.set("console_language", "en", path="/console")
    assert "Utilisation" in operator.get("/console/resources/figures?by=class").text
    assert "Wishes the library is far from" in operator.get("/console/resources/figures/demand", **_HX).text
    operator.client.cookies.delete("console_language")
    assert operator.get("/console/resources/figures/export?by=month").text.startswith("\ufeffstart,end,by")
    for wrong in ("days=0", "days=9999", "by=nothing"):
        assert operator.get(f"/console/resources/figures?{wrong}").status_code == 422


def test_a_figure_is_said_as_people_say_it() -> None:
    def t(_key: str, **values: object) -> str:
        return str(values["n"])

    for name, number, words in (
        ("utilisation", None, "–"), ("utilisation", 0.0, "0%"), ("match_degree", 0.034, "3.4%"), ("met_in_a_week", 0.5, "50%"),
        ("days_to_met", 3.0, "3"), ("turnover", 1.234, "1.23"),
    ):  # fmt: skip
        assert said(t, name, number) == words  # type: ignore[arg-type]  # a catalogue of numbers alone


def test_a_member_has_their_card_in_both_languages_themes_and_as_png(
    world: World, visitors: dict[str, Visitor]
) -> None:
    member = visitors["member"]
    page = Markup(member.get("/console/cards?theme=night&language=en").text)
    (source,) = [str(a["src"]) for tag, a in page.tags if tag == "img" and "picture" in str(a.get("src"))]
    assert page.dangers() == [] and f"record={world.member_id}" in source
    card = member.get(source)
    assert card.headers["content-type"].startswith("image/svg+xml") and 'xml:lang="en"' in card.text
    assert card.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert "<script" not in card.text and " style=" not in card.text
    assert member.get(source.replace("picture.svg", "picture.png")).content.startswith(b"\x89PNG")
    others = member.get(f"/console/cards/picture.svg?of=member&record={world.other_member_id}")
    assert others.status_code in {403, 404}


def test_staff_choose_whose_card_and_are_told_why_there_is_none(world: World, visitors: dict[str, Visitor]) -> None:
    with world.services.store.write(world.community_id) as unit:
        for n, seen in enumerate(("community", "hidden")):
            unit.add(Member(id=f"mem_cards{n}", platform="p", external_id=f"cards{n}", name=f"做卡片的人{HOSTILE[n]}", visibility=Visibility(seen).value, created_at=unit.now))  # fmt: skip
        starts = unit.now + timedelta(days=5)
        unit.add(Event(id="evt_cards", code="EVC", title=HOSTILE[4], format="talk", status="published", starts_at=starts, ends_at=starts + timedelta(hours=2), created_at=unit.now))  # fmt: skip
    moderator, admin = visitors["moderator"], visitors["admin"]
    page = Markup(moderator.get("/console/cards?q=做卡片的人&of=member&record=mem_cards0").text)
    assert page.dangers() == [] and HOSTILE[0] in page.text and "mem_cards1" not in str(page.tags)
    told = admin.get("/console/cards?of=member&record=mem_cards1")
    assert told.status_code == 200 and "该成员不公开展示" in told.text and "picture.svg" not in told.text
    event = admin.get("/console/cards/picture.svg?of=event&record=evt_cards").text
    assert "<script" not in event and "&lt;" not in HOSTILE[4]
    assert admin.get("/console/cards/picture.svg?of=event&record=evt_nothing").status_code == 404
    assert admin.get("/console/cards?link=javascript:alert(1)").status_code == 422
    assert visitors["care"].get("/console/cards/picture.svg?of=event&record=evt_cards").status_code == 403


def test_two_communities_agree_share_and_part_again(world: World) -> None:
    """One invites, the other accepts, the first confirms; what is shared is there at once and gone at once."""
    people = []
    for slug in ("giving", "taking"):
        community_id = create_community(world.services.store, CommunityConfig(slug=slug, name=slug, locale="zh-CN"))
        with world.services.store.write(community_id) as unit:
            secret = create_key(unit, "o", Role.OPERATOR).secret
            if slug == "giving":
                unit.add(Resource(id="res_giving", code="TEC-HW-001", type="technology", title=HOSTILE[0], description="d", owner_id=None, created_at=unit.now))  # fmt: skip
        people.append(Visitor.of(world.client.app).sign_in(secret))
    giving, taking = people
    made = giving.send("/console/partners/invitations", {"gives": ["technology"], "days": "7"}, **_HX)
    token = re.findall(r"cpi_[\w-]+\.[\w-]+", made.text)[0]
    assert made.status_code == 200 and "只显示这一次" in made.text
    assert 'hx-swap-oob="true"' in made.text and "已邀请" in made.text, "the list above shows it at once"
    assert "cpi_" not in giving.get("/console/partners").text.replace("cpi_…", "")
    took = {"token": token, "takes": ["technology"], "gives": []}
    assert taking.send("/console/partners/acceptances", took, **_HX).headers["hx-redirect"] == "/console/partners"
    page = giving.get("/console/partners").text
    assert "请确认或终止" in page and "taking" in page
    path = "/console/partners/" + page.split('action="/console/partners/ptn_')[1].split("/")[0].join(("ptn_", ""))
    assert giving.send(f"{path}/confirm", {}).status_code == 303
    assert "还没有资源对伙伴开放" in giving.get("/console/partners").text
    assert giving.send("/console/resources/res_giving/sharing", {"shared": "yes"}).status_code == 303
    assert "现在开放 1 件" in giving.get("/console/partners").text
    assert "taking" in giving.get("/console/resources/res_giving").text
    shown = Markup(taking.get("/console/partners/resources", **_HX).text)
    assert HOSTILE[0] in shown.text and shown.dangers() == []
    assert giving.send(f"{path}/scope", {"gives": [], "takes": []}).status_code == 303
    assert "res_giving" not in taking.get("/console/partners/resources", **_HX).text
    assert giving.send(f"{path}/revoke", {}).status_code == 303
    assert "对方终止于" in taking.get("/console/partners").text
    assert giving.send("/console/partners/invitations", {"gives": ["nothing"]}).status_code == 422
    assert giving.send("/console/partners/invitations", {"url": "ftp://x"}).status_code == 422


def test_circles_list_whom_to_ask_and_seats_are_changed_by_name(world: World, visitors: dict[str, Visitor]) -> None:
    operator = visitors["operator"]
    assert Markup(operator.get("/console/recognition/circles?city=深圳").text).dangers() == []
    assert "guests" not in visitors["moderator"].get("/console/recognition/circles?city=深圳").text
    with world.services.store.write(world.community_id) as unit:
        unit.add(Member(id="mem_circle", platform="p", external_id="circle_seat", name="进圈的人", consent_ai=True, created_at=unit.now))  # fmt: skip
    form = {"member": "circle_seat", "circle": "partner", "is_in": "yes"}
    assert operator.send("/console/recognition/circles/seats", form).status_code == 303
    assert operator.send("/console/recognition/circles/seats", {**form, "is_in": "no"}).status_code == 303


def test_ventures_are_proposed_with_first_steps(visitors: dict[str, Visitor]) -> None:
    answer = visitors["operator"].search("/console/ventures", {"goal": "做一款硬件产品并找到渠道"})
    assert answer.status_code == 200 and Markup(answer.text).dangers() == []
    assert "头几步" in answer.text or "没有" in answer.text


def _ended(search: Search) -> Search:
    for _ in range(2000):
        if search.is_over:
            return search
        threading.Event().wait(0.005)
    raise AssertionError("it never ended")


def test_work_that_is_stopped_keeps_nothing_and_is_nobody_elses() -> None:
    searches, mine = Searches(), Asker("c", "k")
    go = threading.Event()
    kept: list[str] = []

    def work(is_stopped: object) -> None:
        go.wait(10)
        stop_here(is_stopped)  # type: ignore[arg-type]  # what the page hands over
        kept.append("kept")

    search = searches.start(mine, 5, work, lambda *_: None)
    assert searches.get(mine, search.id) is search and 0 <= search.spent() <= 5
    with pytest.raises(NotFound):
        searches.get(Asker("c", "other"), search.id)
    searches.start(mine, 5, work, lambda *_: None)
    with pytest.raises(RateLimited):
        searches.start(mine, 5, work, lambda *_: None)
    assert search.stop()
    go.set()
    assert isinstance(_ended(search).error, ModelCancelled)
    assert len(kept) == 1


def test_work_that_is_storing_its_answer_is_not_stopped_any_more() -> None:
    storing, go = threading.Event(), threading.Event()

    def work(is_stopped: object) -> str:
        stop_here(is_stopped)  # type: ignore[arg-type]  # what the page hands over
        storing.set()
        go.wait(10)
        return "stored"

    search = Searches().start(Asker("c", "k"), 5, work, lambda *_: None)
    assert storing.wait(10) and not search.stop() and not search.was_stopped
    go.set()
    assert _ended(search).answer == "stored"


def test_work_that_breaks_is_said_and_is_not_waited_for() -> None:
    def work(_is_stopped: object) -> None:
        raise ZeroDivisionError

    search = _ended(Searches().start(Asker("c", "k"), 5, work, lambda *_: None))
    assert isinstance(search.error, CopilotError) and "logged" in str(search.error.data["sentence"])


def test_a_round_is_stopped_or_kept_and_the_page_says_which(world: World, visitors: dict[str, Visitor]) -> None:
    operator = visitors["operator"]
    started = operator.send("/console/rounds", {"series": "stopped", "size": "2", "keep": "true", "allow_repeats": "true"}, **_HX)  # fmt: skip
    path = started.text.split('hx-get="')[1].split('"')[0]
    assert visitors["admin"].get(path, **_HX).status_code == 404
    stopped = "已停止" in operator.send(f"{path}/stop", {}, **_HX).text
    app: Any = world.client.app
    console = next(route.app for route in app.routes if getattr(route, "path", "") == "/console")
    searches: Searches = console.state.searches
    for search in list(searches._kept.values()):
        _ended(search)
    after = operator.get(path, **_HX)
    kept = world.services.rounds.history(world.community_id, series="stopped").items
    # Whoever is faster: the page never says stopped of what is kept, nor leads nowhere.
    assert ("已停止" in after.text, kept == []) == (stopped, stopped)
    assert stopped or after.headers["hx-redirect"].endswith(kept[0].id)
